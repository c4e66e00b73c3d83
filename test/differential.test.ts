import { type DocumentNode, execute, type GraphQLSchema, parse, print, validate } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEngine } from '../app.ts';
import { type Config, readConfig } from '../config.ts';
import { compose } from '../gateway/composition.ts';
import type { Engine } from '../gateway/engine.ts';
import { createPlanner } from '../gateway/planner.ts';
import { type Sandbox, startSandbox } from '../sandbox/index.ts';
import type { CommandKind } from '../schema/commands.ts';
import type { OperationContext, VendorCall } from '../schema/context.ts';
import { RECORD_TYPES } from '../schema/ids.ts';
import { openStore, type Store } from '../store/index.ts';
import { contextOf, NOW } from './harness.ts';
import { monolith } from './monolith.ts';
import { isEqual, type Outcome, outcomeOf } from './outcome.ts';
import { type Pool, randomQuery } from './queries.ts';
import { Random } from './random.ts';
import { literalOf, type RecordedWrites, recordWrites } from './recorded-writes.ts';
import { startRemoteEngine } from './remote/engine.ts';
import { shrink } from './shrink.ts';

const SEED = Number(process.env.SEED ?? 20_261_118);
const QUERIES = Number(process.env.QUERIES ?? 500);
/** This share of them are mutations: of writes that are recorded and settled, so that all answer the same. */
const MUTATIONS = 0.2;
/** Queries that are under way at once. */
const AT_ONCE = 8;

let sandbox: Sandbox;
/** The same graph in every form in which it runs. */
const forms: { readonly form: string; readonly engine: Engine }[] = [];
let reference: GraphQLSchema;
let close: () => Promise<void>;
let store: Store;
let recorded: RecordedWrites;
const ids: Record<string, string[]> = {};
/** Vendor calls that were not answered by 200: a sandbox that cannot keep up would look like a difference. */
const troubled: VendorCall[] = [];
const recording = (): OperationContext => ({
  ...contextOf([], clock),
  signal: AbortSignal.timeout(300_000),
  record: (made) => {
    if (made.cache === 'MISS' && made.status !== 200) troubled.push(made);
  },
});

/** Time stands still, so that `fetchedAt` and `durationMs` are the same on both sides. */
const clock = (): number => Date.parse(NOW);

const throughGateway = async (
  engine: Engine,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): Promise<Outcome> => {
  try {
    const { data, errors } = await engine.execute({ document, text: print(document), variables }, recording());
    return outcomeOf(data, errors);
  } catch (error) {
    return { data: 'refused', errors: [String(error)] };
  }
};

const throughReference = async (
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): Promise<Outcome> => {
  const result = await execute({
    schema: reference,
    document,
    variableValues: variables,
    contextValue: recording(),
  });
  if (process.env.SHOW) console.info(result.errors);
  return outcomeOf(result.data, result.errors ?? []);
};

const differs = async (
  engine: Engine,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): Promise<boolean> => {
  if (validate(reference, document).length > 0) return false;
  const [ours, theirs] = await Promise.all([
    throughGateway(engine, document, variables),
    throughReference(document, variables),
  ]);
  return !isEqual(ours, theirs);
};

const of = (type: string, random: Random): string => {
  const list = ids[type] ?? [];
  if (random.chance(0.06)) return random.pick(['"nowhere/Patient/1"', '"garbage"', `"lakeside/${type}/0"`]);
  return JSON.stringify(random.pick(list));
};
const several = (type: string, random: Random): string =>
  `[${Array.from({ length: 1 + random.below(3) }, () => of(type, random)).join(', ')}]`;
const good = (type: string, random: Random): string => `[${JSON.stringify(random.pick(ids[type] ?? []))}]`;

const SEARCH: Readonly<Record<string, readonly string[]>> = {
  patients: [
    '{ lastName: "Rivera" }',
    '{ name: "Rivera" }',
    '{ lastName: "Nobody" }',
    '{ lastName: "Rivera", dateOfBirth: "1980-01-01" }',
    '{}',
  ],
  appointments: [
    '{ from: "2026-11-18T00:00:00Z", to: "2026-11-19T00:00:00Z" }',
    '{ from: "2026-11-17T14:00:00Z", to: "2026-11-17T17:00:00Z", status: [FULFILLED, NO_SHOW] }',
    '{ from: "2026-11-19T00:00:00Z", to: "2026-11-18T00:00:00Z" }',
  ],
  claims: ['{ from: "2026-11-01" }', '{ from: "2026-10-20", to: "2026-10-31", status: [PAID] }', '{}'],
};
const SCALARS: Readonly<Record<string, readonly string[]>> = {
  first: ['1', '2', '3', '3', '0'],
  after: ['"Zm9v"'],
  from: ['"2026-10-20T00:00:00Z"', '"2026-11-18T05:00:00Z"'],
  to: ['"2026-11-30T00:00:00Z"'],
  codes: ['["4548-4"]', '["85354-9", "2345-7"]', '[]'],
  category: ['"laboratory"', '"vital-signs"'],
  vendors: ['[ATHENAHEALTH]', '[GENERIC_FHIR, ALLSCRIPTS_TOUCHWORKS]'],
  type: ['"Office Visit"'],
  name: ['"Rivera"'],
};

