export const WEDNESDAY = '2026-11-18T15:00:00Z';

/** Moments at which something is special. */
export const MOMENTS = [
  { when: 'on a working day', now: WEDNESDAY, seed: 1 },
  { when: 'with another seed', now: WEDNESDAY, seed: 20_406 },
  { when: 'on a Saturday', now: '2026-11-21T15:00:00Z', seed: 2 },
  { when: 'while clocks go forward in the coming weeks', now: '2026-03-04T18:30:00Z', seed: 3 },
  { when: 'while clocks went back in the past weeks', now: '2026-11-05T20:15:12.345Z', seed: 4 },
];

/** The different values that a list has of something. */
export const values = <T, K>(list: readonly T[], key: (item: T) => K): Set<K> => new Set(list.map(key));
