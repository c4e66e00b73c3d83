import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { startEngine } from '../../app.ts';
import { CONTEXT_SECRET, CURSOR_SECRET } from '../../commands/secrets.ts';
import { readConfig } from '../../config.ts';
import { operations } from '../../gateway/explorer/operations.ts';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import type { VendorCall } from '../../schema/context.ts';
import { SUPERGRAPH_FILE } from '../../supergraph.ts';
import { contextOf, countsOf } from '../harness.ts';
import { type Started, start } from '../process.ts';
import { until } from './asking.ts';

const NAMES = ['hub', 'unity', 'athenanet', 'fhir'] as const;
const SECRETS = {
  [CONTEXT_SECRET]: randomBytes(32).toString('hex'),
  [CURSOR_SECRET]: randomBytes(32).toString('hex'),
};

let folder: string;
let sandbox: Sandbox;
let engine: Awaited<ReturnType<typeof startEngine>>;
let url: string;
const services = new Map<string, Started>();
const addresses = new Map<string, string>();
let gateway: Started;

const serve = async (name: string, port = '0'): Promise<void> => {
  const started = start(['subgraph', name, '--port', port, '--config', join(folder, 'sources.yaml')], SECRETS);
  services.set(name, started);
  addresses.set(name, await started.printed(/the subgraph +(\S+)/));
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'practicegraph-'));
  sandbox = await startSandbox();
  await writeFile(join(folder, 'sources.yaml'), stringify(sandbox.config));
  engine = await startEngine(readConfig(sandbox.config, SECRETS));
  await Promise.all(NAMES.map((name) => serve(name)));
  const at = NAMES.flatMap((name) => ['--subgraph', `${name}=${addresses.get(name)}`]);
  gateway = start(['gateway', '--supergraph', SUPERGRAPH_FILE, '--port', '0', '--sign', 'all', ...at], SECRETS);
  url = await gateway.printed(/the graph +(\S+)/);
});
afterAll(async () => {
  await Promise.all([gateway, ...services.values()].map((started) => started?.kill()));
  await engine?.close();
  await sandbox?.close();
  await rm(folder, { recursive: true, force: true });
});

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into
type Any = any;

const ask = async (query: string, variables: object = {}, headers: Record<string, string> = {}): Promise<Any> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
};

const inOneProcess = async (text: string, variables: Record<string, unknown> = {}) => {
  const calls: VendorCall[] = [];
  const { data, errors } = await engine.engine.execute({ document: parse(text), text, variables }, contextOf(calls));
  return { data: JSON.parse(JSON.stringify(data)), errors, calls };
};

/** What tells when, or how long, something was done differs from one asking to the next. */
const timeless = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, part: unknown) => (/^(fetchedAt|durationMs|ms|p95Ms|health)$/.test(key) ? null : part)),
  );

