import type { Capability, CapabilityLevel } from '../../schema/enums.ts';
import type { RecordType } from '../../schema/ids.ts';
import type { Connector, TypeCapability } from '../vendor/connector.ts';

const row = (type: RecordType, capability: Capability, level: CapabilityLevel, note?: string): TypeCapability => ({
  type,
  capability,
  level,
  ...(note === undefined ? {} : { note }),
});

const READ_ONLY = 'This connection reads only.';

/** What can be done with each type of record at athenahealth through this connector. */
export const CAPABILITIES: readonly TypeCapability[] = [
  row('Patient', 'READ', 'NATIVE'),
  row('Patient', 'SEARCH', 'NATIVE'),
  row('Patient', 'CREATE', 'UNSUPPORTED', READ_ONLY),
  row('Patient', 'UPDATE', 'UNSUPPORTED', READ_ONLY),
  row('Appointment', 'READ', 'NATIVE'),
  row(
    'Appointment',
    'SEARCH',
    'EMULATED',
    'athenaNet searches by local days; instants and states are selected from those.',
  ),
  row('Appointment', 'CREATE', 'UNSUPPORTED', READ_ONLY),
  row('Appointment', 'CANCEL', 'UNSUPPORTED', READ_ONLY),
  row('Appointment', 'RESCHEDULE', 'UNSUPPORTED', READ_ONLY),
  row('Appointment', 'CHECK_IN', 'UNSUPPORTED', READ_ONLY),
  row(
    'Observation',
    'READ',
    'EMULATED',
    'athenaNet reads no single observation: the patient’s list is read and searched.',
  ),
  row(
    'Observation',
    'SEARCH',
    'EMULATED',
    'Vitals and laboratory results are two lists; codes are selected from both.',
  ),
  row('Observation', 'CREATE', 'UNSUPPORTED', READ_ONLY),
  row('Claim', 'READ', 'NATIVE'),
  row('Claim', 'SEARCH', 'EMULATED', 'athenaNet searches by day of service; states are selected from those.'),
  row('Claim', 'CREATE', 'UNSUPPORTED', READ_ONLY),
  row('Practitioner', 'READ', 'NATIVE'),
  row('Practitioner', 'SEARCH', 'NATIVE'),
  row('Location', 'READ', 'NATIVE'),
  row('Location', 'SEARCH', 'NATIVE'),
  row('Slot', 'READ', 'EMULATED', 'A slot is read as the appointment of its id while that is open.'),
  row('Slot', 'SLOTS', 'NATIVE'),
];

/** Fields that athenaNet's answers never have. The guide's dialect has a reason on its appointments. */
export const unsupportedFields = (dialect: string): Connector['unsupportedFields'] => ({
  ...(dialect === 'guide' ? {} : { Appointment: ['reason'] }),
  Claim: ['patientResponsibility'],
});
