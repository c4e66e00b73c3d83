import { describe, expect, it } from 'vitest';
import { SYSTEM } from '../../vendor/concept.ts';
import { row } from '../fixture/vendor.ts';
import { toQuantity } from './quantity.ts';
import { toVitals, VITAL_CODES } from './vital.ts';

const context = { patient: '10001', zone: 'America/Chicago' };

describe('vitals', () => {
  const vital = (description: string, detail: string, more: Record<string, string> = {}) =>
    row({
      section: 'vitals',
      description,
      code: '2',
      transid: '303',
      detail,
      displaydate: '10-Mar-2025 9:02 am',
      ...more,
    });
  const read = (...rows: ReturnType<typeof vital>[]) => toVitals(rows, context);

  it('make one blood pressure of a systolic and a diastolic value', () => {
    const [panel, pulse, ...more] = read(
      vital('systolic', '138'),
      vital('diastolic', '84'),
      vital('pulse', '72', { status: 'Regular' }),
    );
    expect(more).toEqual([]);
    expect(panel).toMatchObject({
      key: 'vital|10001|303|85354-9',
      externalId: '303',
      status: 'FINAL',
      code: { codings: [{ system: SYSTEM.loinc, code: '85354-9' }] },
      value: null,
      effective: { start: '2025-03-10T14:02:00Z', end: '2025-03-10T14:02:00Z' },
      components: [
        { code: { codings: [{ code: '8480-6' }] }, value: { value: '138', unit: 'mmHg', code: 'mm[Hg]' } },
        { code: { codings: [{ code: '8462-4' }] }, value: { value: '84', unit: 'mmHg', code: 'mm[Hg]' } },
      ],
    });
    expect(pulse).toMatchObject({
      key: 'vital|10001|303|8867-4',
      code: { codings: [{ code: '8867-4' }], text: 'pulse' },
      value: { value: '72', unit: '/min', code: '/min' },
      own: { qualifier: 'Regular' },
    });
  });

  it.each([
    ['one half alone', [vital('systolic', '138')], ['8480-6']],
    [
      'two systolic values',
      [vital('systolic', '138'), vital('systolic', '140'), vital('diastolic', '84')],
      ['8480-6', '8480-6', '8462-4'],
    ],
    [
      'halves of two sets',
      [vital('systolic', '138'), vital('diastolic', '84', { transid: '304' })],
      ['8480-6', '8462-4'],
    ],
    [
      'halves of two times',
      [vital('systolic', '138'), vital('diastolic', '84', { displaydate: '11-Mar-2025 9:02 am' })],
      ['8480-6', '8462-4'],
    ],
  ])('do not pair %s', (_, rows, codes) => {
    const found = read(...rows);
    expect(found.map(({ code }) => code.codings[0]?.code)).toEqual(codes);
    expect(new Set(found.map(({ key }) => key)).size).toBe(found.length);
  });

  it.each([
    ['temperature', '98.60 F', { value: '98.60', unit: 'F', code: '[degF]' }],
    ['temperature', '37.0', { value: '37.0' }],
    ['weight', '180 lb', { value: '180', unit: 'lb', code: '[lb_av]' }],
    ['BMI', '24.5', { value: '24.5', code: 'kg/m2' }],
    ['height', `5'11"`, { __typename: 'TextValue', text: `5'11"` }],
    ['pain', '3/10', { __typename: 'TextValue', text: '3/10' }],
    ['pulse', '72 regular', { __typename: 'TextValue', text: '72 regular' }],
    ['pulse', '72 beats/min', { value: '72', unit: 'beats/min' }],
    ['blood pressure', '138/84 mmHg', { __typename: 'TextValue', text: '138/84 mmHg' }],
    ['pulse', 'irregular', { __typename: 'TextValue', text: 'irregular' }],
  ])('of %s keep %s', (description, detail, expected) => {
    expect(read(vital(description, detail))[0]?.value).toMatchObject(expected);
  });

  it('without a unit of their own get none', () => {
    expect(read(vital('temperature', '37.0'))[0]?.value).toEqual({ __typename: 'Quantity', value: '37.0' });
  });

  it('of an unknown name keep the vendor’s code', () => {
    expect(read(vital('Grip', '30 kg', { code: '77' }))[0]).toMatchObject({
      key: 'vital|10001|303|77',
      code: { codings: [{ code: '77' }], text: 'Grip' },
    });
    expect(read(vital('constructor', '1', { code: '78' }))[0]?.code).toEqual({
      codings: [{ code: '78' }],
      text: 'constructor',
    });
  });

  it('keep their keys when newer ones come in', () => {
    const old = vital('pulse', '70', { displaydate: '01-Jan-2025 9:00 am' });
    const [before] = read(old);
    expect(
      read(vital('pulse', '75'), old).find(({ value }) => value?.__typename === 'Quantity' && value.value === '70')
        ?.key,
    ).toBe(before?.key);
  });

  it('have no panel’s or pressure’s code in common with laboratories', () => {
    expect(VITAL_CODES.has('85354-9')).toBe(true);
    expect(VITAL_CODES.has('4548-4')).toBe(false);
  });
});

it.each(['', '.', '1.2.3', 'abc', '1e', '--1'])('takes %j for no number', (raw) => {
  expect(toQuantity(raw, 'mg/dL')).toBeUndefined();
});
