import type { Subscription } from '@medplum/fhirtypes';
import type { Version } from '../store.ts';
import type { Occurrence, Standing } from './notices.ts';
import type { State } from './terms.ts';
import type { TopicWish, Wish } from './wish.ts';

const FAILED = 'The endpoint did not take a notification.';

/** A subscription as the server keeps it. */
export interface Entry {
  readonly id: string;
  wish: Wish;
  /** As the client wrote it; state, end and error are the server's. */
  written: Subscription;
  /** The server's address, as the client wrote it. */
  base: string;
  state: State;
  /** Grows when the client begins anew: outcomes of what was sent before count no more. */
  turn: number;
  total: number;
  past: readonly Occurrence[];
  waiting: readonly Occurrence[];
  /** Ids of notifications that are under way. */
  readonly inFlight: Set<string>;
  sent: number;
  /** When it last was sent something; milliseconds. */
  toldAt: number;
}

/** The next version of the resource, as the entry stands now. `earlier`: the one before. */
export const versionOf = (
  { id, wish, written, state }: Entry,
  earlier: Version | undefined,
  now: number,
): Omit<Version, 'order' | 'type' | 'id'> => {
  const lastUpdated = Math.max(now, (earlier?.lastUpdated ?? 0) + 1);
  const versionId = String(Number(earlier?.versionId ?? 0) + 1);
  const { error: _, ...rest } = written;
  const resource: Subscription = {
    ...rest,
    id,
    meta: { ...written.meta, versionId, lastUpdated: new Date(lastUpdated).toISOString() },
    status: state,
    ...(wish.endsAt === undefined ? {} : { end: new Date(wish.endsAt).toISOString() }),
    ...(state === 'error' ? { error: FAILED } : {}),
  };
  return { resource, text: JSON.stringify(resource), versionId, lastUpdated };
};

/** What a status says of it. */
export const standingOf = (
  { id, base, state }: Entry,
  { topic }: TopicWish,
  type: Standing['type'],
  total: number | undefined,
): Standing => ({ base, id, topic, status: state, type, total, error: state === 'error' ? FAILED : undefined });

/** When the next heartbeat is due; milliseconds. */
export const beatOf = ({ wish, state, toldAt }: Entry): number | undefined => {
  if (wish.kind !== 'topic' || wish.heartbeatMs === undefined || state !== 'active') return undefined;
  return toldAt + wish.heartbeatMs;
};
