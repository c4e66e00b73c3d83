import { type FieldIssueDetail, validationFailed } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { CodeableConcept } from '../../../schema/values.ts';
import { SYSTEM } from '../../vendor/concept.ts';
import { toNationalDigits } from '../../vendor/phone.ts';
import { calendarDate, toUsDate } from '../../vendor/time.ts';
import { DECLINED } from './declined.ts';
import { fromLanguage } from './language.ts';
import { MARITAL, SEX } from './patient.ts';

/** What of a patient athenaNet's form takes. A field that is absent or null is not sent, so it stays as it is. */
export type PatientEdit = Partial<
  Pick<
    Mapped<'Patient'>,
    | 'names'
    | 'firstName'
    | 'lastName'
    | 'dateOfBirth'
    | 'gender'
    | 'address'
    | 'phoneHome'
    | 'phoneMobile'
    | 'email'
    | 'preferredLanguage'
    | 'race'
    | 'ethnicity'
    | 'own'
  >
>;

export type PatientForm = Readonly<Record<string, string>>;

/** Characters that athenaNet keeps of a field (docs: troubleshooting); it cuts off the rest without a word. */
const LONGEST: Readonly<Record<string, number>> = {
  firstname: 20,
  middlename: 20,
  lastname: 30,
  suffix: 20,
  preferredname: 20,
  address1: 100,
  address2: 100,
  city: 30,
  state: 20,
  zip: 10,
  email: 50,
};

/**
 * A patient as the fields of athenaNet's form: the inverse of `toPatient`.
 * @throws GraphError VALIDATION for what the form cannot carry: a partial date, a foreign number, a text that is too long.
 */
export const fromPatient = (patient: PatientEdit, dialect: string): PatientForm => {
  const official = patient.names?.find(({ use }) => use !== 'nickname');
  const fields: Readonly<Record<string, string | null | undefined>> = {
    firstname: patient.firstName ?? official?.given[0],
    middlename: official?.given.slice(1).join(' '),
    lastname: patient.lastName ?? official?.family,
    suffix: official?.suffix,
    preferredname: patient.names?.find(({ use }) => use === 'nickname')?.given.join(' '),
    dob: fromDay(patient.dateOfBirth),
    sex: fromGender(patient.gender, dialect),
    address1: patient.address?.line1,
    address2: patient.address?.line2,
    city: patient.address?.city,
    state: patient.address?.state,
    zip: patient.address?.postalCode,
    countrycode3166: patient.address?.country,
    homephone: fromPhone(patient.phoneHome, 'phoneHome'),
    mobilephone: fromPhone(patient.phoneMobile, 'phoneMobile'),
    email: patient.email,
    language6392code: patient.preferredLanguage ? fromLanguage(patient.preferredLanguage) : undefined,
    race: patient.race?.map(fromCdcConcept).filter(Boolean).join('\t'),
    ethnicitycode: patient.ethnicity ? fromCdcConcept(patient.ethnicity) : undefined,
    maritalstatus: fromMarital(patient.own?.maritalStatus as CodeableConcept | undefined),
    ...fromDeclined(patient.own?.declined as readonly string[] | undefined),
  };
  return checked(
    Object.fromEntries(
      Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined && !!field[1]),
    ),
  );
};

const checked = (form: PatientForm): PatientForm => {
  const issues = Object.entries(LONGEST)
    .filter(([field, longest]) => (form[field] ?? '').length > longest)
    .map(
      ([field, longest]): FieldIssueDetail => ({
        path: [field],
        rule: 'length',
        message: `athenahealth takes at most ${longest} characters.`,
      }),
    );
  if (issues.length > 0) throw validationFailed(issues);
  return form;
};

const fromDay = (date: string | null | undefined): string | undefined => {
  if (date === null || date === undefined) return undefined;
  if (calendarDate(date) !== undefined) return toUsDate(date);
  throw validationFailed([{ path: ['dateOfBirth'], rule: 'date', message: 'athenahealth takes whole dates only.' }]);
};

/** `O` is the guide's; the platform has no value for it, so nothing is sent. */
const fromGender = (gender: PatientEdit['gender'], dialect: string): string | undefined =>
  gender === 'OTHER' && dialect !== 'guide' ? undefined : SEX.from(gender);

const fromPhone = (phone: string | null | undefined, field: string): string | undefined => {
  if (phone === null || phone === undefined) return undefined;
  const digits = toNationalDigits(phone);
  if (phone.startsWith('+1') && digits.length === 10) return digits;
  throw validationFailed([{ path: [field], rule: 'phone', message: 'athenahealth takes US numbers only.' }]);
};

const fromCdcConcept = ({ codings: [first] }: CodeableConcept): string | undefined =>
  first?.system === SYSTEM.nullFlavor ? DECLINED : first?.code;

const fromMarital = (status: CodeableConcept | undefined): string | undefined => {
  const code = status?.codings[0]?.code;
  return MARITAL.from(code as Parameters<typeof MARITAL.from>[0]);
};

const DECLINABLE: Readonly<Record<string, string>> = {
  phoneHome: 'homephone',
  phoneMobile: 'mobilephone',
  email: 'email',
};

const fromDeclined = (declined: readonly string[] | undefined): Record<string, string> =>
  Object.fromEntries(
    (declined ?? []).flatMap((field) => {
      const name = DECLINABLE[field];
      return name === undefined ? [] : [[name, DECLINED]];
    }),
  );
