import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { type Random, random } from '../../sandbox/population/random.ts';
import { check, type Verdict } from '../writes/checker.ts';
import { Clients, type Submitted } from '../writes/clients.ts';
import { Graph } from '../writes/graph.ts';
import { groundsOf, type Simulated } from '../writes/grounds.ts';
import { type Row, readWrites } from '../writes/journal.ts';
import { quiet, storiesOf, tellersOf, Witness } from '../writes/run.ts';
import { type Deployment, ProductProcess } from './process.ts';

export interface KillsLoad {
  readonly kills: number;
  /** That write at once, half of whom want no more than to know that it is recorded. */
  readonly clients: number;
  readonly seed: number;
  /** Kills again without waiting until the product has recovered; how long that took is not told then. */
  readonly restless?: boolean;
}

/** One kill, and how the process that came after it took up the work. */
export interface Kill {
  /** Milliseconds that the killed process had lived on after its recovery; absent for one that was killed before. */
  readonly servedMs?: number;
  /** Writes that were acknowledged and not settled when it died. */
  readonly open: number;
  /** From the start of the next process until it served; absent when it was killed before. */
  readonly startMs?: number;
  /** From the start of the next process until all that was acknowledged before was settled; absent like `startMs`. */
  readonly recoveryMs?: number;
}

export interface Survived {
  readonly kills: readonly Kill[];
  readonly verdict: Verdict;
  readonly writes: number;
  /** Vendor calls that left and whose answers no process ever got. */
  readonly callsCut: number;
  /** Times that a client got no answer. */
  readonly resent: number;
  /** Stories that broke off without an answer. */
  readonly unanswered: number;
  readonly seconds: number;
}

/** How long a process that has recovered lives at most, or until there is something to lose. */
const LONGEST_LIFE_MS = 1_200;
/** One in so many is killed while it starts or recovers, within this time of its start. */
const ONE_IN = 5;
const LONGEST_START_MS = 4_000;
/** What took longer than this has not recovered. */
const PATIENCE_MS = 30_000;
const CLIENTS_PATIENCE_MS = 60_000;
const LOOK_AGAIN_MS = 50;
const BUSY_AGAIN_MS = 5;
const STOP_MS = 30_000;
const OPEN: readonly Row['state'][] = ['QUEUED', 'IN_FLIGHT'];
/** Beside the clients: those who look how it goes. */
const MORE_CONNECTIONS = 8;

/** Those who hand writes in whatever becomes of the product, until they are told to stop. */
class Load {
  readonly #clients: readonly Clients[];
  readonly #next: ReturnType<typeof storiesOf>;
  readonly #ended: Promise<unknown>;
  #over = false;
  unanswered = 0;

  constructor(graph: Graph, next: ReturnType<typeof storiesOf>, { clients, seed }: KillsLoad) {
    const chance = random(seed);
    const manners = { patienceMs: CLIENTS_PATIENCE_MS, cut: 0.02, twice: 0.03 };
    this.#next = next;
    this.#clients = [10_000, 0].map(
      (waitMs) => new Clients(graph, { ...manners, waitMs }, chance.fork(`clients ${waitMs}`)),
    );
    this.#ended = Promise.all(
      Array.from({ length: clients }, (_, i) => this.#client(this.#clients[i % this.#clients.length])),
    );
  }

  get submitted(): readonly Submitted[] {
    return this.#clients.flatMap(({ submitted }) => submitted);
  }

  /** Keys of writes whose clients were told that they are recorded, and no more so far. */
  get acknowledged(): readonly string[] {
    return this.submitted
      .filter(({ told, settledMs }) => settledMs === undefined && told.some(({ kind }) => kind === 'pending'))
      .map(({ key }) => key);
  }

  /** Waits until something is acknowledged that is not settled: before that nothing could be lost. */
  async busy(): Promise<void> {
    const until = performance.now() + PATIENCE_MS;
    while (this.acknowledged.length === 0) {
      if (performance.now() > until) throw new Error('No write was ever under way.');
      await wait(BUSY_AGAIN_MS);
    }
  }

  /** Begins nothing new; all that has begun is told to its end. */
  async end(): Promise<void> {
    this.#over = true;
    await this.#ended;
  }

  async #client(clients: Clients | undefined): Promise<void> {
    for (let story = this.#next(); !this.#over && story !== undefined; story = this.#next())
      await clients?.tell(story).catch(() => {
        this.unanswered += 1;
      });
  }
}

