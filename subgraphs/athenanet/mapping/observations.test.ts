import { describe, expect, it } from 'vitest';
import { LabResultPayload, VitalPayload } from '../payload/chart.ts';
import { duplicatesIn, newestOf } from './corrections.ts';
import { ABNORMAL_FLAG, RESULT_STATUS, toLabs, toLabValue } from './labs.ts';
import { labKey, readKey, vitalKey } from './observation.ts';
import { ELEMENTS, toVitals } from './vitals.ts';

const ZONE = 'America/New_York';
const LOINC = 'http://loinc.org';
const UCUM = 'http://unitsofmeasure.org';

const reading = (element: string, value: string, more: object = {}) => ({
  clinicalelementid: element,
  vitalid: 25968,
  value,
  readingid: 1,
  readingtaken: '10/14/2025',
  createddate: '10/14/2025 09:20:11',
  source: 'ENCOUNTER',
  sourceid: 36253,
  ...more,
});
const vitals = (key: string, ...groups: readonly (readonly object[])[]) =>
  toVitals([VitalPayload.parse({ key, readings: groups })], '5002', ZONE);

describe('vitals', () => {
  it('that are both blood pressures are one panel, systolic first', () => {
    const group = [
      reading('VITALS.BLOODPRESSURE.DIASTOLIC', '64', { vitalid: 25967, code: '8462-4', codeset: 'LOINC' }),
      reading('VITALS.BLOODPRESSURE.SYSTOLIC', '102', { code: '8480-6', codeset: 'LOINC' }),
    ];
    expect(vitals('BLOODPRESSURE', group)).toMatchObject([
      {
        key: '5002.v.25968',
        externalId: '25968',
        patientKey: '5002',
        status: 'FINAL',
        categories: [{ codings: [{ code: 'vital-signs' }] }],
        code: { codings: [{ system: LOINC, code: '85354-9' }], text: 'Blood pressure' },
        effective: { start: '2025-10-14T04:00:00Z', end: '2025-10-15T03:59:59.999Z' },
        issued: '2025-10-14T13:20:11Z',
        value: null,
        components: [
          { code: { codings: [{ system: LOINC, code: '8480-6' }] }, value: { value: '102', code: 'mm[Hg]' } },
          { code: { codings: [{ system: LOINC, code: '8462-4' }] }, value: { value: '64', code: 'mm[Hg]' } },
        ],
        own: { recordedIn: 'ENCOUNTER', encounterId: '36253' },
      },
    ]);
  });

  it('of one pressure alone are a panel of that one, with where and how it was taken', () => {
    const group = [
      reading('VITALS.BLOODPRESSURE.TYPE', 'sitting', { vitalid: 1 }),
      reading('VITALS.BLOODPRESSURE.DIASTOLIC', '90', { vitalid: 2 }),
    ];
    const [panel, ...more] = vitals('BLOODPRESSURE', group);
    expect(more).toEqual([]);
    expect(panel).toMatchObject({
      key: '5002.v.2',
      code: { codings: [{ code: '85354-9' }] },
      components: [
        { code: { codings: [{ code: '8462-4' }] }, value: { value: '90' } },
        {
          code: { codings: [], text: 'VITALS.BLOODPRESSURE.TYPE' },
          value: { __typename: 'TextValue', text: 'sitting' },
        },
      ],
    });
  });

  it('taken one after the other stay apart', () => {
    const systolic = (vitalid: number, value: string) => [reading('VITALS.BLOODPRESSURE.SYSTOLIC', value, { vitalid })];
    expect(vitals('BLOODPRESSURE', systolic(1, '160'), systolic(2, '150')).map(({ key }) => key)).toEqual([
      '5002.v.1',
      '5002.v.2',
    ]);
  });

  it.each([
    { element: 'VITALS.WEIGHT', raw: '41276.90', value: '41276.90', unit: 'g', code: 'g', loinc: '29463-7' },
    { element: 'VITALS.HEIGHT', raw: '170', value: '170', unit: 'cm', code: 'cm', loinc: '8302-2' },
    { element: 'VITALS.TEMPERATURE', raw: '98.6', value: '98.6', unit: 'degF', code: '[degF]', loinc: '8310-5' },
    { element: 'VITALS.HEARTRATE', raw: '72', value: '72', unit: '/min', code: '/min', loinc: '8867-4' },
    { element: 'VITALS.RESPIRATIONRATE', raw: '16', value: '16', unit: '/min', code: '/min', loinc: '9279-1' },
    { element: 'VITALS.BMI', raw: '24.5', value: '24.5', unit: 'kg/m2', code: 'kg/m2', loinc: '39156-5' },
  ])('of $element are in $unit', ({ element, raw, value, unit, code, loinc }) => {
    expect(vitals(element.replace('VITALS.', ''), [reading(element, raw)])).toMatchObject([
      {
        code: { codings: [{ system: LOINC, code: loinc }] },
        value: { __typename: 'Quantity', value, unit, system: UCUM, code },
        components: [],
      },
    ]);
  });

  it.each([
    {
      title: 'an element without a known unit',
      row: reading('VITALS.PAINSCALE', '4'),
      value: { value: '4', unit: null },
    },
    {
      title: 'a unit that the vendor names',
      row: reading('VITALS.O2SATURATION', '97', { unit: '%' }),
      value: { value: '97', unit: '%' },
    },
    {
      title: 'another unit than the usual one',
      row: reading('VITALS.WEIGHT', '90', { unit: 'lbs' }),
      value: { value: '90', unit: 'lbs' },
    },
    {
      title: 'words',
      row: reading('VITALS.PAINSCALE', 'refused'),
      value: { __typename: 'TextValue', text: 'refused' },
    },
    { title: 'nothing', row: reading('VITALS.HEARTRATE', ''), value: {} },
  ])('with $title say no more than that', ({ row, value }) => {
    const [vital] = vitals('X', [row]);
    expect(vital?.value ?? {}).toMatchObject(value);
    expect(vital?.value ?? {}).not.toHaveProperty('system');
  });

  it('keep what qualifies a reading as its component', () => {
    const group = [
      reading('VITALS.TEMPERATURE.TYPE', 'oral', { vitalid: 2 }),
      reading('VITALS.TEMPERATURE', '98.6', { vitalid: 1 }),
    ];
    expect(vitals('TEMPERATURE', group)).toMatchObject([
      { key: '5002.v.1', value: { value: '98.6' }, components: [{ value: { text: 'oral' } }] },
    ]);
  });

  it('that belong to nothing stand alone', () => {
    const group = [reading('VITALS.EYE.LEFT', '1', { vitalid: 1 }), reading('VITALS.EYE.RIGHT', '2', { vitalid: 2 })];
    expect(vitals('EYE', group).map(({ key }) => key)).toEqual(['5002.v.1', '5002.v.2']);
  });

  it('name a code system only for LOINC', () => {
    const [vital] = vitals('X', [reading('VITALS.X', '1', { code: '271649006', codeset: 'SNOMED' })]);
    expect(vital?.code.codings).toEqual([{ code: '271649006' }]);
  });

  it('have one element for each LOINC code', () => {
    const codes = Object.values(ELEMENTS).map(({ loinc }) => loinc);
    expect(new Set(codes).size).toBe(codes.length);
  });
});

