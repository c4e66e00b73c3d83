import type { PatientFields } from '../../../schema/commands.ts';
import type { FieldIssueDetail } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import { toE164, toNationalDigits } from '../../vendor/phone.ts';
import { ETHNICITIES, LANGUAGES, RACES } from './code.ts';
import type { Form } from './form.ts';
import { fromPatient } from './patient.ts';

/** Practice Management's columns, each with the place in the graph's input from which it is filled. */
export const PATIENT_COLUMNS: Readonly<Record<string, readonly [field: keyof PatientFields, part?: string]>> = {
  Last_Name: ['lastName'],
  First_Name: ['firstName'],
  DOB: ['dateOfBirth'],
  Sex: ['gender'],
  Street1: ['address', 'line1'],
  Street2: ['address', 'line2'],
  City: ['address', 'city'],
  State: ['address', 'state'],
  Zip_Code: ['address', 'postalCode'],
  HomePhone: ['phoneHome'],
  Cell_Phone: ['phoneMobile'],
  Email_Address: ['email'],
  Language: ['preferredLanguage'],
  Race: ['race'],
  Ethnicity: ['ethnicity'],
};

const HOME_COUNTRY = /^(us|usa|united states|united states of america)$/i;

const issue = (rule: string, message: string, ...path: readonly string[]): FieldIssueDetail => ({
  path: ['patient', ...path],
  rule,
  message,
});

/** What these columns cannot carry. */
export const patientIssues = (patient: PatientFields): readonly FieldIssueDetail[] => {
  const { address, preferredLanguage, race = [], ethnicity } = patient;
  const phones = (['phoneHome', 'phoneMobile'] as const).filter((name) => {
    const number = patient[name];
    return number !== undefined && toE164(toNationalDigits(number)) !== number;
  });
  const unknown = (known: (code: string) => unknown, code: string | undefined): boolean =>
    code !== undefined && known(code) === undefined;
  return [
    ...phones.map((name) => issue('phone', 'This vendor keeps numbers of the United States and Canada only.', name)),
    ...(address?.country === undefined || HOME_COUNTRY.test(address.country)
      ? []
      : [
          issue('country', 'This vendor keeps no countries: an address is in the United States.', 'address', 'country'),
        ]),
    ...(unknown(languageOf, preferredLanguage)
      ? [issue('code', 'This vendor has no word for this language.', 'preferredLanguage')]
      : []),
    ...race.flatMap((code, i) =>
      unknown(RACES.ofCode, code) ? [issue('code', 'This vendor has no word for this code.', 'race', String(i))] : [],
    ),
    ...(unknown(ETHNICITIES.ofCode, ethnicity)
      ? [issue('code', 'This vendor has no word for this code.', 'ethnicity')]
      : []),
  ];
};

/** Regions are not kept: `en-US` is English. */
const languageOf = (tag: string) => LANGUAGES.ofCode(tag) ?? LANGUAGES.ofCode(tag.split('-')[0] ?? '');

const mapped = (patient: PatientFields): Partial<Mapped<'Patient'>> => {
  const { race = [], ethnicity, preferredLanguage, address, ...same } = patient;
  return {
    ...same,
    ...(address === undefined ? {} : { address }),
    race: race.flatMap((code) => RACES.ofCode(code) ?? []),
    ethnicity: ethnicity === undefined ? null : (ETHNICITIES.ofCode(ethnicity) ?? null),
    preferredLanguage: preferredLanguage === undefined ? null : (languageOf(preferredLanguage) ?? null),
  };
};

/**
 * A patient's fields in Practice Management's columns. An address is one thing: of one that replaces another, the parts
 * that are not given become empty, and so does all of what is cleared.
 */
export const patientForm = (patient: PatientFields, cleared: readonly (keyof PatientFields)[] = []): Form => ({
  ...emptied(cleared),
  ...fromPatient(mapped(patient)),
});

/** For the change of a patient, whose former address must not shine through a new one. */
export const patientChangeForm = (patient: PatientFields, clear: readonly (keyof PatientFields)[]): Form =>
  patientForm(patient, patient.address === undefined ? clear : [...clear, 'address']);

const emptied = (fields: readonly (keyof PatientFields)[]): Form =>
  Object.fromEntries(
    Object.entries(PATIENT_COLUMNS)
      .filter(([, [field]]) => fields.includes(field))
      .map(([column]) => [column, '']),
  );
