import type { SourceSettings } from '../../upstream/source.ts';
import type { TypeCapability } from '../vendor/connector.ts';
import { DIALECTS, type Dialect } from './client.ts';

const NOT_IN_GUIDE = 'The run-request dialect has no action for it.';
const NEEDS_PM = 'Needs Practice Management in the licence.';

const unsupported = (
  note: string,
  ...rows: readonly (readonly [TypeCapability['type'], TypeCapability['capability']])[]
): readonly TypeCapability[] => rows.map(([type, capability]) => ({ type, capability, level: 'UNSUPPORTED', note }));

const neverWritten: readonly TypeCapability[] = [
  ...unsupported('No public action corrects a vital sign or a result.', ['Observation', 'UPDATE']),
  ...unsupported('No public action submits a claim.', ['Claim', 'CREATE']),
];

const magicChanges: readonly TypeCapability[] = [
  { type: 'Patient', capability: 'CHANGES', level: 'NATIVE' },
  {
    type: 'Appointment',
    capability: 'CHANGES',
    level: 'NATIVE',
    note: 'Needs Practice Management in the licence. A visit that was entered in error leaves every list without a word.',
  },
  {
    type: 'Observation',
    capability: 'CHANGES',
    level: 'EMULATED',
    note: 'Unity says whose results or vital signs changed, and they are read: all vital signs of the patient, of which one that was taken back is not told.',
  },
  {
    type: 'Claim',
    capability: 'CHANGES',
    level: 'EMULATED',
    note: 'Unity says whose charges changed: all of the patient’s are read.',
  },
];

const magicWrites: readonly TypeCapability[] = [
  { type: 'Patient', capability: 'CREATE', level: 'NATIVE', note: NEEDS_PM },
  { type: 'Patient', capability: 'UPDATE', level: 'NATIVE', note: NEEDS_PM },
  { type: 'Appointment', capability: 'CREATE', level: 'NATIVE', note: NEEDS_PM },
  { type: 'Appointment', capability: 'RESCHEDULE', level: 'NATIVE', note: NEEDS_PM },
  { type: 'Appointment', capability: 'CANCEL', level: 'NATIVE', note: NEEDS_PM },
  { type: 'Appointment', capability: 'CHECK_IN', level: 'NATIVE', note: NEEDS_PM },
  { type: 'Appointment', capability: 'NO_SHOW', level: 'NATIVE', note: NEEDS_PM },
  { type: 'Observation', capability: 'CREATE', level: 'NATIVE', note: 'Vital signs only.' },
  {
    type: 'Document',
    capability: 'CREATE',
    level: 'NATIVE',
    note: 'Needs a provider in whose name it is kept: the one who signs in, or the patient’s own.',
  },
  ...neverWritten,
];

const guideWrites: readonly TypeCapability[] = [
  { type: 'Appointment', capability: 'CREATE', level: 'NATIVE', note: NEEDS_PM },
  { type: 'Document', capability: 'CREATE', level: 'NATIVE' },
  ...unsupported('The guide’s SaveAppointment names no id of an appointment.', ['Appointment', 'RESCHEDULE']),
  ...unsupported(
    NOT_IN_GUIDE,
    ['Patient', 'CREATE'],
    ['Patient', 'UPDATE'],
    ['Appointment', 'CANCEL'],
    ['Appointment', 'CHECK_IN'],
    ['Appointment', 'NO_SHOW'],
    ['Observation', 'CREATE'],
  ),
  ...neverWritten,
];

const both: readonly TypeCapability[] = [
  { type: 'Patient', capability: 'READ', level: 'NATIVE' },
  {
    type: 'Patient',
    capability: 'SEARCH',
    level: 'EMULATED',
    note: 'Unity searches by one text: last name, medical record number or birth date; other criteria are checked on what it finds.',
  },
  { type: 'Appointment', capability: 'SEARCH', level: 'NATIVE' },
  { type: 'Observation', capability: 'SEARCH', level: 'NATIVE' },
  {
    type: 'Observation',
    capability: 'READ',
    level: 'EMULATED',
    note: 'Unity reads no single result: the patient’s results or vitals are read.',
  },
];

const magic: readonly TypeCapability[] = [
  {
    type: 'Appointment',
    capability: 'READ',
    level: 'EMULATED',
    note: 'By Practice Management’s id, or from the schedule of the day where the id says which.',
  },
  {
    type: 'Claim',
    capability: 'READ',
    level: 'EMULATED',
    note: 'Unity has no claims: an encounter’s charges stand for one.',
  },
  {
    type: 'Claim',
    capability: 'SEARCH',
    level: 'EMULATED',
    note: 'For one patient, from the charges of each encounter; over all patients it is refused.',
  },
  { type: 'Practitioner', capability: 'READ', level: 'NATIVE' },
  { type: 'Practitioner', capability: 'SEARCH', level: 'NATIVE' },
  { type: 'Location', capability: 'READ', level: 'EMULATED', note: 'From the list of places.' },
  { type: 'Location', capability: 'SEARCH', level: 'NATIVE' },
  {
    type: 'Slot',
    capability: 'SLOTS',
    level: 'EMULATED',
    note: 'Stretches of free 5-minute cells of a practitioner’s day; needs Practice Management.',
  },
];

const guide: readonly TypeCapability[] = [
  {
    type: 'Appointment',
    capability: 'READ',
    level: 'EMULATED',
    note: 'From the schedule of its day; a patient’s list needs both ends of the period.',
  },
  ...unsupported(
    NOT_IN_GUIDE,
    ['Claim', 'READ'],
    ['Claim', 'SEARCH'],
    ['Practitioner', 'READ'],
    ['Practitioner', 'SEARCH'],
    ['Location', 'READ'],
    ['Location', 'SEARCH'],
    ['Slot', 'SLOTS'],
    ['Patient', 'CHANGES'],
    ['Appointment', 'CHANGES'],
    ['Observation', 'CHANGES'],
    ['Claim', 'CHANGES'],
  ),
];

export const CAPABILITIES: Readonly<Record<Dialect, readonly TypeCapability[]>> = {
  'magic-soap': [...both, ...magic, ...magicWrites, ...magicChanges],
  'run-request': [...both, ...guide, ...guideWrites],
};

/** Unified fields that Unity never tells. */
export const UNSUPPORTED_FIELDS = {
  Patient: ['deceased'],
  Observation: ['supersedes'],
  Claim: ['appointment', 'payer', 'totalCharge', 'totalPaid', 'adjudications'],
  Slot: ['types'],
} as const;

/** What can be done at this source, by its dialect. */
export const capabilitiesOf = ({ dialect }: SourceSettings): readonly TypeCapability[] =>
  CAPABILITIES[DIALECTS.find((one) => one === dialect) ?? 'magic-soap'];
