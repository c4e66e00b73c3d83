import { isShare, need, type Plantation, planting } from './planting.ts';
import type { Random } from './population/random.ts';

export type { Planted } from './planting.ts';

/** Kinds of trouble among which a mix chooses, each with its share of the calls. */
export interface Mix {
  /** Answered with a 500. */
  readonly status?: number;
  /** Never answered. */
  readonly hang?: number;
  /** The connection is cut. */
  readonly reset?: number;
  /** Carried out, and then the connection is cut instead of an answer. */
  readonly lose?: number;
}

/** What may go wrong with one call. */
export type Trouble =
  /** `upTo`: any time from `ms` to that. */
  | { readonly kind: 'delay'; readonly ms: number; readonly upTo?: number }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string; readonly body?: string }
  | { readonly kind: 'body'; readonly body: string; readonly contentType?: string }
  /** `mix-up`: answers with what the last call of the same name was answered, as a broken cache in between would. */
  /** Carried out, and the answer lost: the connection is cut, nothing ever comes, or a 502 of a gateway comes instead. */
  | { readonly kind: 'lose'; readonly how?: 'reset' | 'hang' | 'status' }
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

export type Faults = Plantation<Fault, Trouble>;

const KINDS = [
  'delay',
  'status',
  'body',
  'hang',
  'reset',
  'lose',
  'truncate',
  'expire-token',
  'mix-up',
  'mix',
] as const;
const WAYS_TO_LOSE: readonly unknown[] = [undefined, 'reset', 'hang', 'status'];
/** A `hang` is the way to say longer. */
const LONGEST_DELAY_MS = 600_000;

export const isDelay = (value: unknown): boolean =>
  typeof value === 'number' && value >= 0 && value <= LONGEST_DELAY_MS;

const check = (fault: Fault): void => {
  need(KINDS.includes(fault.kind), `A fault's kind must be one of ${KINDS.join(', ')}.`);
  if (fault.kind === 'delay') {
    const { ms, upTo = ms } = fault;
    need(isDelay(ms) && isDelay(upTo) && upTo >= ms, `A delay must be from 0 to ${LONGEST_DELAY_MS} ms.`);
  }
  if (fault.kind === 'status')
    need(Number.isInteger(fault.status) && fault.status >= 200 && fault.status <= 599, 'No such status.');
  if (fault.kind === 'lose') need(WAYS_TO_LOSE.includes(fault.how), 'An answer is lost by reset, hang or status.');
  if (fault.kind === 'mix') {
    const { status = 0, hang = 0, reset = 0, lose = 0 } = fault;
    need(
      [status, hang, reset, lose, status + hang + reset + lose].every(isShare),
      'The shares of a mix must be at most 1 together.',
    );
  }
};

const chosen = ({ status = 0, hang = 0, reset = 0, lose = 0 }: Mix, chance: Random): readonly Trouble[] => {
  const drawn = chance.next();
  if (drawn < status) return [{ kind: 'status', status: 500 }];
  if (drawn < status + hang) return [{ kind: 'hang' }];
  if (drawn < status + hang + reset) return [{ kind: 'reset' }];
  return drawn < status + hang + reset + lose ? [{ kind: 'lose' }] : [];
};

const troublesOf = (fault: Fault, chance: Random): readonly Trouble[] => {
  if (fault.kind === 'mix') return chosen(fault, chance);
  if (fault.kind !== 'delay' || fault.upTo === undefined) return [fault];
  return [{ kind: 'delay', ms: chance.int(fault.ms, fault.upTo) }];
};

/** The misbehaviours of one simulator's calls. */
export const createFaults = (chance: Random): Faults => planting<Fault, Trouble>({ chance, check, troublesOf });