/** Vendor calls that left, and whose answers no process lived to see. */
export const callsCut = (rows: readonly Row[]): number =>
  rows.flatMap(({ attempts }) => attempts).filter(({ outcome }) => outcome === 'open').length;

/** Times that a write was sent without getting an answer. */
export const resent = (submitted: readonly Submitted[]): number =>
  submitted.reduce((sum, one) => sum + one.unanswered, 0);

/** Waits until none of these is on its way; false when that takes too long. */
const settled = async (graph: Graph, keys: readonly string[]): Promise<boolean> => {
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until) {
    const open = new Set((await readWrites(graph, OPEN)).map(({ idempotencyKey }) => idempotencyKey));
    if (!keys.some((key) => open.has(key))) return true;
    await wait(LOOK_AGAIN_MS);
  }
  return false;
};

/** A product of one process, which is started again whenever it dies. */
class Survivor {
  readonly #deployment: Deployment;
  process: ProductProcess;

  constructor(deployment: Deployment) {
    this.#deployment = deployment;
    this.process = new ProductProcess(deployment);
  }

  /** Starts the next process, with what was open when the last one died. */
  async recover(
    graph: Graph,
    open: readonly string[],
    { restless = false }: KillsLoad,
  ): Promise<Pick<Kill, 'startMs' | 'recoveryMs'>> {
    this.process = new ProductProcess(this.#deployment);
    const startMs = await this.process.serving();
    if (restless) return { startMs };
    const recovered = await settled(graph, open);
    return { startMs, recoveryMs: recovered ? performance.now() - this.process.startedAt : Number.POSITIVE_INFINITY };
  }

  /** Starts the next process and kills it wherever it is by then. */
  async stumble(ms: number): Promise<void> {
    this.process = new ProductProcess(this.#deployment);
    const serving = this.process.serving().catch(() => undefined);
    await wait(ms);
    await this.process.kill();
    await serving;
  }
}

const killAll = async (
  survivor: Survivor,
  graph: Graph,
  load: Load,
  options: KillsLoad,
  chance: Random,
): Promise<readonly Kill[]> => {
  const kills: Kill[] = [];
  while (kills.length < options.kills) {
    const from = performance.now();
    await wait(chance.int(0, LONGEST_LIFE_MS));
    await load.busy();
    await survivor.process.kill();
    const servedMs = performance.now() - from;
    const open = load.acknowledged;
    if (kills.length + 1 < options.kills && chance.chance(1 / ONE_IN)) {
      kills.push({ servedMs, open: open.length });
      await survivor.stumble(chance.int(0, LONGEST_START_MS));
      kills.push({ open: open.length, ...(await survivor.recover(graph, load.acknowledged, options)) });
    } else kills.push({ servedMs, open: open.length, ...(await survivor.recover(graph, open, options)) });
  }
  return kills;
};

/** Kills the product again and again while clients write, and holds everybody's word against the others' at the end. */
export const runKills = async (
  deployment: Deployment,
  simulated: readonly Simulated[],
  options: KillsLoad,
): Promise<Survived> => {
  const survivor = new Survivor(deployment);
  await survivor.process.serving();
  const graph = new Graph(() => survivor.process.url, options.clients + MORE_CONNECTIONS);
  try {
    const grounds = await groundsOf(graph, simulated);
    const witness = await Witness.from(graph, grounds);
    const from = performance.now();
    const load = new Load(graph, storiesOf(tellersOf(grounds, options.seed), Number.POSITIVE_INFINITY), options);
    const kills = await killAll(survivor, graph, load, options, random(options.seed).fork('kills'));
    await load.end();
    await quiet(graph, PATIENCE_MS);
    const seconds = (performance.now() - from) / 1_000;
    const { submitted, unanswered } = load;
    const evidence = await witness.evidence();
    return {
      ...{ kills, unanswered, seconds, verdict: check({ submitted, ...evidence }), writes: submitted.length },
      callsCut: callsCut(evidence.rows),
      resent: resent(submitted),
    };
  } finally {
    await graph.close();
    await survivor.process.stop(STOP_MS);
  }
};
