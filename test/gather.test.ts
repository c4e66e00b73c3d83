import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { countsOf, type Graph, startGraph } from './harness.ts';

let graph: Graph;
beforeAll(async () => {
  graph = await startGraph({
    configure: (config) => ({
      ...config,
      sources: config.sources.map((source: object) => ({ ...source, timeoutMs: 1_000 })),
    }),
  });
});
afterAll(() => graph?.close());
beforeEach(() => {
  graph.forget();
  for (const simulator of Object.values(graph.sandbox.simulators)) simulator.reset();
});

// biome-ignore lint/suspicious/noExplicitAny: rows of answers
type Row = any;

const SUMMARY = 'id __typename firstName lastName dateOfBirth gender';
const search = (selection: string, first = 100, after: string | null = null, lastName = 'Rivera') =>
  graph.ask(
    `query($first: Int, $after: String, $lastName: String) { patients(search: { lastName: $lastName }, first: $first, after: $after) {
       nodes { ${selection} } pageInfo { hasNextPage endCursor } outcomes { ok totalCount source { id } error { code } } } }`,
    { first, after, lastName },
  );
const received = () =>
  Object.fromEntries(Object.entries(graph.sandbox.simulators).map(([name, { calls }]) => [name, countsOf(calls)]));
const sourcesOf = (nodes: readonly Row[]): string[] =>
  [...new Set(nodes.map(({ id }) => (id as string).split('/')[0] ?? ''))].sort();

const plain = (name: string): string => name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** The same people merged anew: always the smallest head of the sources' lists, each in the order that it came in. */
const mergedIds = (nodes: readonly Row[]): string[] => {
  const lists = [...Map.groupBy(nodes, ({ id }) => (id as string).split('/')[0]).values()].map((list) => [...list]);
  const key = (row: Row): string =>
    [plain(row.lastName), plain(row.firstName), row.dateOfBirth ?? '\uffff', row.id].join('\0');
  const ids: string[] = [];
  while (ids.length < nodes.length) {
    const [least] = lists.filter((list) => list.length > 0).sort(([one], [other]) => (key(one) < key(other) ? -1 : 1));
    ids.push(least?.shift().id);
  }
  return ids;
};

describe('a search for patients over three vendors', () => {
  it('answers with people of all three, sorted, by one call each and no second one', async () => {
    const { data, errors, calls } = await search(SUMMARY);
    expect(errors).toBeUndefined();
    expect(sourcesOf(data.patients.nodes)).toEqual(['lakeside', 'mercy', 'springfield']);
    expect(data.patients.outcomes.map(({ ok }: Row) => ok)).toEqual([true, true, true]);
    const names = data.patients.nodes.map((row: Row) => plain(`${row.lastName} ${row.firstName}`));
    expect(names.slice(0, 3)).toEqual([...names].sort().slice(0, 3));
    expect(data.patients.nodes.map(({ id }: Row) => id)).toEqual(mergedIds(data.patients.nodes));
    expect(countsOf(calls.map(({ call }) => call))).toEqual({
      'Magic SearchPatients': 1,
      'GET /patients': 1,
      'GET Patient': 1,
    });
    expect(received()).toEqual({
      unity: { 'Magic SearchPatients': 1 },
      athenanet: { 'GET /patients': 1 },
      fhir: { 'GET Patient': 1 },
    });
  });

  it('reads further only at the vendor whose search is a summary, once per record', async () => {
    const { data, errors } = await search(`${SUMMARY} address { city } race { text }`);
    expect(errors).toBeUndefined();
    const atUnity = data.patients.nodes.filter((row: Row) => row.__typename === 'UnityPatient');
    expect(atUnity.length).toBeGreaterThan(0);
    expect(received()).toEqual({
      unity: { 'Magic SearchPatients': 1, 'Magic GetPatient': atUnity.length },
      athenanet: { 'GET /patients': 1 },
      fhir: { 'GET Patient': 1 },
    });
  });

  it('pages through everybody once, by one search per source and page', async () => {
    const all = (await search(SUMMARY)).data.patients.nodes as Row[];
    const seen: Row[] = [];
    let after: string | null = null;
    for (let page = 0; page < 50; page++) {
      const { data, errors } = await search(SUMMARY, 2, after);
      expect(errors).toBeUndefined();
      seen.push(...data.patients.nodes);
      after = data.patients.pageInfo.endCursor;
      if (!data.patients.pageInfo.hasNextPage) break;
    }
    expect(seen).toEqual(all);
  });

  it('goes on behind any record, by the cursor of its edge', async () => {
    const query = `query($after: String) { patients(search: { lastName: "Rivera" }, first: 100, after: $after) { edges { cursor node { id } } } }`;
    const all = (await graph.ask(query)).data.patients.edges as Row[];
    const rest = (await graph.ask(query, { after: all[1].cursor })).data.patients.edges as Row[];
    expect(rest).toEqual(all.slice(2));
  });

  it('asks only the sources that are named', async () => {
    const { data } = await graph.ask(
      `{ patients(search: { lastName: "Rivera" }, sources: ["mercy", "lakeside"]) { nodes { id } outcomes { source { id name } } } }`,
    );
    expect(sourcesOf(data.patients.nodes)).toEqual(['lakeside', 'mercy']);
    expect(data.patients.outcomes.map(({ source }: Row) => source.id)).toEqual(['mercy', 'lakeside']);
    expect(received().athenanet).toEqual({});
  });

  it.each([
    ['hangs', { kind: 'hang' }, 'TIMEOUT'],
    ['refuses', { kind: 'status', status: 503 }, 'SOURCE_UNAVAILABLE'],
    ['answers HTML', { kind: 'body', body: '<html>maintenance</html>' }, 'BAD_VENDOR_ANSWER'],
    ['resets', { kind: 'reset' }, 'SOURCE_UNAVAILABLE'],
  ] as const)('is complete for the other two when one %s, and says so', async (_case, fault, code) => {
    const whole = (await search(SUMMARY)).data.patients.nodes as Row[];
    for (const [name, source] of [
      ['unity', 'lakeside'],
      ['athenanet', 'springfield'],
      ['fhir', 'mercy'],
    ] as const) {
      graph.sandbox.simulators[name].fault(fault);
      graph.forget();
      const { data, errors } = await search(SUMMARY);
      expect(errors).toBeUndefined();
      expect(data.patients.nodes).toEqual(whole.filter(({ id }) => !id.startsWith(`${source}/`)));
      expect(data.patients.outcomes.filter(({ ok }: Row) => !ok)).toEqual([
        { ok: false, totalCount: null, source: { id: source }, error: { code } },
      ]);
      graph.sandbox.simulators[name].reset();
    }
  });
});

