import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cutsFaults, cutsLines, runCuts } from './changes/cuts.ts';
import { freshFaults, freshLines, runFresh } from './changes/fresh.ts';
import { SABOTAGES, type Sabotage } from './changes/sabotage.ts';
import { runSockets, socketsFaults, socketsLines } from './changes/sockets.ts';
import { runWebhooks, webhooksFaults, webhooksLines } from './changes/webhooks.ts';
import { count, OptionError, oneOf, runBench } from './command.ts';
import { writeResults } from './results.ts';
import { STORES, type StoreName } from './writes/stores.ts';

const PARTS = ['fresh', 'sockets', 'cuts', 'webhooks'] as const;
type Part = (typeof PARTS)[number];

/** How changes come in, where that is not what is measured. */
const VIAS = ['webhooks', 'polls'] as const;
type Via = (typeof VIAS)[number];

/** Changes a second, seconds. */
const CHANGES = 25;
const EVENTS = 50;
const DELIVERED = 20;
const SOCKETS_S = 120;
const CUTS_S = 180;

const USAGE = `Usage: npm run bench:changes [-- OPTIONS]

  Changes at three simulated vendors, and what subscribers are told of them. fresh: the vendors are asked what changed, while
  queries ask for the same records; every version must be told once, within a poll interval and a second, and no query may
  show an older one later than a second after its event. sockets: one subscriber, then many with two subscriptions each.
  cuts: connections break off, the product is killed and started again, and everybody goes on behind the last cursor.
  webhooks: the vendors tell themselves, with deliveries that come twice, late, in any order, broken off and forged, to a
  product that is killed right after it accepted some. Ends with 1 when something was missing, told twice, out of order, late,
  stale or made up, when a forged delivery was accepted, when p99 from append to socket is not below 250 ms, or when calls
  and records asked for grow with subscribers.

  --part NAME          of ${PARTS.join(', ')}; may be repeated; all by default
  --store NAME         of ${STORES.join(', ')}; may be repeated; folder by default, for cuts folder and postgres.
                       sockets and cuts read the store when the product has stopped, so they need one that outlives it
  --changes N          of fresh, 5000 by default
  --readers N          of fresh, clients that ask at once, 8 by default
  --reads N            of fresh, queries a second by all of them, 60 by default
  --sockets N          of sockets and cuts, 500 by default
  --seconds N          of sockets (${SOCKETS_S} by default) and cuts (${CUTS_S} by default)
  --via KIND           of sockets and cuts: by ${VIAS.join(' or ')} changes come in; webhooks by default
  --events N           of webhooks, changes, 2000 by default
  --kills N            of webhooks, 5 by default
  --rate N             changes a second; ${CHANGES} in fresh, ${EVENTS} in sockets and cuts, ${DELIVERED} in webhooks by default
  --every N            milliseconds between two polls of a feed, 1000 by default
  --people N           at each vendor, 300 by default
  --seed N             decides what changes and what goes wrong, 1 by default
  --sabotage NAME      breaks a rule of the product, which must be noticed: ${SABOTAGES.join(', ')}
  --out FILE           where the figures go as JSON, bench/results/changes.json by default
`;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

interface Options {
  readonly parts: readonly Part[];
  readonly stores: readonly StoreName[] | undefined;
  readonly changes: number;
  readonly events: number;
  readonly kills: number;
  readonly perSecond: number | undefined;
  readonly readers: number;
  readonly readsPerSecond: number;
  readonly via: Via;
  readonly sockets: number;
  readonly seconds: number | undefined;
  readonly everyMs: number;
  readonly people: number;
  readonly seed: number;
  readonly sabotage: Sabotage | undefined;
  readonly out: string;
}

/** What a part came to, in words, in figures, and why it is red. */
type Told = readonly [lines: readonly string[], figures: object, faults: readonly string[]];

const telling = ({ via }: Options) => (via === 'webhooks' ? ({ webhooks: 'direct' } as const) : {});

