import type { Kinds } from './happenings.ts';
import type { Appointment, Claim, Observation, Patient, Practice, Practitioner } from './practice.ts';

/** What may be different about a record from one moment to the next. */
export interface Changes {
  readonly Patient: Partial<
    Pick<
      Patient,
      'first' | 'last' | 'preferred' | 'address' | 'homePhone' | 'mobilePhone' | 'workPhone' | 'email' | 'maritalStatus'
    >
  >;
  readonly Appointment: Partial<
    Pick<Appointment, 'start' | 'minutes' | 'status' | 'reason' | 'note' | 'cancellationReason'>
  >;
  /** A correction: what the result said before goes into its history. It is `corrected` unless it says otherwise. */
  readonly Observation: Partial<
    Pick<
      Observation,
      | 'status'
      | 'category'
      | 'uncategorized'
      | 'value'
      | 'absentReason'
      | 'interpretation'
      | 'components'
      | 'effective'
      | 'referenceLow'
      | 'referenceHigh'
    >
  >;
  readonly Claim: Partial<Pick<Claim, 'status' | 'insurancePaid' | 'patientPaid' | 'patientResponsibility'>>;
  readonly Practitioner: Partial<Pick<Practitioner, 'first' | 'last' | 'credentials' | 'specialty'>>;
}

/** A record before and after it was changed. */
export interface Changed<T> {
  readonly before: T;
  readonly record: T;
}

const MINUTE = 60_000;

/** The present, and in any case later than the last change. */
const after = (now: number, earlier: string): string => new Date(Math.max(now, Date.parse(earlier) + 1)).toISOString();

/** Puts another record in the place of the one with this id, in the list that the simulator reads. */
const replace = <T extends { readonly id: number }>(list: T[], id: number, next: (record: T) => T): Changed<T> => {
  const at = list.findLastIndex((record) => record.id === id);
  const before = list[at];
  if (before === undefined) throw new RangeError('There is no such record to change.');
  const record = next(before);
  list[at] = record;
  return { before, record };
};

const checkTimes = ({ start, minutes }: Changes['Appointment']): void => {
  const whole = start === undefined || Date.parse(start) % MINUTE === 0;
  const long = minutes === undefined || (Number.isInteger(minutes) && minutes > 0);
  if (!whole || !long) throw new RangeError('An appointment begins at a whole minute and takes whole minutes.');
};

const corrected = (record: Observation, set: Changes['Observation'], now: number): Observation => {
  const { issued, status, value, history } = record;
  const before = { issued, status, ...(value === undefined ? {} : { value }) };
  return { ...record, status: 'corrected', ...set, issued: after(now, issued), history: [...history, before] };
};

/**
 * Changes a record of a practice; its vendor's system shows it from the next call on, and as changed at `now` where the
 * vendor tells such a time. Refuses a record that is not there, and times that no appointment has. Where a vendor writes
 * a name into other records, it stays there as it was written.
 */
export const changeRecord = <T extends keyof Changes>(
  practice: Practice,
  type: T,
  id: number,
  set: Changes[T],
  now: number,
): Changed<Kinds[T]> => {
  const changes: { readonly [K in keyof Changes]: (fields: Changes[K]) => Changed<Kinds[K]> } = {
    Patient: (fields) =>
      replace(practice.patients, id, (one) => ({ ...one, ...fields, changedAt: after(now, one.changedAt) })),
    Appointment: (fields) => {
      checkTimes(fields);
      return replace(practice.appointments, id, (one) => ({
        ...one,
        ...fields,
        changedAt: after(now, one.changedAt),
      }));
    },
    Observation: (fields) => replace(practice.observations, id, (one) => corrected(one, fields, now)),
    Claim: (fields) => replace(practice.claims, id, (one) => ({ ...one, ...fields })),
    Practitioner: (fields) => replace(practice.practitioners, id, (one) => ({ ...one, ...fields })),
  };
  return changes[type](set);
};
