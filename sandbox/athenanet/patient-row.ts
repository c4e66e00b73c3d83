import Big from 'big.js';
import type { Appointment, Patient } from '../practice.ts';
import { type Local, wireDay } from './clock.ts';
import { insuranceRows } from './insurances.ts';
import { languageCode } from './languages.ts';
import type { Parameters } from './parameters.ts';
import { textId, type World } from './world.ts';

export type Row = Readonly<Record<string, unknown>>;

const CDC_RACE = 'urn:oid:2.16.840.1.113883.6.238';

const MARITAL: Readonly<Record<NonNullable<Patient['maritalStatus']>, string>> = {
  D: 'DIVORCED',
  M: 'MARRIED',
  S: 'SINGLE',
  U: 'UNKNOWN',
  W: 'WIDOWED',
};

/** athenaNet's REST API has no word for another sex; an older SDK knows U. [public: laravel, dotnet] */
const SEX: Readonly<Record<string, string>> = { M: 'M', F: 'F', U: 'U' };

/** `MM/DD/YYYY HH:MM` */
const wireMinute = ({ date, time }: Local): string => `${wireDay(date)} ${time.slice(0, 5)}`;

const startOf = (world: World, { start, locationId }: Appointment): Local => world.localAt(start, locationId);

/** The first appointment of all and the last before today; cancelled and missed ones do not count. [public: dotnet] */
const visits = (world: World, patient: Patient) => {
  const kept = world
    .appointmentsOf(patient.id)
    .filter(({ status }) => status !== 'cancelled' && status !== 'noshow')
    .toSorted((one, other) => Date.parse(one.start) - Date.parse(other.start));
  const first = kept[0];
  const last = kept.findLast((item) => startOf(world, item).date < world.localAt(world.now, item.locationId).date);
  return {
    firstappointment: first && wireMinute(startOf(world, first)),
    lastappointment: last && wireMinute(startOf(world, last)),
  };
};

/** What the patient still owes; nothing is the number 0, anything else is text. [public: dotnet, go] */
const balances = (world: World, patient: Patient) => {
  const owed = world
    .claimsOf(patient.id)
    .reduce((sum, claim) => sum.plus(claim.patientResponsibility ?? 0).minus(claim.patientPaid ?? 0), new Big(0));
  return [
    {
      balance: owed.eq(0) ? 0 : owed.toFixed(),
      departmentlist: world.practice.locations.map(({ id }) => id).join(','),
      providergroupid: 1,
      cleanbalance: true,
    },
  ];
};

/** The columns that every patient record has, as far as they are known. */
export const patientRow = (world: World, patient: Patient): Row => {
  const { address = {} } = patient;
  const races = patient.race.filter(({ system }) => system === CDC_RACE);
  return {
    patientid: String(patient.id),
    firstname: patient.first,
    lastname: patient.last,
    middlename: patient.middle,
    suffix: patient.suffix,
    preferredname: patient.preferred,
    dob: wireDay(patient.birthDate),
    sex: SEX[patient.sex ?? ''],
    status: 'active',
    deceaseddate: patient.deceased === true ? undefined : wireDay(patient.deceased),
    address1: address.line1,
    address2: address.line2,
    city: address.city,
    state: address.state,
    zip: address.postalCode,
    countrycode: address.country === 'US' ? 'USA' : undefined,
    countrycode3166: address.country,
    homephone: patient.homePhone,
    mobilephone: patient.mobilePhone,
    hasmobile: patient.mobilePhone === undefined ? undefined : true,
    workphone: patient.workPhone,
    email: patient.email,
    // A declined address is told by the word itself. [public: laravel]
    emailexists: patient.email === undefined ? undefined : patient.email !== 'declined',
    departmentid: textId(patient.locationId),
    primarydepartmentid: textId(patient.locationId),
    primaryproviderid: textId(patient.practitionerId),
    language6392code: patient.language && languageCode(patient.language.code),
    race: races.length > 0 ? races.map(({ code }) => code) : undefined,
    racename: races[0]?.display,
    ethnicitycode: patient.ethnicity?.code,
    maritalstatus: patient.maritalStatus,
    maritalstatusname: patient.maritalStatus && MARITAL[patient.maritalStatus],
    ...visits(world, patient),
  };
};

/** The record as the list gives it: with balances and the photo's flags unless the caller can do without. */
export const listedPatientRow = (world: World, patient: Patient, sent: Parameters): Row => ({
  ...patientRow(world, patient),
  ...(sent.flag('omitphotoinformation') ? {} : { patientphoto: false, driverslicense: false }),
  ...(sent.flag('omitbalances') ? {} : { balances: balances(world, patient) }),
});

/** One patient's record, with what the caller asked to be shown beside it. */
export const singlePatientRow = (world: World, patient: Patient, sent: Parameters): Row => ({
  ...listedPatientRow(world, patient, sent),
  insurances: sent.flag('showinsurance') ? insuranceRows(world, patient) : undefined,
  customfields: sent.flag('showcustomfields') ? [] : undefined,
  localpatientid: sent.flag('showlocalpatientid') ? patient.mrn : undefined,
  allpatientstatuses: sent.flag('showallpatientdepartmentstatus')
    ? world.departmentsOf(patient).map((departmentid) => ({
        departmentid,
        status: 'active',
        primaryproviderid: textId(patient.practitionerId),
      }))
    : undefined,
});

/** The record inside an appointment: booleans are text there. [public: dotnet, go] */
export const nestedPatientRow = (world: World, patient: Patient): Row =>
  Object.fromEntries(
    Object.entries(patientRow(world, patient)).map(([name, value]) => [
      name,
      typeof value === 'boolean' ? String(value) : value,
    ]),
  );

/** What `/patients/search` tells of a hit. [assumption] */
export const summaryRow = ({ id, first, last, birthDate, sex }: Patient): Row => ({
  patientid: String(id),
  firstname: first,
  lastname: last,
  dob: wireDay(birthDate),
  sex: SEX[sex ?? ''],
  status: 'active',
});

/** The guide's own names for three columns, and its fourth sex, beside the platform's. [seed guide; assumption] */
export const guidePatientRow = (world: World, patient: Patient, sent: Parameters): Row => {
  const row = listedPatientRow(world, patient, sent);
  return {
    ...row,
    sex: patient.sex,
    language: row.language6392code,
    ethnicity: row.ethnicitycode,
  };
};
