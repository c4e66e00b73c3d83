import { describe, expect, it } from 'vitest';
import { analyte, labs, result } from './lab-fixture.ts';
import { ABNORMAL_FLAG, RESULT_STATUS, toLabValue } from './labs.ts';

const LOINC = 'http://loinc.org';

describe('laboratory results', () => {
  it('are one observation an analyte', () => {
    expect(labs([result()])).toEqual([
      {
        key: '5001.l.169750.7714',
        externalId: '7714',
        patientKey: '5001',
        supersedesKey: null,
        status: 'FINAL',
        vendorStatus: 'final',
        categories: [expect.objectContaining({ codings: [expect.objectContaining({ code: 'laboratory' })] })],
        code: {
          codings: [{ system: LOINC, code: '4548-4', display: 'Hemoglobin A1c/Hemoglobin.total in Blood' }],
          text: 'HGB A1C',
        },
        effective: { start: '2025-10-20T18:59:00Z', end: '2025-10-20T18:59:00Z' },
        issued: null,
        value: { __typename: 'Quantity', value: '5.40', unit: '%' },
        components: [],
        interpretations: [
          expect.objectContaining({ codings: [expect.objectContaining({ code: 'N' })], text: 'normal' }),
        ],
        referenceRange: '4.0-5.6',
        own: { labResultId: '169750', labResultName: 'hemoglobin A1c', orderId: '169749', note: undefined },
      },
    ]);
  });

  it.each([
    { title: 'its own LOINC', row: {}, more: {}, codes: {}, expected: { system: LOINC, code: '4548-4' } },
    {
      title: 'the practice’s code',
      row: { loinc: '' },
      more: {},
      codes: { 'hgb a1c': '17856-6' } as Record<string, string>,
      expected: { system: LOINC, code: '17856-6' },
    },
    {
      title: 'its result’s LOINC when it is alone',
      row: { loinc: '' },
      more: { labresultloinc: '4548-4' },
      codes: {},
      expected: { system: LOINC, code: '4548-4' },
    },
    { title: 'a code that is no LOINC', row: { loinc: 'A1C' }, more: {}, codes: {}, expected: { code: 'A1C' } },
  ])('have $title', ({ row, more, codes, expected }) => {
    const [lab] = labs([result({ ...more, analytes: [analyte(row)] })], codes);
    expect(lab?.code.codings[0]).toMatchObject(expected);
    if (!('system' in expected)) expect(lab?.code.codings[0]?.system).toBeUndefined();
    expect(lab?.code.text).toBe('HGB A1C');
  });

  it('have words alone when nothing codes them, never the code of their panel', () => {
    const parts = [analyte({ loinc: '' }), analyte({ analyteid: 2, analytename: 'WBC', loinc: null })];
    expect(labs([result({ labresultloinc: '58410-2', analytes: parts })]).map(({ code }) => code)).toEqual([
      { codings: [], text: 'HGB A1C' },
      { codings: [], text: 'WBC' },
    ]);
  });

  it.each([
    { raw: '5.4', value: { __typename: 'Quantity', value: '5.4', unit: 'u' } },
    { raw: '<0.01', value: { __typename: 'Quantity', value: '0.01', comparator: '<', unit: 'u' } },
    { raw: '> 60', value: { __typename: 'Quantity', value: '60', comparator: '>', unit: 'u' } },
    { raw: '<=5', value: { __typename: 'Quantity', value: '5', comparator: '<=', unit: 'u' } },
    { raw: '≥ 90', value: { __typename: 'Quantity', value: '90', comparator: '>=', unit: 'u' } },
    { raw: '-1.50', value: { __typename: 'Quantity', value: '-1.50', unit: 'u' } },
    { raw: '150,000', value: { __typename: 'Quantity', value: '150000', unit: 'u' } },
    { raw: '1,5', value: { __typename: 'TextValue', text: '1,5 u' } },
    { raw: '1.2.3', value: { __typename: 'TextValue', text: '1.2.3 u' } },
    { raw: '1:40', value: { __typename: 'TextValue', text: '1:40 u' } },
    { raw: 'NEGATIVE', value: { __typename: 'TextValue', text: 'NEGATIVE u' } },
  ])('of "$raw" are $value', ({ raw, value }) => {
    expect(toLabValue(raw, 'u')).toEqual(value);
  });

  it('of nothing have no value', () => {
    expect(labs([result({ analytes: [analyte({ value: '' })] })])[0]?.value).toBeNull();
  });

  it.each([
    { raw: 'final', status: 'FINAL' },
    { raw: 'Corrected', status: 'CORRECTED' },
    { raw: 'preliminary', status: 'PRELIMINARY' },
    { raw: 'Partial', status: 'PRELIMINARY' },
    { raw: 'Pending', status: 'REGISTERED' },
    { raw: 'Cancelled', status: 'CANCELLED' },
    { raw: 'reflexed', status: 'UNMAPPED' },
    { raw: '', status: 'UNKNOWN' },
  ])('whose status is "$raw" are $status', ({ raw, status }) => {
    const [lab] = labs([result({ resultstatus: '', analytes: [analyte({ resultstatus: raw })] })]);
    expect(lab).toMatchObject({ status, vendorStatus: raw === '' ? null : raw });
  });

  it('take the result’s status where the analyte has none', () => {
    expect(labs([result({ resultstatus: 'preliminary', analytes: [analyte({ resultstatus: '' })] })])[0]?.status).toBe(
      'PRELIMINARY',
    );
  });

  it.each([
    { row: { abnormalflag: 'high' }, code: 'H' },
    { row: { abnormalflag: 'Critical High', abnormalhl7code: 'H' }, code: 'HH' },
    { row: { abnormalflag: 'low' }, code: 'L' },
    { row: { abnormalflag: 'critical low' }, code: 'LL' },
    { row: { abnormalflag: 'abnormal' }, code: 'A' },
    { row: { abnormalflag: 'hh' }, code: 'HH' },
    { row: { abnormalflag: '', abnormalhl7code: 'LL' }, code: 'LL' },
    { row: { abnormalflag: 'off scale' }, code: undefined },
  ])('with $row are interpreted as $code', ({ row, code }) => {
    const [lab] = labs([result({ analytes: [analyte(row)] })]);
    expect(lab?.interpretations[0]?.codings[0]?.code).toBe(code);
    expect(lab?.interpretations[0]?.text).toBe(row.abnormalflag || row.abnormalhl7code);
  });

  it('without a flag are not interpreted', () => {
    expect(labs([result({ analytes: [analyte({ abnormalflag: '' })] })])[0]?.interpretations).toEqual([]);
  });

  const DAY = { start: '2025-10-20T04:00:00Z', end: '2025-10-21T03:59:59.999Z' };
  it.each([
    {
      title: 'a day, when the time is midnight',
      row: { analytedatetime: '10/20/2025 00:00:00' },
      more: {},
      effective: DAY,
    },
    {
      title: 'the result’s time of that day',
      row: { analytedatetime: '10/20/2025 00:00:00' },
      more: { labresultdatetime: '10/20/2025 14:59:00' },
      effective: { start: '2025-10-20T18:59:00Z', end: '2025-10-20T18:59:00Z' },
    },
    {
      title: 'its own day, not the result’s time of another',
      row: { analytedatetime: '10/20/2025 00:00:00' },
      more: { labresultdatetime: '10/21/2025 14:59:00' },
      effective: DAY,
    },
    {
      title: 'the result’s day',
      row: { analytedate: '', analytedatetime: '' },
      more: { labresultdate: '10/20/2025' },
      effective: DAY,
    },
    { title: 'nothing', row: { analytedate: '', analytedatetime: '' }, more: {}, effective: null },
  ])('are of $title', ({ row, more, effective }) => {
    expect(labs([result({ ...more, analytes: [analyte(row)] })])[0]?.effective).toEqual(effective);
  });

  it('without analytes are shown as they are', () => {
    expect(labs([result({ analytes: [], resultstatus: '', labresultnote: 'see scan' })])).toMatchObject([
      {
        key: '5001.l.169750',
        externalId: '169750',
        status: 'UNKNOWN',
        code: { codings: [], text: 'hemoglobin A1c' },
        value: null,
        own: { note: 'see scan' },
      },
    ]);
  });

  it('that repeat an analyte keep both', () => {
    expect(
      labs([result({ analytes: [analyte({ value: '1' }), analyte({ value: '2' })] })]).map(({ key }) => key),
    ).toEqual(['5001.l.169750.7714', '5001.l.169750.7714.2']);
  });

  it('have words for every status and flag that can be sent', () => {
    expect([RESULT_STATUS.from('FINAL'), RESULT_STATUS.from('CORRECTED'), RESULT_STATUS.from('PRELIMINARY')]).toEqual([
      'final',
      'corrected',
      'preliminary',
    ]);
    expect([ABNORMAL_FLAG.from('H'), ABNORMAL_FLAG.from('LL')]).toEqual(['high', 'critical low']);
  });
});
