import type { Failure, Parcel } from './post.ts';

/** How often and how long a notification is tried again, in milliseconds; each wait is twice the one before. */
export interface Retry {
  readonly firstMs: number;
  readonly mostMs: number;
  /** From the first try on, by the vendor's clock; 0: there is one try. */
  readonly forMs: number;
}

/** What became of a notification in the end. */
export type Outcome = 'delivered' | 'dead' | 'withdrawn';

export interface Notification extends Parcel {
  /** Unique. */
  readonly id: string;
  /** What it is about, to aim faults at: `Appointment.cancel`. */
  readonly name: string;
  /** How long an answer may take; the outbox's own limit when absent. */
  readonly limitMs?: number | undefined;
  /** What is absent is the outbox's own. */
  readonly retry?: Partial<Retry> | undefined;
  /** Called once: an answer of 2xx came or the sender believes so, all tries failed, or nobody wants it any more. */
  readonly onOutcome?: ((outcome: Outcome) => void) | undefined;
}

/** One try, or one that only the sender believes in (`lost`). */
export interface Sent {
  readonly id: string;
  readonly name: string;
  readonly to: string;
  readonly as: 'original' | 'duplicate' | 'replay' | 'forged' | 'lost';
  /** From 1. */
  readonly attempt: number;
  /** Instant. */
  readonly at: string;
  readonly status?: number;
  readonly failure?: Failure;
}

const ANY_DIGIT = /\d(?=\D*$)/;

/** What a stranger makes of a notification: under the same headers a last digit more, half of it, or no signature. */
export const forged = (
  notification: Notification,
  how: 'tamper' | 'truncate' | 'unsigned' = 'tamper',
): Notification => {
  const { body, headers } = notification;
  if (how === 'truncate') return { ...notification, body: body.slice(0, Math.floor(body.length / 2)) };
  if (how === 'tamper')
    return { ...notification, body: body.replace(ANY_DIGIT, (digit) => String((Number(digit) + 1) % 10)) };
  const unsigned = Object.entries(headers).filter(([name]) => !name.toLowerCase().includes('signature'));
  return { ...notification, headers: Object.fromEntries(unsigned) };
};
