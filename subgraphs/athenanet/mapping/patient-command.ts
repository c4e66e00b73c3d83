import type { PatientFields } from '../../../schema/commands.ts';
import { type FieldIssueDetail, validationFailed } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import { concept, SYSTEM } from '../../vendor/concept.ts';
import type { Form } from './form.ts';
import { fromPatient, PATIENT_PATHS } from './patient-form.ts';

/** What athenaNet wants of every patient, besides the department (laravel: required parameters). */
const REQUIRED = ['firstName', 'lastName', 'dateOfBirth'] as const;

/** The fields of the form for each part of the graph's input. */
const FORM_FIELDS: Readonly<Record<keyof PatientFields, readonly string[]>> = {
  firstName: ['firstname'],
  lastName: ['lastname'],
  dateOfBirth: ['dob'],
  gender: ['sex'],
  address: ['address1', 'address2', 'city', 'state', 'zip', 'countrycode3166'],
  phoneHome: ['homephone'],
  phoneMobile: ['mobilephone'],
  email: ['email'],
  preferredLanguage: ['language6392code'],
  race: ['race'],
  ethnicity: ['ethnicitycode'],
};

/** A code of athenaNet's or CDC's; a tab would make two of it. */
const CODE = /^[\w-]{1,40}$/;

/**
 * What a client gives of a patient, as athenaNet's form.
 * @throws GraphError VALIDATION with every fault, in the paths of the graph's input
 */
export const fromFields = (fields: PatientFields, dialect: string): Form => {
  const { preferredLanguage, race, ethnicity, ...plain } = fields;
  const issues = [race ?? [], ethnicity ?? []].flat().some((code) => !CODE.test(code))
    ? [{ path: ['patient', 'race'], rule: 'code', message: 'Race and ethnicity are codes.' }]
    : [];
  if (issues.length > 0) throw validationFailed(issues);
  const cdc = (code: string) => concept(SYSTEM.cdcRaceEthnicity, code);
  return fromPatient(
    {
      ...plain,
      ...(preferredLanguage === undefined ? {} : { preferredLanguage: concept(SYSTEM.bcp47, preferredLanguage) }),
      ...(race === undefined ? {} : { race: race.map(cdc) }),
      ...(ethnicity === undefined ? {} : { ethnicity: cdc(ethnicity) }),
    },
    dialect,
  );
};

/** @throws GraphError VALIDATION when something is missing that athenaNet wants of every patient */
export const requireForCreation = (fields: PatientFields): void => {
  const issues = REQUIRED.filter((name) => !fields[name]).map(
    (name): FieldIssueDetail => ({
      path: ['patient', name],
      rule: 'required',
      message: 'athenahealth requires this of every patient.',
    }),
  );
  if (issues.length > 0) throw validationFailed(issues);
};

/**
 * Fields of the form that shall be empty afterwards: those that are to be cleared, and parts of the former address that a new
 * address does not have.
 * @throws GraphError VALIDATION for what athenaNet wants of every patient
 */
export const emptied = (
  fields: PatientFields,
  clear: readonly (keyof PatientFields)[],
  current?: Mapped<'Patient'>,
): Form => {
  const issues = clear
    .filter((name) => (REQUIRED as readonly string[]).includes(name))
    .map(
      (name): FieldIssueDetail => ({ path: ['clear'], rule: 'required', message: `athenahealth requires ${name}.` }),
    );
  if (issues.length > 0) throw validationFailed(issues);
  const cleared = clear.flatMap((name) => FORM_FIELDS[name]);
  const { address } = fields;
  const former = address === undefined ? [] : FORM_FIELDS.address.filter((field) => isLeft(field, address, current));
  return Object.fromEntries([...cleared, ...former].map((field) => [field, '']));
};

const isLeft = (
  field: string,
  address: NonNullable<PatientFields['address']>,
  current: Mapped<'Patient'> | undefined,
): boolean => {
  const part = PATIENT_PATHS[field]?.[2] as keyof typeof address;
  return address[part] === undefined && Boolean(current?.address?.[part]);
};
