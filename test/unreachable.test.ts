import { type GraphQLError, parse } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import { compose } from '../gateway/composition.ts';
import { Engine } from '../gateway/engine.ts';
import { localSubgraph } from '../gateway/local.ts';
import { type Sandbox, startSandbox } from '../sandbox/index.ts';
import { Cursors } from '../schema/cursor.ts';
import { buildSubgraphs, type LocalSubgraph } from '../subgraphs/index.ts';
import { contextOf, NOW } from './harness.ts';

let sandbox: Sandbox;
let subgraphs: readonly LocalSubgraph[];
let engine: Engine;

beforeAll(async () => {
  sandbox = await startSandbox({ now: NOW });
  const { sources } = readConfig(sandbox.config, {});
  subgraphs = await buildSubgraphs(sources, { now: Date.now, cursors: new Cursors('test') });
  const reachable = (subgraph: LocalSubgraph) => {
    const local = localSubgraph(subgraph);
    return subgraph.name === 'unity' ? { ...local, execute: () => Promise.reject(new Error('ECONNREFUSED')) } : local;
  };
  engine = new Engine(compose(subgraphs), subgraphs.map(reachable));
});
afterAll(async () => {
  await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
  await sandbox?.close();
});

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into
const ask = async (text: string): Promise<{ data: any; errors: readonly GraphQLError[] }> => {
  const { data, errors } = await engine.execute({ document: parse(text), text, variables: {} }, contextOf([]));
  return { data, errors };
};

it('is an outcome of its sources when a vendor’s whole subgraph cannot be reached, and no error', async () => {
  const { data, errors } = await ask(
    '{ patients(search: { lastName: "Rivera" }) { nodes { __typename lastName } outcomes { ok error { code } } } }',
  );
  expect(errors).toEqual([]);
  expect(new Set(data.patients.nodes.map((row: { __typename: string }) => row.__typename))).toEqual(
    new Set(['AthenaPatient', 'FhirPatient']),
  );
  expect(data.patients.outcomes).toEqual([
    { ok: false, error: { code: 'SOURCE_UNAVAILABLE' } },
    { ok: true, error: null },
    { ok: true, error: null },
  ]);
});

it('is one typed error where a field of that vendor was selected', async () => {
  const { data, errors } = await ask(
    '{ a: patient(id: "lakeside/Patient/12345") { lastName } b: patient(id: "mercy/Patient/nobody") { id } }',
  );
  expect(data).toEqual({ a: { lastName: null }, b: { id: 'mercy/Patient/nobody' } });
  expect(errors.map(({ path, extensions }) => ({ path, extensions }))).toEqual([
    { path: ['a', 'lastName'], extensions: expect.objectContaining({ code: 'SOURCE_UNAVAILABLE', retryable: true }) },
  ]);
});
