import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Vendor } from '../sandbox/index.ts';
import { sourceId } from '../schema/ids.ts';
import { pack, unpack } from '../upstream/cache/codec.ts';
import type { Entry } from '../upstream/cache/entry.ts';
import type { Change } from '../upstream/cache/key.ts';
import { MemoryStore } from '../upstream/cache/memory.ts';
import { SourceCache } from '../upstream/cache.ts';
import { countsOf, type Graph, NOW, startGraph } from './harness.ts';

// biome-ignore lint/suspicious/noExplicitAny: rows of answers
type Row = any;

const VENDORS = [
  ['lakeside', 'unity'],
  ['springfield', 'athenanet'],
  ['mercy', 'fhir'],
] as const satisfies readonly (readonly [string, Vendor])[];
const RECORD = `firstName lastName dateOfBirth gender names { given family } telecoms { system value } addresses { line1 city }
  identifiers { value } coverages { payer } meta { fetchedAt freshness }`;
const PAGE = `query($id: ID!) { patient(id: $id) { ${RECORD}
  appointments(first: 20) { nodes { id start status vendorStatus type { text } practitioner { name { family } } location { name } patient { lastName } } }
  observations(first: 20) { nodes { id code { text } value { ... on Quantity { value unit } } } }
  claims(first: 20) { nodes { id status totalCharge { value } } } } }`;
const SEARCH = `query($source: ID!, $lastName: String, $first: Int) { patients(search: { lastName: $lastName }, sources: [$source], first: $first) {
  nodes { id firstName lastName } outcomes { ok freshness error { code } } } }`;

let graph: Graph;
let time: number;
const kept: Entry[] = [];
const unkept: unknown[] = [];

/** What every test of this file puts into the cache goes through this, to see whether it would come back. */
class WatchedStore extends MemoryStore {
  override async keep(...[source, entries]: Parameters<MemoryStore['keep']>): Promise<void> {
    for (const { entry } of entries) {
      const packed = pack(entry);
      if (packed === undefined) unkept.push(entry.value);
      else kept.push(entry);
    }
    return super.keep(source, entries);
  }
}

beforeAll(async () => {
  graph = await startGraph({ clock: () => time, cache: new WatchedStore(64 * 1024 * 1024) });
});
afterAll(() => graph?.close());
beforeEach(async () => {
  time = Date.parse(NOW);
  for (const simulator of Object.values(graph.sandbox.simulators)) simulator.reset();
  await graph.restart();
});

const search = (source: string, vendor: Vendor, first = 100) =>
  graph.ask(SEARCH, { source, lastName: graph.sandbox.familyNames[vendor][0], first });
const someone = async (source: string, vendor: Vendor): Promise<string> => {
  const { data } = await search(source, vendor);
  const { id } = data.patients.nodes[0] as Row;
  graph.forget();
  graph.sandbox.simulators[vendor].reset();
  return id;
};
const plain = (data: unknown): unknown =>
  JSON.parse(JSON.stringify(data), (key, part: unknown) => (key === 'freshness' ? undefined : part));
/** As another process does that shares the store. */
const changed = (source: string, change: Change): Promise<void> =>
  new SourceCache({ source: sourceId(source), now: () => time, store: graph.cache, staleMs: 0 }).changed(change);
const keyOf = (id: string): string => decodeURIComponent(id.split('/')[2] ?? '');