describe('a gateway over four subgraph processes', () => {
  it('answers the README’s queries as one process does', async () => {
    const readme = await readFile('README.md', 'utf8');
    const [first = '', page = '', day = ''] = [...readme.matchAll(/```graphql\n([\s\S]*?)```/g)].map(
      ([, text = '']) => text,
    );
    const found = await ask(first);
    expect(timeless(found)).toEqual({ data: timeless((await inOneProcess(first)).data) });
    const ids = found.data.patients.nodes.map(({ id }: { id: string }) => id);
    expect(ids.length).toBeGreaterThan(5);
    for (const id of ids)
      expect(timeless(await ask(page, { id }))).toEqual({ data: timeless((await inOneProcess(page, { id })).data) });
    const span = { from: '2026-11-18T05:00:00Z', to: '2026-11-19T05:00:00Z' };
    expect(timeless(await ask(day, span))).toEqual({ data: timeless((await inOneProcess(day, span)).data) });
  });

  // these processes share no database: they have no journal of writes, and no log of changes
  const reading = operations(new Date()).filter(({ writes, live }) => writes === undefined && live === undefined);
  it.each(reading.map((operation) => [operation.name, operation] as const))(
    'answers the saved operation %s as one process does',
    async (_name, { query, variables = {} }) => {
      const there = await ask(query, variables);
      const here = await inOneProcess(query, variables as Record<string, unknown>);
      expect(timeless(there.data)).toEqual(timeless(here.data));
      const shown = here.errors.map(({ message, path, extensions }) => ({ message, path, extensions }));
      expect(there.errors ?? []).toEqual(JSON.parse(JSON.stringify(shown)));
    },
  );

  it('makes the vendor calls that one process makes, and says so', async () => {
    const query = `{ patients(search: { lastName: "Rivera" }, first: 6) { nodes { id lastName dateOfBirth phoneHome
      appointments(first: 2) { nodes { id start } } } } }`;
    await inOneProcess(query); // what is cached for long is so on both sides
    await ask(query);
    const { extensions } = await ask(query, {}, { 'x-explain': '1' });
    const { calls } = await inOneProcess(query);
    const made = (list: readonly VendorCall[]) => countsOf(list.map(({ call, cache }) => `${cache} ${call}`));
    expect(extensions.explain.vendorCalls.length).toBeGreaterThan(3);
    expect(made(extensions.explain.vendorCalls)).toEqual(made(calls));
  });

  it('reads the cursors that another process made', async () => {
    const query = `query($after: String) { patients(search: { lastName: "Rivera" }, first: 3, after: $after) {
      nodes { id } pageInfo { hasNextPage endCursor } } }`;
    const one = await ask(query);
    expect(one.errors).toBeUndefined();
    const two = await ask(query, { after: one.data.patients.pageInfo.endCursor });
    expect(two.errors).toBeUndefined();
    expect(two.data.patients.nodes).toHaveLength(3);
    const all = [...one.data.patients.nodes, ...two.data.patients.nodes].map(({ id }) => id);
    expect(new Set(all).size).toBe(6);
    const here = await inOneProcess(query, { after: one.data.patients.pageInfo.endCursor });
    expect(here.data.patients.nodes).toEqual(two.data.patients.nodes);
  });

  it('refuses variables as one process does', async () => {
    const query =
      'query($born: Date) { patients(search: { lastName: "Rivera", dateOfBirth: $born }) { nodes { id } } }';
    const { errors } = await ask(query, { born: 'Jane' });
    expect(errors.map(({ extensions }: Any) => extensions.code)).toEqual(['VALIDATION']);
    expect(JSON.stringify(errors)).not.toContain('Jane');
  });

  it('tells Prometheus of each of its processes', async () => {
    for (const address of [url, ...addresses.values()]) {
      const response = await fetch(new URL('/metrics', address));
      expect(response.status).toBe(200);
      expect(await response.text()).toMatch(/^process_cpu_seconds_total [\d.]+$/m);
    }
  });

  it('goes on when a subgraph’s process is killed, and has it again when it is back', async () => {
    const query =
      '{ patients(search: { lastName: "Rivera" }) { nodes { __typename } outcomes { ok error { code } } } }';
    const types = ({ data }: Any): Set<string> =>
      new Set(data.patients.nodes.map(({ __typename }: { __typename: string }) => __typename));
    expect(types(await ask(query)).size).toBe(3);
    await services.get('athenanet')?.kill();
    const without = await ask(query);
    expect(types(without)).toEqual(new Set(['UnityPatient', 'FhirPatient']));
    expect(without.data.patients.outcomes.filter(({ ok }: Any) => !ok)).toEqual([
      { ok: false, error: { code: 'SOURCE_UNAVAILABLE' } },
    ]);
    expect(without.errors).toBeUndefined();
    await serve('athenanet', new URL(addresses.get('athenanet') ?? '').port);
    expect(types(await ask(query)).size).toBe(3);
    expect(gateway.process.exitCode).toBeNull();
  });

  it('lets a subgraph answer what has begun before it stops', async () => {
    sandbox.simulators.fhir.fault({ kind: 'delay', ms: 600, match: 'Patient', times: 1 });
    const asked = sandbox.simulators.fhir.calls.length;
    const begun = ask('{ patients(search: { lastName: "Rivera", dateOfBirth: "1980-01-01" }) { outcomes { ok } } }');
    await until(() => sandbox.simulators.fhir.calls.length > asked);
    const fhir = services.get('fhir');
    fhir?.process.kill('SIGTERM');
    expect((await begun).data.patients.outcomes).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
    expect(await fhir?.ended).toBe(0);
    await serve('fhir', new URL(addresses.get('fhir') ?? '').port);
  });

  it('is not answered by a subgraph that is asked by somebody else', async () => {
    for (const name of NAMES) {
      const response = await fetch(addresses.get(name) ?? '', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"query":"{ __typename }"}',
      });
      expect([response.status, ((await response.json()) as Any).errors[0].extensions.code]).toEqual([
        401,
        'UNAUTHENTICATED',
      ]);
    }
  });
});
