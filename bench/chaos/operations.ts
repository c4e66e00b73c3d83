import { record } from './fields.ts';

/** A chance that is repeatable: at least 0, below 1. */
export type Chance = () => number;

/** What the operations ask about, as the practices are at the beginning. */
export interface Subjects {
  readonly sources: readonly string[];
  /** Ids in the graph, by type; those first that change most. */
  readonly ids: Readonly<Record<'Patient' | 'Appointment' | 'Observation' | 'Claim', readonly string[]>>;
  readonly searches: readonly Readonly<Record<string, unknown>>[];
  /** Days as the range of an appointment search. */
  readonly days: readonly { readonly from: string; readonly to: string }[];
  /** Periods of a claim search. */
  readonly periods: readonly { readonly from: string; readonly to: string }[];
}

/** One operation, and which list each of its connections at the root is a page of. */
export interface Asked {
  readonly kind: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Root fields that must be just these records. */
  readonly ids?: Readonly<Record<string, readonly string[]>>;
  /** Root fields that are pages of a list over these sources. */
  readonly list?: { readonly field: string; readonly key: string; readonly sources: readonly string[] };
}

export interface Kind {
  readonly kind: string;
  /** Among all. */
  readonly weight: number;
  make(subjects: Subjects, chance: Chance): Omit<Asked, 'kind'>;
}

/** Half of the operations ask about a few records that change often. */
const HOT = 12;
const at = <T>(list: readonly T[], chance: Chance, among = list.length): T => {
  const found = list[Math.floor(chance() * Math.min(among, list.length))];
  if (found === undefined) throw new RangeError('There is nothing to ask about.');
  return found;
};
const often = <T>(list: readonly T[], chance: Chance): T => at(list, chance, chance() < 0.5 ? HOT : list.length);
const several = (ids: readonly string[], chance: Chance, count: number): readonly string[] => [
  ...new Set(Array.from({ length: count }, () => often(ids, chance))),
];

const PAGE = 'pageInfo { hasNextPage }';
const OUTCOMES = 'outcomes { source { id } ok freshness error { code } }';
const APPOINTMENTS = `appointments(first: 10) { nodes { ${record('Appointment')} } ${PAGE} }`;
const RESULTS = `observations(first: 20) { nodes { ${record('Observation')} } ${PAGE} }`;
const CLAIMS = `claims(first: 10) { nodes { ${record('Claim')} } ${PAGE} }`;

const PATIENT = `query($id: ID!) { patient(id: $id) { ${record('Patient')} } }`;
const CARD = `query($id: ID!) { patient(id: $id) { ${record('Patient', ['firstName', 'lastName', 'phoneHome', 'address'])} } }`;
const PATIENT_PAGE = `query($id: ID!) { patient(id: $id) { ${record('Patient')} ${APPOINTMENTS} ${RESULTS} ${CLAIMS} } }`;
const PATIENT_RESULTS = `query($id: ID!) {
  patient(id: $id) {
    ${record('Patient', ['lastName'])}
    labs: observations(first: 20, category: "laboratory") { nodes { ${record('Observation')} } ${PAGE} }
  }
}`;
const PATIENT_CLAIMS = `query($id: ID!) { patient(id: $id) { ${record('Patient', ['lastName'])} ${CLAIMS} } }`;
const VISIT = `query($id: ID!) {
  appointment(id: $id) {
    ${record('Appointment', ['start', 'end', 'minutes', 'status', 'vendorStatus', 'note', 'reason', 'type'])}
    patient { ${record('Patient', ['firstName', 'lastName', 'phoneHome'])} }
    practitioner { ${record('Practitioner')} }
    location { ${record('Location')} }
  }
}`;
const RESULT = `query($id: ID!) { observation(id: $id) { ${record('Observation')} } }`;
const CLAIM = `query($id: ID!) { claim(id: $id) { ${record('Claim')} } }`;
const PATIENTS = `query($ids: [ID!]!) { nodes(ids: $ids) { ... on Patient { ${record('Patient')} } } }`;
const VISITS = `query($ids: [ID!]!) { nodes(ids: $ids) { ... on Appointment { ${record('Appointment')} } } }`;
/** What the lists at the root show of their records. */
const SHOWN = {
  patients: record('Patient', ['firstName', 'lastName', 'dateOfBirth', 'gender', 'phoneMobile']),
  appointments: `
    ${record('Appointment', ['start', 'minutes', 'status', 'vendorStatus', 'type', 'note'])}
    patient { ${record('Patient', ['firstName', 'lastName'])} }`,
  claims: record('Claim', ['status', 'payer', 'totalCharge', 'servicePeriod']),
} as const;
const SEARCH = `query($search: PatientSearch!) {
  patients(search: $search, first: 20) { nodes { ${SHOWN.patients} } ${PAGE} ${OUTCOMES} }
}`;
const DAY = `query($search: AppointmentSearch!, $sources: [ID!]) {
  appointments(search: $search, sources: $sources, first: 50) { nodes { ${SHOWN.appointments} } ${PAGE} ${OUTCOMES} }
}`;
const CLAIM_SEARCH = `query($search: ClaimSearch!) {
  claims(search: $search, first: 20) { nodes { ${SHOWN.claims} } ${PAGE} ${OUTCOMES} }
}`;
const DIRECTORY = `{
  sources {
    ${record('Source')}
    practitioners(first: 100) { nodes { ${record('Practitioner')} } ${PAGE} }
    locations { ${record('Location')} }
  }
}`;

