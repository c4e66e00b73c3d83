import { describe, expect, it } from 'vitest';
import { row } from '../fixture/vendor.ts';
import { type Availability, freeRuns, isFree, parseSlotKey, toAvailability, toSlot } from './slot.ts';

const ZONE = 'America/Chicago';
/** A day of 288 cells, free where a span of clock times says so. */
const cells = (...spans: readonly (readonly [string, string])[]): string => {
  const index = (time: string): number => {
    const [hour = 0, minute = 0] = time.split(':').map(Number);
    return (hour * 60 + minute) / 5;
  };
  return Array.from({ length: 288 }, (_, i) =>
    spans.some(([from, to]) => i >= index(from) && i < index(to)) ? '1' : '0',
  ).join('');
};
const availability = (date: string, open: string, booked: string = cells()) =>
  row({
    Available_Date: date,
    Resource_Abbreviation: 'CLARKE',
    Scheduling_Location_ID: '1',
    Blocked_Slots1: open.slice(0, 144),
    Blocked_Slots2: open.slice(144),
    Booked_Slots1: booked.slice(0, 144),
    Booked_Slots2: booked.slice(144),
  });
const day = (date: string, open: string, booked?: string): Availability => {
  const read = toAvailability(availability(date, open, booked));
  if (read === undefined) throw new Error('the fixture is not a day');
  return read;
};
const slots = (given: Availability, from: string, to: string) =>
  freeRuns(given, ZONE, from, to).map((run) => toSlot(given, run, ZONE, '68', '1'));
const ALWAYS = ['2000-01-01T00:00:00Z', '2100-01-01T00:00:00Z'] as const;

describe('free time', () => {
  it('is what the template opens and nobody has booked', () => {
    const given = day(
      '03/12/2025',
      cells(['9:00', '12:00'], ['13:00', '17:00']),
      cells(['9:00', '9:30'], ['13:30', '13:45']),
    );
    expect(slots(given, ...ALWAYS).map(({ start, end, key }) => [start, end, key])).toEqual([
      ['2025-03-12T14:30:00Z', '2025-03-12T17:00:00Z', 'CLARKE|1|2025-03-12|570|150'],
      ['2025-03-12T18:00:00Z', '2025-03-12T18:30:00Z', 'CLARKE|1|2025-03-12|780|30'],
      ['2025-03-12T18:45:00Z', '2025-03-12T22:00:00Z', 'CLARKE|1|2025-03-12|825|195'],
    ]);
  });

  it.each([
    ['2025-03-12T15:00:00Z', '2025-03-12T16:00:00Z', '2025-03-12T15:00:00Z', '2025-03-12T16:00:00Z'],
    ['2025-03-12T15:02:00Z', '2025-03-12T16:03:00Z', '2025-03-12T15:05:00Z', '2025-03-12T16:00:00Z'],
    ['2025-03-12T15:00:00.001Z', '2025-03-12T15:59:59.999Z', '2025-03-12T15:05:00Z', '2025-03-12T15:55:00Z'],
  ])('from %s to %s begins and ends within', (from, to, start, end) => {
    expect(slots(day('03/12/2025', cells(['9:00', '17:00'])), from, to)).toMatchObject([{ start, end }]);
  });

  it('is none outside the period', () => {
    expect(slots(day('03/12/2025', cells(['9:00', '17:00'])), '2025-03-13T05:00:00Z', '2025-03-14T05:00:00Z')).toEqual(
      [],
    );
    expect(slots(day('03/12/2025', cells(['9:00', '17:00'])), '2025-03-11T05:00:00Z', '2025-03-12T05:00:00Z')).toEqual(
      [],
    );
  });

  it('reaches to midnight', () => {
    expect(slots(day('03/12/2025', cells(['23:50', '24:00'])), ...ALWAYS)).toMatchObject([
      { start: '2025-03-13T04:50:00Z', end: '2025-03-13T05:00:00Z' },
    ]);
  });

  it('follows the clock over its changes', () => {
    expect(slots(day('03/09/2025', cells(['1:00', '4:00'])), ...ALWAYS)).toMatchObject([
      { start: '2025-03-09T07:00:00Z', end: '2025-03-09T09:00:00Z' },
    ]);
    expect(slots(day('11/02/2025', cells(['0:00', '4:00'])), ...ALWAYS)).toMatchObject([
      { start: '2025-11-02T05:00:00Z', end: '2025-11-02T10:00:00Z' },
    ]);
  });

  it.each([
    ['too few cells', 'blockedslots2', '01'],
    ['other characters', 'bookedslots1', 'x'.repeat(144)],
    ['no day', 'availabledate', 'soon'],
    ['no resource', 'resourceabbreviation', ''],
  ])('is not read from a row with %s', (_, column, odd) => {
    const good = Object.fromEntries(availability('03/12/2025', cells(['9:00', '17:00'])));
    expect(toAvailability(row(good))).toBeDefined();
    expect(toAvailability(row({ ...good, [column]: odd }))).toBeUndefined();
  });
});

describe('a slot’s key', () => {
  it('finds its time again while that is free', () => {
    const parsed = parseSlotKey('CLARKE|1|2025-03-12|570|150');
    expect(parsed).toEqual({ resource: 'CLARKE', location: '1', date: '2025-03-12', run: { from: 114, to: 144 } });
    const run = parsed?.run ?? { from: 0, to: 0 };
    expect(isFree(day('03/12/2025', cells(['9:00', '12:00'])), run)).toBe(true);
    expect(isFree(day('03/12/2025', cells(['9:00', '12:00']), cells(['11:55', '12:00'])), run)).toBe(false);
  });

  it.each([
    '',
    'CLARKE|1|2025-03-12|570',
    'CLARKE|1|2025-03-12|571|150',
    'CLARKE|1|2025-03-12|570|0',
    'CLARKE|1|2025-03-12|1430|15',
    'CLARKE|1|2025-02-30|570|15',
    'CLARKE|1|someday|570|15',
    '|1|2025-03-12|570|15',
    'CLARKE|1|2025-03-12|-5|15',
  ])('is refused: %j', (key) => {
    expect(parseSlotKey(key)).toBeUndefined();
  });
});
