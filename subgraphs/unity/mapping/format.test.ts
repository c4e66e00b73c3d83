import { describe, expect, it } from 'vitest';
import { endOf, toDay, toEffective, toMinutes, toMoment, toText, toWallClock } from './format.ts';

const CHICAGO = 'America/Chicago';

describe('a date', () => {
  it.each([
    ['2013-10-24T18:41:43', { date: '2013-10-24', time: '18:41:43' }],
    ['2025-03-10 13:25:41.120', { date: '2025-03-10', time: '13:25:41.120' }],
    ['2010-01-01', { date: '2010-01-01' }],
    ['2025/03/01', { date: '2025-03-01' }],
    ['10/07/2013', { date: '2013-10-07' }],
    ['5/1/1950 12:00:00 AM', { date: '1950-05-01', time: '00:00:00' }],
    ['7/6/2015 12:30:00 PM', { date: '2015-07-06', time: '12:30:00' }],
    ['8/17/2015 2:59:44 PM', { date: '2015-08-17', time: '14:59:44' }],
    ['01-May-1950', { date: '1950-05-01' }],
    ['04-Mar-2015 1:23 pm', { date: '2015-03-04', time: '13:23:00' }],
    ['Mar 10 2025 09:00:00', { date: '2025-03-10', time: '09:00:00' }],
    ['Mar 10 2025  9:00AM', { date: '2025-03-10', time: '09:00:00' }],
    [' 02/14/1979 ', { date: '1979-02-14' }],
  ])('is read as the vendor writes it: %s', (raw, expected) => {
    expect(toWallClock(raw)).toEqual(expected);
  });

  it.each([
    undefined,
    '',
    'tomorrow',
    '02/30/2025',
    '13/01/2025',
    '31-Foo-2025',
    '1/1/0001 12:00:00 AM',
    '02/14/79',
    '3/10/2025 25:00:00',
    '3/10/2025 13:00:00 PM',
    '3/10/2025 0:30:00 AM',
    '3/10/2025 9:60:00 AM',
    '2025-03-10x',
  ])('is not guessed from %j', (raw) => {
    expect(toWallClock(raw)).toBeUndefined();
  });

  it.each([
    ['1950', '1950'],
    ['1950-05', '1950-05'],
    ['1950-13', undefined],
    ['14-Feb-1979', '1979-02-14'],
    ['2/14/1979 12:00:00 AM', '1979-02-14'],
  ])('of birth is as precise as it is known: %s', (raw, expected) => {
    expect(toDay(raw)).toBe(expected);
  });
});

describe('a moment', () => {
  it.each([
    ['3/10/2025 9:00:00 AM', CHICAGO, '2025-03-10T14:00:00Z'],
    ['3/10/2025 9:00:00 AM', 'America/New_York', '2025-03-10T13:00:00Z'],
    ['1/10/2025 9:00:00 AM', CHICAGO, '2025-01-10T15:00:00Z'],
    ['2025-03-10T09:15:27.4410000-04:00', CHICAGO, '2025-03-10T13:15:27.441Z'],
    ['2025-03-10T09:15:27Z', CHICAGO, '2025-03-10T09:15:27Z'],
    // the hour that the spring change skips, and the one that the autumn change repeats
    ['3/9/2025 2:30:00 AM', CHICAGO, '2025-03-09T08:30:00Z'],
    ['11/2/2025 1:30:00 AM', CHICAGO, '2025-11-02T06:30:00Z'],
    ['03/10/2025', CHICAGO, undefined],
    [undefined, CHICAGO, undefined],
  ])('%s in %s is %s', (raw, zone, expected) => {
    expect(toMoment(raw, zone)).toBe(expected);
  });

  it.each([
    ['09:00', '2025-03-10T14:00:00Z'],
    ['1:30 PM', '2025-03-10T18:30:00Z'],
    ['9', undefined],
    ['24:00', undefined],
    [undefined, undefined],
  ])('can take its time %s from another column', (clock, expected) => {
    expect(toMoment('03/10/2025', CHICAGO, clock ?? '')).toBe(expected);
  });
});

it('takes a day that has no time as the whole day in its zone', () => {
  expect(toEffective('10-Mar-2025', CHICAGO)).toEqual({
    start: '2025-03-10T05:00:00Z',
    end: '2025-03-11T04:59:59.999Z',
  });
  expect(toEffective('10-Mar-2025 9:02 am', CHICAGO)).toEqual({
    start: '2025-03-10T14:02:00Z',
    end: '2025-03-10T14:02:00Z',
  });
  expect(toEffective('soon', CHICAGO)).toBeUndefined();
});

it.each([
  ['15', 15],
  ['0', 0],
  ['', undefined],
  ['15 min', undefined],
  ['-5', undefined],
  [undefined, undefined],
])('reads a duration of %j as %s minutes', (raw, expected) => {
  expect(toMinutes(raw)).toBe(expected);
});

it('counts an end by elapsed time over a change of the clock', () => {
  expect(endOf('2025-03-09T07:45:00Z', 30)).toBe('2025-03-09T08:15:00Z');
  expect(endOf(undefined, 30)).toBeUndefined();
  expect(endOf('2025-03-09T07:45:00Z', undefined)).toBeUndefined();
});

describe('free text', () => {
  it.each([
    ['a\r\nb\rc', 'a\nb\nc'],
    ['<p>Fasting <b>since</b> 8&nbsp;pm</p><br/>call &amp; confirm', 'Fasting since 8 pm\n\ncall & confirm'],
    ['less than <5 & more', 'less than <5 & more'],
    ['write to <bob@example.org>', 'write to <bob@example.org>'],
    ['A &amp; B without mark-up', 'A &amp; B without mark-up'],
    ['   ', undefined],
    ['<p></p>', undefined],
    [undefined, undefined],
  ])('%j becomes %j', (raw, expected) => {
    expect(toText(raw)).toBe(expected);
  });
});
