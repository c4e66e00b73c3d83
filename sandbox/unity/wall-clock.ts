import { Temporal } from 'temporal-polyfill';
import type { Local } from './local-time.ts';

/**
 * The instant at which a zone's wall clock shows a time; undefined for a time that a clock change skips. Of a time that is
 * shown twice it is the first: the vendor has no way to say which (assumption).
 */
export const wallClock =
  (zone: string) =>
  (local: Local): string | undefined => {
    const wall = Temporal.PlainDateTime.from(local);
    const at = wall.toZonedDateTime(zone, { disambiguation: 'earlier' });
    return at.toPlainDateTime().equals(wall) ? at.toInstant().toString() : undefined;
  };
