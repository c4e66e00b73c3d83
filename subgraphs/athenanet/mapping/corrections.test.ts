import { describe, expect, it } from 'vitest';
import { LabResultPayload } from '../payload/chart.ts';
import { duplicatesIn, newestOf } from './corrections.ts';
import { analyte, labs, result } from './lab-fixture.ts';

describe('corrections', () => {
  const one = (labresultid: number, status: string, more: object = {}, row: object = {}) =>
    result({ labresultid, resultstatus: status, ...more, analytes: [analyte({ resultstatus: status, ...row })] });
  const shown = (...results: readonly object[]) =>
    newestOf(labs(results)).map(({ key, supersedesKey }) => [key, supersedesKey]);
  const [A, B, C] = ['5001.l.1.7714', '5001.l.2.7714', '5001.l.3.7714'];

  it.each([
    { title: 'replace the result of their order', results: [one(1, 'final'), one(2, 'corrected')], left: [[B, A]] },
    {
      title: 'replace it in whatever order they come',
      results: [one(2, 'corrected'), one(1, 'final')],
      left: [[B, A]],
    },
    {
      title: 'replace the only result of that time without an order',
      results: [one(1, 'final', { orderid: '' }), one(2, 'corrected')],
      left: [[B, A]],
    },
    {
      title: 'replace one another in turn',
      results: [one(1, 'final'), one(2, 'corrected'), one(3, 'corrected')],
      left: [[C, B]],
    },
    {
      title: 'leave another order alone',
      results: [one(1, 'final', { orderid: 7 }), one(2, 'corrected')],
      left: [
        [A, null],
        [B, null],
      ],
    },
    {
      title: 'leave another analyte alone',
      results: [one(1, 'final', {}, { loinc: '2345-7' }), one(2, 'corrected')],
      left: [
        [A, null],
        [B, null],
      ],
    },
    {
      title: 'leave another time alone',
      results: [one(1, 'final', {}, { analytedatetime: '10/20/2025 08:00:00' }), one(2, 'corrected')],
      left: [
        [A, null],
        [B, null],
      ],
    },
    {
      title: 'leave everything when they might mean several',
      results: [
        one(1, 'final', { orderid: '' }),
        one(2, 'final', { orderid: '' }),
        one(3, 'corrected', { orderid: '' }),
      ],
      left: [
        [A, null],
        [B, null],
        [C, null],
      ],
    },
    {
      title: 'are not what a second final result is',
      results: [one(1, 'final'), one(2, 'final')],
      left: [
        [A, null],
        [B, null],
      ],
    },
    {
      title: 'are what a final result is to its preliminary one',
      results: [one(1, 'preliminary'), one(2, 'final')],
      left: [[B, A]],
    },
    { title: 'in the same result need no other', results: [one(1, 'corrected')], left: [[A, null]] },
  ])('$title', ({ results, left }) => {
    expect(shown(...results)).toEqual(left);
  });

  it('are not what an exact duplicate is: the first of both is kept', () => {
    const payloads = [
      one(1, 'final'),
      one(2, 'final', { exactduplicatedocumentid: 1 }),
      one(3, 'final', { exactduplicatedocumentid: 9 }),
    ];
    expect([...duplicatesIn(payloads.map((row) => LabResultPayload.parse(row)))]).toEqual(['2']);
  });
});
