import type { Address, ContactPoint, Extension, Patient } from '@medplum/fhirtypes';
import type { Draft } from '../../ledger.ts';
import type * as Records from '../../practice.ts';
import { wrongAt } from '../faults.ts';
import { URI } from '../names.ts';
import { GENDER } from '../people.ts';
import { identifiersFrom, namedCodeFrom, numberOf } from './elements.ts';

const SEX: Readonly<Partial<Record<string, Records.Sex>>> = Object.fromEntries(
  Object.entries(GENDER).map(([sex, gender]) => [gender, sex as Records.Sex]),
);
const MARITAL = new Set<string>(['D', 'M', 'S', 'U', 'W']);
const isMarital = (code: string): code is NonNullable<Records.Patient['maritalStatus']> => MARITAL.has(code);

/** Practices of the sandbox keep numbers of the United States, ten digits. */
const tenDigits = ({ value = '' }: ContactPoint): string => {
  const [, found] = /^(?:\+?1)?(\d{10})$/.exec(value.replaceAll(/[\s().-]/g, '')) ?? [];
  if (found === undefined) throw wrongAt('element-invalid', 'Patient.telecom.value');
  return found;
};

const phonesFrom = (telecom: readonly ContactPoint[]) => {
  const phones = telecom.filter(({ system, use }) => (system === 'phone' || system === 'sms') && use !== 'old');
  const first = (...uses: readonly ContactPoint['use'][]): string | undefined => {
    const point = phones.find(({ use, system }) => uses.includes(use ?? (system === 'sms' ? 'mobile' : 'home')));
    return point === undefined ? undefined : tenDigits(point);
  };
  return { homePhone: first('home', 'temp'), mobilePhone: first('mobile'), workPhone: first('work') };
};

const addressFrom = (addresses: readonly Address[]): Records.Address | undefined => {
  const current = addresses.filter(({ use }) => use !== 'old');
  const address = current.find(({ use }) => use === 'home') ?? current[0];
  if (address === undefined) return undefined;
  const [line1, line2, more] = address.line ?? [];
  if (more !== undefined) throw wrongAt('element-unsupported', 'Patient.address.line');
  const { city, state, postalCode, country } = address;
  const fields = { line1, line2, city, state, postalCode, country };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
};

const demographics = (extensions: readonly Extension[], url: string): readonly Records.Coded[] =>
  extensions
    .filter((extension) => extension.url === url)
    .flatMap(({ extension = [] }) => extension)
    .flatMap(({ valueCoding }) =>
      valueCoding?.code === undefined
        ? []
        : [{ system: valueCoding.system ?? '', code: valueCoding.code, display: valueCoding.display ?? '' }],
    );

const namesFrom = ({ name = [] }: Patient) => {
  const current = name.filter(({ use }) => use !== 'old' && use !== 'maiden' && use !== 'nickname');
  const official = current.find(({ use }) => use === 'official') ?? current[0];
  const [first, middle, ...more] = official?.given ?? [];
  if (official?.family === undefined) throw wrongAt('element-missing', 'Patient.name.family');
  if (first === undefined) throw wrongAt('element-missing', 'Patient.name.given');
  return {
    first,
    middle: middle === undefined ? undefined : [middle, ...more].join(' '),
    last: official.family,
    suffix: official.suffix?.join(' '),
    preferred: name.find(({ use }) => use === 'nickname')?.given?.[0],
  };
};

const maritalFrom = ({ maritalStatus }: Patient): Records.Patient['maritalStatus'] => {
  const code = namedCodeFrom(maritalStatus);
  if (code === undefined) return undefined;
  if (code.system === URI.nullFlavor) return 'U';
  if (!isMarital(code.code)) throw wrongAt('code-unknown', 'Patient.maritalStatus');
  return code.code;
};

/**
 * A patient in the practice's words. The record number is the server's to give; of several names, addresses and
 * numbers of a kind the current first one is kept, the rest is dropped, as are photo, contacts and links.
 */
export const patientFrom = (patient: Patient, record?: Records.Patient): Draft['Patient'] => {
  const numbers = (patient.identifier ?? []).filter(({ system }) => system === URI.mrn);
  if (numbers.some(({ value }) => value !== record?.mrn)) throw wrongAt('immutable', 'Patient.identifier');
  if (patient.active === false) throw wrongAt('element-unsupported', 'Patient.active');
  const { extension = [], telecom = [], address = [], communication = [] } = patient;
  const [ethnicity] = demographics(extension, URI.ethnicity);
  const language = communication.find(({ preferred }) => preferred === true) ?? communication[0];
  const email = telecom.find(({ system, use }) => system === 'email' && use !== 'old')?.value;
  return {
    ...identifiersFrom(patient.identifier, URI.mrn),
    ...namesFrom(patient),
    birthDate: patient.birthDate,
    sex: patient.gender === undefined ? undefined : SEX[patient.gender],
    maritalStatus: maritalFrom(patient),
    deceased: patient.deceasedBoolean === true ? true : patient.deceasedDateTime,
    address: addressFrom(address),
    ...phonesFrom(telecom),
    email,
    language: namedCodeFrom(language?.language),
    race: demographics(extension, URI.race),
    ethnicity,
    practitionerId: patient.generalPractitioner
      ?.map((reference) => numberOf(reference, 'Practitioner'))
      .find((id) => id !== undefined),
    locationId: record?.locationId,
    coverages: record?.coverages ?? [],
  };
};
