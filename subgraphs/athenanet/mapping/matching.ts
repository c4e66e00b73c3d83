import { fold } from '../../../schema/fold.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { PatientQuery } from '../../vendor/connector.ts';

/** `Last, First` as its two parts; `undefined` for a name without a comma, which may be any part of one. */
export const splitName = (
  name: string | undefined,
): { readonly last: string | undefined; readonly first: string | undefined } | undefined => {
  if (name === undefined || !name.includes(',')) return undefined;
  const [last = '', ...first] = name.split(',').map((part) => part.trim());
  return { last: last || undefined, first: first.join(' ').trim() || undefined };
};

/**
 * Does the patient meet every criterion? Names by their beginning, `name` without a comma by any part, without regard to
 * case and accents; the rest exactly. Asked of every row, so that what athenaNet matches by (an emergency contact's
 * telephone, say) never shows a patient who was not searched for.
 */
export const matches = (query: PatientQuery, patient: Mapped<'Patient'>): boolean => {
  const telecoms = (system: string) =>
    patient.telecoms.filter((one) => one.system === system).map(({ value }) => value);
  return (
    begins(patient.firstName, query.firstName) &&
    begins(patient.lastName, query.lastName) &&
    matchesName(query.name, patient) &&
    (query.dateOfBirth === undefined || patient.dateOfBirth === query.dateOfBirth) &&
    (query.phone === undefined || telecoms('phone').includes(query.phone)) &&
    (query.email === undefined || telecoms('email').some((value) => same(value, query.email ?? ''))) &&
    (query.identifier === undefined || patient.identifiers.some(({ value }) => value === query.identifier))
  );
};

const matchesName = (name: string | undefined, patient: Mapped<'Patient'>): boolean => {
  if (name === undefined) return true;
  const given = [patient.firstName, ...patient.names.flatMap((one) => one.given)];
  const parts = splitName(name);
  if (parts !== undefined)
    return (
      begins(patient.lastName, parts.last) &&
      wordsOf(parts.first).every((word) => given.some((own) => begins(own, word)))
    );
  const all = [...given, patient.lastName, ...patient.names.map(({ family }) => family)].map(fold);
  return wordsOf(name).every((word) => all.some((own) => own.includes(fold(word))));
};

export const wordsOf = (text: string | undefined): readonly string[] => (text ?? '').split(/\s+/).filter(Boolean);

const same = (one: string, other: string): boolean => fold(one) === fold(other);
const begins = (own: string | null | undefined, wanted: string | undefined): boolean =>
  wanted === undefined || fold(own).startsWith(fold(wanted.trim()));
