import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ErrorCode } from '../../../schema/enums.ts';
import { ERRORS, GraphError } from '../../../schema/errors.ts';
import type { Webhook } from '../../../upstream/source.ts';
import type { Listed } from './api.ts';
import { TOPIC_NAMES } from './topics.ts';

const Held = z.object({ topic: z.string(), id: z.string(), renewAt: z.number() });
/** A subscription that delivers to us, by our secret. `renewAt`: when the next one is due. */
export type Held = z.output<typeof Held>;

const codes = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];
const Refused = z.object({ topic: z.string(), until: z.number(), code: z.enum(codes) });
export type Refused = z.output<typeof Refused>;

/** Which subscriptions we have: the place of the feed. Times are milliseconds since 1970. */
const Roster = z.object({
  /** By which secret and address they were made. */
  madeWith: z.string(),
  held: z.array(Held).readonly(),
  /** Ids of those that were, or may have been, made with another secret or address: they are taken away. */
  former: z.array(z.string()).readonly(),
  /** Topics for which athenaNet gives none: they are not asked for before. */
  refused: z.array(Refused).readonly(),
  /** When they were last compared with athenaNet's list. */
  comparedAt: z.number(),
});
export type Roster = z.output<typeof Roster>;

export const writeRoster = (roster: Roster): string => JSON.stringify(roster);

/** @throws GraphError SOURCE_UNAVAILABLE for what is no roster */
export const readRoster = (text: string, source: string): Roster => {
  try {
    return Roster.parse(JSON.parse(text));
  } catch {
    throw new GraphError('SOURCE_UNAVAILABLE', { source, message: 'The place of a feed of changes cannot be read.' });
  }
};

/** A digest of the secret and the address; the secret itself is kept nowhere. */
export const digestOf = ({ secret, url }: Webhook): string =>
  createHash('sha256')
    .update(JSON.stringify(['webhook', url, secret.reveal()]))
    .digest('base64url')
    .slice(0, 22);

/** Subscriptions that begin anew: whatever is there was made with we do not know what. */
export const rosterAnew = (madeWith: string, former: readonly string[]): Roster => ({
  ...{ madeWith, former: [...new Set(former)], held: [], refused: [], comparedAt: 0 },
});

/** How long athenaNet is asked to keep a subscription. [assumption] */
export const LIFETIME_MS = 86_400_000;

/** Half of what is left, so that the next one is there in any case before this one ends. */
export const renewalOf = (end: number | undefined, now: number): number =>
  now + Math.min((end ?? Number.POSITIVE_INFINITY) - now, LIFETIME_MS) / 2;

/** Topics of which the next subscription is due, if athenaNet is not known to refuse it. */
export const dueTopics = ({ held, refused }: Pick<Roster, 'held' | 'refused'>, now: number): readonly string[] =>
  TOPIC_NAMES.filter(
    (topic) =>
      !held.some((one) => one.topic === topic && one.renewAt > now) &&
      !refused.some((one) => one.topic === topic && one.until > now),
  );

/**
 * What of a list is ours to hold: of each topic the one that lasts longest, also one that we do not remember: its making
 * was not written down. Those that are over, off, or of a former secret are nobody's.
 */
export const heldIn = (listed: readonly Listed[], { held, former }: Roster, now: number): readonly Held[] => {
  const known = new Map(held.map((one) => [one.id, one.renewAt]));
  const endOf = ({ end }: Listed): number => end ?? Number.POSITIVE_INFINITY;
  const good = listed.filter((one) => !one.isOff && endOf(one) > now && !former.includes(one.id));
  return TOPIC_NAMES.flatMap((topic) => {
    const [best] = good
      .filter((one) => one.topic === topic)
      // of those that never end, the one that needs no renewal yet
      .toSorted((one, other) => endOf(other) - endOf(one) || (known.get(other.id) ?? 0) - (known.get(one.id) ?? 0));
    return best === undefined ? [] : [{ topic, id: best.id, renewAt: known.get(best.id) ?? renewalOf(best.end, now) }];
  });
};
