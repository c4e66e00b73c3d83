import { z } from 'zod';

/** A version of a resource that a reading came across. */
export interface SeenVersion {
  readonly id: string;
  /** The server's stamp, whole seconds since the epoch. */
  readonly second: number;
  /** What differs whenever the resource does. */
  readonly version: string;
}

/** How far a server's changes of one type were read; every time is of the server's own stamps, in whole seconds. */
export interface Place {
  /** Everything up to this second was read once. */
  readonly at: number;
  /** Where the next reading begins: before `at`, or behind it while a long list is under way. */
  readonly from: number;
  /** What was read of the overlap before `at`, and behind it, so that it is not told again. */
  readonly seen: readonly SeenVersion[];
}

/**
 * How far a reading goes back behind the newest stamp, seconds. A server stamps a version before others can find it: as
 * long as that takes (30) and a reading lasts (30).
 */
export const OVERLAP = 60;
/** Versions that a place names; further ones are told twice, which the stream drops. */
const MOST_SEEN = 2000;

const Written = z.object({
  at: z.int(),
  from: z.int(),
  seen: z.array(z.tuple([z.string(), z.int(), z.string()])),
});

export const readPlace = (text: string): Place => {
  const { at, from, seen } = Written.parse(JSON.parse(text));
  return { at, from, seen: seen.map(([id, second, version]) => ({ id, second, version })) };
};

export const writePlace = ({ at, from, seen }: Place): string =>
  JSON.stringify({ at, from, seen: seen.map(({ id, second, version }) => [id, second, version]) });

/** A place up to `at` from which the next reading overlaps with what was read. */
export const overlapping = (at: number): Pick<Place, 'at' | 'from'> => ({ at, from: Math.max(at - OVERLAP, 0) });

/** What of the versions read before and now may be met again by readings that begin at `from` or later, each record once. */
export const remembered = (
  before: readonly SeenVersion[],
  now: readonly SeenVersion[],
  from: number,
): readonly SeenVersion[] => {
  const newest = new Map([...before, ...now].map((one) => [one.id, one]));
  return [...newest.values()]
    .filter(({ second }) => second >= from)
    .sort((one, other) => one.second - other.second)
    .slice(-MOST_SEEN);
};
