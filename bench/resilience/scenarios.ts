import { fork } from 'node:child_process';
import { join } from 'node:path';
import { atRate, Client, countEnds, inParallel, type Sent } from './client.ts';
import { type Course, mostInASecond, startVendor, type Vendor } from './vendor.ts';

/** What one scenario has shown. */
export interface Shown {
  readonly figures: Readonly<Record<string, number | string>>;
  /** What the product promises and did not keep. */
  readonly faults: readonly string[];
}

export interface Settings {
  readonly seconds: number;
  readonly reads: number;
  readonly random: () => number;
  readonly redis: string | undefined;
}

const GENEROUS = { perSecond: 10_000, perDay: 100_000_000 } as const;

const faultsOf = (rules: readonly (readonly [kept: boolean, rule: string])[]): string[] =>
  rules.filter(([kept]) => !kept).map(([, rule]) => rule);

const withVendor = async (delayMs: number, work: (vendor: Vendor) => Promise<Shown>): Promise<Shown> => {
  const vendor = await startVendor(delayMs);
  try {
    return await work(vendor);
  } finally {
    await vendor.close();
  }
};

/** Every attempt is answered 503: nothing may make it worse. */
const outage = ({ seconds }: Settings): Promise<Shown> =>
  withVendor(5, async (vendor) => {
    vendor.behave(() => 'status 503');
    const client = new Client(vendor.url, { limits: { ...GENEROUS, concurrency: 8 } });
    const sent = await atRate(20, seconds, () => client.send());
    await client.close();
    const attempts = vendor.arrivals.length / sent.length;
    return {
      figures: { operations: sent.length, attempts: vendor.arrivals.length, 'attempts an operation': attempts },
      faults: faultsOf([[attempts <= 1.1, 'at most 1.1 attempts an operation']]),
    };
  });

/** 5 % status 500, 5 % hangs, 2 % resets of all attempts. */
const mix = (random: () => number) => (): Course => {
  const chance = random();
  if (chance < 0.05) return 'status 500';
  if (chance < 0.1) return 'hang';
  return chance < 0.12 ? 'reset' : 'answer';
};

/** A client that has its connections, of a vendor that fails from now on as the mix says. */
const inTrouble = async (vendor: Vendor, random: () => number): Promise<Client> => {
  const client = new Client(vendor.url, { timeoutMs: 500, limits: { ...GENEROUS, concurrency: 64 } });
  await inParallel(500, 8, () => client.send());
  await inParallel(500, 64, () => client.send());
  vendor.forget();
  vendor.behave(mix(random));
  return client;
};

const faultMix = ({ reads, random }: Settings): Promise<Shown> =>
  withVendor(2, async (vendor) => {
    const client = await inTrouble(vendor, random);
    const sent = await inParallel(reads, 64, () => client.send({ deadlineMs: 5_000 }));
    await client.close();
    const answered = sent.filter(({ end }) => end === 'ok').length / reads;
    const retries = (vendor.arrivals.length - reads) / reads;
    const latest = Math.max(...sent.map(({ lateMs }) => lateMs));
    return {
      figures: { reads, availability: answered, retries, 'latest after its deadline, ms': latest, ...countEnds(sent) },
      faults: faultsOf([
        [answered >= 0.995, 'availability of at least 99.5 %'],
        [retries <= 0.15, 'retries of at most 15 %'],
        [latest <= 250, 'nothing later than its deadline and 250 ms'],
      ]),
    };
  });

/** The same for writes, each with a path of its own: none may arrive twice. */
const writes = ({ reads, random }: Settings): Promise<Shown> =>
  withVendor(2, async (vendor) => {
    const client = await inTrouble(vendor, random);
    const count = Math.ceil(reads / 5);
    const sent = await inParallel(count, 64, (i) =>
      client.send({ retry: i % 2 === 0 ? 'never' : 'keyed', path: `/things/${i}` }),
    );
    await client.close();
    const twice = [...vendor.byPath.values()].filter((arrived) => arrived > 1).length;
    return {
      figures: { writes: count, 'arrived twice': twice, ...countEnds(sent) },
      faults: faultsOf([[twice === 0, 'no write arrives twice']]),
    };
  });

