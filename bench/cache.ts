import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { startEngine } from '../app.ts';
import type { readConfig } from '../config.ts';
import { startSandbox } from '../sandbox/index.ts';
import { EVERYBODY } from '../schema/context.ts';
import { type SourceId, sourceId } from '../schema/ids.ts';
import type { Entry } from '../upstream/cache/entry.ts';
import { MemoryStore } from '../upstream/cache/memory.ts';
import { processState } from '../upstream/shared-state.ts';
import { count, OptionError } from './command.ts';

const USAGE = `Usage: npm run bench:cache [-- OPTIONS]

  --records N   100000 by default
  --memory MB   what the cache is given, 128 by default
  --out FILE    where the figures go as JSON, bench/results/cache.json by default
`;

const MB = 1024 * 1024;
/** Records that are looked for again, to see what an answer from the cache costs. */
const LOOKED_FOR = 20_000;
/** Of these, the ones that are asked for again and again. */
const HOT = 500;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

// the product's classes have decorators, which Node does not run from source: they come from the build
const built = async <T>(file: string): Promise<T> =>
  (await import(new URL(`../dist/${file}`, import.meta.url).href)) as T;

const PAGE = `query($lastName: String) { patients(search: { lastName: $lastName }, first: 100) { nodes {
  identifiers { value } names { family } telecoms { value } addresses { city } preferredLanguage { text }
  appointments(first: 50) { nodes { id reason { text } practitioner { id } location { id } } }
  observations(first: 50) { nodes { id components { code { text } } } } claims(first: 50) { nodes { id lines { sequence } } } } } }`;

/** The records that the three vendors' mappings make of the sandbox's people, as they go into the cache. */
const sampleRecords = async (): Promise<readonly Entry[]> => {
  const product = {
    ...(await built<{ startEngine: typeof startEngine }>('app.js')),
    ...(await built<{ readConfig: typeof readConfig }>('config.js')),
  };
  const sandbox = await startSandbox({ now: '2026-11-18T15:00:00Z' });
  const records = new Map<string, Entry>();
  const cache = new MemoryStore(64 * MB);
  const keep: MemoryStore['keep'] = async (_source, kept) => {
    for (const { key, entry } of kept)
      if (/^[^/]+\/(Patient|Appointment|Observation|Claim)\//.test(key)) records.set(key, entry);
  };
  const noting = Object.assign(Object.create(cache) as MemoryStore, { keep, look: cache.look.bind(cache) });
  const state = { ...processState(), cache: noting };
  const { engine, close } = await product.startEngine(product.readConfig(sandbox.config, {}), { state });
  const { parse } = await import('graphql');
  for (const lastName of new Set(Object.values(sandbox.familyNames).flat())) {
    const context = {
      id: randomUUID(),
      caller: EVERYBODY,
      startedAt: Date.now(),
      deadline: Date.now() + 60_000,
      now: Date.now,
      signal: AbortSignal.timeout(60_000),
      explain: false,
      headers: {},
      record: () => undefined,
    };
    await engine.execute({ document: parse(PAGE), text: PAGE, variables: { lastName } }, context);
  }
  await close();
  await sandbox.close();
  return [...records.values()];
};

/** The same record as another one: its own key and, in every text that is an id or a name, letters of its own. */
const copyOf = (entry: Entry, nth: number): Entry => {
  const value = JSON.parse(
    JSON.stringify(entry.value, (_key, part: unknown) => (part instanceof Set ? [...part] : part)),
    (key, part: unknown) =>
      typeof part === 'string' && /key|id|value|family|given|Name|line1|email|start|end/i.test(key)
        ? `${part}${(nth * 2_654_435_761) % 1_000_000_007}`
        : part,
  ) as unknown;
  return { ...entry, value, at: Date.now(), position: 0, tags: [`Patient/${nth}`], freshMs: 3_600_000 };
};

/** After a collection, where Node runs with --expose-gc: what the process has of the machine, and what it uses of that. */
const memory = (): { readonly residentMb: number; readonly usedMb: number } => {
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { residentMb: Math.round(rss / MB), usedMb: Math.round((heapUsed + external) / MB) };
};
const timed = async (times: number, work: (nth: number) => Promise<unknown>): Promise<number> => {
  const started = process.cpuUsage();
  for (let i = 0; i < times; i++) await work(i);
  const { user, system } = process.cpuUsage(started);
  return Math.round(((user + system) / times) * 10) / 10;
};

const measure = async (records: number, memoryMb: number) => {
  const samples = await sampleRecords();
  const source: SourceId = sourceId('bench');
  const keyOf = (nth: number): string => `bench/Patient/${nth}`;
  const length = samples.reduce((sum, { value }) => sum + JSON.stringify(value).length, 0) / samples.length;
  const before = memory();
  const store = new MemoryStore(memoryMb * MB);
  const copies = (nth: number) => copyOf(samples[nth % samples.length] as Entry, nth);
  for (let i = 0; i < records; i++) await store.keep(source, [{ key: keyOf(i), entry: copies(i) }]);
  // entries are packed when the event loop has time
  for (let i = 0; i < 100; i++) await new Promise((resolve) => setImmediate(resolve));
  const { size } = store;
  const after = memory();
  const find = async (nth: number) =>
    (await store.look(source, [{ key: keyOf(nth), tags: [`Patient/${nth}`] }])).found[0];
  let wrong = 0;
  let found = 0;
  for (let i = 0; i < records; i++) {
    const value = (await find(i))?.entry?.value;
    if (value === undefined) continue;
    found += 1;
    if (i % 50 === 0 && JSON.stringify(value) !== JSON.stringify(copies(i).value)) wrong += 1;
  }
  const decoded = memory();
  const last = (nth: number): number => records - 1 - nth;
  return {
    records,
    memoryMb,
    samples: samples.length,
    meanTextBytes: Math.round(length),
    entriesKept: size.entries,
    evicted: records - size.entries,
    countedMb: Math.round(size.bytes / MB),
    usedMbForThem: after.usedMb - before.usedMb,
    usedMbWithDecoded: decoded.usedMb - before.usedMb,
    residentMbBefore: before.residentMb,
    residentMb: decoded.residentMb,
    found,
    wrong,
    keepMicroseconds: await timed(LOOKED_FOR, async (nth) =>
      store.keep(source, [{ key: keyOf(last(nth % 1000)), entry: samples[nth % samples.length] as Entry }]),
    ),
    coldLookMicroseconds: await timed(LOOKED_FOR, (nth) => find(last(1000 + nth))),
    hotLookMicroseconds: await timed(LOOKED_FOR, (nth) => find(last(nth % HOT))),
  };
};

const optionsOf = () => {
  const { values } = parseArgs({
    options: {
      records: { type: 'string', default: '100000' },
      memory: { type: 'string', default: '128' },
      out: { type: 'string', default: join(import.meta.dirname, 'results', 'cache.json') },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    ...values,
    records: count('records', values.records, 10_000_000),
    memory: count('memory', values.memory, 65_536),
  };
};

try {
  const { records, memory, out, help } = optionsOf();
  if (help) print(USAGE);
  else {
    const figures = await measure(records, memory);
    for (const [name, figure] of Object.entries(figures)) print(`${name.padEnd(22)} ${figure}`);
    const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, memoryMb: Math.round(totalmem() / MB) };
    await mkdir(dirname(out), { recursive: true });
    await writeFile(out, `${JSON.stringify({ node: process.version, machine, ...figures }, null, 2)}\n`);
    if (figures.wrong > 0) process.exitCode = 1;
  }
} catch (error) {
  if (!(error instanceof OptionError)) throw error;
  print(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
