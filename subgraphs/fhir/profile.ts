import type { Vendor } from '../../schema/enums.ts';
import { CHANGES } from './changes/rules.ts';
import type { ResourceType } from './payload.ts';
import type { Criterion, LinkIncludes, PatientRules, Profile } from './rules.ts';
import { CERNER_WRITES, EPIC_WRITES, GENERIC_WRITES, NO_WRITES } from './writes/rules.ts';

const ALL_PARAMS = {
  name: 'name',
  firstName: 'given',
  lastName: 'family',
  dateOfBirth: 'birthdate',
  phone: 'phone',
  email: 'email',
  identifier: 'identifier',
} as const;
const ANY_OF = (params: Readonly<Partial<Record<Criterion, string>>>): readonly (readonly Criterion[])[] =>
  (Object.keys(params) as Criterion[]).map((criterion) => [criterion]);
const byAnyOf = (params: PatientRules['params']): PatientRules => ({
  params,
  sets: ANY_OF(params),
  wants: 'Give at least one thing to search by.',
});
const APPOINTMENT_LINKS: LinkIncludes = {
  patient: [['_include', 'Appointment:patient']],
  practitioner: [['_include', 'Appointment:practitioner']],
  location: [['_include', 'Appointment:location']],
};
const OBSERVATION_LINKS: LinkIncludes = { patient: [['_include', 'Observation:patient']] };
const ACTORS = [['_include:iterate', 'Schedule:actor']] as const;
/** Categories that Epic documents for Observation. */
const EPIC_CATEGORIES = [
  'laboratory',
  'vital-signs',
  'social-history',
  'core-characteristics',
  'LDA',
  'survey',
  'sdoh',
  'imaging',
  'obstetrics-gynecology',
] as const;
/** US Core's searches are by patient and category: a server may refuse a patient alone. */
const US_CORE_CATEGORIES = ['laboratory', 'vital-signs', 'social-history', 'survey'] as const;

const PROBED = {
  Patient: 'probe',
  Appointment: 'probe',
  Practitioner: 'probe',
  Location: 'probe',
  Observation: 'probe',
} as const;

const GENERIC: Profile = {
  name: 'FHIR R4',
  reads: ['Patient', 'Appointment', 'Observation', 'Claim', 'Practitioner', 'Location', 'Slot'],
  idLists: {
    Patient: 'yes',
    Appointment: 'yes',
    Observation: 'yes',
    Claim: 'yes',
    Practitioner: 'yes',
    Location: 'yes',
    Slot: 'yes',
    Schedule: 'yes',
  },
  includes: {
    Appointment: APPOINTMENT_LINKS,
    Observation: OBSERVATION_LINKS,
    Claim: {
      patient: [['_include', 'Claim:patient']],
      // some name who gave the care only in what the payer decided
      practitioner: [
        ['_include', 'Claim:care-team'],
        ['_include', 'Claim:provider'],
        ['_include:iterate', 'ExplanationOfBenefit:care-team'],
      ],
    },
    Slot: { practitioner: ACTORS, location: ACTORS },
  },
  mergesShowOnlyOnRead: false,
  countParam: '_count',
  largestPage: { Claim: 500, else: 1000 },
  patients: {
    ...byAnyOf(ALL_PARAMS),
    sort: 'family,given,birthdate',
    phoneForms: true,
  },
  appointments: {
    manyPatients: true,
    dates: 'optional',
    order: { sort: 'date' },
    status: true,
    search: 'any',
  },
  observations: { manyPatients: true, manyCategories: true, sort: '-date' },
  claims: { search: true, outcome: 'revinclude', include: ['Claim:insurer'] },
  coverages: {
    manyPatients: true,
    include: ['Coverage:payor', 'Coverage:subscriber'],
    withPatient: [
      ['_revinclude', 'Coverage:beneficiary'],
      ['_include:iterate', 'Coverage:payor'],
      ['_include:iterate', 'Coverage:subscriber'],
    ],
  },
  practitioners: [],
  locations: [],
  slots: { needsType: false },
  changes: CHANGES.GENERIC,
  writes: GENERIC_WRITES,
};

