import { join } from 'node:path';
import { type Child, startChild } from './child.ts';
import type { Contender } from './contenders.ts';
import type { Options, Via } from './options.ts';
import { loadWorkload, type Workload } from './workload.ts';

export interface Runner {
  readonly contender: Contender;
  readonly child: Child;
}

/** Contenders that are up with one workload, over subgraphs of one kind. */
export interface Stage {
  readonly workload: Workload;
  readonly via: Via;
  readonly runners: readonly Runner[];
  /** Those that did not start, and why. */
  readonly absent: readonly { readonly contender: Contender; readonly reason: string }[];
}

const SUBGRAPHS = join(import.meta.dirname, 'subgraphs.ts');

const profiling = (folder: string | undefined, name: string): readonly string[] =>
  folder === undefined
    ? []
    : ['--cpu-prof', '--cpu-prof-interval=500', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${name}.cpuprofile`];

/** Starts every contender with a workload, lets them be used, and stops them whatever happens. */
export const onStage = async <T>(
  { contenders, profile }: Pick<Options, 'contenders' | 'profile'>,
  name: string,
  via: Via,
  use: (stage: Stage) => Promise<T>,
): Promise<T> => {
  const children: Child[] = [];
  const start = async (...parameters: Parameters<typeof startChild>): Promise<Child> => {
    const child = await startChild(...parameters);
    children.push(child);
    return child;
  };
  try {
    const workload = await loadWorkload(name);
    const subgraphs = via === 'http' ? await start(SUBGRAPHS, ['--workload', name]) : undefined;
    const parameters = ['--workload', name, ...(subgraphs === undefined ? [] : ['--subgraphs', subgraphs.url])];
    const started = await Promise.allSettled(
      contenders.map((contender) =>
        start(
          contender.file,
          [...parameters, ...contender.arguments],
          profiling(profile, `${name}.${via}.${contender.name}`),
        ),
      ),
    );
    const runners: Runner[] = [];
    const absent: Stage['absent'][number][] = [];
    for (const [i, contender] of contenders.entries()) {
      const outcome = started[i];
      if (outcome?.status === 'fulfilled') runners.push({ contender, child: outcome.value });
      else absent.push({ contender, reason: String(outcome?.reason) });
    }
    return await use({ workload, via, runners, absent });
  } finally {
    await Promise.all(children.map((child) => child.stop()));
  }
};
