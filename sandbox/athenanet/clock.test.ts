import { describe, expect, it } from 'vitest';
import { laterDay, mayBeWithin, readDay, readStamp, readTime, wallClock, wireDay, zoneName } from './clock.ts';

describe('a wall clock', () => {
  const clock = wallClock();

  it.each([
    ['2025-03-09T06:59:59Z', 'America/New_York', '2025-03-09', '01:59:59', -5],
    ['2025-03-09T07:00:00Z', 'America/New_York', '2025-03-09', '03:00:00', -4],
    ['2025-11-02T05:30:00Z', 'America/New_York', '2025-11-02', '01:30:00', -4],
    ['2025-11-02T06:30:00Z', 'America/New_York', '2025-11-02', '01:30:00', -5],
    ['2025-07-01T06:59:00Z', 'America/Phoenix', '2025-06-30', '23:59:00', -7],
    ['2025-01-01T00:00:00Z', 'Asia/Kolkata', '2025-01-01', '05:30:00', 5.5],
  ])('shows %s in %s as %s %s', (instant, zone, date, time, offset) => {
    expect(clock.local(instant, zone)).toEqual({ date, time });
    expect(clock.offset(Date.parse(instant), zone)).toBe(offset);
  });
});

describe('a day', () => {
  it.each([
    ['2025-12-01', '12/01/2025'],
    ['2025-12', undefined],
    ['2025', undefined],
    [undefined, undefined],
  ])('is written, when it is %s, as %s', (date, wire) => {
    expect(wireDay(date)).toBe(wire);
  });

  it.each([
    ['02/29/2024', '2024-02-29'],
    ['2/9/2024', '2024-02-09'],
    ['02/29/2025', undefined],
    ['2024-02-29', undefined],
    ['02/29/24', undefined],
  ])('is read, when it says %s, as %s', (text, date) => {
    expect(readDay(text)).toBe(date);
  });

  it.each([
    ['11/20/2025 12:55:00', '2025-11-20 12:55:00'],
    ['11/20/2025 24:00:00', undefined],
    ['11/20/2025', undefined],
  ])('is read with its time, when it says %s, as %s', (text, stamp) => {
    expect(readStamp(text)).toBe(stamp);
  });

  it('leads to a later one over the end of a month', () => {
    expect(laterDay('2025-11-28', 7)).toBe('2025-12-05');
  });

  it.each(['Pacific/Kiritimati', 'Etc/GMT+12', 'America/New_York'])(
    'is never ruled out where it is shown: %s',
    (zone) => {
      const clock = wallClock();
      const near = mayBeWithin('2025-11-20', '2025-11-20');
      for (let hour = -48; hour < 72; hour += 1) {
        const instant = new Date(Date.parse('2025-11-20T00:00:00Z') + hour * 3_600_000).toISOString();
        if (clock.local(instant, zone).date === '2025-11-20') expect(near(instant)).toBe(true);
      }
      expect(near('2025-11-18T23:59:59Z')).toBe(false);
      expect(near('2025-11-22T00:00:01Z')).toBe(false);
    },
  );
});

describe('a time on a clock', () => {
  const clock = wallClock();

  it.each([
    ['2025-12-01', '09:30:00', 'America/New_York', '2025-12-01T14:30:00.000Z'],
    ['2026-03-08', '01:59:00', 'America/New_York', '2026-03-08T06:59:00.000Z'],
    ['2026-03-08', '02:00:00', 'America/New_York', undefined],
    ['2026-03-08', '02:59:00', 'America/New_York', undefined],
    ['2026-03-08', '03:00:00', 'America/New_York', '2026-03-08T07:00:00.000Z'],
    ['2026-03-08', '02:30:00', 'America/Phoenix', '2026-03-08T09:30:00.000Z'],
    ['2026-11-01', '01:30:00', 'America/New_York', '2026-11-01T05:30:00.000Z'],
    ['2026-01-01', '00:00:00', 'Asia/Kolkata', '2025-12-31T18:30:00.000Z'],
    ['2026-01-01', '23:59:00', 'Pacific/Kiritimati', '2026-01-01T09:59:00.000Z'],
  ])('of %s %s in %s is %s', (date, time, zone, instant) => {
    expect(clock.instant({ date, time }, zone)).toBe(instant);
  });

  it.each([
    ['09:30', '09:30:00'],
    ['23:59', '23:59:00'],
    ['24:00', undefined],
    ['9:30', undefined],
    ['09:30:00', undefined],
  ])('is read, when it says %s, as %s', (text, time) => {
    expect(readTime(text)).toBe(time);
  });
});

describe("a zone's name", () => {
  it.each([
    ['America/New_York', 'US/Eastern'],
    ['America/Phoenix', 'US/Arizona'],
    ['America/Boise', 'America/Boise'],
  ])('is, for %s, %s', (zone, name) => {
    expect(zoneName(zone)).toBe(name);
  });
});
