import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from '../../sandbox/faults.ts';
import { random } from '../../sandbox/population/random.ts';
import { check, type Verdict } from '../writes/checker.ts';
import { Clients, type Submitted } from '../writes/clients.ts';
import { Graph } from '../writes/graph.ts';
import { groundsOf, type Simulated } from '../writes/grounds.ts';
import { readWrites } from '../writes/journal.ts';
import { quiet, storiesOf, tellersOf, Witness } from '../writes/run.ts';
import { type Deployment, ProductProcess } from './process.ts';

export interface StoppingLoad {
  readonly writes: number;
  readonly seed: number;
  /** How slow the vendors are while the writes are handed in. */
  readonly slow: Fault;
  /** What mutations wait for their vendor, each in turn, milliseconds. */
  readonly waits: readonly number[];
  /** Makes the simulators misbehave like this from now on. */
  readonly behave: (faults: readonly Fault[]) => Promise<void>;
}

export interface Stopped {
  readonly verdict: Verdict;
  readonly writes: number;
  /** Clients without an answer when the signal came. */
  readonly waiting: number;
  /** Answers by what they said. */
  readonly answers: Readonly<Record<string, number>>;
  /** Clients that never got one. */
  readonly unanswered: number;
  /** Exit code, or the signal that the process took when it did not end by itself. */
  readonly ended: number | string;
  /** From the signal to the end. */
  readonly stopSeconds: number;
  /** Writes that the next process found under way. */
  readonly left: number;
}

const STOP_MS = 60_000;
const PATIENCE_MS = 60_000;
const LOOK_AGAIN_MS = 50;
const MORE_CONNECTIONS = 4;

const isAnswered = ({ told }: Submitted): boolean => told.length > 0;

/** Each asks once, and takes the answer that it gets. */
const handIn = (graph: Graph, next: ReturnType<typeof storiesOf>, { seed, waits }: StoppingLoad) => {
  const chance = random(seed);
  const manners = { patienceMs: 0, cut: 0, twice: 0 };
  const groups = waits.map((waitMs) => new Clients(graph, { ...manners, waitMs }, chance.fork(`${waitMs}`)));
  const asked: Promise<unknown>[] = [];
  const submitted: Submitted[] = [];
  for (let story = next(); story !== undefined; story = next()) {
    const [step] = story.steps;
    const clients = groups[submitted.length % groups.length];
    if (step === undefined || clients === undefined) throw new Error('There is nothing to hand in.');
    const write = clients.submit(story, step, 0);
    submitted.push(write);
    asked.push(clients.write(write, step.input({})).catch(() => undefined));
  }
  return { submitted, answered: Promise.all(asked) };
};

/** Waits until all of them are recorded. @throws when that takes too long */
const recorded = async (graph: Graph, writes: readonly Submitted[]): Promise<void> => {
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until) {
    const keys = new Set((await readWrites(graph)).map(({ idempotencyKey }) => idempotencyKey));
    if (writes.every(({ key }) => keys.has(key))) return;
    await wait(LOOK_AGAIN_MS);
  }
  throw new Error('The writes were not recorded.');
};

/** Tells the product to stop while clients wait for their writes; then another process goes on with what is left. */
export const runStopping = async (
  deployment: Deployment,
  simulated: readonly Simulated[],
  load: StoppingLoad,
): Promise<Stopped> => {
  let product = new ProductProcess(deployment);
  await product.serving();
  const graph = new Graph(() => product.url, load.writes + MORE_CONNECTIONS);
  try {
    const grounds = await groundsOf(graph, simulated);
    const witness = await Witness.from(graph, grounds);
    await load.behave([load.slow]);
    const { submitted, answered } = handIn(graph, firstSteps(grounds, load), load);
    await recorded(graph, submitted);
    const waiting = submitted.filter((write) => !isAnswered(write)).length;
    const from = performance.now();
    const ended = await product.stop(STOP_MS);
    const stopSeconds = (performance.now() - from) / 1_000;
    await answered;
    await load.behave([]);
    product = new ProductProcess(deployment);
    await product.serving();
    const left = (await readWrites(graph, ['QUEUED', 'IN_FLIGHT'])).length;
    await quiet(graph, PATIENCE_MS);
    const kinds = submitted.flatMap(({ told }) => told.map(({ kind }) => kind));
    return {
      ...{ waiting, ended, stopSeconds, left, writes: submitted.length },
      verdict: check({ submitted, ...(await witness.evidence()) }),
      answers: Object.fromEntries([...Map.groupBy(kinds, (kind) => kind)].map(([kind, all]) => [kind, all.length])),
      unanswered: submitted.filter((write) => !isAnswered(write)).length,
    };
  } finally {
    await graph.close();
    await product.stop(STOP_MS);
  }
};

/** The beginnings of so many stories, which need nothing. */
const firstSteps = (
  grounds: Parameters<typeof tellersOf>[0],
  { writes, seed }: StoppingLoad,
): ReturnType<typeof storiesOf> => {
  const next = storiesOf(tellersOf(grounds, seed), Number.POSITIVE_INFINITY);
  let told = 0;
  return () => {
    told += 1;
    return told > writes ? undefined : next();
  };
};