/** A vendor that fails for 10 seconds in one way and then recovers, under steady load. */
const recovery =
  (course: Course) =>
  (_settings: Settings): Promise<Shown> =>
    withVendor(5, async (vendor) => {
      const client = new Client(vendor.url, { timeoutMs: 1_000, limits: { ...GENEROUS, concurrency: 8 } });
      const began = performance.now();
      const recovers = began + 10_000;
      vendor.behave(() => (performance.now() < recovers ? course : 'answer'));
      const sent = await atRate(50, 17, () => client.send());
      await client.close();
      const whileOpen = sent.filter(({ startedAt }) => startedAt > began + 6_000 && startedAt < recovers);
      const slowest = whileOpen.map(({ ms }) => ms).sort((one, other) => one - other);
      const p95 = slowest[Math.floor(slowest.length * 0.95)] ?? Number.NaN;
      const failures = sent.filter(({ end }) => end !== 'ok');
      const back = Math.max(...failures.map(({ startedAt }) => startedAt)) - recovers;
      return {
        figures: {
          operations: sent.length,
          attempts: vendor.arrivals.filter((at) => at < recovers).length,
          'p95 of a refusal while open, ms': p95,
          'last failure after recovery, ms': back,
        },
        faults: faultsOf([
          [p95 < 50, 'refused at once while open'],
          [back < 5_000, 'closed within 5 s of recovery'],
        ]),
      };
    });

/** How long the calls of light callers take, next to one who always has a hundred waiting. */
const lightOnes = (sent: readonly { readonly caller: string; readonly sent: Sent }[]) => {
  const light = sent.filter(({ caller }) => caller !== 'greedy');
  return {
    light: light.length,
    'light ones answered': light.filter((one) => one.sent.end === 'ok').length,
    'slowest of them, ms': Math.max(...light.map((one) => one.sent.ms)),
    'greedy ones answered': sent.filter((one) => one.caller === 'greedy' && one.sent.end === 'ok').length,
  };
};

const RATE = 10;

/** 3 x the limit: one caller with a hundred calls at once and many more after them, and nine who now and then make one. */
export const overload = async (client: Client, seconds: number, share: number) => {
  const named = async (caller: string, operation?: string) => ({
    caller,
    sent: await client.send({ caller, deadlineMs: 15_000, ...(operation === undefined ? {} : { operation }) }),
  });
  const greedy = atRate(2.5 * RATE * share, seconds, () => named('greedy', 'report'));
  const burst = Promise.all(Array.from({ length: 100 * share }, () => named('greedy', 'report')));
  const light = atRate(0.5 * RATE * share, seconds, (i) => named(`light ${i % 9}`));
  return lightOnes([await burst, await greedy, await light].flat());
};

const rated = (arrivals: readonly number[], seconds: number, figures: Readonly<Record<string, number>>): Shown => {
  const most = mostInASecond(arrivals);
  const perSecond = arrivals.length / seconds;
  const { light = 0, 'light ones answered': answered = 0 } = figures;
  return {
    figures: { 'most in any second': most, 'in a second on average': perSecond, ...figures },
    faults: faultsOf([
      [most <= RATE, `at most ${RATE} in any second`],
      [answered >= light * 0.99, 'no caller starves'],
    ]),
  };
};

const span = (arrivals: readonly number[]): number => ((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)) / 1_000;

const rate = ({ seconds }: Settings): Promise<Shown> =>
  withVendor(20, async (vendor) => {
    const client = new Client(vendor.url, { limits: { ...GENEROUS, perSecond: RATE, concurrency: 8 } });
    const figures = await overload(client, seconds / 2, 1);
    await client.close();
    return rated(vendor.arrivals, span(vendor.arrivals), figures);
  });

/** The same over two processes with one Redis, half of the load each. */
const sharedRate = ({ seconds, redis }: Settings): Promise<Shown> =>
  withVendor(20, async (vendor) => {
    if (redis === undefined) return { figures: { skipped: 'no --redis' }, faults: [] };
    const prefix = `bench:${process.pid}:${Date.now()}:`;
    const run = (): Promise<Readonly<Record<string, number>>> =>
      new Promise((resolve, reject) => {
        const child = fork(join(import.meta.dirname, 'process.ts'), [vendor.url, redis, prefix, String(seconds / 2)]);
        child.on('message', (figures) => resolve(figures as Readonly<Record<string, number>>));
        child.on('exit', (code) => reject(new Error(`a process ended with ${code}`)));
      });
    const both = await Promise.all([run(), run()]);
    const figures: Record<string, number> = {};
    for (const one of both)
      for (const [name, value] of Object.entries(one))
        figures[name] = name.startsWith('slowest') ? Math.max(figures[name] ?? 0, value) : (figures[name] ?? 0) + value;
    return rated(vendor.arrivals, span(vendor.arrivals), figures);
  });

export const SCENARIOS: Readonly<Record<string, (settings: Settings) => Promise<Shown>>> = {
  outage,
  'fault-mix': faultMix,
  writes,
  'recovery-503': recovery('status 503'),
  'recovery-hang': recovery('hang'),
  rate,
  'rate-redis': sharedRate,
};

export const RATE_LIMIT = RATE;
