import type { Mapped } from '../../../schema/records.ts';
import { EmailAddressScalar } from '../../../schema/scalars.ts';
import type { Address, CodeableConcept, ContactPoint, HumanName } from '../../../schema/values.ts';
import { concept, SYSTEM } from '../../vendor/concept.ts';
import { toE164 } from '../../vendor/phone.ts';
import { codeTable } from '../../vendor/table.ts';
import { fromUsDate } from '../../vendor/time.ts';
import type { PatientPayload } from '../payload/patient.ts';
import { declined, isDeclined } from './declined.ts';
import { toLanguage } from './language.ts';

/** `N` (not disclosed) and `U` are older than today's reference, `O` is the guide's: read them, all the same. */
export const SEX = codeTable({ M: 'MALE', F: 'FEMALE', O: 'OTHER', U: 'UNKNOWN', N: 'UNKNOWN' });

/** athenaNet's letters as HL7 v3 MaritalStatus; `X` is separated, `P` a partner. */
export const MARITAL = codeTable({ D: 'D', M: 'M', S: 'S', U: 'UNK', W: 'W', X: 'L', P: 'T' });
const MARITAL_SYSTEM = 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus';

/** The CDC codes that forms offer; athenaNet's own list of them is longer and is passed through. */
const RACE_AND_ETHNICITY: Readonly<Record<string, string>> = {
  '1002-5': 'American Indian or Alaska Native',
  '2028-9': 'Asian',
  '2054-5': 'Black or African American',
  '2076-8': 'Native Hawaiian or Other Pacific Islander',
  '2106-3': 'White',
  '2131-1': 'Other Race',
  '2135-2': 'Hispanic or Latino',
  '2186-5': 'Not Hispanic or Latino',
};
const CDC_CODE = /^\d{4}-\d$/;

const CONTACT_PREFERENCE = codeTable({ HOMEPHONE: 'home', MOBILEPHONE: 'mobile', WORKPHONE: 'work', EMAIL: 'email' });

/** A row of `GET /patients`, `GET /patients/{id}` or an appointment's `patient`; they are alike. */
export const toPatient = (row: PatientPayload, practiceId: string): Mapped<'Patient'> => ({
  key: row.patientid,
  externalId: row.patientid,
  identifiers: [
    {
      system: `urn:athenahealth:athenanet:patient:${practiceId}`,
      value: row.patientid,
      type: concept(SYSTEM.identifierType, 'MR', 'Medical record number'),
    },
  ],
  names: toNames(row),
  firstName: row.firstname ?? null,
  lastName: row.lastname ?? null,
  dateOfBirth: fromUsDate(row.dob) ?? null,
  gender: SEX.to(row.sex) ?? null,
  deceased: row.deceaseddate === undefined ? null : true,
  addresses: toAddresses(row),
  address: toAddresses(row)[0] ?? null,
  telecoms: toTelecoms(row),
  phoneHome: toE164(row.homephone) ?? null,
  phoneMobile: toE164(row.mobilephone) ?? null,
  email: toEmail(row.email) ?? null,
  preferredLanguage: toLanguage(row.language6392code) ?? null,
  race: row.race.map((code) => toCdcConcept(code, row.race.length === 1 ? row.racename : undefined)),
  ethnicity: row.ethnicitycode === undefined ? null : toCdcConcept(row.ethnicitycode),
  own: toOwn(row),
});

/** What only athenaNet's type has, by its names. */
const toOwn = (row: PatientPayload): Readonly<Record<string, unknown>> => ({
  departmentId: row.departmentid,
  primaryDepartmentId: row.primarydepartmentid,
  primaryProviderId: row.primaryproviderid,
  status: row.status,
  sex: row.sex,
  maritalStatus: toMarital(row),
  deceasedDate: fromUsDate(row.deceaseddate),
  registrationDate: fromUsDate(row.registrationdate),
  contactPreference: row.contactpreference,
  consentToCall: row.consenttocall,
  consentToText: row.consenttotext,
  portalAccessGiven: row.portalaccessgiven,
  declined: toDeclined(row),
});

const toNames = (row: PatientPayload): HumanName[] => {
  const given = [row.firstname, row.middlename].filter((name) => name !== undefined);
  const preferred = row.preferredname ?? row.altfirstname;
  return [
    ...(given.length === 0 && row.lastname === undefined
      ? []
      : [{ use: 'official', given, family: row.lastname ?? null, suffix: row.suffix ?? null }]),
    ...(preferred === undefined ? [] : [{ use: 'nickname', given: [preferred], family: row.lastname ?? null }]),
  ];
};

const toAddresses = (row: PatientPayload): Address[] => {
  const address = {
    line1: row.address1 ?? null,
    line2: row.address2 ?? null,
    city: row.city ?? null,
    state: row.state ?? null,
    postalCode: row.zip ?? null,
  };
  if (Object.values(address).every((part) => part === null)) return [];
  return [{ ...address, country: row.countrycode3166 ?? row.countrycode ?? null }];
};

const toTelecoms = (row: PatientPayload): ContactPoint[] => {
  const preferred = CONTACT_PREFERENCE.to(row.contactpreference);
  const phones = [
    { use: 'home', raw: row.homephone },
    { use: 'mobile', raw: row.mobilephone },
    { use: 'work', raw: row.workphone },
  ] as const;
  const rank = (use: string) => (use === preferred ? { rank: 1 } : {});
  return [
    ...phones.flatMap(({ use, raw }) =>
      raw === undefined || isDeclined(raw) ? [] : [{ system: 'phone', value: toE164(raw) ?? raw, use, ...rank(use) }],
    ),
    ...(row.email === undefined || isDeclined(row.email)
      ? []
      : [{ system: 'email', value: row.email, ...rank('email') }]),
  ];
};

/** `declined` and what is not an address are no e-mail address; the latter stays in `telecoms` as it is. */
const toEmail = (raw: string | undefined): string | undefined => {
  try {
    return raw === undefined ? undefined : (EmailAddressScalar.parseValue(raw) as string);
  } catch {
    return undefined;
  }
};

const toCdcConcept = (code: string, name?: string): CodeableConcept => {
  if (isDeclined(code)) return declined(code);
  const display = RACE_AND_ETHNICITY[code] ?? name;
  return concept(CDC_CODE.test(code) ? SYSTEM.cdcRaceEthnicity : undefined, code, display, name);
};

const toMarital = (row: PatientPayload): CodeableConcept | undefined => {
  if (row.maritalstatus === undefined) return undefined;
  const code = MARITAL.to(row.maritalstatus);
  if (code === undefined) return { codings: [{ code: row.maritalstatus }], text: row.maritalstatusname ?? null };
  return concept(code === 'UNK' ? SYSTEM.nullFlavor : MARITAL_SYSTEM, code, undefined, row.maritalstatusname);
};

/** The unified fields that the person was asked for and would not tell. */
const toDeclined = (row: PatientPayload): string[] =>
  Object.entries({
    phoneHome: row.homephone,
    phoneMobile: row.mobilephone,
    email: row.email,
    preferredLanguage: row.language6392code,
    race: row.race[0],
    ethnicity: row.ethnicitycode,
  })
    .filter(([, raw]) => isDeclined(raw))
    .map(([field]) => field);
