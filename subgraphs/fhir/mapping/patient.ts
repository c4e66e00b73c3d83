import type { Extension, Patient } from '@medplum/fhirtypes';
import type { Mapped } from '../../../schema/records.ts';
import type { CodeableConcept } from '../../../schema/values.ts';
import { SYSTEM, textConcept } from '../../vendor/concept.ts';
import { codeTable } from '../../vendor/table.ts';
import type { FhirExtension } from '../elements.ts';
import type { Resource } from '../payload.ts';
import { type Base, toTarget } from '../reference.ts';
import type { MappingContext } from './context.ts';
import {
  absentReason,
  findExtension,
  fromCoding,
  fromConcept,
  optionalConcept,
  toCoding,
  toConcepts,
  toIdentity,
  toInt,
} from './datatypes.ts';
import { toIdentifiers, toOldIdentifiers } from './identifier.ts';
import {
  chooseAddress,
  chooseEmail,
  chooseName,
  choosePhone,
  fromAddress,
  toAddress,
  toName,
  toTelecoms,
} from './person.ts';

const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition';
export const US_CORE_RACE = `${US_CORE}/us-core-race`;
export const US_CORE_ETHNICITY = `${US_CORE}/us-core-ethnicity`;
const US_CORE_BIRTH_SEX = `${US_CORE}/us-core-birthsex`;

/** http://hl7.org/fhir/R4/valueset-administrative-gender.html */
export const GENDER = codeTable({ male: 'MALE', female: 'FEMALE', other: 'OTHER', unknown: 'UNKNOWN' });

const PARTIAL_DATE = /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/;

export const toPatient = (patient: Resource<'Patient'>, context: MappingContext): Mapped<'Patient'> => {
  const name = chooseName(patient.name, context);
  const address = chooseAddress(patient.address, context);
  return {
    ...toIdentity(patient),
    identifiers: toIdentifiers(patient.identifier, context),
    names: patient.name.map(toName),
    firstName: name?.given[0] ?? null,
    lastName: name?.family ?? null,
    dateOfBirth: PARTIAL_DATE.test(patient.birthDate ?? '') ? patient.birthDate : null,
    gender: GENDER.to(patient.gender) ?? null,
    deceased: patient.deceasedBoolean ?? (patient.deceasedDateTime === undefined ? null : true),
    addresses: patient.address.map(toAddress),
    address: address === undefined ? null : toAddress(address),
    telecoms: toTelecoms(patient.telecom),
    phoneHome: choosePhone(patient.telecom, 'home', context) ?? null,
    phoneMobile: choosePhone(patient.telecom, 'mobile', context) ?? null,
    email: chooseEmail(patient.telecom, context) ?? null,
    preferredLanguage: preferredLanguage(patient) ?? null,
    race: toRaces(findExtension(patient.extension, US_CORE_RACE)),
    ethnicity: toEthnicity(findExtension(patient.extension, US_CORE_ETHNICITY)) ?? null,
    own: {
      active: patient.active ?? null,
      replacedBy: replacement(patient, context.base) ?? null,
      vendorGender: patient.gender ?? null,
      birthSex: findExtension(patient.extension, US_CORE_BIRTH_SEX)?.valueCode ?? null,
      birthDateAbsentReason: absentReason(patient._birthDate?.extension) ?? null,
      deceasedAt: patient.deceasedDateTime ?? null,
      multipleBirth: patient.multipleBirthBoolean ?? (patient.multipleBirthInteger === undefined ? null : true),
      multipleBirthOrder: toInt(patient.multipleBirthInteger) ?? null,
      maritalStatus: optionalConcept(patient.maritalStatus) ?? null,
      languages: toConcepts(patient.communication.flatMap(({ language }) => language ?? [])),
      raceText: partText(findExtension(patient.extension, US_CORE_RACE)) ?? null,
      oldIdentifiers: toOldIdentifiers(patient.identifier, context),
      contacts: patient.contact.map((contact) => ({
        relationships: toConcepts(contact.relationship),
        name: contact.name === undefined ? null : toName(contact.name),
        organization: contact.organization?.display ?? null,
        telecoms: toTelecoms(contact.telecom),
      })),
      managingOrganization: patient.managingOrganization?.display ?? null,
    },
  };
};

/** The id under which an inactive record goes on, by its own word. `active: false` alone is not a merge. */
export const replacement = ({ id, active, link }: Resource<'Patient'>, base: Base): string | undefined => {
  if (active !== false) return undefined;
  const target = toTarget(link.find(({ type }) => type === 'replaced-by')?.other?.reference, base);
  return target?.type === 'Patient' && target.id !== id ? target.id : undefined;
};

