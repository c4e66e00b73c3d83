import { fold } from '../../schema/fold.ts';
import type { Mapped } from '../../schema/records.ts';

export type Searched = 'Patient' | 'Appointment' | 'Claim';

/** Absent values come last; names compare without case and accents. */
const sortText = (value: string | null | undefined): string =>
  value === null || value === undefined || value === '' ? '\uffff' : fold(value);

/** What a record is sorted by over vendors, as texts that compare code unit by code unit. */
export const SORT_KEYS: { readonly [T in Searched]: (record: Mapped<T>) => readonly string[] } = {
  Patient: (record) => [record.lastName, record.firstName, record.dateOfBirth].map(sortText),
  Appointment: (record) => [sortText(record.start)],
  Claim: (record) => [sortText(record.servicePeriod?.start)],
};

const orderOf = (record: Mapped<'Patient'>): string => [...SORT_KEYS.Patient(record), record.key].join('\0');

/** Compares patients by family name, given name, birth date and key. */
export const byName = (one: Mapped<'Patient'>, other: Mapped<'Patient'>): number =>
  orderOf(one) < orderOf(other) ? -1 : 1;
