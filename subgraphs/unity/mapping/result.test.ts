import { describe, expect, it } from 'vitest';
import { SYSTEM } from '../../vendor/concept.ts';
import { row } from '../fixture/vendor.ts';
import { asResultRow, newestOnly, RESULT_STATUS, toInterpretations, toResult, toResultStatus } from './result.ts';

const context = { patient: '10001', zone: 'America/Chicago', labCodes: { NA: '2951-2', ODD: 'not-loinc' } };

const a1c = {
  ID: '2086',
  ResultDate: '2025-03-10 13:23:00',
  OrderName: 'Hemoglobin A1c (83036)',
  ResultName: 'HEMOGLOBIN A1C',
  Value: '7.40',
  Units: '%',
  ReferenceRange: '4.0-5.6',
  AbnormalFlag: 'H',
  Status: 'Final',
  LOINC: '4548-4',
  OrderingProvider: 'Clarke, Dana',
  LastModified: '2025-03-10 13:25:41.120',
};
const result = (cells: Record<string, string> = {}) => toResult(row({ ...a1c, ...cells }), context);

describe('a result', () => {
  it('is read exactly', () => {
    expect(result()).toEqual({
      key: 'result|10001|2086|4548-4',
      externalId: '2086',
      patientKey: '10001',
      supersedesKey: null,
      status: 'FINAL',
      vendorStatus: 'Final',
      categories: [expect.objectContaining({ codings: [expect.objectContaining({ code: 'laboratory' })] })],
      code: { codings: [{ system: SYSTEM.loinc, code: '4548-4' }], text: 'HEMOGLOBIN A1C' },
      effective: { start: '2025-03-10T18:23:00Z', end: '2025-03-10T18:23:00Z' },
      issued: '2025-03-10T18:25:41.12Z',
      value: { __typename: 'Quantity', value: '7.40', unit: '%', system: SYSTEM.ucum, code: '%' },
      components: [],
      interpretations: [expect.objectContaining({ text: 'H' })],
      referenceRange: '4.0-5.6',
      version: { lastUpdated: '2025-03-10T18:25:41.12Z' },
      own: { orderName: 'Hemoglobin A1c (83036)', orderingProvider: 'Clarke, Dana', qualifier: null },
    });
  });

  it.each([
    ['LOINC from the row', {}, [{ system: SYSTEM.loinc, code: '4548-4' }]],
    [
      'LOINC from the practice’s list',
      { LOINC: '', Code: 'NA' },
      [{ system: SYSTEM.loinc, code: '2951-2' }, { code: 'NA' }],
    ],
    ['the vendor’s code alone', { LOINC: '', Code: 'ZZ' }, [{ code: 'ZZ' }]],
    ['no code', { LOINC: '' }, []],
    ['what is called LOINC and is none', { LOINC: 'GLU' }, [{ code: 'GLU' }]],
    ['a list entry that is no LOINC code', { LOINC: '', Code: 'ODD' }, [{ code: 'ODD' }]],
    ['a code that every object has', { LOINC: '', Code: 'constructor' }, [{ code: 'constructor' }]],
  ])('has %s', (_, cells, codings) => {
    expect(result(cells)?.code).toEqual({ codings, text: 'HEMOGLOBIN A1C' });
  });

  it.each([
    [
      'a number below a limit',
      { Value: '<5', Units: 'mg/dL' },
      { __typename: 'Quantity', comparator: '<', value: '5', code: 'mg/dL' },
    ],
    ['a number without a unit', { Value: '3', Units: '' }, { __typename: 'Quantity', value: '3' }],
    ['an unknown unit', { Value: '3', Units: 'cells/hpf' }, { __typename: 'Quantity', value: '3', unit: 'cells/hpf' }],
    ['words', { Value: 'No parasites found', Units: '' }, { __typename: 'TextValue', text: 'No parasites found' }],
    ['a titre', { Value: '1:80', Units: '' }, { __typename: 'TextValue', text: '1:80' }],
    ['a range', { Value: '5-10', Units: '' }, { __typename: 'TextValue', text: '5-10' }],
  ])('has %s', (_, cells, expected) => {
    expect(result(cells)?.value).toMatchObject(expected);
  });

  it('has no value, time or status where none is told', () => {
    const bare = { ID: '1', ResultName: 'X' };
    expect(toResult(row(bare), context)).toMatchObject({
      value: null,
      effective: null,
      issued: null,
      status: 'UNKNOWN',
      vendorStatus: null,
      interpretations: [],
      referenceRange: null,
    });
  });

  it.each([
    ['Ordered', 'REGISTERED'],
    ['Preliminary', 'PRELIMINARY'],
    ['final', 'FINAL'],
    ['Reviewed', 'FINAL'],
    ['Corrected', 'CORRECTED'],
    ['Canceled', 'CANCELLED'],
    ['Undefined', 'UNKNOWN'],
    ['Weird', 'UNMAPPED'],
    [undefined, 'UNKNOWN'],
  ])('with status %s is %s', (raw, expected) => {
    expect(toResultStatus(raw)).toBe(expected);
  });

  it.each([
    ['FINAL', 'Final'],
    ['CORRECTED', 'Corrected'],
    ['PRELIMINARY', 'Preliminary'],
  ] as const)('of status %s goes back as %s', (unified, raw) => {
    expect(RESULT_STATUS.from(unified)).toBe(raw);
  });

  it.each([
    ['H', 'H'],
    ['ll', 'LL'],
    ['Abnormal', 'A'],
    ['N', 'N'],
  ])('flagged %s is interpreted as %s', (raw, code) => {
    expect(toInterpretations(raw)).toMatchObject([{ codings: [{ system: SYSTEM.interpretation, code }], text: raw }]);
  });

  it('flagged otherwise keeps the word', () => {
    expect(toInterpretations('Delta')).toEqual([{ codings: [], text: 'Delta' }]);
    expect(toInterpretations(undefined)).toEqual([]);
  });
});