const EPIC_ACTOR = [['_include', 'Appointment:actor']] as const;
const EPIC_ACTORS: LinkIncludes = { patient: EPIC_ACTOR, practitioner: EPIC_ACTOR, location: EPIC_ACTOR };
const EPIC: Profile = {
  name: 'Epic',
  reads: ['Patient', 'Appointment', 'Observation', 'Claim', 'Practitioner', 'Location'],
  idLists: { ...PROBED, Claim: 'probe' },
  includes: { Appointment: EPIC_ACTORS, Observation: OBSERVATION_LINKS },
  mergesShowOnlyOnRead: true,
  countParam: '_count',
  largestPage: { else: 999 },
  patients: {
    params: ALL_PARAMS,
    sets: [['identifier'], ['firstName', 'lastName', 'dateOfBirth']],
    minimal: true,
    wants: 'Epic finds patients by an identifier, or by given name, family name and date of birth together.',
  },
  appointments: {
    manyPatients: false,
    dates: 'optional',
    status: true,
    search: 'none',
  },
  observations: { manyPatients: false, manyCategories: false, categories: EPIC_CATEGORIES },
  claims: { search: false, outcome: 'search', include: [] },
  coverages: { manyPatients: false, include: ['Coverage:payor'] },
  changes: CHANGES.EPIC,
  writes: EPIC_WRITES,
};

const CERNER: Profile = {
  name: 'Oracle Health (Cerner)',
  reads: ['Patient', 'Appointment', 'Observation', 'Practitioner', 'Location', 'Slot'],
  idLists: {
    Patient: 'yes',
    Appointment: 'yes',
    Practitioner: 'yes',
    Location: 'yes',
    Slot: 'yes',
    Schedule: 'yes',
  },
  includes: {},
  mergesShowOnlyOnRead: true,
  countParam: '_count',
  largestPage: { else: 200 },
  patients: byAnyOf(ALL_PARAMS),
  appointments: {
    manyPatients: true,
    dates: { required: true, period: '-date-or-req-period' },
    order: {},
    status: true,
    search: 'one-actor',
  },
  observations: { manyPatients: false, manyCategories: true },
  claims: { search: false, outcome: 'none', include: [] },
  coverages: { manyPatients: false, include: [] },
  practitioners: [['active', 'true']],
  slots: { needsType: true, practitioner: 'schedule.actor', location: '-location' },
  changes: CHANGES.CERNER,
  writes: CERNER_WRITES,
};

const MEDITECH_PATIENT_PARAMS = {
  name: 'name',
  firstName: 'name',
  lastName: 'family',
  dateOfBirth: 'birthdate',
  phone: 'phone',
  email: 'email',
  identifier: 'identifier',
} as const;
const MEDITECH: Profile = {
  name: 'MEDITECH',
  reads: ['Patient', 'Appointment', 'Observation', 'Practitioner', 'Location'],
  idLists: PROBED,
  includes: { Appointment: APPOINTMENT_LINKS, Observation: OBSERVATION_LINKS },
  mergesShowOnlyOnRead: false,
  countParam: '_count',
  largestPage: { else: 50 },
  patients: byAnyOf(MEDITECH_PATIENT_PARAMS),
  appointments: {
    manyPatients: false,
    dates: 'optional',
    status: true,
    search: 'any',
  },
  observations: { manyPatients: false, manyCategories: false, categories: US_CORE_CATEGORIES },
  claims: { search: false, outcome: 'none', include: [] },
  coverages: { manyPatients: false, include: ['Coverage:payor', 'Coverage:subscriber'] },
  practitioners: [['active', 'true']],
  changes: CHANGES.MEDITECH,
  writes: NO_WRITES,
};

