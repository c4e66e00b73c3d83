import type { Call } from '../../../upstream/call.ts';
import type { Row } from '../payload.ts';
import type { Unity } from '../records/unity.ts';
import { serverNow } from './clock.ts';

/** What Unity says to have changed since a time. */
export interface Window {
  readonly rows: readonly Row[];
  /** The server's time before it was asked; absent when nothing changed, and the time was not asked for. */
  readonly now?: string;
}

/**
 * Asks what changed. While nothing does, that is the one call it takes, from the same time again and again. Otherwise the
 * server's time is read first, so that whatever is not in the answer happened after it. An operation's call answers equal
 * questions once, so each question has a call of its own.
 */
export const look = async (
  unity: Unity,
  busy: boolean,
  ask: (call: Call) => Promise<readonly Row[]>,
  call: Call,
): Promise<Window> => {
  if (!busy && (await ask({ ...call })).length === 0) return { rows: [] };
  const now = await serverNow(unity, { ...call });
  return { rows: await ask({ ...call }), now };
};
