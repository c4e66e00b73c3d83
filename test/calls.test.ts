import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEngine } from '../app.ts';
import { ROWS } from '../bench/calls/rows/index.ts';
import { runRow } from '../bench/calls/run.ts';
import { NOW } from '../bench/calls/subjects.ts';
import { type Fresh, openWorld, PEOPLE, type World } from '../bench/calls/world.ts';
import { readConfig } from '../config.ts';
import { type Sandbox, startSandbox } from '../sandbox/index.ts';
import { MemoryStore } from '../upstream/cache/memory.ts';
import { processState } from '../upstream/shared-state.ts';
import { countsOf, type Graph, startGraph } from './harness.ts';

let graph: Graph;
// biome-ignore lint/suspicious/noExplicitAny: rows of answers
type Row = any;

beforeAll(async () => {
  graph = await startGraph();
});
afterAll(() => graph?.close());
beforeEach(() => {
  graph.forget();
  for (const simulator of Object.values(graph.sandbox.simulators)) simulator.reset();
});

const idsAt = async (
  source: 'lakeside' | 'springfield' | 'mercy',
  simulator: 'unity' | 'athenanet' | 'fhir',
): Promise<string[]> => {
  const found = await Promise.all(
    graph.sandbox.familyNames[simulator].map((lastName) =>
      graph.ask(
        `query($source: [ID!], $lastName: String) { patients(search: { lastName: $lastName }, sources: $source, first: 100) { nodes { id } } }`,
        { source: [source], lastName },
      ),
    ),
  );
  const ids = found.flatMap(({ data }) => (data.patients.nodes as Row[]).map(({ id }) => id as string));
  graph.sandbox.simulators[simulator].reset();
  graph.forget();
  return [...new Set(ids)];
};

const PAGE = `query($id: ID!) { patient(id: $id) { firstName lastName address { city }
  appointments { nodes { start status } } observations { nodes { code { text } } } claims { nodes { status lines { sequence } } } } }`;

it('costs 20 FHIR patients with their appointments two calls', async () => {
  const ids = (await idsAt('mercy', 'fhir')).slice(0, 20);
  expect(ids).toHaveLength(20);
  const { data, errors, calls } = await graph.ask(
    `query($ids: [ID!]!) { nodes(ids: $ids) { ... on Patient { firstName lastName appointments(first: 5) { nodes { start status practitioner { id } } } } } }`,
    { ids },
  );
  expect(errors).toBeUndefined();
  expect(data.nodes.filter((row: Row) => row.appointments.nodes.length > 0).length).toBeGreaterThan(10);
  expect(countsOf(calls.map(({ call }) => call))).toEqual({ 'GET Patient': 1, 'GET Appointment': 1 });
  expect(graph.sandbox.simulators.fhir.calls.filter((name) => !name.includes('token'))).toHaveLength(2);
});

it('costs a FHIR patient’s page one call for each of its four parts', async () => {
  const [id] = (await idsAt('mercy', 'fhir')).slice(20);
  const { errors } = await graph.ask(PAGE, { id });
  expect(errors).toBeUndefined();
  const counts = countsOf(graph.sandbox.simulators.fhir.calls);
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(4);
});

it('costs an athenaNet patient’s page the patient, the appointments, vitals and labs, and the claims', async () => {
  const [id] = await idsAt('springfield', 'athenanet');
  await graph.ask('{ source(id: "springfield") { locations { id } practitioners { nodes { id } } } }'); // directories are kept
  graph.sandbox.simulators.athenanet.reset();
  const { errors } = await graph.ask(PAGE, { id });
  expect(errors).toBeUndefined();
  const counts = countsOf(graph.sandbox.simulators.athenanet.calls);
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(5);
  expect(counts).toMatchObject({
    'GET /patients/{id}': 1,
    'GET /chart/{patientid}/vitals': 1,
    'GET /chart/{patientid}/labresults': 1,
    'GET /claims': 1,
  });
});

it('asks Unity for what is selected and nothing else', async () => {
  const [id] = await idsAt('lakeside', 'unity');
  const { errors } = await graph.ask(
    'query($id: ID!) { patient(id: $id) { lastName observations(category: "laboratory") { nodes { id } } } }',
    { id },
  );
  expect(errors).toBeUndefined();
  expect(countsOf(graph.sandbox.simulators.unity.calls)).toEqual({ 'Magic GetPatient': 1, 'Magic GetResults': 1 });
});

it('answers the same record a second time from the cache, and says so', async () => {
  const [id] = (await idsAt('mercy', 'fhir')).slice(21);
  const query = 'query($id: ID!) { patient(id: $id) { lastName meta { freshness } } }';
  expect((await graph.ask(query, { id })).data.patient.meta.freshness).toBe('LIVE');
  const again = await graph.ask(query, { id }, { startedAt: Date.now() + 1 });
  expect(again.data.patient.meta.freshness).toBe('CACHED');
  expect(again.calls).toEqual([]);
  expect(again.explained).toEqual([{ source: 'mercy', call: 'Patient', ms: 0, cache: 'HIT' }]);
});

it('asks once for a record that an operation names twice', async () => {
  const [id] = (await idsAt('springfield', 'athenanet')).slice(6);
  const { calls } = await graph.ask(
    'query($id: ID!) { a: patient(id: $id) { lastName } b: patient(id: $id) { firstName address { city } } nodes(ids: [$id]) { ... on Patient { gender } } }',
    { id },
  );
  expect(countsOf(calls.map(({ call }) => call))).toEqual({ 'GET /patients/{id}': 1 });
});

describe('each operation of bench:calls', () => {
  let sandbox: Sandbox;
  let world: World;
  let fresh: Fresh;
  beforeAll(async () => {
    const athenanetLimits = { perSecond: 10_000, perDay: 1_000_000, tokenPerMinute: 10_000 };
    sandbox = await startSandbox({ now: NOW, people: PEOPLE, athenanetLimits });
    const { simulators, practices, config } = sandbox;
    const { unity, athenanet, fhir } = simulators;
    const logs = () =>
      Promise.resolve({ unity: unity.traffic.log, athenanet: athenanet.traffic.log, fhir: fhir.traffic.log });
    const delay = async (): Promise<void> => {
      for (const simulator of Object.values(simulators)) simulator.reset();
    };
    const people = Object.fromEntries(Object.entries(practices).map(([vendor, { patients }]) => [vendor, patients]));
    world = await openWorld(
      { startEngine, readConfig, processState, MemoryStore },
      { config, people, delay, logs, stop: sandbox.close },
    );
    fresh = await world.begin();
  });
  afterAll(async () => {
    await fresh?.close();
    await sandbox?.close();
  });

  it.each(ROWS)('costs the fewest calls that the vendors allow: $name', async (row) => {
    const { calls } = await runRow(row, world, fresh, 0);
    const made = { unity: calls.unity.length, athenanet: calls.athenanet.length, fhir: calls.fhir.length };
    expect(made, JSON.stringify(calls)).toEqual(row.fewest);
  });
});