describe('a day’s schedule over three vendors', () => {
  const DAY = { from: '2026-11-18T05:00:00Z', to: '2026-11-19T05:00:00Z' };
  const schedule = (more = '', variables = {}) =>
    graph.ask(
      `query($from: DateTime!, $to: DateTime!, $practitioners: [ID!], $locations: [ID!], $status: [AppointmentStatus!]) {
         appointments(search: { from: $from, to: $to, practitioners: $practitioners, locations: $locations, status: $status }, first: 100) {
           nodes { id start status patient { firstName lastName } practitioner { id name { family } } location { id name } ${more} } outcomes { ok } } }`,
      { ...DAY, ...variables },
    );

  it('is in order of time, inside the day, with the names that the vendors’ rows carry', async () => {
    const { data, errors } = await schedule();
    expect(errors).toBeUndefined();
    const nodes = data.appointments.nodes as Row[];
    expect(sourcesOf(nodes)).toEqual(['lakeside', 'mercy', 'springfield']);
    const starts = nodes.map(({ start }) => Date.parse(start));
    expect(starts).toEqual([...starts].sort((one, other) => one - other));
    for (const { start } of nodes) expect(start >= DAY.from && start < DAY.to).toBe(true);
    for (const { patient } of nodes) expect(patient.lastName).toEqual(expect.any(String));
  });

  it('costs no call per patient, practitioner or location', async () => {
    await schedule();
    const counts = received();
    expect(counts.unity?.['Magic GetSchedule']).toBe(1);
    expect(counts.unity?.['Magic GetPatient']).toBeUndefined();
    expect(counts.athenanet?.['GET /appointments/booked']).toBe(1);
    expect(counts.athenanet?.['GET /patients/{id}']).toBeUndefined();
    expect(counts.fhir).toEqual({ 'GET Appointment': 1 });
  });

  it('takes practitioners, locations and states of several vendors at once', async () => {
    const whole = (await schedule()).data.appointments.nodes as Row[];
    const chosen = ['lakeside', 'springfield'].map(
      (source) =>
        whole.find((row) => row.id.startsWith(source) && row.practitioner !== null)?.practitioner.id as string,
    );
    const { data, errors } = await schedule('', { practitioners: chosen });
    expect(errors).toBeUndefined();
    expect(data.appointments.nodes).toEqual(whole.filter(({ practitioner }) => chosen.includes(practitioner?.id)));
    const booked = (await schedule('', { status: ['BOOKED'] })).data.appointments.nodes as Row[];
    expect(booked).toEqual(whole.filter(({ status }) => status === 'BOOKED'));
    const location = whole.find((row) => row.location !== null && row.id.startsWith('mercy'))?.location.id as string;
    const there = (await schedule('', { locations: [location] })).data.appointments.nodes as Row[];
    expect(there).toEqual(whole.filter((row) => row.location?.id === location));
  });
});

it('searches claims where a vendor can, and says where none can', async () => {
  const { data, errors } = await graph.ask(
    `{ claims(search: { from: "2026-10-01", to: "2026-11-18" }, first: 50) { nodes { id status totalCharge { value } patient { lastName } } outcomes { ok source { id } error { code } } } }`,
  );
  expect(errors).toBeUndefined();
  expect(sourcesOf(data.claims.nodes)).toEqual(['mercy', 'springfield']);
  expect(data.claims.outcomes).toEqual([
    { ok: false, source: { id: 'lakeside' }, error: { code: 'UNSUPPORTED_BY_VENDOR' } },
    { ok: true, source: { id: 'springfield' }, error: null },
    { ok: true, source: { id: 'mercy' }, error: null },
  ]);
});
