import type {
  Coverage,
  Extension,
  HumanName,
  Location,
  Organization,
  Patient,
  Practitioner,
  PractitionerRole,
} from '@medplum/fhirtypes';
import type * as Records from '../practice.ts';
import { coded, concept, ID, identifiersOf, optional, URI } from './names.ts';

export const GENDER: Readonly<Record<Records.Sex, 'male' | 'female' | 'other' | 'unknown'>> = {
  M: 'male',
  F: 'female',
  O: 'other',
  U: 'unknown',
};
const BIRTH_SEX: Readonly<Record<Records.Sex, string>> = { M: 'M', F: 'F', O: 'OTH', U: 'UNK' };

/** The categories of the Office of Management and Budget; other CDC codes are details of one of them. */
const OMB: ReadonlySet<string> = new Set([
  '1002-5',
  '2028-9',
  '2054-5',
  '2076-8',
  '2106-3',
  '2131-1',
  '2135-2',
  '2186-5',
]);

const demographic = (url: string, codes: readonly Records.Coded[]): readonly Extension[] =>
  codes.length === 0
    ? []
    : [
        {
          url,
          extension: [
            ...codes.map((code) => ({
              url: OMB.has(code.code) || code.system === URI.nullFlavor ? 'ombCategory' : 'detailed',
              valueCoding: {
                system: code.system,
                code: code.code,
                ...(code.display === '' ? {} : { display: code.display }),
              },
            })),
            { url: 'text', valueString: codes.map((code) => code.display || code.code).join(', ') },
          ],
        },
      ];

const addressOf = (address: Records.Address) => ({
  use: 'home' as const,
  type: 'physical' as const,
  ...(address.line1 === undefined && address.line2 === undefined
    ? {}
    : { line: [address.line1, address.line2].filter((line) => line !== undefined) }),
  ...optional('city', address.city, String),
  ...optional('state', address.state, String),
  ...optional('postalCode', address.postalCode, String),
  ...optional('country', address.country, String),
});

const dashed = (digits: string): string => digits.replace(/^(\d{3})(\d{3})(\d{4})$/, '$1-$2-$3');

const phone = (use: 'home' | 'mobile' | 'work', digits: string | undefined) =>
  digits === undefined ? [] : [{ system: 'phone' as const, value: dashed(digits), use }];

const namesOf = (patient: Records.Patient): HumanName[] => [
  {
    use: 'official',
    family: patient.last,
    given: [patient.first, patient.middle].filter((name) => name !== undefined),
    ...optional('suffix', patient.suffix, (suffix) => [suffix]),
  },
  ...(patient.preferred === undefined ? [] : [{ use: 'nickname' as const, given: [patient.preferred] }]),
];

const maritalStatus = (status: NonNullable<Records.Patient['maritalStatus']>) =>
  status === 'U' ? concept(URI.nullFlavor, 'UNK') : concept(URI.maritalStatus, status);

/** Contact points, in the order home, mobile, work, mail. */
const telecomOf = (patient: Records.Patient) => [
  ...phone('home', patient.homePhone),
  ...phone('mobile', patient.mobilePhone),
  ...phone('work', patient.workPhone),
  ...(patient.email === undefined ? [] : [{ system: 'email' as const, value: patient.email }]),
];

export const nameOf = (person: { readonly first: string; readonly last: string }): string =>
  `${person.first} ${person.last}`;

export const patientResource = (patient: Records.Patient): Patient => {
  const extension = [
    ...demographic(URI.race, patient.race),
    ...demographic(URI.ethnicity, patient.ethnicity === undefined ? [] : [patient.ethnicity]),
    ...(patient.sex === undefined ? [] : [{ url: URI.birthSex, valueCode: BIRTH_SEX[patient.sex] }]),
  ];
  const telecom = telecomOf(patient);
  return {
    resourceType: 'Patient',
    id: ID.patient(patient.id),
    ...(extension.length === 0 ? {} : { extension }),
    ...identifiersOf(
      [
        {
          use: 'usual',
          type: { ...concept(URI.identifierType, 'MR', 'Medical record number'), text: 'MRN' },
          system: URI.mrn,
          value: patient.mrn,
        },
      ],
      patient,
    ),
    active: true,
    name: namesOf(patient),
    ...(telecom.length === 0 ? {} : { telecom }),
    ...optional('gender', patient.sex, (sex) => GENDER[sex]),
    ...optional('birthDate', patient.birthDate, String),
    ...(patient.deceased === true ? { deceasedBoolean: true } : optional('deceasedDateTime', patient.deceased, String)),
    ...optional('address', patient.address, (address) => [addressOf(address)]),
    ...optional('maritalStatus', patient.maritalStatus, maritalStatus),
    ...optional('communication', patient.language, (language) => [{ language: coded(language), preferred: true }]),
    ...optional('generalPractitioner', patient.practitionerId, (id) => [
      { reference: `Practitioner/${ID.practitioner(id)}` },
    ]),
    managingOrganization: { reference: `Organization/${ID.organization}` },
  };
};

export const coverageResource = (patient: Records.Patient, coverage: Records.Coverage, at: number): Coverage => ({
  resourceType: 'Coverage',
  id: ID.coverage(patient.id, at),
  status: 'active',
  ...optional('subscriber', coverage.subscriber, (display) => ({ display })),
  ...optional('subscriberId', coverage.memberId, String),
  beneficiary: { reference: `Patient/${ID.patient(patient.id)}` },
  relationship: concept(URI.relationship, coverage.relationship),
  ...(coverage.start === undefined && coverage.end === undefined
    ? {}
    : { period: { ...optional('start', coverage.start, String), ...optional('end', coverage.end, String) } }),
  payor: [{ display: coverage.payer }],
  ...optional('class', coverage.groupNumber, (value) => [{ type: concept(URI.coverageClass, 'group'), value }]),
  order: at + 1,
});

export const practitionerResource = (practitioner: Records.Practitioner): Practitioner => ({
  resourceType: 'Practitioner',
  id: ID.practitioner(practitioner.id),
  identifier: [{ system: URI.npi, value: practitioner.npi }],
  active: true,
  name: [
    {
      use: 'official',
      family: practitioner.last,
      given: [practitioner.first, practitioner.middle].filter((name) => name !== undefined),
      suffix: [practitioner.credentials],
    },
  ],
  gender: GENDER[practitioner.sex],
  qualification: [{ code: { text: practitioner.credentials } }],
});

/** Where somebody works, and as what. */
export const roleResource = (practitioner: Records.Practitioner): PractitionerRole => ({
  resourceType: 'PractitionerRole',
  id: ID.role(practitioner.id),
  active: true,
  practitioner: { reference: `Practitioner/${ID.practitioner(practitioner.id)}` },
  organization: { reference: `Organization/${ID.organization}` },
  specialty: [{ text: practitioner.specialty }],
  location: [{ reference: `Location/${ID.location(practitioner.locationId)}` }],
});

export const locationResource = (location: Records.Location): Location => ({
  resourceType: 'Location',
  id: ID.location(location.id),
  extension: [{ url: URI.timeZone, valueCode: location.timeZone }],
  status: 'active',
  name: location.name,
  mode: 'instance',
  telecom: phone('work', location.phone),
  address: { ...addressOf(location.address), use: 'work' },
  managingOrganization: { reference: `Organization/${ID.organization}` },
});

export const organizationResource = (name: string): Organization => ({
  resourceType: 'Organization',
  id: ID.organization,
  active: true,
  name,
});
