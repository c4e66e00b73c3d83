import type { ObservationStatus, Value } from '../practice.ts';
import { earlier, minutesBetween, plusMinutes } from './calendar.ts';
import type { Random } from './random.ts';
import type { Unnumbered } from './vitals.ts';

const DAY = 24 * 60;

/** The same number with its last digits wrong: what was reported before the correction. */
const wrong = (value: Value | undefined): Value | undefined => {
  if (value?.kind !== 'quantity') return value;
  const decimals = value.value.split('.')[1]?.length ?? 0;
  return { ...value, value: (Number(value.value) * 1.15 + 10 ** -decimals).toFixed(decimals) };
};

type Change = (row: Unnumbered, now: string) => Unnumbered;

/** The result as it is now; what it said `before` stands in its history, from the first to the last. */
const replaced =
  (status: ObservationStatus, before: readonly ObservationStatus[], valueChanged: boolean): Change =>
  (row, now) => ({
    ...row,
    status,
    issued: earlier(plusMinutes(row.issued, before.length * 10 * 60), now),
    history: before.map((old, index) => ({
      status: old,
      issued: plusMinutes(row.issued, index * 10 * 60),
      ...(row.value === undefined ? {} : { value: valueChanged ? (wrong(row.value) ?? row.value) : row.value }),
    })),
  });

const cancelled: Change = ({ value: _, interpretation: __, ...row }) => ({ ...row, status: 'cancelled' });

/** What happens to results that had been final for some days. */
const LATER: readonly Change[] = [
  replaced('corrected', ['final'], true),
  replaced('corrected', ['final'], true),
  replaced('corrected', ['preliminary', 'final'], true),
  replaced('amended', ['final'], false),
  replaced('final', ['preliminary'], false),
  cancelled,
  (row) => ({ ...row, status: 'entered-in-error' }),
];

const PRELIMINARY = 3;

/** Some results corrected, amended, cancelled or entered in error, and the newest ones still preliminary. */
export const corrected = (results: readonly Unnumbered[], now: string, random: Random): Unnumbered[] => {
  const newest = new Set(
    [...results].sort((one, other) => minutesBetween(one.issued, other.issued)).slice(0, PRELIMINARY),
  );
  const settled = results.filter(
    (row) =>
      row.value?.kind === 'quantity' &&
      row.value.comparator === undefined &&
      row.status === 'final' &&
      !newest.has(row) &&
      minutesBetween(row.issued, now) > 3 * DAY,
  );
  const changes = new Map(
    random
      .shuffled(settled)
      .slice(0, LATER.length)
      .map((row, index) => [row, LATER[index]]),
  );
  return results.map((row) => {
    if (newest.has(row)) return { ...row, status: 'preliminary' };
    return changes.get(row)?.(row, now) ?? row;
  });
};
