import type { PatientFields } from '../../../schema/commands.ts';
import type { Gender } from '../../../schema/enums.ts';
import { fold } from '../../../schema/fold.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { PatientQuery } from '../connector.ts';
import type { Work } from './work.ts';

/** Namesakes that are looked at; a practice with more of one name and birth date asks a person. */
const MOST = 20;

/** The first name as people are told apart by it: `Mary Ann` and `Mary` may be one. */
const firstOf = (name: string | null | undefined): string => fold(name).split(/[\s-]/)[0] ?? '';

/** Of one who is neither recorded nor known nothing speaks against the other. */
const agree = (one: Gender | null | undefined, other: Gender | null | undefined): boolean =>
  one === other || [one, other].some((gender) => gender == null || gender === 'UNKNOWN');

/**
 * Likely the same person: the same family name and first given name, and nothing that speaks against it: birth date,
 * gender. Without a birth date on both sides, a telephone or an e-mail must be the same.
 */
export const isLikely = (fields: PatientFields, record: Mapped<'Patient'>): boolean => {
  if (fold(fields.lastName) !== fold(record.lastName)) return false;
  if (firstOf(fields.firstName) !== firstOf(record.firstName)) return false;
  if (!agree(fields.gender, record.gender)) return false;
  if (fields.dateOfBirth !== undefined && record.dateOfBirth != null)
    return fields.dateOfBirth.startsWith(record.dateOfBirth);
  return (['phoneHome', 'phoneMobile', 'email'] as const).some(
    (contact) =>
      fields[contact] !== undefined && record[contact] != null && fold(fields[contact]) === fold(record[contact]),
  );
};

const queryOf = ({ firstName, lastName, dateOfBirth }: PatientFields): PatientQuery => ({
  ...(lastName === undefined ? {} : { lastName }),
  ...(dateOfBirth === undefined ? (firstName === undefined ? {} : { firstName }) : { dateOfBirth }),
});

/** What tells people apart. */
const FIELDS = ['firstName', 'lastName', 'dateOfBirth', 'gender', 'phoneHome', 'phoneMobile', 'email'];

/** Patients of the source who are likely this person, as the vendor has them now; `isAll`: nobody was left out. */
export const likelySame = async (
  work: Work,
  fields: PatientFields,
): Promise<{ readonly records: readonly Mapped<'Patient'>[]; readonly isAll: boolean }> => {
  const query = queryOf(fields);
  if (Object.keys(query).length === 0) return { records: [], isAll: true };
  const page = await work.reading(() =>
    work.connector.searchPatients(query, { first: MOST, fields: new Set(FIELDS) }, work.call()),
  );
  const records = page.items.map(({ record }) => record).filter((record) => isLikely(fields, record));
  return { records, isAll: !page.hasNextPage };
};
