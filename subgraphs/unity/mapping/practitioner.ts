import type { Mapped } from '../../../schema/records.ts';
import type { HumanName } from '../../../schema/values.ts';
import { cell, idCell, type Row } from '../payload.ts';

/** Columns that hold a provider's id: in the EHR's list, in GetProvider, in Practice Management's list. */
export const PROVIDER_ID = ['personid', 'ProviderID', 'Practitioner_ID'] as const;

/** A row of GetProviders or GetPractitioners, or the merged tables of GetProvider. */
export const toPractitioner = (row: Row, key: string): Mapped<'Practitioner'> => ({
  key,
  externalId: key,
  npi: toNpi(row) ?? null,
  name: toName(row),
  own: {
    username: cell(row, 'Username') ?? null,
    code: cell(row, 'EntryCode', 'Abbreviation') ?? null,
    profession: cell(row, 'Profession') ?? null,
    specialty: cell(row, 'PrimSpecialty', 'Specialty') ?? null,
    inactive: toInactive(row),
  },
});

/** Ten digits, whichever product's column they come in. */
const toNpi = (row: Row): string | undefined => {
  const raw = cell(row, 'NPI', 'Provider_NPI');
  return raw !== undefined && /^\d{10}$/.test(raw) ? raw : undefined;
};

const toName = (row: Row): HumanName | null => {
  const family = cell(row, 'LastName');
  const given = [cell(row, 'FirstName'), cell(row, 'Middle', 'MiddleName')].filter((name) => name !== undefined);
  const text = cell(row, 'Practitioner_Name', 'Description');
  if (family === undefined && given.length === 0) return text === undefined ? null : { given: [], text };
  return {
    prefix: cell(row, 'PrefixName') ?? null,
    given,
    family: family ?? null,
    suffix: cell(row, 'Credentials', 'SuffixName') ?? null,
  };
};

const toInactive = (row: Row): boolean | null => {
  const flag = cell(row, 'ProviderInactive', 'ProviderIsInactiveFLAG')?.toUpperCase();
  return flag === 'Y' ? true : flag === 'N' ? false : null;
};

/** Whose free time or visit a resource of Practice Management is, by the code that both lists share. */
export const providerOfCode = (
  practitioners: readonly Mapped<'Practitioner'>[],
  code: string | undefined,
): string | undefined => {
  const same = practitioners.filter(
    ({ own }) => typeof own?.code === 'string' && own.code.toLowerCase() === code?.toLowerCase(),
  );
  return same.length === 1 ? same[0]?.key : undefined;
};

/** A resource that can be scheduled: mostly a provider. */
export interface Resource {
  readonly id: string;
  /** GetAvailableSchedule takes this, not the id. */
  readonly abbreviation: string;
  readonly practitionerId?: string;
}

export const toResource = (row: Row): Resource | undefined => {
  const id = idCell(row, 'Resource_ID');
  const abbreviation = cell(row, 'Abbreviation', 'Resource_Abbr');
  const practitionerId = idCell(row, 'Practitioner_ID');
  return id === undefined || abbreviation === undefined
    ? undefined
    : { id, abbreviation, ...(practitionerId === undefined ? {} : { practitionerId }) };
};
