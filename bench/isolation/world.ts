import type { Sandbox, SandboxOptions } from '../../sandbox/index.ts';

/** The parts of the product that a run needs: from the build when a process runs it, from source in a test. */
export interface Product {
  readonly startEngine: typeof import('../../app.ts')['startEngine'];
  readonly readConfig: typeof import('../../config.ts')['readConfig'];
  readonly startSandbox: typeof import('../../sandbox/index.ts')['startSandbox'];
  readonly openSharedState: typeof import('../../upstream/shared-state.ts')['openSharedState'];
  readonly Secret: typeof import('../../upstream/source.ts')['Secret'];
  readonly Session: typeof import('../../subgraphs/vendor/session.ts')['Session'];
}

export const KINDS = ['unity', 'athenanet', 'fhir'] as const;
export type Kind = (typeof KINDS)[number];

/** A practice: its records have the keys that every other one of its kind has, and its own mark in their text. */
export interface MarkedSource {
  readonly id: string;
  readonly kind: Kind;
  /** In lower case. */
  readonly mark: string;
  readonly sandbox: Sandbox;
}

/** A Wednesday morning; the sandboxes' clock goes on from there. */
const BEGINNING = '2026-11-18T15:00:00Z';
const DAYS = 86_400_000;
/** The days around it, in which the practices have appointments. */
export const WEEK = {
  from: new Date(Date.parse(BEGINNING) - DAYS).toISOString(),
  to: new Date(Date.parse(BEGINNING) + 5 * DAYS).toISOString(),
} as const;

/** Refuses nobody: what is measured is whose answers come, not how many. */
const WITHOUT_LIMITS: SandboxOptions['athenanetLimits'] = {
  perSecond: 100_000,
  perDay: 100_000_000,
  tokenPerMinute: 1000,
};

/** Short, so that entries are made, found and made anew all the time. */
const SECONDS_KEPT = 15;
/** On a busy machine the simulators are slow, and time is not what is measured. */
const PATIENCE_MS = 120_000;

const number = (place: number): string => String(place + 1).padStart(2, '0');

const openSource = async (place: number, { startSandbox }: Product): Promise<MarkedSource> => {
  const id = `s${number(place)}`;
  const mark = `mk${number(place)}`;
  const kind = KINDS[place % KINDS.length] ?? 'fhir';
  const sourceIds = { unity: `u-${id}`, athenanet: `a-${id}`, fhir: `f-${id}`, [kind]: id };
  const sandbox = await startSandbox({
    now: BEGINNING,
    seed: 1,
    // so many are there anyway; with it, the simulators need not look for changes at every call
    people: 1,
    watermark: mark,
    sourceIds,
    athenanetLimits: WITHOUT_LIMITS,
  });
  return { id, kind, mark, sandbox };
};

const configured = ({ id, sandbox }: MarkedSource): object[] =>
  sandbox.config.sources
    .filter((one) => one.id === id)
    .map((one) => {
      const types = ['Patient', 'Appointment', 'Observation', 'Claim', 'Practitioner', 'Location', 'Slot'];
      const ttlSeconds = Object.fromEntries(types.map((type) => [type, SECONDS_KEPT]));
      return { ...one, timeoutMs: PATIENCE_MS, cache: { ttlSeconds, staleSeconds: 0 } };
    });

type Started = Awaited<ReturnType<Product['startEngine']>>;
export type Engine = Started['engine'];

export interface World {
  readonly sources: readonly MarkedSource[];
  /** A running product over the sources; `more` is what a sabotage changes. */
  start(more?: Parameters<Product['startEngine']>[1]): Promise<Started>;
  readonly now: () => number;
  close(): Promise<void>;
}

/** So many practices with equal keys and different text, one after the other of each kind. */
export const openWorld = async (count: number, product: Product): Promise<World> => {
  const sources: MarkedSource[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(sources.map(({ sandbox }) => sandbox.close()));
  };
  const ahead = Date.parse(BEGINNING) - Date.now();
  const now = (): number => Date.now() + ahead;
  try {
    for (let place = 0; place < count; place += 1) sources.push(await openSource(place, product));
  } catch (error) {
    await close();
    throw error;
  }
  const config = product.readConfig({ sources: sources.flatMap(configured), store: { memory: true } }, {});
  return { sources, now, close, start: (more = {}) => product.startEngine(config, { now, ...more }) };
};
