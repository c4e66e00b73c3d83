import { join } from 'node:path';
import type { Outcome } from './clients.ts';
import { type Flatness, flatnessOf, type Stretch, stretchesOf } from './memory.ts';
import type { Options } from './options.ts';
import { type Usage, Worker } from './worker.ts';

/** What became of the reader that stopped. */
export interface Stopped {
  /** Seconds from its stopping until its events were given up; null when they never were. */
  readonly givenUpAfter: number | null;
  /** How its connection ended. */
  readonly closed: string;
}

export interface Measured {
  readonly seconds: number;
  readonly messages: number;
  readonly messagesPerSecond: number;
  /** Microseconds of the gateway's processor time for one delivery, all threads; null for a run of seconds. */
  readonly cpuMicros: number | null;
  readonly outcome: Outcome;
  readonly stopped: Stopped;
  readonly memory: readonly Stretch[];
  readonly flatness: Flatness | undefined;
}

const file = (name: string): string => join(import.meta.dirname, `${name}.ts`);

const START_MS = 60_000;
/** Two hours: whoever asks for so many events waits for them. */
const RUN_MS = 7_200_000;
/** No progress for so long, and the run is over. */
const STUCK_MS = 60_000;
/** Until a reader that stopped has been given up and has seen it: buffers fill up, then ten seconds pass. */
const STOPPED_MS = 60_000;

const profiling = ({ profile, via, completed }: Options): readonly string[] =>
  profile === undefined
    ? []
    : [
        '--cpu-prof',
        '--cpu-prof-interval=500',
        `--cpu-prof-dir=${profile}`,
        `--cpu-prof-name=subscribers.${via}${completed ? '.completed' : ''}.cpuprofile`,
      ];

interface Started {
  readonly gateway: Worker;
  readonly source: Worker;
  readonly url: string;
}

const startGateway = async (options: Options, workers: Worker[]): Promise<Started> => {
  const args = ['--events', `${options.events}`, '--expected', `${options.subscribers + 1}`];
  const start = async (name: string, more: readonly string[], flags: readonly string[] = []) => {
    const worker = new Worker(file(name), [...args, ...more], flags);
    workers.push(worker);
    return { worker, url: await worker.next('url', START_MS) };
  };
  const services = options.via === 'http' ? await start('services', []) : undefined;
  const at = services === undefined ? [] : ['--hub', `${services.url}/hub`, '--people', `${services.url}/people`];
  const { worker: gateway, url } = await start('gateway', at, profiling(options));
  return { gateway, source: services?.worker ?? gateway, url };
};

/** Lets the source publish: as the slowest subscriber comes on, or so many events a second. */
const pace = ({ window, rate, events }: Options, source: Worker, clients: Worker): (() => void) => {
  if (rate === undefined) {
    clients.on('passed', (passed) => source.tell({ allow: passed + window }));
    source.tell({ allow: window });
    return () => undefined;
  }
  const from = Date.now();
  const timer = setInterval(() => {
    source.tell({ allow: Math.min(events, Math.floor(((Date.now() - from) * rate) / 1_000)) });
  }, 10);
  return () => clearInterval(timer);
};

type Used = Usage & { readonly at: number; readonly events: number };

/** Asks the gateway for its usage every second, and tells when ten more have passed. */
const watch = (gateway: Worker, clients: Worker, print: (line: string) => void) => {
  const usages: Used[] = [];
  let events = 0;
  let moved = Date.now();
  let first: number | undefined;
  clients.on('passed', (passed) => {
    events = passed;
    moved = Date.now();
    first ??= moved;
  });
  gateway.on('usage', (usage) => {
    if (first === undefined) return;
    usages.push({ ...usage, at: Math.round((Date.now() - first) / 1_000), events });
    const stretch = usages.length % 10 === 0 ? stretchesOf(usages).at(-1) : undefined;
    if (stretch !== undefined) print(lineOf(stretch));
  });
  const timer = setInterval(() => gateway.tell({ usage: true, collect: usages.length % 10 === 9 }), 1_000);
  return { usages, end: () => clearInterval(timer), isStuck: () => Date.now() - moved > STUCK_MS };
};

/** Between the first and the last time that the gateway was asked. */
const cpuMicrosOf = (usages: readonly Used[], subscribers: number): number | null => {
  const [first, last] = [usages[0], usages.at(-1)];
  if (first === undefined || last === undefined || last.events === first.events) return null;
  return ((last.cpuMs - first.cpuMs) * 1_000) / ((last.events - first.events) * subscribers);
};

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0).padStart(5);

export const lineOf = ({ at, events, rss, heap }: Stretch): string =>
  `${String(at).padStart(6)} s  ${String(events).padStart(8)} events  rss ${megabytes(rss)} MB  heap ${megabytes(heap)} MB`;

/** Follows the reader that stops: it reads again when its events have been given up, to see how it was closed. */
const followStopped = (gateway: Worker, clients: Worker) => {
  let stoppedAt: number | undefined;
  let givenUpAt: number | undefined;
  clients.on('stopped', (at) => {
    stoppedAt = at;
  });
  const closed = clients.next('closed', RUN_MS).catch(() => 'never');
  gateway.on('givenUp', (at) => {
    givenUpAt = at;
    clients.tell({ resume: true });
  });
  return async (): Promise<Stopped> => {
    const timer = setTimeout(() => clients.tell({ resume: true }), STOPPED_MS / 2);
    const never = new Promise<string>((resolve) => setTimeout(resolve, STOPPED_MS, 'never').unref());
    const how = await Promise.race([closed, never]);
    clearTimeout(timer);
    const after = stoppedAt === undefined || givenUpAt === undefined ? null : (givenUpAt - stoppedAt) / 1_000;
    return { givenUpAfter: after, closed: how };
  };
};

const stuckIf = (isStuck: () => boolean): Promise<never> =>
  new Promise((_, reject) => {
    setInterval(() => {
      if (isStuck()) reject(new Error(`Nothing has come on for ${STUCK_MS / 1_000} s.`));
    }, 1_000).unref();
  });

/** Runs it all, and stops all processes whatever happens. */
export const run = async (options: Options, print: (line: string) => void): Promise<Measured> => {
  const workers: Worker[] = [];
  try {
    const { gateway, source, url } = await startGateway(options, workers);
    const { subscribers, events, completed } = options;
    const clients = new Worker(file('clients'), [
      ...['--url', url, '--subscribers', `${subscribers}`, '--events', `${events}`],
      ...(completed ? ['--completed'] : []),
    ]);
    workers.push(clients);
    const done = clients.next('outcome', RUN_MS);
    const stopped = followStopped(gateway, clients);
    const watched = watch(gateway, clients, print);
    const begun = clients.next('passed', START_MS);
    const slacken = pace(options, source, clients);
    await begun;
    const before = Date.now();
    const outcome = (await Promise.race([done, stuckIf(watched.isStuck)])) as Outcome;
    const seconds = (Date.now() - before) / 1_000;
    slacken();
    watched.end();
    const messages = outcome.right;
    const memory = stretchesOf(watched.usages);
    return {
      seconds,
      messages,
      messagesPerSecond: messages / seconds,
      cpuMicros: cpuMicrosOf(watched.usages, subscribers),
      outcome,
      stopped: await stopped(),
      memory,
      flatness: flatnessOf(memory),
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
};
