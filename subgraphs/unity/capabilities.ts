import type { TypeCapability } from '../vendor/connector.ts';
import type { Dialect } from './client.ts';

const READ_ONLY = 'This connection reads only.';
const NOT_IN_GUIDE = 'The run-request dialect has no action for it.';

const writes: readonly TypeCapability[] = (
  [
    ['Patient', 'CREATE'],
    ['Patient', 'UPDATE'],
    ['Patient', 'CHANGES'],
    ['Appointment', 'CREATE'],
    ['Appointment', 'CANCEL'],
    ['Appointment', 'RESCHEDULE'],
    ['Appointment', 'CHECK_IN'],
    ['Appointment', 'CHANGES'],
    ['Observation', 'CREATE'],
    ['Claim', 'CREATE'],
  ] as const
).map(([type, capability]) => ({ type, capability, level: 'UNSUPPORTED', note: READ_ONLY }));

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
  ...(
    [
      ['Claim', 'READ'],
      ['Claim', 'SEARCH'],
      ['Practitioner', 'READ'],
      ['Practitioner', 'SEARCH'],
      ['Location', 'READ'],
      ['Location', 'SEARCH'],
      ['Slot', 'SLOTS'],
    ] as const
  ).map(([type, capability]) => ({ type, capability, level: 'UNSUPPORTED' as const, note: NOT_IN_GUIDE })),
];

export const CAPABILITIES: Readonly<Record<Dialect, readonly TypeCapability[]>> = {
  'magic-soap': [...both, ...magic, ...writes],
  'run-request': [...both, ...guide, ...writes],
};

/** Unified fields that Unity never tells. */
export const UNSUPPORTED_FIELDS = {
  Patient: ['deceased'],
  Observation: ['supersedes'],
  Claim: ['appointment', 'payer', 'totalCharge', 'totalPaid', 'adjudications'],
  Slot: ['types'],
} as const;
