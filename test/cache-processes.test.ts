import { randomUUID } from 'node:crypto';
import { parse } from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../app.ts';
import { readConfig } from '../config.ts';
import { type Sandbox, startSandbox } from '../sandbox/index.ts';
import type { VendorCall } from '../schema/context.ts';
import { type SourceId, sourceId } from '../schema/ids.ts';
import type { Change } from '../upstream/cache/key.ts';
import { SourceCache } from '../upstream/cache.ts';
import { openSharedState, type SharedState } from '../upstream/shared-state.ts';
import { contextOf, NOW } from './harness.ts';
import { cleanBelow, keysBelow, RedisCable, redisUrl } from './redis.ts';

const url = await redisUrl('one cache for two processes');
const run = randomUUID().slice(0, 8);
const SOURCES = { unity: `unity-${run}`, athenanet: `athenanet-${run}`, fhir: `fhir-${run}` } as const;
const PATIENT = 'query($id: ID!) { patient(id: $id) { firstName lastName meta { freshness } } }';
const SEARCH =
  'query($lastName: String) { patients(search: { lastName: $lastName }, first: 100) { nodes { id firstName } outcomes { ok } } }';

// biome-ignore lint/suspicious/noExplicitAny: rows of answers
type Row = any;

/** An engine as a process of its own would have it: nothing is shared but Redis. */
interface Process {
  ask(
    query: string,
    variables: object,
  ): Promise<{ data: Row; errors: readonly unknown[]; calls: readonly VendorCall[] }>;
  /** What the process does when it learns of a change. */
  changed(source: string, change: Change): Promise<void>;
  close(): Promise<void>;
}

describe.runIf(url !== undefined).each(['unity', 'athenanet', 'fhir'] as const)('two processes over %s', (vendor) => {
  const source = SOURCES[vendor];
  let sandbox: Sandbox;
  const open: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    sandbox = await startSandbox({ now: NOW, sourceIds: SOURCES });
  });
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
    for (const simulator of Object.values(sandbox.simulators)) simulator.reset();
    for (const id of Object.values(SOURCES)) await cleanBelow(`practicegraph/${id}`);
  });
  afterAll(() => sandbox?.close());

  const start = async (redis = url ?? ''): Promise<Process> => {
    const content = { ...structuredClone(sandbox.config), redis: { url: '${REDIS}' } };
    const sources = content.sources.filter(({ id }) => id === source);
    const config = readConfig({ ...content, sources }, { REDIS: redis, PRACTICEGRAPH_CACHE_KEY: 'ab'.repeat(32) });
    const state: SharedState = await openSharedState(config.shared);
    const { engine, close } = await startEngine(config, { state });
    const cacheOf = (id: SourceId) => new SourceCache({ source: id, now: Date.now, store: state.cache, staleMs: 0 });
    const process: Process = {
      ask: async (query, variables) => {
        const calls: VendorCall[] = [];
        const operation = { document: parse(query), text: query, variables: { ...variables } };
        const { data, errors } = await engine.execute(operation, contextOf(calls));
        return { data, errors, calls: calls.filter(({ cache }) => cache === 'MISS') };
      },
      changed: (id, change) => cacheOf(sourceId(id)).changed(change),
      close: async () => {
        await close();
        await state.close();
      },
    };
    open.push(process);
    return process;
  };
  const search = async ({ ask }: Process): Promise<Row[]> => {
    const { data, errors } = await ask(SEARCH, { lastName: sandbox.familyNames[vendor][0] });
    expect(errors).toEqual([]);
    return data.patients.nodes;
  };

  it('read what one of them has read', async () => {
    const [one, other] = [await start(), await start()];
    const [{ id }] = await search(one);
    await one.ask(PATIENT, { id });
    const { data, calls } = await other.ask(PATIENT, { id });
    expect(calls).toEqual([]);
    expect(data.patient.meta.freshness).toBe('CACHED');
    expect([...(await keysBelow(`practicegraph/${source}/`)).keys()].join()).not.toContain(id.split('/')[2]);
  });

  it('show what changed through one of them no longer through the other, in records and lists', async () => {
    const [one, other] = [await start(), await start()];
    const [{ id, firstName }] = await search(one);
    await search(other);
    for (const process of [one, other]) await process.ask(PATIENT, { id });
    const key = decodeURIComponent(id.split('/')[2]);
    const name = `${firstName}-${vendor}`;
    sandbox.change(vendor, 'Patient', Number(key.replace(/\D/g, '')), { first: name });
    expect((await other.ask(PATIENT, { id })).data.patient.firstName).toBe(firstName);
    await one.changed(source, { type: 'Patient', key });
    expect((await other.ask(PATIENT, { id })).data.patient.firstName).toBe(name);
    expect((await search(other)).find((row) => row.id === id).firstName).toBe(name);
    expect((await search(one)).find((row) => row.id === id).firstName).toBe(name);
  });

  it('are slower without Redis and not wrong, also when it comes back', async () => {
    const cable = new RedisCable(url ?? '');
    await cable.plugIn();
    open.push({ close: () => cable.pull() });
    const [one, other] = [await start(cable.url), await start()];
    const [{ id, firstName }] = await search(one);
    await one.ask(PATIENT, { id });
    expect((await one.ask(PATIENT, { id })).data.patient.meta.freshness).toBe('CACHED');
    await cable.pull();

    const name = `${firstName}-away`;
    const key = decodeURIComponent(id.split('/')[2]);
    sandbox.change(vendor, 'Patient', Number(key.replace(/\D/g, '')), { first: name });
    await one.changed(source, { type: 'Patient', key });
    const away = await one.ask(PATIENT, { id });
    expect(away.errors).toEqual([]);
    expect(away.data.patient).toMatchObject({ firstName: name, meta: { freshness: 'LIVE' } });

    await cable.plugIn();
    await expect
      .poll(async () => (await one.ask(PATIENT, { id })).data.patient.meta.freshness, { timeout: 10_000 })
      .toBe('CACHED');
    for (const process of [one, other]) expect((await process.ask(PATIENT, { id })).data.patient.firstName).toBe(name);
  });
});