const analyte = (more: object = {}) => ({
  analyteid: 7714,
  analytename: 'HGB A1C',
  loinc: '4548-4',
  description: 'Hemoglobin A1c/Hemoglobin.total in Blood',
  value: '5.40',
  units: '%',
  referencerange: '4.0-5.6',
  resultstatus: 'final',
  abnormalflag: 'normal',
  analytedate: '10/20/2025',
  analytedatetime: '10/20/2025 14:59:00',
  ...more,
});
const result = (more: object = {}) => ({
  labresultid: 169750,
  description: 'hemoglobin A1c',
  resultstatus: 'final',
  orderid: 169749,
  analytes: [analyte()],
  ...more,
});
const labs = (results: readonly object[], labCodes: Record<string, string> = {}) =>
  toLabs(
    results.map((one) => LabResultPayload.parse(one)),
    '5001',
    { timeZone: ZONE, labCodes },
  );

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

describe('an observation’s key', () => {
  it.each([
    { key: vitalKey('5002', '25968'), place: { patient: '5002', kind: 'vitals' } },
    { key: labKey('5001', '169750', '7714'), place: { patient: '5001', kind: 'labs' } },
    { key: labKey('5001', '169750', '7714', 2), place: { patient: '5001', kind: 'labs' } },
    { key: labKey('5001', '169750'), place: { patient: '5001', kind: 'labs' } },
    { key: '5001', place: undefined },
    { key: '5001.x.1', place: undefined },
    { key: '../chart.v.1', place: undefined },
    { key: '0.v.1', place: undefined },
    { key: '5001.v.1.2', place: undefined },
  ])('"$key" is in $place', ({ key, place }) => {
    expect(readKey(key)).toEqual(place);
  });
});
