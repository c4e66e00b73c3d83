import { describe, expect, it } from 'vitest';
import {
  addDays,
  localClock,
  monthDate,
  monthTime,
  paddedUsTime,
  parseLocal,
  sqlTime,
  usDate,
  usTime,
  withOffset,
} from './local-time.ts';

const clock = localClock('America/New_York');

describe('the clock of the server', () => {
  it.each([
    ['2025-03-09T06:59:59.999Z', '2025-03-09T01:59:59.999', '-05:00'],
    ['2025-03-09T07:00:00Z', '2025-03-09T03:00:00.000', '-04:00'],
    ['2025-11-02T05:30:00Z', '2025-11-02T01:30:00.000', '-04:00'],
    ['2025-11-02T06:30:00Z', '2025-11-02T01:30:00.000', '-05:00'],
    ['2025-01-01T04:59:00Z', '2024-12-31T23:59:00.000', '-05:00'],
  ])('shows at %s the time %s, which is %s', (instant, local, offset) => {
    expect(clock(instant)).toBe(local);
    expect(withOffset(local, Date.parse(instant))).toBe(`${local}0000${offset}`);
  });

  it('tells offsets ahead of UTC', () => {
    const at = Date.parse('2025-01-01T00:00:00Z');
    expect(withOffset(localClock('Asia/Kathmandu')(at), at)).toBe('2025-01-01T05:45:00.0000000+05:45');
  });

  it('refuses what is no instant', () => {
    expect(() => clock('never')).toThrow(RangeError);
  });
});

describe('a time', () => {
  it.each([
    ['2025-03-10T00:05:09.120', '3/10/2025 12:05:09 AM', '03/10/2025 12:05:09 AM', '10-Mar-2025 12:05 am'],
    ['2025-12-01T12:00:00.000', '12/1/2025 12:00:00 PM', '12/01/2025 12:00:00 PM', '01-Dec-2025 12:00 pm'],
    ['2025-12-01T23:59:00.000', '12/1/2025 11:59:00 PM', '12/01/2025 11:59:00 PM', '01-Dec-2025 11:59 pm'],
  ])('%s is written in the ways of the vendor', (local, us, padded, month) => {
    expect([usTime(local), paddedUsTime(local), monthTime(local)]).toEqual([us, padded, month]);
  });

  it('is written for the database, and as a day', () => {
    const local = '2025-03-10T13:25:41.120';
    expect([sqlTime(local), usDate(local), monthDate(local)]).toEqual([
      '2025-03-10 13:25:41.120',
      '03/10/2025',
      '10-Mar-2025',
    ]);
  });

  it.each([
    ['2025-03-10', '2025-03-10T00:00:00.000'],
    ['2025/03/10', '2025-03-10T00:00:00.000'],
    ['3/1/2025', '2025-03-01T00:00:00.000'],
    ['03/10/2025 12:00:00 AM', '2025-03-10T00:00:00.000'],
    ['03/10/2025 12:30 PM', '2025-03-10T12:30:00.000'],
    ['10-mar-2025 1:23 pm', '2025-03-10T13:23:00.000'],
    ['2025-03-10T13:25:41', '2025-03-10T13:25:41.000'],
    ['2015-01-14 08:44:28.563', '2015-01-14T08:44:28.563'],
    ['2013-10-24T18:41:43.6130000', '2013-10-24T18:41:43.613'],
    ['2025-06-10T16:00:00Z', '2025-06-10T12:00:00.000'],
    ['2025-06-10T16:00:00.5000000+02:00', '2025-06-10T10:00:00.500'],
    ['2024-02-29', '2024-02-29T00:00:00.000'],
  ])('is read from %j', (text, local) => {
    expect(parseLocal(text, clock)).toBe(local);
  });

  it.each([
    '',
    'soon',
    '2025-02-29',
    '13/01/2025',
    '00/10/2025',
    '10-Foo-2025',
    '2025-03-10T24:00:00',
    '03/10/2025 13:00 PM',
    '2025-03-10Tx',
    '2025-13-10T00:00:00Z',
  ])('is not read from %j', (text) => {
    expect(parseLocal(text, clock)).toBeUndefined();
  });

  it('moves by days across months and years', () => {
    expect([addDays('2024-02-28', 1), addDays('2025-12-31', 1), addDays('2025-03-01', -1)]).toEqual([
      ...['2024-02-29', '2026-01-01', '2025-02-28'],
    ]);
  });
});
