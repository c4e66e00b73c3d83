import { performance } from 'node:perf_hooks';
import type { Vendors } from '../vendors/process.ts';
import { Clients } from './clients.ts';
import { type Figures, figuresOf, type Watched } from './figures.ts';
import { Product } from './product.ts';
import type { Load, Scenario } from './scenarios.ts';

/** What is configured for every source, so that the product's own limits do not decide the figures. */
export const LIMITS = { perSecond: 10_000, perDay: 100_000_000, concurrency: 256 } as const;

/** Of the open loop: as many as may be waiting at once without waiting for each other. */
const MOST_CONNECTIONS = 500;

const watch = (product: Product) => {
  const from = performance.now();
  const usages: Watched['usages'][number][] = [];
  const look = async (): Promise<void> => {
    const usage = await product.usage();
    usages.push({ ...usage, at: Math.round((performance.now() - from) / 1_000) });
  };
  let last = look();
  const timer = setInterval(() => {
    last = last.then(look);
  }, 1_000);
  return async (): Promise<Watched['usages']> => {
    clearInterval(timer);
    await last;
    await look();
    return usages;
  };
};

const profiling = (folder: string | undefined, name: string): readonly string[] =>
  folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=load.${name}.cpuprofile`];

/** One scenario against a product that has just started: nothing is cached, nobody is signed in. */
export const runScenario = async (
  scenario: Scenario,
  vendors: Vendors,
  load: Load,
  profile: string | undefined,
): Promise<Figures> => {
  const { config } = vendors.ready;
  const sources = config.sources.map((source) => ({ ...source, limits: LIMITS, timeoutMs: scenario.timeoutMs }));
  await vendors.behave(scenario.faults);
  const product = await Product.start({ ...config, sources }, profiling(profile, scenario.name));
  const clients = new Clients(product.url, MOST_CONNECTIONS);
  try {
    if (scenario.warmUp !== undefined) {
      await scenario.warmUp(clients, vendors.ready, load);
      await vendors.behave(scenario.faults);
    }
    const watched = watch(product);
    const from = performance.now();
    const outcomes = await scenario.run(clients, vendors.ready, load);
    const seconds = (performance.now() - from) / 1_000;
    return figuresOf(outcomes, { seconds, usages: await watched(), calls: await vendors.calls() });
  } finally {
    await clients.close();
    await product.stop();
  }
};
