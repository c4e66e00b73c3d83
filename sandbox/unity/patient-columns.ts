import type { Patient } from '../practice.ts';
import { type Spec, spelt } from './dataset.ts';
import { type Local, monthDate, usDate, usTime } from './local-time.ts';
import { birthDay, ehrPhone, lastFirst, pmPhone, type World } from './world.ts';

const SEX = { F: 'Female', M: 'Male', O: 'Other', U: 'Unknown' } as const;
const MARITAL = { D: 'Divorced', M: 'Married', S: 'Single', U: 'Unknown', W: 'Widowed' } as const;
const DAY = 86_400_000;
const DAYS_A_YEAR = 365.2425;
/** A dot: what stands for a picture. */
const PICTURE = 'R0lGODlhAQABAIAAAMLCwgAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==';

/** Several races in the one column: with pipes, which is how Unity writes lists elsewhere (assumption). */
const raceOf = ({ race }: Patient): string => race.map(({ display }) => display).join('|');

const usBirthDay = (patient: Patient): string | undefined => {
  const born = birthDay(patient);
  return born && usDate(born);
};

const birthText = (patient: Patient, { product }: World): string => {
  const born = birthDay(patient);
  if (born === undefined) return '';
  return product === 'professional' ? monthDate(born) : usTime(born);
};

const today = (world: World): Local => world.local(world.now());

const yearsText = (patient: Patient, world: World): string => {
  const [born, now] = [birthDay(patient), today(world)];
  if (born === undefined) return '';
  const before = now.slice(5, 10) < born.slice(5, 10) ? 1 : 0;
  return `${Number(now.slice(0, 4)) - Number(born.slice(0, 4)) - before}y`;
};

const decimalYears = (patient: Patient, world: World): string => {
  const born = birthDay(patient);
  if (born === undefined) return '';
  const days = Math.floor((Date.parse(`${today(world)}Z`) - Date.parse(`${born}Z`)) / DAY);
  return (days / DAYS_A_YEAR).toFixed(3);
};

const insuranceOf = ({ coverages }: Patient, world: World): string => {
  const day = today(world).slice(0, 10);
  const current = coverages.find(({ start, end }) => (start ?? day) <= day && day <= (end ?? day));
  return current?.payer ?? 'No primary insurance';
};

/** GetPatient in the casing of Professional EHR. */
const PROFESSIONAL: Spec<Patient> = {
  ID: ({ id }) => String(id),
  Firstname: ({ first }) => first,
  middlename: ({ middle }) => middle ?? '',
  LastName: ({ last }) => last,
  suffix: ({ suffix }) => suffix ?? '',
  mrn: ({ mrn }) => mrn,
  ssn: () => 'No SSN',
  gender: ({ sex }) => (sex ? SEX[sex] : ''),
  dateofbirth: birthText,
  age: yearsText,
  AgeDec: decimalYears,
  MaritalStatus: ({ maritalStatus }) => (maritalStatus ? MARITAL[maritalStatus] : ''),
  Race: raceOf,
  Ethnicity: ({ ethnicity }) => ethnicity?.display ?? '',
  Language: ({ language }) => language?.display ?? '',
  Addressline1: ({ address }) => address?.line1 ?? '',
  AddressLine2: ({ address }) => address?.line2 ?? '',
  City: ({ address }) => address?.city ?? '',
  State: ({ address }) => address?.state ?? '',
  ZipCode: ({ address }) => address?.postalCode ?? '',
  PhoneNumber: ({ homePhone }) => ehrPhone(homePhone) ?? '',
  HomePhone: ({ homePhone }) => ehrPhone(homePhone) ?? '',
  WorkPhone: ({ workPhone }) => ehrPhone(workPhone) ?? '',
  cellphone: ({ mobilePhone }) => ehrPhone(mobilePhone) ?? '',
  Email: ({ email }) => email ?? '',
  HomeEmail: () => '',
  Occupation: () => '',
  Employer: () => '',
  PatientLocation: ({ locationId }, world) => world.location(locationId)?.name ?? '',
  PhysUserName: ({ practitionerId }, world) => world.practitioner(practitionerId)?.username.toUpperCase() ?? '',
  PhysFirstName: ({ practitionerId }, world) => world.practitioner(practitionerId)?.first ?? '',
  PhysLastName: ({ practitionerId }, world) => world.practitioner(practitionerId)?.last ?? '',
  PhysPhone: ({ practitionerId }, world) =>
    ehrPhone(world.location(world.practitioner(practitionerId)?.locationId)?.phone) ?? '',
  PrimaryInsurance: insuranceOf,
  DEM_EXTERNALID: ({ mrn }) => mrn,
  base64image: () => '',
};