describe('corrections', () => {
  const of = (...rows: Record<string, string>[]) => newestOnly(rows.flatMap((cells) => result(cells) ?? []));

  it.each([
    ['in order', [{}, { Value: '7.3', Status: 'Corrected', LastModified: '2025-03-11 08:10:02.000' }]],
    ['out of order', [{ Value: '7.3', Status: 'Corrected', LastModified: '2025-03-11 08:10:02.000' }, {}]],
  ])('leave only the newest row, %s', (_, rows) => {
    expect(of(...(rows as Record<string, string>[]))).toMatchObject([{ status: 'CORRECTED', value: { value: '7.3' } }]);
  });

  it('go by the vendor’s order where no time is told', () => {
    expect(of({ LastModified: '' }, { LastModified: '', Value: '7.3' })).toMatchObject([{ value: { value: '7.3' } }]);
  });

  it('never merge two analytes of one report', () => {
    const keys = of({}, { LOINC: '2951-2', ResultName: 'SODIUM' }, { LOINC: '', ResultName: 'NOTE' }).map(
      ({ key }) => key,
    );
    expect(keys).toEqual(['result|10001|2086|4548-4', 'result|10001|2086|2951-2', 'result|10001|2086|NOTE']);
  });
});

describe('a result in a clinical summary', () => {
  const summary = (detail: string) =>
    toResult(
      asResultRow(
        row({
          section: 'results',
          description: 'Basic metabolic panel (80048)',
          transid: '2086',
          status: 'Reviewed',
          entrycode: '4548-4',
          detail,
          displaydate: '10-Mar-2025 1:23 pm',
        }),
      ),
      context,
    );

  it('has the key and the value that GetResults gives', () => {
    expect(summary('HEMOGLOBIN A1C, 7.40 % ABNORMAL (4.0-5.6)')).toMatchObject({
      key: result()?.key,
      code: result()?.code,
      value: result()?.value,
      effective: result()?.effective,
      referenceRange: '4.0-5.6',
      interpretations: [{ codings: [{ code: 'A' }] }],
      status: 'FINAL',
    });
  });

  it.each([
    ['SODIUM SERUM, 139 mmol/L (136-145)', { value: '139', unit: 'mmol/L', code: 'mmol/L' }, 'SODIUM SERUM'],
    ['HIV 1, 2 AB, <0.05 S/CO', { comparator: '<', value: '0.05', unit: 'S/CO' }, 'HIV 1, 2 AB'],
    ['PH, 7.35', { value: '7.35' }, 'PH'],
  ])('is taken apart around its number: %s', (detail, value, text) => {
    expect(summary(detail)).toMatchObject({ value: { __typename: 'Quantity', ...value }, code: { text } });
  });

  it.each([
    'CULTURE, No growth, final',
    'PLATELETS, 1,200 /uL',
    'See note',
    'RAPID STREP, Negative (Negative)',
    'PAIN, 3/10',
    'ANA, 1:80',
    'STAIN, 2 colonies seen',
  ])('stays whole when it is not a number: %s', (detail) => {
    expect(summary(detail)).toMatchObject({
      value: { __typename: 'TextValue', text: detail },
      code: { text: 'Basic metabolic panel (80048)' },
      referenceRange: null,
    });
  });
});
