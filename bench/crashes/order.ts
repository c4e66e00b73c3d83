import { performance } from 'node:perf_hooks';
import { random } from '../../sandbox/population/random.ts';
import { check, type Verdict } from '../writes/checker.ts';
import { Clients } from '../writes/clients.ts';
import { Graph } from '../writes/graph.ts';
import { groundsOf, type Simulated } from '../writes/grounds.ts';
import { writtenBy } from '../writes/mutations.ts';
import { quiet, Witness } from '../writes/run.ts';
import type { Made, Story } from '../writes/stories.ts';
import { callsCut, resent } from './kills.ts';
import { linesOf } from './lines.ts';
import { type Deployment, ProductProcess } from './process.ts';

export interface OrderLoad {
  readonly writes: number;
  /** Lines that are handed in at once. */
  readonly clients: number;
  readonly seed: number;
}

export interface Ordered {
  readonly verdict: Verdict;
  readonly writes: number;
  readonly lines: number;
  /** Vendor calls that left, and whose answers the killed process never got. */
  readonly callsCut: number;
  /** Times that a client got no answer. */
  readonly resent: number;
  readonly unanswered: number;
  readonly seconds: number;
}

const PATIENCE_MS = 60_000;
const STOP_MS = 30_000;
const MANNERS = { patienceMs: PATIENCE_MS, cut: 0.02, twice: 0.05 };
const MORE_CONNECTIONS = 8;

/** Clients that never look what became of a write. */
class Hasty extends Clients {
  override async settled(): Promise<undefined> {
    return undefined;
  }
}

/** Two processes on one store, asked in no order. */
class Pair {
  readonly #deployment: Deployment;
  readonly #chance: () => number;
  #processes: readonly ProductProcess[];

  private constructor(deployment: Deployment, chance: () => number) {
    this.#deployment = deployment;
    this.#chance = chance;
    this.#processes = [new ProductProcess(deployment), new ProductProcess(deployment)];
  }

  static async start(deployment: Deployment, chance: () => number): Promise<Pair> {
    const pair = new Pair(deployment, chance);
    await Promise.all(pair.#processes.map((process) => process.serving()));
    return pair;
  }

  /** One of those that serve. @throws when none does */
  get url(): string {
    const serving = this.#processes.filter(({ serves }) => serves);
    const one = serving[Math.floor(this.#chance() * serving.length)];
    if (one === undefined) throw new Error('No process serves the graph.');
    return one.url;
  }

  /** Kills one, and starts another in its place. */
  async replaceOne(): Promise<void> {
    const [first, ...others] = this.#processes;
    await first?.kill();
    const next = new ProductProcess(this.#deployment);
    this.#processes = [...others, next];
    await next.serving();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.stop(STOP_MS)));
  }
}

interface Writers {
  /** Want no more than to know that their write is recorded. */
  readonly hasty: Clients;
  readonly waiting: Clients;
}

/** Hands in a line, each write as soon as the one before is acknowledged; only what a later one needs is waited for. */
const tell = async ({ hasty, waiting }: Writers, story: Story): Promise<void> => {
  let made: Made = {};
  for (const [turn, step] of story.steps.entries()) {
    if (step.needs !== undefined && made[step.needs] === undefined) return;
    const isNeeded = turn === 0 && story.steps.some(({ needs }) => needs === writtenBy(step.kind));
    const clients = isNeeded ? waiting : hasty;
    const id = await clients.write(clients.submit(story, step, turn), step.input(made));
    if (isNeeded && id !== undefined) made = { [writtenBy(step.kind)]: id };
  }
};

/** Hands in so many writes, line by line; `inTheMiddle` is called once. */
const handIn = async (
  writers: Writers,
  next: () => Story,
  { writes, clients }: OrderLoad,
  inTheMiddle: () => Promise<void>,
): Promise<Pick<Ordered, 'lines' | 'unanswered'>> => {
  let [steps, lines, unanswered] = [0, 0, 0];
  let middle: Promise<void> | undefined;
  const client = async (): Promise<void> => {
    while (steps < writes) {
      const story = next();
      lines += 1;
      steps += story.steps.length;
      if (steps >= writes / 2) middle ??= inTheMiddle();
      await tell(writers, story).catch(() => {
        unanswered += 1;
      });
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  await middle;
  return { lines, unanswered };
};

/** Lines of writes over two processes at once, one of which is killed in the middle. */
export const runOrder = async (
  deployment: Deployment,
  simulated: readonly Simulated[],
  load: OrderLoad,
): Promise<Ordered> => {
  const chance = random(load.seed);
  const pair = await Pair.start(deployment, chance.fork('processes').next);
  const graph = new Graph(() => pair.url, load.clients + MORE_CONNECTIONS);
  try {
    const grounds = await groundsOf(graph, simulated);
    const witness = await Witness.from(graph, grounds);
    const writers: Writers = {
      hasty: new Hasty(graph, { ...MANNERS, waitMs: 0 }, chance.fork('hasty')),
      waiting: new Clients(graph, { ...MANNERS, waitMs: 10_000 }, chance.fork('waiting')),
    };
    const from = performance.now();
    const next = linesOf(grounds, `o${load.seed}`, chance.fork('lines'));
    const handedIn = await handIn(writers, next, load, () => pair.replaceOne());
    await quiet(graph, PATIENCE_MS);
    const seconds = (performance.now() - from) / 1_000;
    const submitted = [...writers.waiting.submitted, ...writers.hasty.submitted];
    const evidence = await witness.evidence();
    return {
      ...{ ...handedIn, seconds, verdict: check({ submitted, ...evidence }), writes: submitted.length },
      callsCut: callsCut(evidence.rows),
      resent: resent(submitted),
    };
  } finally {
    await graph.close();
    await pair.stop();
  }
};
