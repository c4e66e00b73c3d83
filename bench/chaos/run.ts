import type { SharedState } from '../../upstream/shared-state.ts';
import { changeSomething } from './changes.ts';
import type { CallCounters } from './counters.ts';
import type { Entry } from './history.ts';
import { agesOf, type Found, Judge } from './judge.ts';
import { type Chance, nextOperation } from './operations.ts';
import { type Parts, type Product, startProduct, type Times } from './product.ts';
import type { World } from './world.ts';

export interface RunOptions {
  readonly reads: number;
  readonly clients: number;
  /** Between one change and the next, in milliseconds. */
  readonly changeEveryMs: number;
  readonly times: Times;
  /** What the product shares, where it is not its own. */
  readonly state?: SharedState;
  /** Is told every operation, as its client saw it. */
  readonly tell?: (entry: Entry) => void;
}

/** Repeatable, and a stream of its own for each label. */
export type Chances = (label: string) => Chance;

const attemptsAt = ({ places }: World): number =>
  places.reduce((sum, { sandbox, vendor }) => sum + sandbox.simulators[vendor].traffic.total, 0);

/** One client after the other, each with the next operation as soon as it has its answer. */
const reading = async (product: Product, world: World, options: RunOptions, chances: Chances, judge: Judge) => {
  let left = options.reads;
  const client = async (chance: Chance): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const asked = nextOperation(world.subjects, chance);
      const reply = await product.ask(asked.query, asked.variables);
      const entry: Entry = { asked, ...reply };
      options.tell?.(entry);
      judge.add(entry);
    }
  };
  await Promise.all(Array.from({ length: options.clients }, (_, i) => client(chances(`client ${i}`))));
};

/** Changes records until told to stop, and has the oracle read each change before the next one. */
const changing = async (world: World, options: RunOptions, chance: Chance, judge: Judge, isOver: () => boolean) => {
  let turn = 0;
  while (!isOver()) {
    await new Promise((resolve) => setTimeout(resolve, options.changeEveryMs));
    const chosen = world.changing[Math.floor(chance() * world.changing.length)];
    if (chosen === undefined) continue;
    turn += 1;
    const began = performance.now();
    const { patient, lists } = changeSomething(chosen.place, chosen.id, chance, turn);
    const moment = { began, ended: performance.now() };
    await world.oracle.changed(patient, lists, moment);
    judge.judge(performance.now());
  }
  return turn;
};

/**
 * Reads through a product while records change and whatever faults the simulators have strike, and compares all that
 * was answered with what the simulators held.
 */
export const run = async (
  parts: Parts,
  world: World,
  counters: CallCounters,
  options: RunOptions,
  chances: Chances,
): Promise<Found> => {
  const sources = [...new Set(world.places.map(({ sandbox }) => sandbox))].flatMap(({ config }) => config.sources);
  const product = await startProduct(parts, sources, options.times, { state: options.state });
  const judge = new Judge(world.oracle, agesOf(options.times));
  counters.reset();
  const before = attemptsAt(world);
  const began = performance.now();
  let over = false;
  const changes = counters.uncounted(() => changing(world, options, chances('changes'), judge, () => over));
  try {
    await reading(product, world, options, chances, judge);
  } finally {
    over = true;
    await changes;
  }
  const seconds = (performance.now() - began) / 1_000;
  judge.judge(Number.POSITIVE_INFINITY);
  const { counts } = counters;
  const found = judge.figures(seconds, await changes, counts, attemptsAt(world) - before);
  await product.close();
  return found;
};
