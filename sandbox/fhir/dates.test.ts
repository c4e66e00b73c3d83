import { describe, expect, it } from 'vitest';
import { askedDate, compares, recorded, spanOf } from './dates.ts';

const iso = (millis: number): string => new Date(millis).toISOString();

describe('spanOf', () => {
  it.each([
    ['2024', 'UTC', '2024-01-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z'],
    ['2024-02', 'UTC', '2024-02-01T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    ['2024-12', 'UTC', '2024-12-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z'],
    ['2024-02-29', 'UTC', '2024-02-29T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    ['2026-03-08', 'America/New_York', '2026-03-08T05:00:00.000Z', '2026-03-09T04:00:00.000Z'],
    ['2026-11-01', 'America/New_York', '2026-11-01T04:00:00.000Z', '2026-11-02T05:00:00.000Z'],
    ['2026-03-01T10:00:00-05:00', 'UTC', '2026-03-01T15:00:00.000Z', '2026-03-01T15:00:01.000Z'],
    ['2026-03-01T10:00Z', 'UTC', '2026-03-01T10:00:00.000Z', '2026-03-01T10:01:00.000Z'],
    ['2026-03-01T10:00:00.123Z', 'UTC', '2026-03-01T10:00:00.123Z', '2026-03-01T10:00:00.124Z'],
    ['2026-03-01T10:00:00', 'America/New_York', '2026-03-01T15:00:00.000Z', '2026-03-01T15:00:01.000Z'],
  ])('reads %s in %s', (text, zone, low, high) => {
    const span = spanOf(text, zone);
    expect(span && [iso(span.low), iso(span.high)]).toEqual([low, high]);
  });

  it.each([
    '',
    '24',
    '2024-13',
    '2023-02-29',
    '2024-02-30',
    '2024-1-1',
    '2026-03-01T25:00:00Z',
    '2026-03-01 10:00',
    'today',
  ])('refuses %j', (text) => {
    expect(spanOf(text, 'UTC')).toBeUndefined();
    expect(spanOf(text, 'America/New_York')).toBeUndefined();
  });
});

describe('compares', () => {
  const now = Date.parse('2026-11-20T00:00:00Z');
  it.each([
    ['2024', '2024-05-01', true],
    ['eq2024-05', '2024', false],
    ['2024-05-01T10:00:00Z', '2024-05-01T10:00:00Z', true],
    ['ne2024', '2024-05-01', false],
    ['ne2023', '2024-05-01', true],
    ['gt2024-05-01', '2024-05-01T23:00:00Z', false],
    ['gt2024-05-01', '2024-05-02', true],
    ['gt2024-05-01T10:00:00Z', '2024-05-01T10:00:00Z', false],
    ['ge2024-05-01T10:00:00Z', '2024-05-01T10:00:00Z', true],
    ['ge2024-05-01', '2024-04-30T23:59:59Z', false],
    ['lt2024-05-01T10:00:00.000Z', '2024-05-01T10:00:00Z', false],
    ['le2024-05-01T10:00:00.000Z', '2024-05-01T10:00:00Z', true],
    ['lt2024-05', '2024', true],
    ['gt2024-05', '2024', true],
    ['sa2024-05-01', '2024-05-02', true],
    ['sa2024-05-01', '2024-05-01', false],
    ['eb2024-05-01', '2024-04-30', true],
    ['eb2024-05-01', '2024-05-01', false],
    ['ap2024-05-01', '2024-06-01', true],
    ['ap2026-11-19', '2024-06-01', false],
  ])('finds %s against %s: %s', (asked, target, holds) => {
    const date = askedDate(asked, 'UTC');
    const span = recorded(target, 'UTC');
    expect(date && span && compares(date, span, now)).toBe(holds);
  });

  it('refuses a prefix that R4 does not have', () => {
    expect(askedDate('po2024', 'UTC')).toBeUndefined();
  });
});
