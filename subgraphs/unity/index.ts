import type { VendorDefinition } from '../vendor/definition.ts';
import { capabilitiesOf } from './capabilities.ts';
import { DIALECTS } from './client.ts';
import { connectUnity } from './connector.ts';
import {
  UnityAppointment,
  UnityClaim,
  UnityLocation,
  UnityObservation,
  UnityPatient,
  UnityPractitioner,
  UnitySlot,
  UnitySource,
} from './types.ts';

export const unity: VendorDefinition = {
  name: 'unity',
  prefix: 'Unity',
  vendors: ['ALLSCRIPTS_PROFESSIONAL', 'ALLSCRIPTS_TOUCHWORKS', 'ALLSCRIPTS_SUNRISE'],
  dialects: DIALECTS,
  auth: ['unity'],
  types: {
    Patient: UnityPatient,
    Appointment: UnityAppointment,
    Observation: UnityObservation,
    Claim: UnityClaim,
    Practitioner: UnityPractitioner,
    Location: UnityLocation,
    Slot: UnitySlot,
    Source: UnitySource,
  },
  capabilities: capabilitiesOf,
  connect: connectUnity,
};
