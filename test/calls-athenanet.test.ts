import { parse } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEngine } from '../app.ts';
import { readConfig } from '../config.ts';
import { type Sandbox, startSandbox } from '../sandbox/index.ts';
import { contextOf, countsOf, NOW } from './harness.ts';

/** What each operation costs at athenaNet: the calls that its API cannot do without, and the two directories once an hour. */

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ now: NOW });
});
afterAll(() => sandbox?.close());

interface Operation {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}
type Counts = Readonly<Record<string, number>>;
// biome-ignore lint/suspicious/noExplicitAny: answers are looked into, each in its own way
type Answer = any;

/** An engine that has asked nothing yet; `ask` tells what an operation costs, `answer` what it answers. */
const withEngine = async <R>(
  use: (
    ask: (operation: Operation) => Promise<Counts>,
    answer: (operation: Operation) => Promise<Answer>,
  ) => Promise<R>,
): Promise<R> => {
  const { sources, ...rest } = structuredClone(sandbox.config);
  const config = readConfig({ ...rest, sources: sources.filter(({ id }) => id === 'springfield') }, {});
  const { engine, close } = await startEngine(config);
  const answer = async ({ query, variables = {} }: Operation): Promise<Answer> => {
    sandbox.simulators.athenanet.reset();
    const { data, errors } = await engine.execute({ document: parse(query), text: query, variables }, contextOf([]));
    expect(errors).toEqual([]);
    return data;
  };
  const ask = async (operation: Operation): Promise<Counts> => {
    await answer(operation);
    return countsOf(sandbox.simulators.athenanet.calls);
  };
  return use(ask, answer).finally(close);
};

const DIRECTORY = '{ source(id: "springfield") { locations { id } practitioners { nodes { id npi } } } }';

const practice = () => sandbox.practices.athenanet;
const id = (type: string, key: number | string): string => `springfield/${type}/${key}`;
/** People with a chart and claims, so that every operation has something to find. */
const people = (): readonly string[] => {
  const { patients, claims, observations } = practice();
  const of = (rows: readonly { readonly patientId: number }[]) => new Set(rows.map(({ patientId }) => patientId));
  const [charged, charted] = [of(claims), of(observations)];
  return patients.filter((one) => charged.has(one.id) && charted.has(one.id)).map((one) => id('Patient', one.id));
};
const DAY = 'from: "2026-11-18T05:00:00Z", to: "2026-11-19T05:00:00Z"';
const MONTH = 'from: "2026-11-01T05:00:00Z", to: "2026-11-30T05:00:00Z"';
const booked = () =>
  practice().appointments.find(({ status, note, locationId }) => status === 'booked' && note && locationId) ??
  expect.fail('nobody has a note');
const claim = () => practice().claims.find(({ payer, status }) => payer && status === 'paid') ?? expect.fail('none');

const DIRECTORIES = { 'GET /departments': 1, 'GET /providers': 1 } as const;
const DEPARTMENTS = { 'GET /departments': 1 } as const;
const BOOKED = 'GET /appointments/booked';
const MULTIPLE = 'GET /appointments/booked/multipledepartment';
const ROW = 'GET /patients/{id}';
const CHART = { 'GET /chart/{patientid}/vitals': 1, 'GET /chart/{patientid}/labresults': 1 } as const;
const PATIENT = 'lastName address { city } telecoms { value }';
const one = (query: string, variables?: () => Operation['variables']) => () => ({
  query,
  ...(variables === undefined ? {} : { variables: variables() }),
});
const person = () => ({ id: people()[0] });

interface Case {
  readonly title: string;
  readonly operation: () => Operation;
  readonly fewest: Counts;
  /** With nothing at hand, where that is more. */
  readonly cold?: Counts;
  /** The same again, where it is not nothing. */
  readonly again?: Counts;
}

