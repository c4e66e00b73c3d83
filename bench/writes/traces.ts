import type { Commit } from '../../sandbox/ledger.ts';
import type {
  Appointment,
  AppointmentStatus,
  Claim,
  Document,
  Observation,
  Patient,
  Slot,
} from '../../sandbox/practice.ts';

/**
 * What a write leaves at a vendor, as a text that only one operation of a run can mean: its natural key, with the state in
 * which the record then is. Operations say beforehand what they leave; commits say what was left.
 */
export type Trace = string;

/** How far a visit has come, with one word for all states that a vendor may use for it. */
type Standing = 'booked' | 'here' | 'cancelled' | 'no-show';

const STANDINGS: Readonly<Record<AppointmentStatus, Standing>> = {
  proposed: 'booked',
  pending: 'booked',
  waitlist: 'booked',
  booked: 'booked',
  arrived: 'here',
  'checked-in': 'here',
  fulfilled: 'here',
  cancelled: 'cancelled',
  'entered-in-error': 'cancelled',
  noshow: 'no-show',
};

/** Time of a practitioner; numbers are the practice's own. */
export interface Place {
  readonly practitioner: number;
  readonly start: string;
}

const instant = (text: string): string => new Date(text).toISOString();
const join = (...parts: readonly (string | number)[]): Trace => parts.join('|');

export const TRACE = {
  person: (family: string): Trace => join('person', family.toLowerCase()),
  /** A change of a patient, each to an address of its own. */
  contact: (family: string, email: string): Trace => join('contact', family.toLowerCase(), email.toLowerCase()),
  visit: (patient: number, { practitioner, start }: Place, standing: Standing): Trace =>
    join('visit', patient, practitioner, instant(start), standing),
  slot: ({ practitioner, start }: Place): Trace => join('slot', practitioner, instant(start)),
  result: (patient: number, code: string, value: string): Trace => join('result', patient, code, Number(value)),
  claim: (patient: number, charge: string): Trace => join('claim', patient, Number(charge)),
  document: (patient: number, content: string): Trace => join('document', patient, content),
} as const;

/** A step towards a booking, harmless when it is all that is left. */
export const isSlot = (trace: Trace): boolean => trace.startsWith('slot|');

const resultOf = ({ patientId, code, value }: Observation): Trace =>
  TRACE.result(patientId, code.code, value?.kind === 'quantity' ? value.value : 'none');

const visitOf = ({ patientId, practitionerId = 0, start, status }: Appointment): Trace =>
  TRACE.visit(patientId, { practitioner: practitionerId, start }, STANDINGS[status]);

/** What was left by a commit. */
export const traceOf = ({ kind, type, record }: Commit): Trace => {
  switch (type) {
    case 'Patient': {
      const { last, email = 'none' } = record as Patient;
      return kind === 'created' ? TRACE.person(last) : TRACE.contact(last, email);
    }
    case 'Appointment':
      return visitOf(record as Appointment);
    case 'Slot': {
      const { practitionerId, start } = record as Slot;
      return TRACE.slot({ practitioner: practitionerId, start });
    }
    case 'Observation':
      return resultOf(record as Observation);
    case 'Claim': {
      const { patientId, lines } = record as Claim;
      return TRACE.claim(patientId, lines[0]?.charge ?? 'none');
    }
    case 'Document': {
      const { patientId, content } = record as Document;
      return TRACE.document(patientId, content);
    }
  }
};