describe.each(VENDORS)('of %s', (source, vendor) => {
  it('a patient’s page costs nothing the second time, and is the same', async () => {
    const id = await someone(source, vendor);
    const first = await graph.ask(PAGE, { id });
    expect(first.errors).toBeUndefined();
    expect(first.calls.length).toBeGreaterThan(0);
    const again = await graph.ask(PAGE, { id });
    expect(again.calls).toEqual([]);
    expect(plain(again.data)).toEqual(plain(first.data));
    expect(again.data.patient.meta).toEqual({ fetchedAt: first.data.patient.meta.fetchedAt, freshness: 'CACHED' });
  });

  it('a record is the same whatever was read before it', async () => {
    const found = (await search(source, vendor)).data.patients.nodes as Row[];
    const day = { from: '2026-11-18T05:00:00Z', to: '2026-11-19T05:00:00Z' };
    await graph.ask(
      `query($source: [ID!], $from: DateTime!, $to: DateTime!) { appointments(search: { from: $from, to: $to }, sources: $source, first: 100) { nodes { id patient { lastName } } } }`,
      { source: [source], ...day },
    );
    const ids = found.slice(0, 5).map(({ id }) => id as string);
    const after: unknown[] = [];
    for (const id of ids) after.push(plain((await graph.ask(PAGE, { id })).data));
    const alone: unknown[] = [];
    for (const id of ids) {
      graph.forget();
      alone.push(plain((await graph.ask(PAGE, { id })).data));
    }
    expect(after).toEqual(alone);
  });

  it('twenty operations at once cost what one does', async () => {
    const id = await someone(source, vendor);
    await graph.ask(PAGE, { id });
    const one = countsOf(graph.sandbox.simulators[vendor].calls);
    graph.sandbox.simulators[vendor].reset();
    graph.forget();
    const answers = await Promise.all(Array.from({ length: 20 }, () => graph.ask(PAGE, { id })));
    expect(answers.flatMap(({ errors }) => errors ?? [])).toEqual([]);
    expect(countsOf(graph.sandbox.simulators[vendor].calls)).toEqual(one);
    expect(new Set(answers.map(({ data }) => JSON.stringify(plain(data)))).size).toBe(1);
  });

  it('a record is shown as stale while the vendor fails, for as long as it is allowed', async () => {
    const id = await someone(source, vendor);
    const query = 'query($id: ID!) { patient(id: $id) { lastName meta { fetchedAt freshness } } }';
    const { lastName } = (await graph.ask(query, { id })).data.patient;
    graph.sandbox.simulators[vendor].fault({ kind: 'status', status: 503 });
    time += 30_000;
    const stale = await graph.ask(query, { id });
    expect(stale.errors).toBeUndefined();
    const meta = { fetchedAt: NOW, freshness: 'STALE' };
    expect(stale.data.patient).toEqual({ lastName, meta });
    expect(stale.explained.at(-1)).toEqual({ source, call: 'Patient', ms: 0, cache: 'STALE' });
    time += 600_000;
    const late = await graph.ask(query, { id });
    expect(late.data.patient).toBeNull();
    expect(late.errors?.[0]?.extensions.code).toBe('SOURCE_UNAVAILABLE');
  });

  it('a search says in its outcome that it is stale', async () => {
    const found = (await search(source, vendor, 5)).data.patients;
    expect(found.outcomes).toEqual([{ ok: true, freshness: 'LIVE', error: null }]);
    expect((await search(source, vendor, 5)).data.patients.outcomes[0].freshness).toBe('CACHED');
    graph.sandbox.simulators[vendor].fault({ kind: 'status', status: 503 });
    time += 30_000;
    const stale = await search(source, vendor, 5);
    expect(stale.errors).toBeUndefined();
    expect(stale.data.patients).toEqual({ ...found, outcomes: [{ ok: true, freshness: 'STALE', error: null }] });
  });

  it('a failed search is asked again as soon as the vendor is back', async () => {
    await search(source, vendor, 1); // signs in
    graph.forget();
    graph.sandbox.simulators[vendor].fault({ kind: 'status', status: 503 });
    expect((await search(source, vendor, 5)).data.patients.outcomes[0]).toMatchObject({ ok: false });
    graph.sandbox.simulators[vendor].reset();
    expect((await search(source, vendor, 5)).data.patients.outcomes[0]).toMatchObject({ ok: true, freshness: 'LIVE' });
  });

  it('a patient who changed is read anew, with the searches that held the old one', async () => {
    const [row] = (await search(source, vendor)).data.patients.nodes as Row[];
    const key = keyOf(row.id);
    const query = 'query($id: ID!) { patient(id: $id) { firstName } }';
    await graph.ask(query, { id: row.id });
    graph.sandbox.change(vendor, 'Patient', Number(key.replace(/\D/g, '')), { first: 'Zacharias' });
    expect((await graph.ask(query, { id: row.id })).data.patient.firstName).toBe(row.firstName);
    await changed(source, { type: 'Patient', key });
    expect((await graph.ask(query, { id: row.id })).data.patient.firstName).toBe('Zacharias');
    const now = (await search(source, vendor)).data.patients.nodes as Row[];
    expect(now.find(({ id }) => id === row.id)?.firstName).toBe('Zacharias');
  });

  it('a patient sees no more of the cache than of the vendor', async () => {
    const [mine, other] = ((await search(source, vendor)).data.patients.nodes as Row[]).map(({ id }) => id as string);
    for (const id of [mine, other]) await graph.ask(PAGE, { id });
    const caller = { subject: 'patient', scopes: [], sources: 'all', patient: mine ?? '' } as const;
    const own = await graph.ask(PAGE, { id: mine }, { caller });
    expect(own.errors).toBeUndefined();
    expect(own.data.patient.appointments.nodes.every((one: Row) => one.start !== undefined)).toBe(true);
    const foreign = await graph.ask(PAGE, { id: other }, { caller });
    expect(foreign.data.patient).toBeNull();
    expect(foreign.errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
  });
});

describe('what the cache was given', () => {
  it('all came back as it was, though properties that are undefined came back absent', () => {
    expect(kept.length).toBeGreaterThan(200);
    expect(unkept).toEqual([]);
    const absent = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(absent);
      if (value instanceof Map) return new Map([...value].map(([key, part]) => [key, absent(part)]));
      if (typeof value !== 'object' || value === null || value instanceof Set) return value;
      const parts = Object.entries(value).filter(([, part]) => part !== undefined);
      return Object.fromEntries(parts.map(([key, part]) => [key, absent(part)]));
    };
    const odd = kept.filter((entry) => {
      const packed = pack(entry);
      const back = packed === undefined ? undefined : unpack(packed)?.entry.value;
      return !isDeepStrictEqual(back, absent(entry.value));
    });
    expect(odd.map(({ value }) => value)).toEqual([]);
  });
});