const CASES: readonly Case[] = [
  {
    title: 'a patient by id',
    operation: one(`query($id: ID!) { patient(id: $id) { ${PATIENT} } }`, person),
    fewest: { [ROW]: 1 },
  },
  {
    title: '20 patients by id',
    operation: one(`query($ids: [ID!]!) { nodes(ids: $ids) { ... on Patient { ${PATIENT} } } }`, () => ({
      ids: people().slice(0, 20),
    })),
    fewest: { [ROW]: 20 },
  },
  {
    title: 'a patient’s page',
    operation: one(
      `query($id: ID!) { patient(id: $id) { ${PATIENT} coverages { payer } appointments { nodes { start } }
        vitals: observations(category: "vital-signs") { nodes { code { text } } }
        results: observations(category: "laboratory") { nodes { code { text } } }
        claims { nodes { status totalCharge { value } } } } }`,
      person,
    ),
    fewest: { [ROW]: 1, [BOOKED]: 1, ...CHART, 'GET /claims': 1 },
    cold: { [ROW]: 1, [BOOKED]: 1, ...CHART, 'GET /claims': 1, ...DEPARTMENTS },
  },
  {
    title: 'coverages alone',
    operation: one('query($id: ID!) { patient(id: $id) { coverages { payer } } }', person),
    fewest: { 'GET /patients/{id}/insurances': 1 },
  },
  {
    title: 'a search by last name with details',
    operation: one(`{ patients(search: { lastName: "Doe" }) { nodes { ${PATIENT} } } }`),
    fewest: { 'GET /patients': 1 },
  },
  {
    title: 'a search by last name with no more than names',
    operation: one('{ patients(search: { lastName: "Doe" }) { nodes { firstName lastName } } }'),
    fewest: { 'GET /patients': 1 },
  },
  {
    title: 'a search by a part of the name',
    operation: one('{ patients(search: { name: "doe" }) { nodes { firstName lastName dateOfBirth } } }'),
    fewest: { 'GET /patients/search': 1 },
  },
  {
    title: 'a day of all providers with names',
    operation: one(
      `{ appointments(search: { ${DAY} }, first: 100) { nodes { start status note patient { firstName lastName } practitioner { name { text } } location { name } } } }`,
    ),
    fewest: { [MULTIPLE]: 1 },
    cold: { [BOOKED]: 1, ...DIRECTORIES },
  },
  {
    title: 'a day at two providers with names',
    operation: () => ({
      query: `query($who: [ID!]) { appointments(search: { ${DAY}, practitioners: $who }, first: 100) { nodes { start patient { lastName } practitioner { name { text } } } } }`,
      variables: {
        who: practice()
          .practitioners.slice(0, 2)
          .map((it) => id('Practitioner', it.id)),
      },
    }),
    fewest: { [MULTIPLE]: 1 },
    cold: { [BOOKED]: 1, ...DIRECTORIES },
  },
  {
    title: 'an appointment by id',
    operation: one('query($id: ID!) { appointment(id: $id) { start status } }', () => ({
      id: id('Appointment', booked().id),
    })),
    fewest: { 'GET /appointments/{id}': 1 },
    cold: { 'GET /appointments/{id}': 1, ...DEPARTMENTS },
  },
  {
    title: 'an appointment by id with its patient and note',
    operation: one(
      'query($id: ID!) { appointment(id: $id) { start note patient { lastName } location { name } practitioner { name { text } } } }',
      () => ({ id: id('Appointment', booked().id) }),
    ),
    fewest: { 'GET /appointments/{id}': 1, 'GET /appointments/{id}/notes': 1 },
    cold: { 'GET /appointments/{id}': 1, 'GET /appointments/{id}/notes': 1, ...DIRECTORIES },
  },
  {
    title: 'a trend of a laboratory result',
    operation: one(
      'query($id: ID!) { patient(id: $id) { observations(category: "laboratory", codes: ["4548-4"]) { nodes { value { __typename } } } } }',
      person,
    ),
    fewest: { [ROW]: 1, 'GET /chart/{patientid}/labresults': 1 },
  },
  {
    title: 'a trend of a vital sign',
    operation: one(
      'query($id: ID!) { patient(id: $id) { lastName observations(codes: ["8867-4"]) { nodes { value { __typename } } } } }',
      person,
    ),
    fewest: { [ROW]: 1, 'GET /chart/{patientid}/vitals': 1 },
  },
  {
    title: 'claims of a month',
    operation: one('{ claims(search: { from: "2026-10-18", to: "2026-11-18" }, first: 20) { nodes { status } } }'),
    fewest: { 'GET /claims': 1 },
  },
  {
    title: 'a claim by id with payer, patient and ledger',
    operation: one(
      'query($id: ID!) { claim(id: $id) { status payer totalPaid { value } patient { lastName coverages { payer } } } }',
      () => ({ id: id('Claim', claim().id) }),
    ),
    fewest: { 'GET /claims/{id}': 1, 'GET /claims/{id}/claimtransactions': 1, [ROW]: 1 },
  },
  {
    title: 'slots of a week with names',
    operation: one(
      `{ source(id: "springfield") { slots(from: "2026-11-19T05:00:00Z", to: "2026-11-26T05:00:00Z") { start practitioner { name { text } } location { name } } } }`,
    ),
    fewest: { 'GET /appointments/open': 1 },
    cold: { 'GET /appointments/open': 1, ...DIRECTORIES },
    again: { 'GET /appointments/open': 1 }, // free time is never kept
  },
  {
    title: 'practitioners and locations',
    operation: one('{ source(id: "springfield") { practitioners { nodes { npi } } locations { name timeZone } } }'),
    fewest: {},
    cold: DIRECTORIES,
  },
  {
    title: '20 patients with a month’s appointments and claims',
    operation: one(
      `query($ids: [ID!]!) { nodes(ids: $ids) { ... on Patient { lastName appointments(${MONTH}) { nodes { start } } claims(from: "2026-11-01", to: "2026-11-30") { nodes { status } } } } }`,
      () => ({ ids: people().slice(0, 20) }),
    ),
    fewest: { [ROW]: 20, [MULTIPLE]: 1, 'GET /claims': 1 },
    cold: { [ROW]: 20, [BOOKED]: 1, 'GET /claims': 1, ...DEPARTMENTS },
  },
];

it.each(CASES)('costs $title no more than it must', async ({ operation, fewest, cold, again = {} }) => {
  const asked = operation();
  if (cold !== undefined) expect(await withEngine((ask) => ask(asked))).toEqual(cold);
  await withEngine(async (ask) => {
    if (cold !== undefined) await ask({ query: DIRECTORY });
    expect(await ask(asked)).toEqual(fewest);
    expect(await ask(asked)).toEqual(again);
  });
});

it('costs an observation by id its patient’s list, and the patient only until a department is known', async () => {
  const list = `query($id: ID!) { patient(id: $id) { observations(category: "laboratory", first: 1) { nodes { id } } } }`;
  const found = await withEngine((_ask, answer) => answer({ query: list, variables: { id: people()[0] } }));
  const asked = {
    query: 'query($id: ID!) { observation(id: $id) { value { __typename } patient { id } } }',
    variables: { id: found.patient.observations.nodes[0].id },
  };
  await withEngine(async (ask) => {
    expect(await ask(asked)).toEqual({ [ROW]: 1, 'GET /chart/{patientid}/labresults': 1 });
    expect(await ask(asked)).toEqual({});
  });
});