const ECW_PATIENT_PARAMS = {
  name: 'name',
  firstName: 'given',
  lastName: 'family',
  dateOfBirth: 'birthdate',
  phone: 'phone',
  identifier: 'identifier',
} as const;
const ECLINICALWORKS: Profile = {
  name: 'eClinicalWorks',
  reads: ['Patient', 'Observation', 'Claim', 'Practitioner', 'Location'],
  idLists: PROBED,
  includes: {},
  mergesShowOnlyOnRead: false,
  largestPage: { else: 50 },
  patients: {
    params: ECW_PATIENT_PARAMS,
    sets: ANY_OF(ECW_PATIENT_PARAMS),
    wants: 'eClinicalWorks finds patients by name, date of birth, phone or identifier.',
  },
  observations: { manyPatients: false, manyCategories: false, categories: US_CORE_CATEGORIES },
  claims: { search: false, outcome: 'none', include: [] },
  coverages: { manyPatients: false, include: [] },
  minuteWindow: true,
  changes: CHANGES.ECLINICALWORKS,
  writes: NO_WRITES,
};

const NEXTGEN_PATIENT_PARAMS = {
  name: 'name',
  firstName: 'given',
  lastName: 'family',
  dateOfBirth: 'birthdate',
  identifier: 'identifier',
} as const;
const NEXTGEN: Profile = {
  name: 'NextGen',
  reads: ['Patient', 'Observation', 'Practitioner', 'Location'],
  idLists: PROBED,
  includes: {},
  mergesShowOnlyOnRead: false,
  countParam: '_maxresults',
  largestPage: { else: 100 },
  patients: {
    params: NEXTGEN_PATIENT_PARAMS,
    sets: ANY_OF(NEXTGEN_PATIENT_PARAMS),
    wants: 'NextGen finds patients by name, date of birth or identifier.',
  },
  observations: { manyPatients: false, manyCategories: false, categories: US_CORE_CATEGORIES },
  claims: { search: false, outcome: 'none', include: [] },
  coverages: { manyPatients: false, include: [] },
  changes: CHANGES.NEXTGEN,
  writes: NO_WRITES,
};

const PRACTICE_FUSION_PATIENT_PARAMS = { ...NEXTGEN_PATIENT_PARAMS, phone: 'telecom', email: 'telecom' } as const;
const PRACTICE_FUSION: Profile = {
  name: 'Practice Fusion',
  reads: ['Patient', 'Observation', 'Practitioner', 'Location'],
  idLists: PROBED,
  includes: {},
  mergesShowOnlyOnRead: false,
  largestPage: { else: 50 },
  patients: byAnyOf(PRACTICE_FUSION_PATIENT_PARAMS),
  observations: { manyPatients: false, manyCategories: false, categories: US_CORE_CATEGORIES },
  claims: { search: false, outcome: 'none', include: [] },
  coverages: { manyPatients: false, include: [] },
  practitioners: [['active', 'true']],
  locations: [['status', 'active']],
  changes: CHANGES.PRACTICE_FUSION,
  writes: NO_WRITES,
};

/** The servers by the source's `vendor`. */
export const PROFILES = {
  GENERIC_FHIR: GENERIC,
  EPIC,
  CERNER,
  MEDITECH,
  ECLINICALWORKS,
  NEXTGEN,
  PRACTICE_FUSION,
} as const satisfies Partial<Record<Vendor, Profile>>;

/** The profile of a source; a FHIR server of any other vendor is treated as a generic one. */
export const profileOf = (vendor: Vendor): Profile =>
  (PROFILES as Readonly<Partial<Record<Vendor, Profile>>>)[vendor] ?? GENERIC;

/** The largest page of a type. */
export const largestPage = (profile: Profile, type: ResourceType): number =>
  profile.largestPage[type] ?? profile.largestPage.else;
