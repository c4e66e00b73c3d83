import { describe, expect, it } from 'vitest';
import { VitalPayload } from '../payload/chart.ts';
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