const PLAYS: Readonly<Record<Part, (store: StoreName, options: Options) => Promise<Told>>> = {
  fresh: async (store, options) => {
    const fresh = await runFresh({ ...options, store, perSecond: options.perSecond ?? CHANGES });
    return [freshLines(fresh), fresh, freshFaults(fresh)];
  },
  sockets: async (store, options) => {
    const { seconds = SOCKETS_S, perSecond = EVENTS } = options;
    const told = await runSockets({ ...options, ...telling(options), store, seconds, perSecond });
    return [socketsLines(told), told, socketsFaults(told)];
  },
  cuts: async (store, options) => {
    const { seconds = CUTS_S, perSecond = EVENTS } = options;
    const told = await runCuts({ ...options, ...telling(options), store, seconds, perSecond });
    return [cutsLines(told), told, cutsFaults(told)];
  },
  webhooks: async (store, options) => {
    const perSecond = options.perSecond ?? DELIVERED;
    const told = await runWebhooks({ ...options, store, perSecond, changes: options.events });
    return [webhooksLines(told), told, webhooksFaults(told)];
  },
};

/** Those that have to outlive the product do. */
const storesOf = (part: Part, { stores }: Options): readonly StoreName[] => {
  if (stores === undefined) return part === 'cuts' ? ['folder', 'postgres'] : ['folder'];
  if (part !== 'fresh' && stores.includes('memory'))
    throw new OptionError(`${part} needs a store that outlives the product.`);
  return stores;
};

const main = async (options: Options): Promise<void> => {
  const results: object[] = [];
  let red = false;
  for (const part of options.parts)
    for (const store of storesOf(part, options)) {
      print(
        `${part}, ${store}, seed ${options.seed}${options.sabotage === undefined ? '' : `, with ${options.sabotage}`}:`,
      );
      const [lines, figures, faults] = await PLAYS[part](store, options);
      for (const line of lines) print(line);
      print(faults.length === 0 ? '  GREEN' : faults.map((fault) => `  RED: ${fault}`).join('\n'));
      red ||= faults.length > 0;
      results.push({ part, store, figures, faults });
    }
  const { out, ...settings } = options;
  await writeResults(out, { settings, results });
  if (red) process.exitCode = 1;
};

const optionsOf = (args: string[]): Options | undefined => {
  const { values } = parseArgs({
    args,
    options: {
      part: { type: 'string', multiple: true, default: [...PARTS] },
      store: { type: 'string', multiple: true },
      changes: { type: 'string', default: '5000' },
      events: { type: 'string', default: '2000' },
      kills: { type: 'string', default: '5' },
      rate: { type: 'string' },
      readers: { type: 'string', default: '8' },
      reads: { type: 'string', default: '60' },
      sockets: { type: 'string', default: '500' },
      via: { type: 'string', default: 'webhooks' },
      seconds: { type: 'string' },
      every: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      people: { type: 'string', default: '300' },
      sabotage: { type: 'string' },
      out: { type: 'string', default: join(import.meta.dirname, 'results', 'changes.json') },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    parts: values.part.map((one) => oneOf('part', one, PARTS)),
    stores: values.store === undefined ? undefined : values.store.map((one) => oneOf('store', one, STORES)),
    changes: count('changes', values.changes, 1_000_000),
    events: count('events', values.events, 1_000_000),
    kills: count('kills', values.kills, 1_000),
    perSecond: values.rate === undefined ? undefined : count('rate', values.rate, 1_000),
    readers: count('readers', values.readers, 1_000),
    readsPerSecond: count('reads', values.reads, 10_000),
    via: oneOf('via', values.via, VIAS),
    sockets: count('sockets', values.sockets, 10_000),
    seconds: values.seconds === undefined ? undefined : count('seconds', values.seconds, 86_400),
    everyMs: count('every', values.every, 3_600_000),
    seed: count('seed', values.seed, 2 ** 31),
    people: count('people', values.people, 10_000),
    sabotage: values.sabotage === undefined ? undefined : oneOf('sabotage', values.sabotage, SABOTAGES),
    out: values.out,
  };
};

await runBench(USAGE, optionsOf, main);
