import type { Child } from './child.ts';
import type { Options } from './options.ts';
import { type Figures, type Load, load } from './saturation.ts';
import type { Stage } from './stage.ts';
import type { Operation } from './workload.ts';

/** One round of one contender. */
export interface Round extends Omit<Figures, 'requests'> {
  /** Milliseconds of processor time for one request: less shaken by what else the machine does than requests/s. */
  readonly cpuMs: number;
}

export interface Measured extends Round {
  readonly contender: string;
  /** Bytes of the process's memory after the last round. */
  readonly rss: number;
  readonly rounds: readonly Round[];
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
};

/** The median of every figure by itself; failures add up. */
export const medians = (rounds: readonly Round[]): Round => ({
  requestsPerSecond: median(rounds.map(({ requestsPerSecond }) => requestsPerSecond)),
  p50: median(rounds.map(({ p50 }) => p50)),
  p99: median(rounds.map(({ p99 }) => p99)),
  cpuMs: median(rounds.map(({ cpuMs }) => cpuMs)),
  failed: rounds.reduce((sum, { failed }) => sum + failed, 0),
});

const round = async (child: Child, operation: Operation, settings: Load): Promise<Round> => {
  const before = await child.usage();
  const { requests, ...figures } = await load(child.url, operation, settings);
  const after = await child.usage();
  return { ...figures, cpuMs: (after.cpuMs - before.cpuMs) / requests };
};

/** Warms everybody up, then measures them in turn, round by round, so that a busy moment of the machine meets all. */
export const measure = async (
  { runners, workload }: Stage,
  { seconds, warmUp, rounds, connections, callers }: Options,
): Promise<readonly Measured[]> => {
  const { operation } = workload;
  for (const { child } of runners) await load(child.url, operation, { connections, callers, seconds: warmUp });
  const made = new Map<string, Round[]>(runners.map(({ contender }) => [contender.name, []]));
  for (let i = 0; i < rounds; i++)
    for (const { contender, child } of runners)
      made.get(contender.name)?.push(await round(child, operation, { connections, callers, seconds }));
  return Promise.all(
    runners.map(async ({ contender: { name }, child }) => {
      const own = made.get(name) ?? [];
      return { contender: name, ...medians(own), rss: (await child.usage()).rss, rounds: own };
    }),
  );
};
