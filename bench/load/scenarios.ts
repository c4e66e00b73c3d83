import type { Fault } from '../../sandbox/faults.ts';
import { random } from '../../sandbox/population/random.ts';
import type { Ready } from '../vendors/simulators.ts';
import { type Clients, closedLoop, type Outcome, openLoop } from './clients.ts';
import type { Figures } from './figures.ts';
import { mixedQuestions, pagesOfTwo } from './questions.ts';

export interface Load {
  readonly clients: number;
  readonly operations: number;
  /** Of the open loop. */
  readonly perSecond: number;
  readonly seconds: number;
  readonly seed: number;
}

export interface Scenario {
  readonly name: string;
  title(load: Load): string;
  readonly faults: readonly Fault[];
  /** What the sources' configuration says beside the sandbox's: a call is given up after so long. */
  readonly timeoutMs: number;
  /** What is asked before anything is counted: a server that clients meet has been up for a while. */
  warmUp?(clients: Clients, ready: Ready, load: Load): Promise<unknown>;
  run(clients: Clients, ready: Ready, load: Load): Promise<readonly Outcome[]>;
  /** What is not as it has to be; a sentence each. */
  faultsOf(figures: Figures): readonly string[];
}

const SLOW: Fault = { kind: 'delay', ms: 40, upTo: 200 };
const HUNDRED: Fault = { kind: 'delay', ms: 100 };
/** Of all attempts. */
const MIX: Fault = { kind: 'mix', status: 0.05, hang: 0.05, reset: 0.02 };

/** As configured by default. */
const DEFAULT_TIMEOUT_MS = 15_000;
/** A hanging call is given up after five times what the slowest honest one takes. */
const SHORT_TIMEOUT_MS = 1_000;
const MOST_P95_MS = 1_000;

/** What the fault mix may lead to. */
const VENDOR_FAILED = new Set(['SOURCE_UNAVAILABLE', 'TIMEOUT', 'RATE_LIMITED']);

const noErrors = ({ failed }: Figures): readonly string[] => (failed === 0 ? [] : [`${failed} operations failed.`]);

const mixed = async (clients: Clients, ready: Ready, { clients: count, operations, seed }: Load) => {
  const next = mixedQuestions(ready, Date.now(), random(seed));
  let left = operations;
  return closedLoop(clients, count, () => (left-- > 0 ? next() : undefined));
};

/** Of people whom nobody asks for again. */
const WARM_UP_PAGES = 150;

const pages = async (clients: Clients, ready: Ready, { clients: count, seed }: Load, from: number, to?: number) => {
  const left = pagesOfTwo(ready, random(seed)).slice(from, to);
  return closedLoop(clients, count, () => left.pop());
};

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'mixed',
    title: ({ clients, operations }) => `${clients} clients, ${operations} operations, vendors at 40 to 200 ms`,
    faults: [SLOW],
    timeoutMs: DEFAULT_TIMEOUT_MS,
    run: mixed,
    faultsOf: noErrors,
  },
  {
    name: 'faults',
    title: ({ clients, operations }) =>
      `the same ${operations} operations by ${clients} clients, of all attempts 5 % answered 500, 5 % hanging, 2 % reset`,
    faults: [SLOW, MIX],
    timeoutMs: SHORT_TIMEOUT_MS,
    run: mixed,
    // how much may fail is for the chaos checker, which counts single calls
    faultsOf: ({ errors }) =>
      Object.keys(errors)
        .filter((code) => !VENDOR_FAILED.has(code))
        .map((code) => `Operations failed with ${code}, which is no failure of a vendor.`),
  },
  {
    name: 'pages',
    title: ({ clients }) =>
      `${clients} clients, patient pages over two vendors, each of other people, vendors at 100 ms`,
    faults: [HUNDRED],
    timeoutMs: DEFAULT_TIMEOUT_MS,
    warmUp: (clients, ready, load) => pages(clients, ready, load, 0, WARM_UP_PAGES),
    run: (clients, ready, load) => pages(clients, ready, load, WARM_UP_PAGES),
    faultsOf: (figures) => [
      ...noErrors(figures),
      ...(figures.times.p95 < MOST_P95_MS ? [] : [`p95 is ${figures.times.p95.toFixed(0)} ms, not below 1 s.`]),
    ],
  },
  {
    name: 'paced',
    title: ({ perSecond, seconds }) => `${perSecond} requests a second for ${seconds} s, vendors at 100 ms`,
    faults: [HUNDRED],
    timeoutMs: DEFAULT_TIMEOUT_MS,
    run: (clients, ready, { perSecond, seconds, seed }) =>
      openLoop(clients, perSecond, seconds, mixedQuestions(ready, Date.now(), random(seed))),
    faultsOf: noErrors,
  },
];
