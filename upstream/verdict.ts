import type { Answer } from './request.ts';
import { retryAfterSeconds } from './status.ts';

/** What an answer says of the source's health, whatever it says of the request. */
export interface Verdict {
  /**
   * `answered`: the source works, a refusal included. `failed`: it does not; reads are repeated, and after many of these
   * it is left alone. `throttled`: it is called too often; it is left alone for a while, and then called more slowly.
   */
  readonly kind: 'answered' | 'failed' | 'throttled';
  /** How long it wants to be left alone, where it tells. */
  readonly retryAfterSeconds?: number;
  /** The calls that it will still answer today, where it tells. */
  readonly remaining?: number;
}

/** Statuses that say that a read may be answered if it is sent again. 501 says that it never will. */
const isFailure = (status: number): boolean => status === 408 || (status >= 500 && status !== 501);

/** The verdict where a vendor has no finer rule. */
export const verdictByStatus = ({ status, headers }: Answer, now: number): Verdict => {
  if (status !== 429 && !isFailure(status)) return { kind: 'answered' };
  return later(status === 429 ? 'throttled' : 'failed', retryAfterSeconds(headers['retry-after'], now));
};

/** A verdict with the time that the source wants to be left alone, if it tells one. */
export const later = (kind: 'failed' | 'throttled', seconds: number | undefined): Verdict =>
  seconds === undefined ? { kind } : { kind, retryAfterSeconds: seconds };
