import type { VendorDefinition } from '../vendor/definition.ts';
import { capabilitiesOf } from './capabilities.ts';
import { connectAthenanet } from './connector.ts';
import { ATHENA_TYPES } from './types.ts';

/** athenahealth (athenaNet, athenaOne) by its REST API. */
export const athenanet: VendorDefinition = {
  name: 'athenanet',
  prefix: 'Athena',
  vendors: ['ATHENAHEALTH'],
  dialects: ['platform', 'guide'],
  auth: ['client-credentials', 'bearer'],
  needs: ['practiceId'],
  pushes: ({ dialect }) => dialect === 'platform',
  types: ATHENA_TYPES,
  capabilities: capabilitiesOf,
  connect: connectAthenanet,
};