const one = (kind: string, weight: number, field: string, type: keyof Subjects['ids'], query: string): Kind => ({
  kind,
  weight,
  make: ({ ids }, chance) => {
    const id = often(ids[type], chance);
    return { query, variables: { id }, ids: { [field]: [id] } };
  },
});

const some = (kind: string, weight: number, type: 'Patient' | 'Appointment', query: string): Kind => ({
  kind,
  weight,
  make: ({ ids }, chance) => {
    const asked = several(ids[type], chance, 8);
    return { query, variables: { ids: asked }, ids: { nodes: asked } };
  },
});

/** The reads of the run, over all sources. */
export const KINDS: readonly Kind[] = [
  one('patient by id', 14, 'patient', 'Patient', PATIENT),
  one('patient card', 10, 'patient', 'Patient', CARD),
  one('patient page', 12, 'patient', 'Patient', PATIENT_PAGE),
  one('results of a patient', 8, 'patient', 'Patient', PATIENT_RESULTS),
  one('claims of a patient', 6, 'patient', 'Patient', PATIENT_CLAIMS),
  one('appointment by id', 10, 'appointment', 'Appointment', VISIT),
  one('result by id', 6, 'observation', 'Observation', RESULT),
  one('claim by id', 6, 'claim', 'Claim', CLAIM),
  some('patients by ids', 6, 'Patient', PATIENTS),
  some('appointments by ids', 4, 'Appointment', VISITS),
  {
    kind: 'patient search',
    weight: 8,
    make: ({ searches, sources }, chance) => {
      const search = at(searches, chance);
      const list = { field: 'patients', key: `search ${searches.indexOf(search)}`, sources };
      return { query: SEARCH, variables: { search }, list };
    },
  },
  {
    kind: 'day of all sources',
    weight: 4,
    make: ({ days, sources }, chance) => {
      const search = at(days, chance);
      const list = { field: 'appointments', key: `day ${days.indexOf(search)}`, sources };
      return { query: DAY, variables: { search, sources: null }, list };
    },
  },
  {
    kind: 'day of one source',
    weight: 4,
    make: ({ days, sources }, chance) => {
      const [search, source] = [at(days, chance), at(sources, chance)];
      const list = { field: 'appointments', key: `day ${days.indexOf(search)}`, sources: [source] };
      return { query: DAY, variables: { search, sources: [source] }, list };
    },
  },
  {
    kind: 'claim search',
    weight: 3,
    make: ({ periods, sources }, chance) => {
      const search = at(periods, chance);
      const list = { field: 'claims', key: `claims ${periods.indexOf(search)}`, sources };
      return { query: CLAIM_SEARCH, variables: { search }, list };
    },
  },
  { kind: 'directories', weight: 2, make: () => ({ query: DIRECTORY, variables: {} }) },
];

const ALL = KINDS.reduce((sum, { weight }) => sum + weight, 0);

/** An operation by chance. */
export const nextOperation = (subjects: Subjects, chance: Chance, kinds = KINDS): Asked => {
  let drawn = chance() * (kinds === KINDS ? ALL : kinds.reduce((sum, { weight }) => sum + weight, 0));
  const found = kinds.find(({ weight }) => {
    drawn -= weight;
    return drawn < 0;
  });
  const { kind, make } = found ?? at(kinds, chance);
  return { kind, ...make(subjects, chance) };
};

/** All that is read of one patient, with whole lists. */
export const WHOLE_PATIENT = `query($id: ID!) {
  patient(id: $id) {
    ${record('Patient')}
    appointments(first: 100) { nodes { ${record('Appointment')} } ${PAGE} }
    observations(first: 100) { nodes { ${record('Observation')} } ${PAGE} }
    labs: observations(first: 100, category: "laboratory") { nodes { __typename id } ${PAGE} }
    claims(first: 100) { nodes { ${record('Claim')} } ${PAGE} }
  }
}`;
/** The same appointments and claims by their own ids, which some vendors answer in other words. */
export const BY_IDS = `query($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Appointment { ${record('Appointment')} } ... on Claim { ${record('Claim')} } }
}`;
const whole = (root: keyof typeof SHOWN, type: string): string => `query($search: ${type}!, $sources: [ID!]) {
  list: ${root}(search: $search, sources: $sources, first: 100) { nodes { ${SHOWN[root]} } ${PAGE} ${OUTCOMES} }
}`;
/** Whole lists at the root, of one source; with the fields of the pages, since some vendors are asked otherwise for more. */
export const WHOLE_LISTS = {
  search: whole('patients', 'PatientSearch'),
  day: whole('appointments', 'AppointmentSearch'),
  claims: whole('claims', 'ClaimSearch'),
} as const;
export const WHOLE_DIRECTORY = DIRECTORY;
