import type { Mapped } from '../../../schema/records.ts';
import type { Address, ContactPoint, HumanName, Identifier } from '../../../schema/values.ts';
import { concept, SYSTEM, textConcept } from '../../vendor/concept.ts';
import { toE164, toNationalDigits } from '../../vendor/phone.ts';
import { calendarDate, toUsDate } from '../../vendor/time.ts';
import { cell, columnName, idCell, type Row, type Table } from '../payload.ts';
import { ETHNICITIES, fromRaces, GENDER, LANGUAGES, toRaces } from './code.ts';
import { toDay } from './format.ts';

/** Columns that hold a patient's id, over all actions. */
export const PATIENT_ID = ['ID', 'PatientID', 'Patient_ID'] as const;

const MRN = ['mrn', 'Patient_Med_Rec_No', 'organizationMRN'] as const;
const LAST_NAME = ['LastName', 'PatientLastName'] as const;
const FIRST_NAME = ['FirstName', 'PatientFirstName'] as const;
const MIDDLE_NAME = ['MiddleName', 'Middle_Initial'] as const;
const BIRTH = ['dateofbirth', 'DOB', 'Patient_DOB'] as const;
const SEX = ['gender', 'Sex'] as const;

/**
 * A row of GetPatient, GetPatientDemographics, SearchPatients or the guide's names; the social security number is
 * left where it is.
 */
export const toPatient = (row: Row, key: string): Mapped<'Patient'> => ({
  key,
  externalId: key,
  identifiers: toIdentifiers(row),
  names: toNames(row),
  firstName: cell(row, ...FIRST_NAME) ?? null,
  lastName: cell(row, ...LAST_NAME) ?? null,
  dateOfBirth: toDay(cell(row, ...BIRTH)) ?? null,
  gender: GENDER.to(cell(row, ...SEX)) ?? null,
  deceased: null,
  addresses: toAddresses(row),
  address: toAddresses(row)[0] ?? null,
  telecoms: toTelecoms(row),
  phoneHome: toE164(cell(row, 'HomePhone')) ?? null,
  phoneMobile: toE164(cell(row, 'CellPhone', 'MobilePhone')) ?? null,
  email: emails(row).find((email) => EMAIL.test(email)) ?? null,
  preferredLanguage: optional(cell(row, 'Language'), LANGUAGES.to),
  race: toRaces(cell(row, 'Race')),
  ethnicity: optional(cell(row, 'Ethnicity'), ETHNICITIES.to),
  own: {
    sex: cell(row, ...SEX) ?? null,
    maritalStatus: cell(row, 'MaritalStatus') ?? null,
    primaryPhysician: toPhysician(row) ?? null,
    externalDemographicId: cell(row, 'DEM_EXTERNALID') ?? null,
  },
});

const optional = <V, T>(value: V | null | undefined, map: (value: V) => T): T | null =>
  value === null || value === undefined ? null : map(value);

const toIdentifiers = (row: Row): readonly Identifier[] => {
  const mrn = idCell(row, ...MRN);
  const number = idCell(row, 'Patient_Number');
  return [
    ...(mrn === undefined ? [] : [{ value: mrn, type: concept(SYSTEM.identifierType, 'MR', 'Medical record number') }]),
    ...(number === undefined ? [] : [{ value: number, type: textConcept('Patient number') }]),
  ];
};

const toNames = (row: Row): readonly HumanName[] => {
  const family = cell(row, ...LAST_NAME);
  const given = [cell(row, ...FIRST_NAME), cell(row, ...MIDDLE_NAME)].filter((name) => name !== undefined);
  if (family === undefined && given.length === 0) return [];
  return [{ given, family: family ?? null, suffix: cell(row, 'suffix') ?? null }];
};

const toAddresses = (row: Row): readonly Address[] => {
  const address = {
    line1: cell(row, 'AddressLine1', 'Address1', 'Street1') ?? null,
    line2: cell(row, 'AddressLine2', 'Address2', 'Street2') ?? null,
    city: cell(row, 'City') ?? null,
    state: cell(row, 'State') ?? null,
    postalCode: cell(row, 'ZipCode', 'Zip') ?? null,
  };
  return Object.values(address).some((part) => part !== null) ? [address] : [];
};

