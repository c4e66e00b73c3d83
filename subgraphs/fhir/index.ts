import type { VendorDefinition } from '../vendor/definition.ts';
import { capabilitiesOf } from './capabilities.ts';
import { connectFhir } from './connector.ts';
import { profileOf } from './profile.ts';
import {
  FhirAppointment,
  FhirClaim,
  FhirLocation,
  FhirObservation,
  FhirPatient,
  FhirPractitioner,
  FhirSlot,
  FhirSource,
} from './types.ts';

/** Every FHIR R4 server: a generic one, or one that plays by a vendor's own rules (`profile.ts`). */
export const fhir: VendorDefinition = {
  name: 'fhir',
  prefix: 'Fhir',
  vendors: ['GENERIC_FHIR', 'EPIC', 'CERNER', 'MEDITECH', 'ECLINICALWORKS', 'NEXTGEN', 'PRACTICE_FUSION'],
  dialects: ['r4'],
  auth: ['none', 'bearer', 'basic', 'client-credentials', 'smart-backend'],
  // none of the others' statements declares Subscription
  pushes: ({ vendor }) => vendor === 'GENERIC_FHIR',
  types: {
    Patient: FhirPatient,
    Appointment: FhirAppointment,
    Observation: FhirObservation,
    Claim: FhirClaim,
    Practitioner: FhirPractitioner,
    Location: FhirLocation,
    Slot: FhirSlot,
    Source: FhirSource,
  },
  capabilities: ({ vendor }) => capabilitiesOf(profileOf(vendor)),
  connect: connectFhir,
};