const pool: Pool = (argument, field, random) => {
  const { name } = argument;
  if (name === 'after' && random.chance(0.9)) return undefined;
  if (name === 'search') return random.pick(SEARCH[field.name] ?? ['{}']);
  if (name === 'input') return literalOf(argument, random.pick(recorded.inputs[field.name as CommandKind]));
  // they fail, and with them all of the answer: only now and then
  if (name === 'reason') return random.chance(0.2) ? '" "' : undefined;
  if (field.name === 'retryWrite') return random.chance(0.2) ? '"Write/none"' : undefined;
  if (name === 'states') return random.pick(['[REJECTED, IN_DOUBT, DEAD]', '[CONFIRMED]', '[]']);
  if (name === 'id' && (field.name === 'write' || random.chance(0.1))) return JSON.stringify(random.pick(recorded.ids));
  if (name === 'id')
    return of(
      { patient: 'Patient', appointment: 'Appointment', observation: 'Observation', claim: 'Claim', source: 'Source' }[
        field.name
      ] ?? random.pick(Object.keys(ids)),
      random,
    );
  if (name === 'ids') return several(random.pick(Object.keys(ids)), random);
  if (name === 'sources') return good('Source', random);
  if (name === 'practitioners') return good('Practitioner', random);
  if (name === 'locations') return good('Location', random);
  if (name === 'status') return String(argument.type).includes('Claim') ? '[PAID, SUBMITTED]' : '[BOOKED, FULFILLED]';
  if ((name === 'from' || name === 'to') && field.name === 'claims')
    return name === 'from' ? '"2026-10-20"' : '"2026-11-30"';
  return SCALARS[name] === undefined ? undefined : random.pick(SCALARS[name]);
};

/** Ids of every type, as the graph without writes tells them. */
const findIds = async (config: Config): Promise<void> => {
  const { engine, close: end } = await startEngine(config, { now: clock, store: 'none' });
  const text = `{ patients(search: { lastName: "Rivera" }, first: 9) { nodes { id
      appointments(first: 3) { nodes { id } } observations(first: 3) { nodes { id } } claims(first: 2) { nodes { id } } } }
    sources { id practitioners(first: 2) { nodes { id } } locations { id }
      slots(from: "2026-11-19T00:00:00Z", to: "2026-11-21T00:00:00Z") { id } } }`;
  const { data, errors } = await engine.execute({ document: parse(text), text, variables: {} }, contextOf([], clock));
  expect(errors).toEqual([]);
  JSON.stringify(data, (key, value: unknown) => {
    if (key === 'id' && typeof value === 'string') {
      const type = value.split('/')[1] ?? 'Source';
      ids[type] = [...new Set([...(ids[type] ?? []), value])].slice(0, 12);
    }
    return value;
  });
  await end();
  expect(Object.keys(ids).sort()).toEqual([...RECORD_TYPES, 'Source'].sort());
};

beforeAll(async () => {
  sandbox = await startSandbox({
    now: NOW,
    athenanetLimits: { perSecond: 1e6, perDay: 1e9, tokenPerMinute: 1e6 },
  });
  const sources = sandbox.config.sources.map((source) => ({ ...source, timeoutMs: 120_000, writes: 'on' })); // all in one process
  const config = readConfig({ sources }, {});
  await findIds(config);
  store = openStore({ kind: 'memory' });
  recorded = await recordWrites(store.journal, config.sources, ids);
  const compiled = await startEngine(config, { now: clock, store, compileFrom: 1 });
  const interpreted = await startEngine(config, { now: clock, store, compileFrom: Number.POSITIVE_INFINITY });
  const remote = await startRemoteEngine(config, { now: clock, store });
  forms.push(
    { form: 'in process, compiled', engine: compiled.engine },
    { form: 'in process, interpreted', engine: interpreted.engine },
    { form: 'over HTTP', engine: remote.engine },
  );
  close = async () => {
    await Promise.all([compiled, interpreted, remote].map((one) => one.close()));
  };
  const { apiSdl } = createPlanner(compose(interpreted.subgraphs));
  reference = monolith(apiSdl, interpreted.subgraphs);
});
afterAll(async () => {
  await close?.();
  await store?.close();
  await sandbox?.close();
});

it(`answers ${QUERIES} random queries and mutations as one schema without federation does`, {
  timeout: 540_000,
}, async () => {
  console.info(`seed ${SEED}`);
  const random = new Random(SEED);
  let left = QUERIES;
  let withErrors = 0;
  let fields = 0;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const operation = random.chance(MUTATIONS) ? 'mutation' : 'query';
      const { text, variables } = randomQuery(reference, random, pool, { operation });
      const document = parse(text, { noLocation: true });
      const [theirs, ...ours] = await Promise.all([
        throughReference(document, variables),
        ...forms.map(({ engine }) => throughGateway(engine, document, variables)),
      ]);
      withErrors += theirs.errors.length > 0 ? 1 : 0;
      fields += JSON.stringify(theirs.data).split(':').length - 1;
      const wrong = forms.find((_, i) => !isEqual(ours[i] ?? theirs, theirs));
      if (wrong === undefined) continue;
      left = 0;
      await show(wrong, document, variables);
      expect(ours, print(document)).toEqual(forms.map(() => theirs));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const names = forms.map(({ form }) => form).join('; ');
  console.info(`${QUERIES} queries, ${fields} values compared, ${withErrors} queries with errors, all equal: ${names}`);
  expect(withErrors).toBeGreaterThan(QUERIES / 100);
});

/** Prints the smallest query that still goes wrong, and fails with it. */
const show = async (
  { form, engine }: (typeof forms)[number],
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): Promise<void> => {
  console.info(`wrong ${form}`, print(document), variables);
  console.info('failed calls', troubled.slice(-20));
  const small = await shrink(document, (candidate) => differs(engine, candidate, variables));
  console.info(small);
  const smallDocument = parse(small);
  expect({ form, query: small, variables, answer: await throughGateway(engine, smallDocument, variables) }).toEqual({
    form,
    query: small,
    variables,
    answer: await throughReference(smallDocument, variables),
  });
};
