import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { random } from '../../sandbox/population/random.ts';
import { check, type Evidence, type Verdict } from './checker.ts';
import { Clients, type Manners, type Submitted } from './clients.ts';
import { commitsAt } from './commits.ts';
import type { Graph } from './graph.ts';
import { type Row, readWrites } from './journal.ts';
import { type Ground, Materials } from './materials.ts';
import { type Story, Teller } from './stories.ts';

export interface Load {
  /** Handed in until there are so many, or some more: a story that has begun is told to its end. */
  readonly writes: number;
  /** That tell stories at once. */
  readonly clients: number;
  readonly seed: number;
  readonly manners: Manners;
  /** How long what is still on its way at the end may take to settle, milliseconds. */
  readonly settleMs: number;
}

export interface Outcome {
  readonly verdict: Verdict;
  readonly submitted: readonly Submitted[];
  /** From the first write to the last answer, and until all were settled. */
  readonly seconds: number;
  readonly settledSeconds: number;
  /** Writes to whose clients nobody ever said anything. */
  readonly unanswered: number;
}

const LOOK_MS = 250;

/** One teller for each source; those of another run tell other stories, unless its seed is the same. */
export const tellersOf = (grounds: readonly Ground[], seed: number): readonly Teller[] =>
  grounds.map((ground) => new Teller(new Materials(ground, Date.now()), `s${seed}`, random(seed).fork(ground.source)));

/** Stories about all sources in turn, until their steps are so many. */
export const storiesOf = (tellers: readonly Teller[], writes: number) => {
  let steps = 0;
  let turn = 0;
  return (): Story | undefined => {
    const teller = tellers[turn % tellers.length];
    if (steps >= writes || teller === undefined) return undefined;
    turn += 1;
    const story = teller.next();
    steps += story.steps.length;
    return story;
  };
};

/** Waits until nothing is on its way any more, or for so long. */
export const quiet = async (graph: Graph, ms: number): Promise<void> => {
  const until = performance.now() + ms;
  for (;;) {
    const open = await readWrites(graph, ['QUEUED', 'IN_FLIGHT']);
    if (open.length === 0 || performance.now() > until) return;
    await wait(LOOK_MS);
  }
};

/** What vendors and journal say beyond what they said before. */
export class Witness {
  readonly #graph: Graph;
  readonly #grounds: readonly Ground[];
  readonly #before: ReadonlyMap<string, number>;
  readonly #rows: ReadonlySet<string>;

  private constructor(graph: Graph, grounds: readonly Ground[], before: Evidence['commits'], rows: readonly Row[]) {
    this.#graph = graph;
    this.#grounds = grounds;
    this.#before = new Map(Object.entries(before).map(([source, { length }]) => [source, length]));
    this.#rows = new Set(rows.map(({ id }) => id));
  }

  /** Looks from now on. */
  static async from(graph: Graph, grounds: readonly Ground[]): Promise<Witness> {
    return new Witness(graph, grounds, await committed(grounds, () => 0), await readWrites(graph));
  }

  async evidence(): Promise<Omit<Evidence, 'submitted'>> {
    const rows = (await readWrites(this.#graph)).filter(({ id }) => !this.#rows.has(id));
    return { rows, commits: await committed(this.#grounds, (source) => this.#before.get(source) ?? 0) };
  }
}

const committed = async (grounds: readonly Ground[], after: (source: string) => number): Promise<Evidence['commits']> =>
  Object.fromEntries(
    await Promise.all(grounds.map(async ({ source, url }) => [source, await commitsAt(url, after(source))] as const)),
  );

/** Clients tell stories through the graph; then everything is checked. */
export const runWrites = async (graph: Graph, tellers: readonly Teller[], load: Load): Promise<Outcome> => {
  const clients = new Clients(graph, load.manners, random(load.seed).fork('clients'));
  const next = storiesOf(tellers, load.writes);
  const witness = await Witness.from(
    graph,
    tellers.map(({ ground }) => ground),
  );
  const from = performance.now();
  let unanswered = 0;
  const client = async (): Promise<void> => {
    for (let story = next(); story !== undefined; story = next())
      await clients.tell(story).catch(() => {
        unanswered += 1;
      });
  };
  await Promise.all(Array.from({ length: load.clients }, client));
  const seconds = (performance.now() - from) / 1_000;
  await quiet(graph, load.settleMs);
  const settledSeconds = (performance.now() - from) / 1_000;
  const { submitted } = clients;
  const evidence = await witness.evidence();
  return { verdict: check({ submitted, ...evidence }), submitted, seconds, settledSeconds, unanswered };
};
