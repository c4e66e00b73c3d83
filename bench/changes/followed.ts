import type { Type } from './kinds.ts';

/** What each portal of the crowd follows. */
export const FOLLOWED = ['Appointment', 'Observation'] as const satisfies readonly Type[];

/** How one subscriber's cursors differ from the stream's. */
export interface Followed {
  readonly right: number;
  readonly missing: number;
  readonly doubled: number;
  readonly disordered: number;
  /** None of the stream. */
  readonly strange: number;
}

/** Holds what a subscriber got, by its places in the stream (-1: none of it), against all that it wanted. */
export const checkFollowed = (length: number, got: Iterable<number>): Followed => {
  const seen = new Uint8Array(length);
  let [right, doubled, disordered, strange, last] = [0, 0, 0, 0, -1];
  for (const place of got)
    if (place < 0 || place >= length) strange += 1;
    else if (seen[place] === 1) doubled += 1;
    else {
      seen[place] = 1;
      if (place < last) disordered += 1;
      else right += 1;
      last = Math.max(last, place);
    }
  return { right, doubled, disordered, strange, missing: length - right - disordered };
};

export const together = (all: readonly Followed[]): Followed => {
  const sum = (key: keyof Followed): number => all.reduce((total, one) => total + one[key], 0);
  return {
    right: sum('right'),
    missing: sum('missing'),
    doubled: sum('doubled'),
    disordered: sum('disordered'),
    strange: sum('strange'),
  };
};
