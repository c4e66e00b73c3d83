import { describe, expect, it } from 'vitest';
import { sumMoney, toDecimal, toMoney } from './decimal.ts';
import { toE164, toNationalDigits } from './phone.ts';
import { codeTable } from './table.ts';
import {
  addDays,
  addMinutes,
  calendarDate,
  compareInstants,
  dayPeriod,
  fromUsDate,
  instantToLocal,
  isTimeZone,
  localToInstant,
  minutesBetween,
  toInstant,
  toUsDate,
} from './time.ts';

const CHICAGO = 'America/Chicago';
const NEW_YORK = 'America/New_York';

describe('phones', () => {
  it.each([
    ['(217) 555-0141', '+12175550141'],
    ['2175550141', '+12175550141'],
    ['555-640-7312', '+15556407312'],
    ['+44 20 7946 0958', '+442079460958'],
    ['217-555-0141 x12', '+12175550141'],
    ['555-0141', undefined],
    ['call my wife', undefined],
    ['', undefined],
    [null, undefined],
  ])('%s is %s in E.164', (raw, expected) => {
    expect(toE164(raw)).toBe(expected);
  });
  it('gives vendors ten digits', () => {
    expect(toNationalDigits('+12175550141')).toBe('2175550141');
  });
});

describe('times', () => {
  it.each([
    ['2026-07-01', '09:00', CHICAGO, '2026-07-01T14:00:00Z'],
    ['2026-12-01', '09:00', CHICAGO, '2026-12-01T15:00:00Z'],
    ['2026-12-01', '09:00:30', 'US/Arizona', '2026-12-01T16:00:30Z'],
    ['2026-03-08', '02:30', NEW_YORK, '2026-03-08T07:30:00Z'],
    ['2026-11-01', '01:30', NEW_YORK, '2026-11-01T05:30:00Z'],
  ])('%s %s in %s is %s', (date, time, zone, expected) => {
    expect(localToInstant(date, time, zone)).toBe(expected);
  });
  it.each([
    ['2026-02-30', '09:00'],
    ['2026-02-03', '25:00'],
  ])('refuses %s %s', (date, time) => {
    expect(() => localToInstant(date, time, CHICAGO)).toThrow(RangeError);
  });
  it('goes back to the wall clock', () => {
    expect(instantToLocal('2026-07-01T14:00:00Z', CHICAGO)).toEqual({ date: '2026-07-01', time: '09:00:00' });
  });
  it.each([
    ['2/14/1979', '1979-02-14'],
    ['02/14/1979', '1979-02-14'],
    ['02/30/1979', undefined],
    ['14-Feb-1979', undefined],
    ['', undefined],
  ])('reads the US date %s as %s', (raw, expected) => {
    expect(fromUsDate(raw)).toBe(expected);
  });
  it.each([
    ['2026-03-08', { start: '2026-03-08T05:00:00Z', end: '2026-03-09T03:59:59.999Z' }],
    ['2026-11', { start: '2026-11-01T04:00:00Z', end: '2026-12-01T04:59:59.999Z' }],
    ['1980', { start: '1980-01-01T05:00:00Z', end: '1981-01-01T04:59:59.999Z' }],
  ])('%s lasts as long as it does in New York', (date, period) => {
    expect(dayPeriod(date, NEW_YORK)).toEqual(period);
  });
  it('counts', () => {
    expect(addMinutes('2026-07-01T23:50:00Z', 20)).toBe('2026-07-02T00:10:00Z');
    expect(minutesBetween('2026-07-01T09:00:00-05:00', '2026-07-01T14:30:00Z')).toBe(30);
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(toUsDate('1979-02-14')).toBe('02/14/1979');
    expect(toInstant('2016-01-30T18:26:38.397+00:00')).toBe('2016-01-30T18:26:38.397Z');
    expect(toInstant('2016-01-30')).toBeUndefined();
    expect(calendarDate('2025-02-29')).toBeUndefined();
    expect(compareInstants('2026-07-01T09:00:00-05:00', '2026-07-01T14:00:00.500Z')).toBe(-1);
    expect([isTimeZone(CHICAGO), isTimeZone('US/Eastern'), isTimeZone('Springfield')]).toEqual([true, true, false]);
  });
});

describe('amounts', () => {
  it.each([
    ['7.40', '7.40'],
    [' 007.50 ', '7.50'],
    ['+3', '3'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1E-245', '1E-245'],
    ['-0.30', '-0.30'],
    [12.5, '12.5'],
    ['<0.01', undefined],
    ['positive', undefined],
    ['', undefined],
    [null, undefined],
  ])('reads %s as %s', (raw, expected) => {
    expect(toDecimal(raw)).toBe(expected);
  });
  it.each([
    ['$40.00', '40.00'],
    ['(5.50)', '-5.50'],
    ['-25.15', '-25.15'],
    ['$1,040.00', '1040.00'],
    ['189', '189'],
    ['free', undefined],
  ])('reads the money %s as %s', (raw, value) => {
    expect(toMoney(raw)).toEqual(value === undefined ? undefined : { value, currency: 'USD' });
  });
  it('adds without floating point', () => {
    const usd = (value: string) => ({ value, currency: 'USD' });
    expect(sumMoney([usd('0.10'), usd('0.2')])).toEqual(usd('0.30'));
    expect(sumMoney([])).toBeUndefined();
    expect(sumMoney([usd('1'), { value: '1', currency: 'EUR' }])).toBeUndefined();
  });
});

it('reads a code table in both directions', () => {
  const table = codeTable({ M: 'MALE', Male: 'MALE', F: 'FEMALE' });
  expect([table.to(' m '), table.to('male'), table.to('X'), table.to(null)]).toEqual([
    'MALE',
    'MALE',
    undefined,
    undefined,
  ]);
  expect([table.from('MALE'), table.from('FEMALE'), table.from(null)]).toEqual(['M', 'F', undefined]);
});
