import { describe, expect, it } from 'vitest';
import { context, fromText, fromWire } from '../fixtures/records.ts';
import { toObservation } from './observation.ts';

const map = (fields: object) => toObservation(fromWire('Observation', fields), context);
const DAR = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';
const reason = (code: string) => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code }],
});

describe('toObservation', () => {
  it.each([
    ['1.00', '1.00'],
    ['1E-22', '1E-22'],
    ['1.000000000000000000E-245', '1.000000000000000000E-245'],
    ['-1.000000000000000000E+245', '-1.000000000000000000E+245'],
    ['1000000000000000000', '1000000000000000000'],
    ['0', '0'],
  ])('keeps the number %s as it is written', (written, value) => {
    const text = `{"resourceType":"Observation","id":"1","valueQuantity":{"value":${written},"unit":"g"}}`;
    expect(toObservation(fromText('Observation', text), context).value).toMatchObject({
      __typename: 'Quantity',
      value,
    });
  });

  it.each([
    [
      'a quantity',
      {
        valueQuantity: {
          value: 0.01,
          comparator: '<',
          unit: 'g/dL',
          system: 'http://unitsofmeasure.org',
          code: 'g/dL',
        },
      },
      { __typename: 'Quantity', value: '0.01', comparator: '<', unit: 'g/dL', code: 'g/dL' },
    ],
    [
      'a unit without a code',
      { valueQuantity: { value: 12, unit: 'grams' } },
      { value: '12', unit: 'grams', code: null, system: null },
    ],
    [
      'a concept',
      { valueCodeableConcept: { coding: [{ code: 'A' }], text: 'Group A' } },
      { __typename: 'CodeableConcept', text: 'Group A' },
    ],
    ['words', { valueString: 'See note' }, { __typename: 'TextValue', text: 'See note' }],
    ['true', { valueBoolean: true }, { __typename: 'BooleanValue', boolean: true }],
    ['false', { valueBoolean: false }, { __typename: 'BooleanValue', boolean: false }],
    ['a whole number', { valueInteger: 7 }, { __typename: 'IntegerValue', integer: 7 }],
    ['a whole number beyond Int', { valueInteger: 4000000000 }, { __typename: 'Quantity', value: '4000000000' }],
    [
      'a range',
      { valueRange: { low: { value: 1 }, high: { value: 2 } } },
      { __typename: 'RangeValue', low: { value: '1' }, high: { value: '2' } },
    ],
    [
      'a ratio',
      { valueRatio: { numerator: { value: 1 }, denominator: { value: 128 } } },
      { __typename: 'RatioValue', denominator: { value: '128' } },
    ],
    ['a time', { valueTime: '10:30:00' }, { __typename: 'DateTimeValue', dateTime: '10:30:00' }],
    ['a month', { valueDateTime: '2016-09' }, { __typename: 'DateTimeValue', dateTime: '2016-09' }],
    [
      'a period',
      { valuePeriod: { start: '2026-03-01T10:00:00+05:30' } },
      { __typename: 'PeriodValue', period: { start: '2026-03-01T04:30:00Z', end: null } },
    ],
    [
      'a reason',
      { dataAbsentReason: reason('not-performed') },
      { __typename: 'AbsentValue', reason: { codings: [{ code: 'not-performed' }] } },
    ],
    [
      'a reason on the value',
      { valueQuantity: { extension: [{ url: DAR, valueCode: 'masked' }] } },
      { __typename: 'AbsentValue', reason: { codings: [{ code: 'masked' }] } },
    ],
  ])('reads %s', (_what, fields, value) => {
    expect(map(fields).value).toMatchObject(value);
  });

  it('says nothing where nothing is said', () => {
    expect(map({}).value).toBeNull();
    expect(map({}).effective).toBeNull();
  });

  it('multiplies the factor of sampled data into the samples, exactly', () => {
    const valueSampledData = {
      origin: { value: 2048 },
      period: 10,
      factor: 1.612,
      dimensions: 1,
      data: '2041 E -0.5 L U',
      lowerLimit: -3300,
    };
    const observation = map({ valueSampledData });
    expect(observation.value).toMatchObject({
      __typename: 'SampledData',
      periodMs: '10',
      dimensions: 1,
      data: '3290.092 E -0.806 L U',
    });
    expect(observation.own?.sampling).toEqual({ factor: '1.612', lowerLimit: '-3300', upperLimit: null });
  });

  it('keeps components with their own reasons', () => {
    const component = [
      { code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] }, valueQuantity: { value: 120 } },
      { code: { coding: [{ system: 'http://loinc.org', code: '8462-4' }] }, dataAbsentReason: reason('not-performed') },
    ];
    expect(map({ component }).components).toMatchObject([
      { code: { codings: [{ code: '8480-6' }] }, value: { value: '120' } },
      { code: { codings: [{ code: '8462-4' }] }, value: { __typename: 'AbsentValue' } },
    ]);
  });

  it('shows what Oracle masks as masked', () => {
    const masked = { extension: [{ url: DAR, valueCode: 'masked' }] };
    expect(map({ status: 'entered-in-error', code: { coding: [masked] } })).toMatchObject({
      status: 'ENTERED_IN_ERROR',
      code: { codings: [], text: null },
      value: { __typename: 'AbsentValue', reason: { codings: [{ code: 'masked' }] } },
      own: { redacted: true },
    });
  });

  it('marks what Veradigm redacts', () => {
    const meta = { security: [{ code: 'REDACTED' }] };
    expect(map({ meta, code: { text: 'redacted' } }).own?.redacted).toBe(true);
    expect(map({ code: { text: 'pulse' } }).own?.redacted).toBe(false);
  });

  it.each([
    ['a moment', { effectiveDateTime: '2026-03-01T10:00:00-05:00' }, '2026-03-01T15:00:00Z', '2026-03-01T15:00:00Z'],
    [
      'a day of the source’s zone',
      { effectiveDateTime: '2024-02-29' },
      '2024-02-29T05:00:00Z',
      '2024-03-01T04:59:59.999Z',
    ],
    ['a day of 23 hours', { effectiveDateTime: '2026-03-08' }, '2026-03-08T05:00:00Z', '2026-03-09T03:59:59.999Z'],
    ['a month', { effectiveDateTime: '2024-02' }, '2024-02-01T05:00:00Z', '2024-03-01T04:59:59.999Z'],
    ['a year', { effectiveDateTime: '2024' }, '2024-01-01T05:00:00Z', '2025-01-01T04:59:59.999Z'],
    ['an open period', { effectivePeriod: { start: '2026-03-01T10:00:00+05:30' } }, '2026-03-01T04:30:00Z', null],
    ['a period until a day', { effectivePeriod: { end: '2026-03-01' } }, null, '2026-03-02T04:59:59.999Z'],
    [
      'an instant',
      { effectiveInstant: '2026-03-01T10:00:00.250Z' },
      '2026-03-01T10:00:00.25Z',
      '2026-03-01T10:00:00.25Z',
    ],
    [
      'several events',
      { effectiveTiming: { event: ['2026-03-02T00:00:00Z', '2026-03-01T00:00:00Z'] } },
      '2026-03-01T00:00:00Z',
      '2026-03-02T00:00:00Z',
    ],
  ])('places it in time by %s', (_what, fields, start, end) => {
    expect(map(fields).effective).toEqual({ start, end });
  });

  it('does not take a day that does not exist for a time', () => {
    expect(map({ effectiveDateTime: '2026-02-30' }).effective).toBeNull();
  });

  it('puts LOINC first and keeps the other codes', () => {
    const coding = [
      { system: 'https://fhir.example.org/codeSet/72', code: '2700655', userSelected: true },
      { system: 'http://loinc.org', code: '718-7' },
    ];
    expect(map({ code: { coding, text: 'Hgb' } }).code).toEqual({
      codings: [
        { system: 'http://loinc.org', code: '718-7', display: null },
        { system: 'https://fhir.example.org/codeSet/72', code: '2700655', display: null },
      ],
      text: 'Hgb',
    });
  });

  it('adds the LOINC code that the practice’s own code is configured for, unless there is one', () => {
    const local = { system: 'urn:lab', code: 'GLU' };
    expect(map({ code: { coding: [local] } }).code.codings.map(({ code }) => code)).toEqual(['2345-7', 'GLU']);
    const both = { coding: [local, { system: 'http://loinc.org', code: '2339-0' }] };
    expect(map({ code: both }).code.codings.map(({ code }) => code)).toEqual(['2339-0', 'GLU']);
  });

  it('shows the normal range, and all of them with what they mean', () => {
    const unit = { unit: 'g/dL' };
    const fields = {
      valueQuantity: { value: 12, ...unit },
      referenceRange: [
        {
          low: { value: 13.5, ...unit },
          high: { value: 17.5, ...unit },
          type: { coding: [{ code: 'normal' }] },
          appliesTo: [{ text: 'male' }],
          age: { low: { value: 18, unit: 'yr' } },
        },
        { low: { value: 5, ...unit }, type: { coding: [{ code: 'critical' }] } },
      ],
    };
    expect(map(fields)).toMatchObject({
      referenceRange: '13.5-17.5 (male, age >=18 yr)',
      own: { referenceRanges: ['13.5-17.5 normal (male, age >=18 yr)', '>=5 critical'] },
    });
  });

  it.each([
    ['another unit than the value’s', { high: { value: 5.6, unit: 'mmol/L' } }, '<=5.6 mmol/L'],
    ['words', { text: 'negative' }, 'negative'],
    ['nothing', {}, null],
  ])('writes a range of %s', (_what, range, expected) => {
    expect(map({ valueQuantity: { value: 90, unit: 'mg/dL' }, referenceRange: [range] }).referenceRange).toBe(expected);
  });

  it.each([
    ['registered', 'REGISTERED'],
    ['preliminary', 'PRELIMINARY'],
    ['final', 'FINAL'],
    ['amended', 'AMENDED'],
    ['corrected', 'CORRECTED'],
    ['cancelled', 'CANCELLED'],
    ['entered-in-error', 'ENTERED_IN_ERROR'],
    ['unknown', 'UNKNOWN'],
    ['done', 'UNMAPPED'],
  ])('reads the status %s as %s', (status, expected) => {
    expect(map({ status })).toMatchObject({ status: expected, vendorStatus: status });
  });

  it('belongs to a patient, not to a device or group', () => {
    expect(map({ subject: { reference: 'Patient/7' } }).patientKey).toBe('7');
    expect(map({ subject: { reference: 'Group/7' } }).patientKey).toBeNull();
  });
});