/** The language marked as preferred; the only one when none is marked. */
const preferredLanguage = ({ communication }: Resource<'Patient'>): CodeableConcept | undefined => {
  const chosen =
    communication.find(({ preferred }) => preferred === true) ??
    (communication.length === 1 ? communication[0] : undefined);
  return optionalConcept(chosen?.language);
};

const partText = (extension: FhirExtension | undefined): string | undefined =>
  extension?.extension.find(({ url }) => url === 'text')?.valueString;

const PARTS: ReadonlySet<string> = new Set(['ombCategory', 'detailed']);
const partCodings = (extension: FhirExtension | undefined) =>
  (extension?.extension ?? [])
    .filter(({ url }) => PARTS.has(url ?? ''))
    .flatMap(({ valueCoding }) => (valueCoding === undefined ? [] : (toCoding(valueCoding) ?? [])));

/** One concept for each category and each detail, `unknown` and `asked but unknown` among them; never one for several. */
const toRaces = (extension: FhirExtension | undefined): readonly CodeableConcept[] => {
  const codings = partCodings(extension);
  const words = partText(extension);
  if (codings.length === 0) return words === undefined ? [] : [textConcept(words)];
  return codings.map((coding) => ({
    codings: [coding],
    text: coding.display ?? (codings.length === 1 ? words : undefined) ?? null,
  }));
};

/** There is one ethnicity; its details stand beside its category. */
const toEthnicity = (extension: FhirExtension | undefined): CodeableConcept | undefined => {
  const codings = partCodings(extension);
  const words = partText(extension) ?? codings[0]?.display;
  return codings.length === 0 && words == null ? undefined : { codings, text: words ?? null };
};

/** What the graph can tell a server about a patient. */
export type PatientDetails = Partial<
  Pick<
    Mapped<'Patient'>,
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
  >
>;

/** The inverse of `toPatient`, for the fields that a client may give; what is absent is left out. */
export const fromPatient = (patient: PatientDetails): Patient => {
  const telecom = [
    { system: 'phone', use: 'home', value: patient.phoneHome },
    { system: 'phone', use: 'mobile', value: patient.phoneMobile },
    { system: 'email', value: patient.email },
  ] as const;
  const name = {
    ...(patient.firstName == null ? {} : { given: [patient.firstName] }),
    ...(patient.lastName == null ? {} : { family: patient.lastName }),
  };
  const gender = GENDER.from(patient.gender);
  const extension = [
    ...fromConcepts(US_CORE_RACE, patient.race ?? []),
    ...fromConcepts(US_CORE_ETHNICITY, patient.ethnicity == null ? [] : [patient.ethnicity]),
  ];
  const reachable = telecom.filter(({ value }) => value != null).map((one) => ({ ...one, value: one.value ?? '' }));
  return {
    resourceType: 'Patient',
    ...(extension.length === 0 ? {} : { extension }),
    ...(Object.keys(name).length === 0 ? {} : { name: [{ use: 'official', ...name }] }),
    ...(reachable.length === 0 ? {} : { telecom: reachable }),
    ...(gender === undefined ? {} : { gender: gender as NonNullable<Patient['gender']> }),
    ...(patient.dateOfBirth == null ? {} : { birthDate: patient.dateOfBirth }),
    ...(patient.address == null ? {} : { address: [fromAddress(patient.address)] }),
    ...(patient.preferredLanguage == null
      ? {}
      : { communication: [{ language: fromConcept(patient.preferredLanguage), preferred: true }] }),
  };
};

/** The categories that US Core lets stand as `ombCategory`; every other code is a detail. */
export const OMB_CATEGORIES: Readonly<Record<string, string>> = {
  '1002-5': 'American Indian or Alaska Native',
  '2028-9': 'Asian',
  '2054-5': 'Black or African American',
  '2076-8': 'Native Hawaiian or Other Pacific Islander',
  '2106-3': 'White',
  '2131-1': 'Other Race',
  '2135-2': 'Hispanic or Latino',
  '2186-5': 'Not Hispanic or Latino',
};

const fromConcepts = (url: string, concepts: readonly CodeableConcept[]): readonly Extension[] => {
  if (concepts.length === 0) return [];
  const codings = concepts.flatMap((concept) => concept.codings);
  const text = concepts
    .map((concept) => concept.text ?? concept.codings[0]?.display ?? concept.codings[0]?.code ?? '')
    .join(', ');
  const isCategory = ({ code, system }: (typeof codings)[number]): boolean =>
    Object.hasOwn(OMB_CATEGORIES, code) || system === SYSTEM.nullFlavor;
  return [
    {
      url,
      extension: [
        ...codings.map((coding) => ({
          url: isCategory(coding) ? 'ombCategory' : 'detailed',
          valueCoding: fromCoding(coding),
        })),
        { url: 'text', valueString: text },
      ],
    },
  ];
};