/** TouchWorks writes some of the same columns in another casing. */
const TOUCHWORKS = spelt(PROFESSIONAL, {
  Firstname: 'FirstName',
  middlename: 'MiddleName',
  suffix: 'Suffix',
  mrn: 'MRN',
  dateofbirth: 'DateOfBirth',
  Addressline1: 'AddressLine1',
  cellphone: 'CellPhone',
});

/** The EHR's columns of a patient, in the product's casing, with a picture only when asked for. */
export const patientColumns = ({ product }: World, picture: boolean): Spec<Patient> => {
  const columns = product === 'professional' ? PROFESSIONAL : TOUCHWORKS;
  return picture ? { ...columns, base64image: () => PICTURE } : columns;
};

/** What a search tells. */
export const SUMMARY: Spec<Patient> = {
  ID: ({ id }) => String(id),
  lastname: ({ last }) => last,
  firstname: ({ first }) => first,
  middlename: ({ middle }) => middle ?? '',
  dateofbirth: (patient) => usBirthDay(patient) ?? '',
  gender: ({ sex }) => (sex ? SEX[sex] : ''),
  mrn: ({ mrn }) => mrn,
  HomePhone: ({ homePhone }) => ehrPhone(homePhone) ?? '',
  ssn: () => '',
};

const usualAbbreviation = ({ practitionerId }: Patient, world: World): string | undefined => {
  const found = world.practitioner(practitionerId);
  return found && world.abbreviation(found);
};

const usualName = ({ practitionerId }: Patient, world: World): string | undefined => {
  const found = world.practitioner(practitionerId);
  return found && lastFirst(found);
};

/** The number on the account, which is not the id. */
export const patientNumber = (id: number): string => String(id + 500_000);

/** A part of Practice Management's columns. What the practice does not know is NULL there. */
export const DEMOGRAPHICS: Spec<Patient> = {
  Patient_ID: ({ id }) => String(id),
  Patient_Number: ({ id }) => patientNumber(id),
  Patient_Med_Rec_No: ({ mrn }) => mrn,
  Patient_Enterprise_Number: () => '',
  Account_ID: ({ id }) => String(id + 300_000),
  Account_Number: ({ id }) => String(id + 300_000),
  Account_Type_Abbr: () => 'STD',
  Account_Type_Desc: () => 'Standard',
  Last_Name: ({ last }) => last,
  First_Name: ({ first }) => first,
  Middle_Initial: ({ middle }) => middle?.slice(0, 1),
  Suffix: ({ suffix }) => suffix,
  DOB: usBirthDay,
  Sex: ({ sex }) => sex,
  Marital_Status: ({ maritalStatus }) => maritalStatus,
  Race: (patient) => raceOf(patient) || undefined,
  Ethnicity: ({ ethnicity }) => ethnicity?.display,
  Language: ({ language }) => language?.display,
  SSN: () => '',
  HideSSN: () => 'N',
  SuppressSSN: () => 'N',
  Street1: ({ address }) => address?.line1,
  Street2: ({ address }) => address?.line2,
  City: ({ address }) => address?.city,
  State: ({ address }) => address?.state,
  Zip_Code: ({ address }) => address?.postalCode,
  HomePhone: ({ homePhone }) => pmPhone(homePhone),
  Work_Phone: ({ workPhone }) => pmPhone(workPhone),
  Work_Phone_Ext: () => '',
  Cell_Phone: ({ mobilePhone }) => pmPhone(mobilePhone),
  Email_Address: ({ email }) => email,
  Is_Patient: () => 'Y',
  Is_Guarantor: () => undefined,
  RelationToGuarantor: () => undefined,
  Guarantor_Name: () => undefined,
  Guarantor_Last_Name: () => undefined,
  Guarantor_First_Name: () => undefined,
  Guarantor_DOB: () => undefined,
  Usual_Provider_Abbr: usualAbbreviation,
  Usual_Provider_Name: usualName,
  PCP_Abbr: usualAbbreviation,
  PCP_Name: usualName,
  Emergency_Contact: () => undefined,
  EmergencyContactRelation: () => undefined,
  Contact_ID: () => '',
};
