import { type FieldIssueDetail, validationFailed } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { CodeableConcept } from '../../../schema/values.ts';
import { SYSTEM } from '../../vendor/concept.ts';
import { toNationalDigits } from '../../vendor/phone.ts';
import { calendarDate, toUsDate } from '../../vendor/time.ts';
import { DECLINED } from './declined.ts';
import type { Form } from './form.ts';
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

/** Where the graph's inputs have what stands in a field of the form. */
export const PATIENT_PATHS: Readonly<Record<string, readonly string[]>> = {
  firstname: ['patient', 'firstName'],
  lastname: ['patient', 'lastName'],
  dob: ['patient', 'dateOfBirth'],
  sex: ['patient', 'gender'],
  address1: ['patient', 'address', 'line1'],
  address2: ['patient', 'address', 'line2'],
  city: ['patient', 'address', 'city'],
  state: ['patient', 'address', 'state'],
  zip: ['patient', 'address', 'postalCode'],
  countrycode3166: ['patient', 'address', 'country'],
  homephone: ['patient', 'phoneHome'],
  mobilephone: ['patient', 'phoneMobile'],
  email: ['patient', 'email'],
  language6392code: ['patient', 'preferredLanguage'],
  race: ['patient', 'race'],
  ethnicitycode: ['patient', 'ethnicity'],
  departmentid: ['location'],
};

/**
 * A patient as the fields of athenaNet's form: the inverse of `toPatient`.
 * @throws GraphError VALIDATION, with every fault at once, for what the form cannot carry: a partial date, a foreign number,
 *   a text that is too long, a language, gender or country without a code.
 */
export const fromPatient = (patient: PatientEdit, dialect: string): Form => {
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
    homephone: fromPhone(patient.phoneHome),
    mobilephone: fromPhone(patient.phoneMobile),
    email: patient.email,
    language6392code: patient.preferredLanguage ? fromLanguage(patient.preferredLanguage) : undefined,
    race: patient.race?.map(fromCdcConcept).filter(Boolean).join('\t'),
    ethnicitycode: patient.ethnicity ? fromCdcConcept(patient.ethnicity) : undefined,
    maritalstatus: fromMarital(patient.own?.maritalStatus as CodeableConcept | undefined),
    ...fromDeclined(patient.own?.declined as readonly string[] | undefined),
  };
  const form = Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined && !!field[1]),
  );
  const issues = [...uncoded(patient, form), ...overlong(form)];
  if (issues.length > 0) throw validationFailed(issues);
  return form;
};

const issue = (field: string, rule: string, message: string): FieldIssueDetail => ({
  path: PATIENT_PATHS[field] ?? [field],
  rule,
  message,
});

const overlong = (form: Form): readonly FieldIssueDetail[] =>
  Object.entries(LONGEST)
    .filter(([field, longest]) => (form[field] ?? '').length > longest)
    .map(([field, longest]) => issue(field, 'length', `athenahealth takes at most ${longest} characters.`));

/** What was given and has no place in the form. */
const uncoded = (patient: PatientEdit, form: Form): readonly FieldIssueDetail[] => {
  const lacks = (field: string, given: unknown): boolean => Boolean(given) && form[field] === undefined;
  const country = form.countrycode3166;
  return [
    ...(lacks('dob', patient.dateOfBirth) ? [issue('dob', 'date', 'athenahealth takes whole dates only.')] : []),
    ...(lacks('sex', patient.gender) ? [issue('sex', 'code', 'athenahealth has no value for this gender.')] : []),
    ...(lacks('homephone', patient.phoneHome) ? [issue('homephone', 'phone', US_NUMBERS)] : []),
    ...(lacks('mobilephone', patient.phoneMobile) ? [issue('mobilephone', 'phone', US_NUMBERS)] : []),
    ...(lacks('language6392code', patient.preferredLanguage)
      ? [issue('language6392code', 'code', 'athenahealth has no code for this language.')]
      : []),
    ...(country === undefined || /^[A-Z]{2}$/i.test(country)
      ? []
      : [issue('countrycode3166', 'code', 'athenahealth takes the two letters of ISO 3166.')]),
  ];
};

const US_NUMBERS = 'athenahealth takes US numbers only.';

const fromDay = (date: string | null | undefined): string | undefined =>
  calendarDate(date) === undefined ? undefined : toUsDate(date ?? '');

/** `O` is the guide's; the platform has no value for it. */
const fromGender = (gender: PatientEdit['gender'], dialect: string): string | undefined =>
  gender === 'OTHER' && dialect !== 'guide' ? undefined : SEX.from(gender);

const fromPhone = (phone: string | null | undefined): string | undefined => {
  if (phone === null || phone === undefined) return undefined;
  const digits = toNationalDigits(phone);
  return phone.startsWith('+1') && digits.length === 10 ? digits : undefined;
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
