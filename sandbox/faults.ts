import type { Random } from './population/random.ts';

/** Kinds of trouble among which a mix chooses, each with its share of the calls. */
export interface Mix {
  /** Answered with a 500. */
  readonly status?: number;
  /** Never answered. */
  readonly hang?: number;
  /** The connection is cut. */
  readonly reset?: number;
}

/** What may go wrong with one call. */
export type Trouble =
  /** `upTo`: any time from `ms` to that. */
  | { readonly kind: 'delay'; readonly ms: number; readonly upTo?: number }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string; readonly body?: string }
  | { readonly kind: 'body'; readonly body: string; readonly contentType?: string }
  /** `mix-up`: answers with what the last call of the same name was answered, as a broken cache in between would. */
  | { readonly kind: 'hang' | 'reset' | 'truncate' | 'expire-token' | 'mix-up' };

/**
 * A misbehaviour. `match` is a part of the call's name or of the request's path, query or body (everything when absent);
 * `times` how often it strikes (for ever when absent); `share` how many of the calls that it matches it strikes (all of
 * them when absent), by chance.
 */
export type Fault = { readonly match?: string; readonly times?: number; readonly share?: number } & (
  | Trouble
  | ({ readonly kind: 'mix' } & Mix)
);

/** A misbehaviour that can be taken away again. */
export interface Planted {
  readonly id: string;
  remove(): void;
}

export interface Faults {
  /** @throws RangeError for a share, a number of times or a delay that is none */
  add(fault: Fault): Planted;
  /** False when there is none with this id. */
  remove(id: string): boolean;
  clear(): void;
  /** Every misbehaviour with what is left of its `times`. */
  list(): readonly (Fault & { readonly id: string })[];
  /** What goes wrong with a call of which these are the name and the parts. */
  striking(texts: readonly string[]): readonly Trouble[];
}

const KINDS = ['delay', 'status', 'body', 'hang', 'reset', 'truncate', 'expire-token', 'mix-up', 'mix'] as const;
/** More than any test needs; a client that adds without end is refused. */
const MOST_FAULTS = 1_000;
/** A `hang` is the way to say longer. */
const LONGEST_DELAY_MS = 600_000;

const need = (holds: boolean, text: string): void => {
  if (!holds) throw new RangeError(text);
};

const isShare = (value: number | undefined): boolean => value === undefined || (value >= 0 && value <= 1);
const isDelay = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= LONGEST_DELAY_MS;

const check = (fault: Fault): void => {
  need(KINDS.includes(fault.kind), `A fault's kind must be one of ${KINDS.join(', ')}.`);
  need(isShare(fault.share), 'The share of a fault must be from 0 to 1.');
  need(
    fault.times === undefined || (Number.isInteger(fault.times) && fault.times >= 0),
    'times must be a whole number.',
  );
  if (fault.kind === 'delay') {
    const { ms, upTo = ms } = fault;
    need(isDelay(ms) && isDelay(upTo) && upTo >= ms, `A delay must be from 0 to ${LONGEST_DELAY_MS} ms.`);
  }
  if (fault.kind === 'status')
    need(Number.isInteger(fault.status) && fault.status >= 200 && fault.status <= 599, 'No such status.');
  if (fault.kind === 'mix') {
    const { status = 0, hang = 0, reset = 0 } = fault;
    need(
      [status, hang, reset, status + hang + reset].every(isShare),
      'The shares of a mix must be at most 1 together.',
    );
  }
};

const chosen = ({ status = 0, hang = 0, reset = 0 }: Mix, chance: Random): readonly Trouble[] => {
  const drawn = chance.next();
  if (drawn < status) return [{ kind: 'status', status: 500 }];
  if (drawn < status + hang) return [{ kind: 'hang' }];
  return drawn < status + hang + reset ? [{ kind: 'reset' }] : [];
};

const troublesOf = (fault: Fault, chance: Random): readonly Trouble[] => {
  if (fault.kind === 'mix') return chosen(fault, chance);
  if (fault.kind !== 'delay' || fault.upTo === undefined) return [fault];
  return [{ kind: 'delay', ms: chance.int(fault.ms, fault.upTo) }];
};

/** The misbehaviours of one simulator. The same chance and the same calls in the same order strike the same calls. */
export const createFaults = (chance: Random): Faults => {
  const planted = new Map<string, { readonly fault: Fault; left: number }>();
  let last = 0;
  const remove = (id: string): boolean => planted.delete(id);
  return {
    add: (fault) => {
      check(fault);
      need(planted.size < MOST_FAULTS, 'There are too many faults.');
      last += 1;
      const id = String(last);
      planted.set(id, { fault: { ...fault }, left: fault.times ?? Number.POSITIVE_INFINITY });
      return { id, remove: () => remove(id) };
    },
    remove,
    clear: () => planted.clear(),
    list: () =>
      [...planted].map(([id, { fault, left }]) => ({
        ...fault,
        id,
        ...(fault.times === undefined ? {} : { times: left }),
      })),
    striking: (texts) =>
      [...planted.values()].flatMap((one) => {
        const { match, share } = one.fault;
        if (one.left === 0 || (match !== undefined && !texts.some((text) => text.includes(match)))) return [];
        if (share !== undefined && !chance.chance(share)) return [];
        one.left -= 1;
        return troublesOf(one.fault, chance);
      }),
  };
};
