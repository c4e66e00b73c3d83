import { quantile } from './judge.ts';
import { KINDS, nextOperation, type Subjects } from './operations.ts';
import { type Parts, type Product, startProduct, type Times } from './product.ts';
import type { Chances } from './run.ts';
import type { World } from './world.ts';

/** What a vendor that does not answer at all costs the others. */
export interface Down {
  /** Of operations at the other vendors, while all are well: before the failure and after the recovery. */
  readonly healthyP95Ms: number;
  /** Of the same operations while the breaker of the one is open. */
  readonly downP95Ms: number;
  readonly ratio: number;
  /** From the vendor's recovery until `Source.health` says that the breaker is closed. */
  readonly recoveryMs: number;
  /** From the beginning of the failure until it said that it is open. */
  readonly openedMs: number;
  /** Operations while one was down; twice as many while all were well. */
  readonly measured: number;
}

/** Answers take long enough that this machine's own work counts little. */
const DELAY = { kind: 'delay', ms: 90, upTo: 110 } as const;
/** In each of three measurements: before the failure, during it and after the recovery. */
const MEASURED = 200;
const CLIENTS = 4;
const LOOK_EVERY_MS = 50;
const LONGEST_WAIT_MS = 30_000;
/** Such as ask one source only. */
const OF_ONE_SOURCE: ReadonlySet<string> = new Set([
  'patient by id',
  'patient card',
  'results of a patient',
  'appointment by id',
  'claim by id',
]);
const KINDS_OF_ONE = KINDS.filter(({ kind }) => OF_ONE_SOURCE.has(kind));

const only = (subjects: Subjects, fits: (source: string) => boolean): Subjects => {
  const own = (ids: readonly string[]): readonly string[] => ids.filter((id) => fits(id.split('/')[0] ?? ''));
  const { Patient, Appointment, Observation, Claim } = subjects.ids;
  return {
    ...subjects,
    ids: { Patient: own(Patient), Appointment: own(Appointment), Observation: own(Observation), Claim: own(Claim) },
  };
};

const HEALTH = 'query($id: ID!) { source(id: $id) { health { breaker } } }';

const breakerOf = async (product: Product, id: string): Promise<string> => {
  const { data } = await product.ask(HEALTH, { id });
  return (data as { source: { health: { breaker: string } } }).source.health.breaker.toLowerCase();
};

const until = async (product: Product, id: string, state: string): Promise<number> => {
  const began = performance.now();
  while ((await breakerOf(product, id)) !== state) {
    if (performance.now() - began > LONGEST_WAIT_MS) return Number.POSITIVE_INFINITY;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return performance.now() - began;
};

/** How long operations at these sources took. */
const timed = async (
  product: Product,
  subjects: Subjects,
  chances: Chances,
  label: string,
): Promise<readonly number[]> => {
  const times: number[] = [];
  let left = MEASURED;
  const client = async (i: number): Promise<void> => {
    const chance = chances(`${label} ${i}`);
    while (left > 0) {
      left -= 1;
      const { query, variables } = nextOperation(subjects, chance, KINDS_OF_ONE);
      const { at, answeredAt } = await product.ask(query, variables);
      times.push(answeredAt - at);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, i) => client(i)));
  return times;
};

const p95 = (times: readonly number[]): number =>
  quantile(
    times.toSorted((one, other) => one - other),
    0.95,
  );

/** Clients of the source that is down, as long as told. */
const asking = async (product: Product, subjects: Subjects, chances: Chances, isOver: () => boolean): Promise<void> => {
  const client = async (i: number): Promise<void> => {
    const chance = chances(`down ${i}`);
    while (!isOver()) {
      const { query, variables } = nextOperation(subjects, chance, KINDS_OF_ONE);
      await product.ask(query, variables);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, i) => client(i)));
};

/** Takes the first source down (no answer at all), measures the others, and lets it recover. */
export const measureDown = async (parts: Parts, world: World, times: Times, chances: Chances): Promise<Down> => {
  const sources = [...new Set(world.places.map(({ sandbox }) => sandbox))].flatMap(({ config }) => config.sources);
  const product = await startProduct(parts, sources, times, { kept: false });
  const [one] = world.places;
  if (one === undefined) throw new Error('There is no source to take down.');
  const others = only(world.subjects, (source) => source !== one.source);
  const delays = world.places.map(({ sandbox, vendor }) => sandbox.simulators[vendor].fault(DELAY));
  let over = false;
  const clients = asking(
    product,
    only(world.subjects, (source) => source === one.source),
    chances,
    () => over,
  );
  try {
    await timed(product, others, chances, 'warm');
    const before = await timed(product, others, chances, 'measured');
    const fault = one.sandbox.simulators[one.vendor].fault({ kind: 'hang' });
    const openedMs = await until(product, one.source, 'open');
    const during = await timed(product, others, chances, 'measured');
    fault.remove();
    const recoveryMs = await until(product, one.source, 'closed');
    const after = await timed(product, others, chances, 'measured');
    const [healthyP95Ms, downP95Ms] = [p95([...before, ...after]), p95(during)];
    return { healthyP95Ms, downP95Ms, ratio: downP95Ms / healthyP95Ms, recoveryMs, openedMs, measured: MEASURED };
  } finally {
    over = true;
    await clients;
    for (const delay of delays) delay.remove();
    await product.close();
  }
};
