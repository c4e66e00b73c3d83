import { describe, expect, it } from 'vitest';
import type { Commands, ObservationInput } from '../../../schema/commands.ts';
import { parseFhir, printFhir } from '../document.ts';
import { context, SAMPLE } from '../fixtures/records.ts';
import { toResource } from '../payload.ts';
import type { Element } from '../writes/wire.ts';
import { toObservation } from './observation.ts';
import { correctedObservation, fromObservation } from './observation-form.ts';

type Input = Commands['recordObservation'];

const resourceOf = (document: unknown) => toResource('Observation', parseFhir(printFhir(document)), 'test');
const read = (document: object) => toObservation(resourceOf({ id: 'r1', ...document }), context);

const PRESSURE: Input = {
  patient: '12345',
  code: '8480-6',
  value: { quantity: { value: '120', unit: 'mmHg', code: 'mm[Hg]' } },
  effective: '2023-03-20T09:30:00Z',
  status: 'FINAL',
};

describe('fromObservation', () => {
  it('writes the guide’s sample', () => {
    expect(printFhir(fromObservation(PRESSURE))).toBe(JSON.stringify(SAMPLE));
  });

  it.each<[what: string, value: ObservationInput, back: object]>([
    [
      'a quantity with its digits',
      { quantity: { value: '7.40', unit: 'g' } },
      { __typename: 'Quantity', value: '7.40', unit: 'g' },
    ],
    ['a tiny quantity', { quantity: { value: '1e-245' } }, { __typename: 'Quantity', value: '1e-245' }],
    ['a long quantity', { quantity: { value: '12345678901234567890.10' } }, { value: '12345678901234567890.10' }],
    ['a negative quantity without a leading zero', { quantity: { value: '-.5' } }, { value: '-0.5' }],
    [
      'a unit by its code alone',
      { quantity: { value: '1', code: 'kg' } },
      { unit: 'kg', code: 'kg', system: 'http://unitsofmeasure.org' },
    ],
    [
      'a code',
      { code: 'http://snomed.info/sct|260373001' },
      { __typename: 'CodeableConcept', codings: [{ system: 'http://snomed.info/sct', code: '260373001' }] },
    ],
    ['a word for a code', { code: 'POS' }, { __typename: 'CodeableConcept', codings: [{ code: 'POS' }] }],
    ['a text', { text: 'Ä "x" <y>\n&' }, { __typename: 'TextValue', text: 'Ä "x" <y>\n&' }],
    ['false', { boolean: false }, { __typename: 'BooleanValue', boolean: false }],
    ['a whole number', { integer: 0 }, { __typename: 'IntegerValue', integer: 0 }],
    ['a time', { dateTime: '2026-01-02T03:04:05Z' }, { __typename: 'DateTimeValue', dateTime: '2026-01-02T03:04:05Z' }],
  ])('reads back %s', (_what, value, back) => {
    expect(read(fromObservation({ ...PRESSURE, value })).value).toMatchObject(back);
  });

  it.each<[code: string, category: string | undefined, codings: object, categories: readonly string[]]>([
    ['2345-7', undefined, [{ system: 'http://loinc.org', code: '2345-7' }], []],
    ['2345-7', 'laboratory', [{ system: 'http://loinc.org', code: '2345-7' }], ['laboratory']],
    ['29463-7', undefined, [{ system: 'http://loinc.org', code: '29463-7' }], ['vital-signs']],
    ['29463-7', 'survey', [{ system: 'http://loinc.org', code: '29463-7' }], ['survey']],
    ['urn:oid:1.2|77', 'exam', [{ system: 'urn:oid:1.2', code: '77' }], ['exam']],
    ['GLUC', undefined, [{ code: 'GLUC' }], []],
  ])('reads back the code %s of category %s', (code, category, codings, categories) => {
    const given = { ...PRESSURE, code, ...(category === undefined ? {} : { category }) };
    const record = read(fromObservation(given));
    expect(record.code.codings).toMatchObject(codings);
    expect(record.categories.map((one) => one.codings[0]?.code)).toEqual(categories);
  });
});

const FLAGGED = `{"resourceType":"Observation","id":"r1","meta":{"versionId":"1"},"status":"final",
"extension":[{"url":"http://example.org/x","valueDecimal":1.10}],
"category":[{"coding":[{"code":"vital-signs"}]}],
"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}],"text":"Systolic"},
"subject":{"reference":"Patient/12345"},"effectiveDateTime":"2023-03-20T09:30:00Z","issued":"2023-03-20T10:00:00Z",
"valueQuantity":{"value":220.0,"unit":"mmHg"},"interpretation":[{"coding":[{"code":"H"}]}],
"referenceRange":[{"high":{"value":140.0}}],"note":[{"text":"left arm"}]}`;
const flagged = (status = 'final') => parseFhir(FLAGGED.replace('"final"', `"${status}"`)) as Element;
const NOW = '2026-11-20T12:00:00.000Z';
const corrected = (input: Partial<Input>, status = 'final') =>
  correctedObservation(flagged(status), resourceOf(flagged(status)), { ...PRESSURE, corrects: 'r1', ...input }, NOW);

describe('correctedObservation', () => {
  it('replaces value and time, drops what judged the old value, and keeps all else as it is written', () => {
    const document = corrected({ value: { quantity: { value: '122.0', unit: 'mmHg', code: 'mm[Hg]' } } });
    expect(printFhir(document)).toBe(
      printFhir({
        ...Object.fromEntries(
          Object.entries(flagged()).filter(
            ([name]) => !['valueQuantity', 'interpretation', 'effectiveDateTime'].includes(name),
          ),
        ),
        status: 'corrected',
        issued: NOW,
        effectiveDateTime: PRESSURE.effective,
        valueQuantity: parseFhir('{"value":122.0,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}'),
      }),
    );
  });

  it.each([
    ['final', 'FINAL', 'corrected'],
    ['corrected', 'FINAL', 'corrected'],
    ['preliminary', 'FINAL', 'final'],
    ['registered', 'FINAL', 'final'],
    ['final', 'AMENDED', 'amended'],
    ['final', 'CORRECTED', 'corrected'],
    ['preliminary', 'PRELIMINARY', 'preliminary'],
  ] as const)('makes of a %s result that is put right as %s a %s one', (before, status, after) => {
    expect(corrected({ status }, before).status).toBe(after);
  });

  it('leaves a withdrawn result what it said', () => {
    expect(printFhir(corrected({ status: 'ENTERED_IN_ERROR', value: { text: 'x' } }))).toBe(
      printFhir({ ...flagged(), status: 'entered-in-error' }),
    );
  });

  it('replaces a value of another type, and the reason why there was none', () => {
    expect(Object.keys(corrected({ value: { text: 'see note' } }))).not.toContain('valueQuantity');
    expect(corrected({ value: { text: 'see note' } }).valueString).toBe('see note');
  });

  it('takes another code in place of the old one', () => {
    expect(corrected({ code: '8462-4' }).code).toMatchObject({ text: 'Diastolic blood pressure' });
    expect(corrected({}).code).toEqual({ coding: [{ system: 'http://loinc.org', code: '8480-6' }], text: 'Systolic' });
  });
});
