import type { WrittenType } from '../../../schema/commands.ts';
import type { Capability } from '../../../schema/enums.ts';

/** Types that are written. */
export type Writable = 'Patient' | 'Appointment' | 'Observation' | 'DocumentReference' | 'Claim';

/** States into which an appointment is brought. */
export type Standing = 'cancelled' | 'checked-in' | 'noshow';

/** What one vendor's FHIR server lets a client write. The README says where each fact comes from and what is assumed. */
export interface WriteRules {
  readonly creates: readonly Writable[];
  /**
   * How a record is changed: all of it anew, by a JSON Patch, or by a patch unless the server turns out to take none.
   * Absent: not at all.
   */
  readonly changes: Readonly<Partial<Record<Writable, 'put' | 'patch' | 'either'>>>;
  /** States that a client may give an appointment. */
  readonly standings: readonly Standing[];
  /**
   * A new record carries the write's own number as an identifier. `found`: the server finds it by that, and takes
   * If-None-Exist; `told`: it is written only; `none`: the server refuses elements that it does not know.
   */
  readonly numbered: 'found' | 'told' | 'none';
  /** Appointments are booked and moved by a slot, which alone says when, with whom, where and for what (Oracle). */
  readonly bySlot?: true;
  /** The most characters of the reason for a visit. */
  readonly longestReason?: number;
  /** Of the reason of a cancellation only the code is kept. */
  readonly codedCancellations?: true;
  /** Why something is not offered, or under which condition, for an operator; for what is not in here: by the vendor's name. */
  readonly notes: Readonly<Partial<Record<`${WrittenType} ${Capability}`, string>>>;
}

export const GENERIC_WRITES: WriteRules = {
  creates: ['Patient', 'Appointment', 'Observation', 'DocumentReference', 'Claim'],
  changes: { Patient: 'put', Appointment: 'either', Observation: 'put' },
  standings: ['cancelled', 'checked-in', 'noshow'],
  numbered: 'found',
  notes: {},
};

const EPIC_BOOKING =
  'Epic books through operations of its STU3 server ($find, $book), which this connection does not use.';
const EPIC_CHANGES = 'Epic’s R4 server changes no appointments.';
export const EPIC_WRITES: WriteRules = {
  creates: ['Patient', 'Observation', 'DocumentReference'],
  changes: { Observation: 'put' },
  standings: [],
  numbered: 'told',
  notes: {
    'Patient UPDATE': 'Epic’s R4 server creates patients, and does not change them.',
    'Appointment CREATE': EPIC_BOOKING,
    'Appointment RESCHEDULE': EPIC_CHANGES,
    'Appointment CANCEL': EPIC_CHANGES,
    'Appointment CHECK_IN': EPIC_CHANGES,
    'Appointment NO_SHOW': EPIC_CHANGES,
    'Observation CREATE': 'Epic wants a flowsheet row, mapped by the customer, for every code.',
    'Claim CREATE': 'Epic’s R4 server takes no claims.',
  },
};

export const CERNER_WRITES: WriteRules = {
  creates: ['Patient', 'Appointment', 'Observation', 'DocumentReference'],
  changes: { Patient: 'patch', Appointment: 'patch', Observation: 'put' },
  standings: ['cancelled', 'checked-in'],
  numbered: 'none',
  bySlot: true,
  longestReason: 255,
  codedCancellations: true,
  notes: {
    'Appointment CREATE': 'Oracle Health books by a slot.',
    'Appointment RESCHEDULE': 'Oracle Health moves appointments to a slot.',
    'Appointment NO_SHOW': 'Oracle Health lets no client say that a patient did not come.',
    'Claim CREATE': 'Oracle Health’s R4 server takes no claims.',
  },
};

/** MEDITECH, eClinicalWorks, NextGen, Practice Fusion: their statements declare no write of a type that is written here. */
export const NO_WRITES: WriteRules = { creates: [], changes: {}, standings: [], numbered: 'none', notes: {} };
