import { isDelay } from '../faults.ts';
import { type Aim, need, type Plantation, planting } from '../planting.ts';
import type { Random } from '../population/random.ts';

/** What may go wrong with one notification on its way out. */
export type Mishap =
  /** Never sent; the sender believes that it arrived. */
  | { readonly kind: 'lose' }
  /** Sent later, by any time from `ms` to `upTo`. */
  | { readonly kind: 'delay'; readonly ms: number; readonly upTo?: number }
  /** Sent again so many times (1 when absent) after it arrived. */
  | { readonly kind: 'duplicate'; readonly copies?: number }
  /** Kept back until so many are kept back, which then go out in any order. */
  | { readonly kind: 'reorder'; readonly window: number }
  /** So many (1 when absent) that arrived earlier are sent once more behind it. */
  | { readonly kind: 'replay'; readonly count?: number }
  /** A bad copy goes ahead of it: another body under the same headers, half of the body, or no signature. */
  | { readonly kind: 'forge'; readonly how?: 'tamper' | 'truncate' | 'unsigned' }
  /** The connection is cut in the middle of the first try. */
  | { readonly kind: 'cut' };

/** A mishap with its aim; `match` is a part of the notification's name, address or body. */
export type NotificationFault = Aim & Mishap;

export type Mishaps = Plantation<NotificationFault, Mishap>;

const KINDS = ['lose', 'delay', 'duplicate', 'reorder', 'replay', 'forge', 'cut'] as const;
const WAYS_TO_FORGE: readonly unknown[] = [undefined, 'tamper', 'truncate', 'unsigned'];
/** More than that at once tells no test more. */
const MOST = 1_000;

const isCount = (value: number | undefined): boolean =>
  value === undefined || (Number.isInteger(value) && value >= 1 && value <= MOST);

const check = (fault: NotificationFault): void => {
  need(KINDS.includes(fault.kind), `A notification's fault must be one of ${KINDS.join(', ')}.`);
  if (fault.kind === 'delay') {
    const { ms, upTo = ms } = fault;
    need(isDelay(ms) && isDelay(upTo) && upTo >= ms, 'There is no such delay.');
  }
  if (fault.kind === 'duplicate') need(isCount(fault.copies), `copies must be from 1 to ${MOST}.`);
  if (fault.kind === 'replay') need(isCount(fault.count), `count must be from 1 to ${MOST}.`);
  if (fault.kind === 'reorder') need(fault.window > 1 && isCount(fault.window), `window must be from 2 to ${MOST}.`);
  if (fault.kind === 'forge')
    need(WAYS_TO_FORGE.includes(fault.how), 'A notification is forged by tamper, truncate or unsigned.');
};

const troublesOf = (fault: NotificationFault, chance: Random): readonly Mishap[] =>
  fault.kind === 'delay' && fault.upTo !== undefined
    ? [{ kind: 'delay', ms: chance.int(fault.ms, fault.upTo) }]
    : [fault];

/** The misbehaviours of one simulator's notifications. */
export const createMishaps = (chance: Random): Mishaps =>
  planting<NotificationFault, Mishap>({ chance, check, troublesOf });
