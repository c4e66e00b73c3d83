import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Graph, startGraph } from './harness.ts';

const FOLDERS = ['../shared/data/fhir/synthea', '../shared/data/fhir/generated'];
const available = FOLDERS.every((folder) => existsSync(folder));
if (!available) console.info('skipped: the Synthea records to load are not beside this repository');

let graph: Graph;
beforeAll(async () => {
  if (!available) return;
  graph = await startGraph({
    data: FOLDERS,
    athenanetLimits: { perSecond: 1e6, perDay: 1e9, tokenPerMinute: 1e6 },
    configure: (config) => ({
      ...config,
      sources: config.sources.map((source: object) => ({ ...source, timeoutMs: 120_000 })),
    }),
  });
}, 120_000);
afterAll(() => graph?.close());

// biome-ignore lint/suspicious/noExplicitAny: rows of answers
type Row = any;

/** Every record of a list of a patient. */
const all = async (id: string, field: string): Promise<number> => {
  let count = 0;
  for (let after: string | null = null; ; ) {
    const { data, errors } = await graph.ask(
      `query($id: ID!, $after: String) { patient(id: $id) { list: ${field}(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } }`,
      { id, after },
    );
    expect(errors, `${field} of ${id}`).toBeUndefined();
    const { nodes, pageInfo } = data.patient.list;
    count += nodes.length;
    if (!pageInfo.hasNextPage) return count;
    after = pageInfo.endCursor;
  }
};

/**
 * Rows that are some patient's by a reference into this server, and not taken back: those with an identifier alone, or
 * of another server, are nobody's here and stand in schedules only.
 */
const appointmentsOfPatients = (): number =>
  readFileSync(`${FOLDERS[1]}/Appointment.ndjson`, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)
    .filter(({ status }) => status !== 'entered-in-error')
    .filter(({ participant }) => participant.some(({ actor }: Row) => actor?.reference?.startsWith('Patient/'))).length;

it.runIf(available).each([
  ['lakeside', 'unity'],
  ['springfield', 'athenanet'],
  ['mercy', 'fhir'],
] as const)('serves from %s everything that was loaded into it', { timeout: 400_000 }, async (source, system) => {
  const people = new Map<string, Row>();
  for (const lastName of graph.sandbox.familyNames[system]) {
    const { data } = await graph.ask(
      'query($lastName: String, $source: ID!) { source(id: $source) { patients(search: { lastName: $lastName }, first: 100) { nodes { id } } } }',
      { lastName, source },
    );
    for (const { id } of data.source.patients.nodes as Row[]) people.set(id, id);
  }
  const served: Record<string, number> = { Patient: people.size, Appointment: 0, Observation: 0, Claim: 0 };
  for (const id of people.keys())
    for (const [type, field] of [
      ['Appointment', 'appointments'],
      ['Observation', 'observations'],
      ['Claim', 'claims'],
    ] as const)
      served[type] = (served[type] ?? 0) + (await all(id, field));
  const directory = await graph.ask(
    'query($source: ID!) { source(id: $source) { practitioners(first: 100) { nodes { id } } locations { id } } }',
    { source },
  );
  served.Practitioner = directory.data.source.practitioners.nodes.length;
  served.Location = directory.data.source.locations.length;
  console.info(source, served);
  const loaded: Record<string, number> = Object.fromEntries(
    graph.sandbox.report?.types.map(({ type, loaded: into }: Row) => [type, into[system]]) ?? [],
  );
  if (system === 'fhir') loaded.Appointment = appointmentsOfPatients();
  expect(served).toEqual(Object.fromEntries(Object.keys(served).map((type) => [type, loaded[type]])));
});
