import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Graph, startGraph } from './harness.ts';

let graph: Graph;
beforeAll(async () => {
  graph = await startGraph();
});
afterAll(() => graph?.close());
beforeEach(() => {
  for (const simulator of Object.values(graph.sandbox.simulators)) simulator.reset();
});

const nothingWasAsked = (): void => {
  for (const { name, calls } of Object.values(graph.sandbox.simulators)) expect(calls, name).toEqual([]);
};

it.each([
  ['a malformed id', '{ patient(id: "garbage/%") { id } }', 'patient'],
  ['an id of another type', '{ patient(id: "lakeside/Claim/1") { id } }', 'patient'],
  ['an unknown source', '{ appointment(id: "nowhere/Appointment/1") { id } }', 'appointment'],
  ['an empty id', '{ observation(id: "") { id } }', 'observation'],
  ['a source that is not there', '{ source(id: "nowhere") { id } }', 'source'],
  ['an unknown node', '{ node(id: "nowhere/Patient/1") { id } }', 'node'],
])('answers %s with null and NOT_FOUND', async (_case, query, field) => {
  const { data, errors } = await graph.ask(query);
  expect(data).toEqual({ [field]: null });
  expect(errors).toHaveLength(1);
  expect(errors?.[0]).toMatchObject({ path: [field], extensions: { code: 'NOT_FOUND', retryable: false } });
  nothingWasAsked();
});

it('keeps the good nodes beside the bad ones', async () => {
  const { data, errors } = await graph.ask(
    `{ nodes(ids: ["x", "mercy", "lakeside/Patient/%zz"]) { id ... on Source { name } } }`,
  );
  expect(data.nodes).toEqual([null, { id: 'mercy', name: expect.any(String) }, null]);
  expect(errors?.map(({ path }) => path)).toEqual([
    ['nodes', 0],
    ['nodes', 2],
  ]);
});

const patients = (args: string): string => `{ patients(${args}) { nodes { id } } }`;
const appointments = (args: string): string => `{ appointments(${args}) { nodes { id } } }`;

it.each([
  ['nothing to search by', patients('search: {}'), ['search']],
  ['only an empty name', patients('search: { name: "" }'), ['search', 'name']],
  ['a page of none', patients('search: { lastName: "Rivera" }, first: 0'), ['first']],
  ['a page of 101', patients('search: { lastName: "Rivera" }, first: 101'), ['first']],
  ['an unknown source', patients('search: { lastName: "Rivera" }, sources: ["nowhere"]'), ['sources', '0']],
  ['a cursor that was made up', patients('search: { lastName: "Rivera" }, after: "Zm9v"'), ['after']],
  [
    'dates in reverse',
    appointments('search: { from: "2026-11-19T00:00:00Z", to: "2026-11-18T00:00:00Z" }'),
    ['search', 'to'],
  ],
  [
    'an empty day',
    appointments('search: { from: "2026-11-19T00:00:00Z", to: "2026-11-19T00:00:00.000Z" }'),
    ['search', 'to'],
  ],
  [
    'a practitioner who is a patient',
    appointments(
      'search: { from: "2026-11-18T00:00:00Z", to: "2026-11-19T00:00:00Z", practitioners: ["mercy/Patient/1"] }',
    ),
    ['search', 'practitioners', '0'],
  ],
  [
    'claim dates in reverse',
    '{ claims(search: { from: "2026-02-01", to: "2026-01-01" }) { nodes { id } } }',
    ['search', 'to'],
  ],
])('refuses %s by VALIDATION, and asks nobody', async (_case, query, path) => {
  const { data, errors } = await graph.ask(query);
  expect(data).toBeNull();
  const { code, issues } = errors?.[0]?.extensions as { code: string; issues: readonly { path: readonly string[] }[] };
  expect(code).toBe('VALIDATION');
  expect(issues.map((issue) => issue.path.slice(0, path.length))).toContainEqual(path);
  nothingWasAsked();
});

it('names every fault at once', async () => {
  const { errors } = await graph.ask(patients('search: {}, first: 0'));
  const { issues } = errors?.[0]?.extensions as { issues: readonly { path: readonly string[] }[] };
  expect(issues.map(({ path }) => path[0]).sort()).toEqual(['first', 'search']);
});

it('refuses a cursor of another search', async () => {
  const page = `query($name: String, $after: String) { patients(search: { lastName: $name }, first: 1, after: $after) { pageInfo { endCursor } } }`;
  const { data } = await graph.ask(page, { name: 'Rivera' });
  await expect(graph.ask(page, { name: 'Rivera', after: data.patients.pageInfo.endCursor })).resolves.toMatchObject({
    data: expect.anything(),
  });
  for (const simulator of Object.values(graph.sandbox.simulators)) simulator.reset();
  const { errors } = await graph.ask(page, { name: 'River', after: data.patients.pageInfo.endCursor });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'VALIDATION' });
  nothingWasAsked();
});

it('refuses variables of the wrong type without repeating them', async () => {
  const query = 'query($search: PatientSearch!) { patients(search: $search) { nodes { id } } }';
  const refused = graph.ask(query, { search: { dateOfBirth: '15 May 1980', phone: '555-0141' } });
  await expect(refused).rejects.toMatchObject({
    code: 'VALIDATION',
    issues: [
      { path: ['search', 'dateOfBirth'], message: 'Date must be a calendar date, YYYY-MM-DD.' },
      {
        path: ['search', 'phone'],
        message: 'PhoneNumber must be a telephone number in E.164, for example +12175550141.',
      },
    ],
  });
  nothingWasAsked();
});
