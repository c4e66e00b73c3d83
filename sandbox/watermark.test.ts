import { describe, expect, it } from 'vitest';
import { generatePractices } from './generate.ts';
import { watermarked } from './watermark.ts';

const NOW = '2026-11-18T15:00:00Z';
const practices = Object.entries(generatePractices({ seed: 1, now: NOW }));

/** Texts that are no codes, ids, numbers or dates, by the name of their field. */
const FREE = new Set([
  ...['name', 'first', 'middle', 'last', 'preferred', 'line1', 'line2', 'city', 'email', 'payer', 'memberId'],
  ...['groupNumber', 'subscriber', 'reason', 'note', 'cancellationReason', 'reportName', 'text'],
]);
/** `display` is a name where the code is clinical, and itself a code of the system where it describes a person. */
const OF_PEOPLE = new Set(['language', 'race', 'ethnicity']);

const texts = (value: unknown, path: readonly string[] = []): readonly (readonly [string, string])[] => {
  if (typeof value === 'string') return [[path.join('.'), value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => texts(part, [...path, name]));
};

const isFree = (path: string): boolean => {
  const names = path.split('.');
  const last = names.at(-1) ?? '';
  return FREE.has(last) || (last === 'display' && !names.some((name) => OF_PEOPLE.has(name)));
};

describe.each(practices)('watermarked %s', (_vendor, practice) => {
  const one = texts(watermarked(practice, 'w07'));
  const before = new Map(texts(practice));

  it('has the mark in every free text and in nothing else', () => {
    const wrong = one.filter(([path, text]) => /w07/.test(text) !== isFree(path));
    expect(wrong).toEqual([]);
    expect(one.filter(([path]) => isFree(path)).length).toBeGreaterThan(500);
  });

  it('keeps everything else, and the practice that it was made from', () => {
    const same = one.filter(([path]) => !isFree(path));
    expect(same).toEqual(same.map(([path]) => [path, before.get(path)]));
    expect(one).toHaveLength(before.size);
    expect([...before.values()].some((text) => text.includes('w07'))).toBe(false);
  });
});

it.each(['', 'with space', 'a-b', 'averylongmark'])('refuses the mark "%s"', (mark) => {
  const [[, practice] = ['', undefined]] = practices;
  expect(practice && (() => watermarked(practice, mark))).toThrow(RangeError);
});
