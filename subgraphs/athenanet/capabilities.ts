import type { Capability, CapabilityLevel } from '../../schema/enums.ts';
import type { SourceSettings } from '../../upstream/source.ts';
import type { Connector, TypeCapability } from '../vendor/connector.ts';

const row = (
  type: TypeCapability['type'],
  capability: Capability,
  level: CapabilityLevel,
  note?: string,
): TypeCapability => ({ type, capability, level, ...(note === undefined ? {} : { note }) });

const READS: readonly TypeCapability[] = [
  row('Patient', 'READ', 'NATIVE'),
  row('Patient', 'SEARCH', 'NATIVE'),
  row('Appointment', 'READ', 'NATIVE'),
  row(
    'Appointment',
    'SEARCH',
    'EMULATED',
    'athenaNet searches by local days; instants and states are selected from those.',
  ),
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
  row('Claim', 'READ', 'NATIVE'),
  row('Claim', 'SEARCH', 'EMULATED', 'athenaNet searches by day of service; states are selected from those.'),
  row('Practitioner', 'READ', 'NATIVE'),
  row('Practitioner', 'SEARCH', 'NATIVE'),
  row('Location', 'READ', 'NATIVE'),
  row('Location', 'SEARCH', 'NATIVE'),
  row('Slot', 'READ', 'EMULATED', 'A slot is read as the appointment of its id while that is open.'),
  row('Slot', 'SLOTS', 'NATIVE'),
];

/** The guide's Create Appointment takes a time and a length; the platform puts patients into slots. */
const bookings = (dialect: string): TypeCapability =>
  dialect === 'guide'
    ? row('Appointment', 'CREATE', 'NATIVE')
    : row(
        'Appointment',
        'CREATE',
        'EMULATED',
        'A slot is native; a time without one is opened first, for a type of appointment of that length.',
      );

const WRITES: readonly TypeCapability[] = [
  row('Patient', 'CREATE', 'NATIVE'),
  row('Patient', 'UPDATE', 'NATIVE'),
  row(
    'Appointment',
    'RESCHEDULE',
    'EMULATED',
    'A slot is native; another time is opened first. The appointment has another id afterwards.',
  ),
  row('Appointment', 'CANCEL', 'NATIVE'),
  row('Appointment', 'CHECK_IN', 'NATIVE'),
  row(
    'Appointment',
    'NO_SHOW',
    'EMULATED',
    'athenaNet cancels with one of the practice’s reasons that stand for a no-show.',
  ),
  row('Appointment', 'UPDATE', 'UNSUPPORTED', 'What else an appointment says is changed at athenahealth.'),
  row(
    'Observation',
    'CREATE',
    'EMULATED',
    'Vital signs only, by day and in athenaNet’s units, recorded as from a device.',
  ),
  row('Observation', 'UPDATE', 'EMULATED', 'A vital sign’s number is replaced; its day and code stay.'),
  row('Claim', 'CREATE', 'NATIVE'),
  row('Claim', 'UPDATE', 'UNSUPPORTED', 'athenaNet’s claims cannot be edited after they were filed.'),
  row('Claim', 'CANCEL', 'UNSUPPORTED', 'athenaNet’s claims cannot be deleted after they were filed.'),
  row('Document', 'CREATE', 'NATIVE'),
];

/** Fields that athenaNet's answers never have. The guide's dialect has a reason on its appointments. */
export const unsupportedFields = (dialect: string): Connector['unsupportedFields'] => ({
  ...(dialect === 'guide' ? {} : { Appointment: ['reason'] }),
  Claim: ['patientResponsibility'],
});

const CHANGES: readonly TypeCapability[] = [
  row('Patient', 'CHANGES', 'NATIVE'),
  row('Appointment', 'CHANGES', 'NATIVE'),
  row(
    'Observation',
    'CHANGES',
    'EMULATED',
    'athenaNet tells which laboratory results changed; the chart is read for what they consist of. Of vital signs it tells nothing.',
  ),
  row('Claim', 'CHANGES', 'NATIVE'),
];

/** What can be done at this source, by its dialect. */
export const capabilitiesOf = ({ dialect }: SourceSettings): readonly TypeCapability[] => [
  ...READS,
  bookings(dialect),
  ...WRITES,
  ...CHANGES,
];
