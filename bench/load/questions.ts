import type { Random } from '../../sandbox/population/random.ts';
import type { Ready } from '../vendors/simulators.ts';

export interface Question {
  /** By which the figures are told apart. */
  readonly kind: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const SOURCES = [
  { vendor: 'unity', id: 'lakeside', prefix: '' },
  { vendor: 'athenanet', id: 'springfield', prefix: '' },
  { vendor: 'fhir', id: 'mercy', prefix: 'pat-' },
] as const;
type Source = (typeof SOURCES)[number];

const PAGE = `fragment Page on Patient {
  id firstName lastName dateOfBirth gender
  address { line1 city state postalCode }
  phoneHome phoneMobile email
  coverages { payer memberId }
  appointments(first: 5) { nodes { start minutes status type { text } practitioner { name { text } } } }
  observations(first: 5) { nodes { code { text } status effective { start } value { ... on Quantity { value unit } } } }
  claims(first: 5) { nodes { status servicePeriod { start } lines { sequence procedure { text } } } }
}`;
const PATIENT = `query Page($id: ID!) { patient(id: $id) { ...Page } }\n${PAGE}`;
const PATIENTS = `query Pages($ids: [ID!]!) { nodes(ids: $ids) { ...Page } }\n${PAGE}`;
const SEARCH = `query Search($search: PatientSearch!) {
  patients(search: $search, first: 20) {
    nodes { __typename id firstName lastName dateOfBirth gender source { name } }
    outcomes { source { id } ok totalCount error { code } }
    pageInfo { hasNextPage endCursor }
  }
}`;
const SCHEDULE = `query Day($from: DateTime!, $to: DateTime!) {
  appointments(search: { from: $from, to: $to }, first: 50) {
    nodes { id start minutes status patient { id firstName lastName } practitioner { name { text } } location { name } }
    outcomes { source { id } ok error { code } }
  }
}`;
const TREND = `query Trend($id: ID!, $codes: [String!]) {
  patient(id: $id) {
    lastName
    observations(category: "laboratory", codes: $codes, first: 50) {
      nodes { code { text } status effective { start } value { ... on Quantity { value unit } } referenceRange }
    }
  }
}`;
const CLAIMS = `query Claims($id: ID!) {
  patient(id: $id) {
    lastName
    claims(first: 10) { nodes { status payer totalCharge { value } lines { sequence procedure { text } } } }
  }
}`;

const CODES = ['4548-4', '2345-7', '718-7', '2160-0'];
const DAY_MS = 86_400_000;

/** Where in the practices' time the schedules are looked at. */
const dayAround = (now: number, chance: Random) => {
  const day = Math.floor(now / DAY_MS) + chance.int(-10, 10);
  return { from: new Date(day * DAY_MS).toISOString(), to: new Date((day + 1) * DAY_MS).toISOString() };
};

/** What clients of a practice ask: mostly for one person, at any of the three vendors. */
export const mixedQuestions = ({ people }: Ready, now: number, chance: Random): (() => Question) => {
  const anybody = () => {
    const source = chance.pick(SOURCES);
    const { id, last } = chance.pick(people[source.vendor] ?? []);
    return { id: `${source.id}/Patient/${source.prefix}${id}`, last };
  };
  return () => {
    const share = chance.next();
    const { id, last } = anybody();
    if (share < 0.4) return { kind: 'patient page', query: PATIENT, variables: { id } };
    if (share < 0.65) return { kind: 'search', query: SEARCH, variables: { search: { lastName: last } } };
    if (share < 0.8) return { kind: 'results trend', query: TREND, variables: { id, codes: CODES } };
    if (share < 0.9) return { kind: 'claims', query: CLAIMS, variables: { id } };
    return { kind: 'day schedule', query: SCHEDULE, variables: dayAround(now, chance) };
  };
};

/** Patient pages over two vendors, every one of other people, until nobody is left. */
export const pagesOfTwo = ({ people }: Ready, chance: Random): readonly Question[] => {
  const ids = ({ vendor, id, prefix }: Source): string[] =>
    chance.shuffled(people[vendor] ?? []).map((person) => `${id}/Patient/${prefix}${person.id}`);
  const [unity = [], athenanet = [], fhir = []] = SOURCES.map(ids);
  const pairs: Question[] = [];
  const pair = (kind: string, one: string | undefined, other: string | undefined): void => {
    if (one !== undefined && other !== undefined)
      pairs.push({ kind, query: PATIENTS, variables: { ids: [one, other] } });
  };
  while (unity.length > 1 && athenanet.length > 1 && fhir.length > 1) {
    pair('Unity, athenaNet', unity.pop(), athenanet.pop());
    pair('athenaNet, FHIR', athenanet.pop(), fhir.pop());
    pair('FHIR, Unity', fhir.pop(), unity.pop());
  }
  return pairs;
};