/** The number in E.164, or the vendor's text when it is more or less than one number. */
const readable = (raw: string): string => (/x/i.test(raw) ? raw : (toE164(raw) ?? raw));

const phone = (raw: string | undefined, use?: string): readonly ContactPoint[] =>
  raw === undefined ? [] : [{ system: 'phone', value: readable(raw), ...(use === undefined ? {} : { use }) }];

const workPhone = (row: Row): string | undefined => {
  const extension = cell(row, 'Work_Phone_Ext');
  const number = cell(row, 'WorkPhone');
  return number === undefined || extension === undefined ? number : `${number} x${extension}`;
};

const emails = (row: Row): readonly string[] => [
  ...new Set([cell(row, 'Email', 'Email_Address'), cell(row, 'HomeEmail')].filter((email) => email !== undefined)),
];

const toTelecoms = (row: Row): readonly ContactPoint[] => {
  const all = [
    ...phone(cell(row, 'HomePhone'), 'home'),
    ...phone(cell(row, 'CellPhone', 'MobilePhone'), 'mobile'),
    ...phone(workPhone(row), 'work'),
    ...emails(row).map((value) => ({ system: 'email', value })),
  ];
  // the number to use, which most often is one of the others
  const main = phone(cell(row, 'PhoneNumber')).filter(({ value }) => all.every((known) => known.value !== value));
  return [...all, ...main];
};

/** As the graph's EmailAddress takes it; what is none stays in `telecoms`. */
const EMAIL = /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)+$/i;

const toPhysician = (row: Row): string | undefined => {
  const names = [cell(row, 'PhysFirstName'), cell(row, 'PhysLastName')].filter((name) => name !== undefined);
  return names.length > 0 ? names.join(' ') : cell(row, 'PCP_Name', 'Usual_Provider_Name');
};

/**
 * Each field with the columns that can tell it. A field is covered when the answer has one of its columns; middle names
 * are a field only for searching.
 */
const TOLD_BY: Readonly<Record<string, readonly string[]>> = {
  identifiers: MRN,
  firstName: FIRST_NAME,
  middleName: MIDDLE_NAME,
  lastName: LAST_NAME,
  dateOfBirth: BIRTH,
  gender: SEX,
  sex: SEX,
  phoneHome: ['HomePhone'],
};

/** Fields that a row can tell which is not the whole record; what Unity never has counts as told. */
export const patientCovers = (columns: Table['columns']): ReadonlySet<string> => {
  const has = (names: readonly string[]): boolean => names.some((name) => columns.has(columnName(name)));
  return new Set([
    'deceased',
    ...Object.entries(TOLD_BY)
      .filter(([, names]) => has(names))
      .map(([field]) => field),
  ]);
};

/** What a patient is written with, by Practice Management's column names. Days are written `MM/DD/YYYY`. */
export const fromPatient = (patient: Partial<Mapped<'Patient'>>): Readonly<Record<string, string>> => {
  const born = patient.dateOfBirth ?? undefined;
  const columns: Readonly<Record<string, string | null | undefined>> = {
    Last_Name: patient.lastName,
    First_Name: patient.firstName,
    Middle_Initial: patient.names?.[0]?.given.slice(1).join(' '),
    Suffix: patient.names?.[0]?.suffix,
    DOB: calendarDate(born) === undefined ? born : toUsDate(born ?? ''),
    Sex: GENDER.from(patient.gender),
    Street1: patient.address?.line1,
    Street2: patient.address?.line2,
    City: patient.address?.city,
    State: patient.address?.state,
    Zip_Code: patient.address?.postalCode,
    HomePhone: optional(patient.phoneHome, toNationalDigits),
    Cell_Phone: optional(patient.phoneMobile, toNationalDigits),
    Email_Address: patient.email,
    Language: optional(patient.preferredLanguage, LANGUAGES.from),
    Race: fromRaces(patient.race ?? []),
    Ethnicity: optional(patient.ethnicity, ETHNICITIES.from),
  };
  return Object.fromEntries(
    Object.entries(columns).filter((entry): entry is [string, string] => entry[1] != null && entry[1] !== ''),
  );
};
