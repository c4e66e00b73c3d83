import type { Practitioner } from '../practice.ts';
import { dateIn, instantOf, minutesBetween, plusDays, plusMinutes, weekdays } from './calendar.ts';
import type { Profile } from './profiles.ts';

const PAST_DAYS = 42;
const COMING_DAYS = 28;
export const CELL_MINUTES = 30;
const OPENING = '08:00';
/** Half hours of a working day, in minutes after opening, with a break at noon. */
const CELLS = [0, 30, 60, 90, 120, 150, 180, 210, 300, 330, 360, 390, 420, 450, 480, 510];
const LAST_OF_MORNING = CELLS.indexOf(210);

export type Period = 'past' | 'present' | 'coming';

/** Longer than the longest visit, so that what is past has ended. */
const STILL_HERE_MINUTES = 65;
const EARLY_MINUTES = 15;

/** Around now, by the clock: somebody who is due or has just come counts as present. */
export const periodOf = (start: string, now: string): Period => {
  const ago = minutesBetween(start, now);
  if (ago > STILL_HERE_MINUTES) return 'past';
  return ago >= -EARLY_MINUTES ? 'present' : 'coming';
};

/** One half hour of one practitioner. */
export interface Cell {
  readonly practitioner: Practitioner;
  readonly date: string;
  readonly start: string;
  readonly period: Period;
  /** The half hour right behind it, when it can be used together with this one. */
  readonly next: number | undefined;
  taken: boolean;
}

const cellsOf = (profile: Profile, practitioner: Practitioner, now: string, offset: number): Cell[] => {
  const zone = profile.locations.find(({ id }) => id === practitioner.locationId)?.timeZone ?? profile.timeZone;
  const today = dateIn(now, zone);
  return weekdays(plusDays(today, -PAST_DAYS), plusDays(today, COMING_DAYS)).flatMap((date, day) => {
    // Clocks change at night, so the day's wall clock runs evenly from here on.
    const opening = instantOf(date, OPENING, zone);
    return CELLS.map((minutes, position) => {
      const start = plusMinutes(opening, minutes);
      const alone = position === LAST_OF_MORNING || position === CELLS.length - 1;
      const next = alone ? undefined : offset + day * CELLS.length + position + 1;
      return { practitioner, date, start, period: periodOf(start, now), next, taken: false };
    });
  });
};

/** The working hours of everybody in a practice, from six weeks before to four weeks after now. */
export const workingHours = (profile: Profile, now: string): Cell[] => {
  const cells: Cell[] = [];
  for (const practitioner of profile.practitioners) cells.push(...cellsOf(profile, practitioner, now, cells.length));
  return cells;
};
