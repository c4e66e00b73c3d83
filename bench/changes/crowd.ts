import { parseArgs } from 'node:util';
import { random } from '../../sandbox/population/random.ts';
import { checkFollowed, FOLLOWED, type Followed, together } from './followed.ts';
import { Portal } from './portal.ts';
import { wishFor } from './witness.ts';

// Many portals in a process of their own, so that they do not take the product's processor time. It ends with the bench.

/** What the bench says. */
export interface CrowdOrders {
  /** Times count from now on. */
  readonly measure?: true;
  /** So large a share of the connections breaks off now; one in a few comes back only after about so long. */
  readonly cut?: { readonly share: number; readonly awayMs: number };
  readonly progress?: true;
  /** It is over: these are the cursors that everybody had to get, wish by wish. */
  readonly expected?: readonly (readonly string[])[];
}

export interface CrowdOutcome extends Followed {
  /** Messages that came. */
  readonly deliveries: number;
  /** Milliseconds from the append to the socket; null for what was not measured. */
  readonly p50: number | null;
  readonly p99: number | null;
  readonly max: number | null;
  readonly cuts: number;
  /** Subscriptions that ended with an error, by its code. */
  readonly refused: Readonly<Record<string, number>>;
}

/** What it tells. */
export interface CrowdTellings {
  /** Events of each wish that everybody has got. */
  readonly least?: readonly number[];
  readonly outcome?: CrowdOutcome;
}

/** Connections that are opened at once: a server's backlog is bounded. */
const AT_ONCE = 25;
const PAUSE_MS = 20;
/** Who lost the connection comes back within this time, one in so many excepted. */
const BACK_MS = 3_000;
const ONE_IN = 4;
/** A time that is longer counts as that. */
const LONGEST_MS = 120_000;

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    sockets: { type: 'string', default: '1' },
    after: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});
const chance = random(Number(values.seed)).fork('crowd');
const wishes = FOLLOWED.map(wishFor);

/** Events of one wish, in the order in which any portal first heard of them. */
class Events {
  readonly #numbers = new Map<string, number>();
  readonly #at: number[] = [];

  numberOf(cursor: string, message: Buffer): number {
    const known = this.#numbers.get(cursor);
    if (known !== undefined) return known;
    const number = this.#at.length;
    this.#numbers.set(cursor, number);
    this.#at.push(Date.parse(/"at":"([^"]+)"/.exec(message.toString('latin1'))?.[1] ?? ''));
    return number;
  }

  at(number: number): number {
    return this.#at[number] ?? Number.NaN;
  }

  /** Where in the list of all that there was each of them stands; -1: nowhere. */
  places(expected: readonly string[]): readonly number[] {
    const places = new Map(expected.map((cursor, place) => [cursor, place]));
    const found: number[] = [];
    for (const [cursor, number] of this.#numbers) found[number] = places.get(cursor) ?? -1;
    return found;
  }
}

const events = wishes.map(() => new Events());
const times = new Uint32Array(LONGEST_MS + 1);
const refused: Record<string, number> = {};
const got: number[][][] = [];
const portals: Portal[] = [];
let measuring = false;
let measured = 0;
let cuts = 0;

const enter = (): void => {
  const own: number[][] = wishes.map(() => []);
  got.push(own);
  const taking = {
    next: (wish: number, message: Buffer, cursor: string): void => {
      const known = events[wish];
      const number = known?.numberOf(cursor, message);
      if (known === undefined || number === undefined) return;
      own[wish]?.push(number);
      if (!measuring) return;
      measured += 1;
      const ms = Math.min(LONGEST_MS, Math.max(0, Date.now() - known.at(number)));
      times[ms] = (times[ms] ?? 0) + 1;
    },
    refused: (_wish: number, code: string): void => {
      refused[code] = (refused[code] ?? 0) + 1;
    },
  };
  portals.push(new Portal(values.url, wishes, taking, values.after));
};

const quantile = (share: number): number | null => {
  let left = Math.ceil(measured * share);
  if (left === 0) return null;
  const at = times.findIndex((count) => {
    left -= count;
    return left <= 0;
  });
  return at < 0 ? null : at;
};

const outcomeOf = (expected: readonly (readonly string[])[]): CrowdOutcome => {
  const places = events.map((known, wish) => known.places(expected[wish] ?? []));
  const followed = got.flatMap((own) =>
    own.map((numbers, wish) =>
      checkFollowed(
        expected[wish]?.length ?? 0,
        numbers.map((number) => places[wish]?.[number] ?? -1),
      ),
    ),
  );
  const deliveries = got.reduce((sum, own) => sum + own.reduce((all, { length }) => all + length, 0), 0);
  const longest = times.findLastIndex((count) => count > 0);
  const max = longest < 0 ? null : longest;
  return { ...together(followed), deliveries, p50: quantile(0.5), p99: quantile(0.99), max, cuts, refused };
};

const tell = (telling: CrowdTellings): void => {
  process.send?.(telling);
};
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
process.on('message', ({ measure, cut, progress, expected }: CrowdOrders) => {
  if (measure === true) measuring = true;
  if (cut !== undefined)
    for (const portal of chance.shuffled(portals).slice(0, Math.round(portals.length * cut.share))) {
      cuts += 1;
      const { awayMs } = cut;
      portal.cut(chance.chance(1 / ONE_IN) ? chance.int(awayMs / 2, awayMs) : chance.int(0, Math.min(BACK_MS, awayMs)));
    }
  if (progress === true)
    tell({
      least: wishes.map((_, wish) =>
        got.reduce((least, own) => Math.min(least, own[wish]?.length ?? 0), Number.MAX_SAFE_INTEGER),
      ),
    });
  if (expected === undefined) return;
  for (const portal of portals) portal.leave();
  tell({ outcome: outcomeOf(expected) });
});
for (let i = 0; i < Number(values.sockets); i++) {
  enter();
  if (i % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
