import { describe, expect, it } from 'vitest';
import type { Commands } from '../../../schema/commands.ts';
import { parseFhir, printFhir } from '../document.ts';
import { context } from '../fixtures/records.ts';
import { toResource } from '../payload.ts';
import { toClaim } from './claim.ts';
import { newClaim } from './claim-form.ts';

const INPUT: Commands['submitClaim'] = {
  patient: 'p1',
  practitioner: 'd1',
  diagnoses: ['E11.9', 'I10'],
  lines: [
    {
      procedure: '99213',
      modifiers: ['25'],
      diagnosisPointers: [1, 2],
      units: '1',
      charge: '189.50',
      serviceDate: '2026-11-02',
    },
    {
      procedure: 'J1100',
      modifiers: ['LT', 'JW'],
      diagnosisPointers: [2],
      units: '0.50',
      charge: '0.10',
      serviceDate: '2026-11-03',
    },
  ],
  payer: 'Blue Cross & Söhne',
};
const written = printFhir(newClaim(INPUT, { reference: 'Coverage/c1' }, '2026-11-20T12:00:00.000Z'));
const record = toClaim(toResource('Claim', parseFhir(written.replace('{', '{"id":"c1",')), 'test'), [], context);

describe('newClaim', () => {
  it('reads back as it was given', () => {
    expect(record).toMatchObject({ patientKey: 'p1', practitionerKey: 'd1', status: 'SUBMITTED', payer: INPUT.payer });
    expect(record.diagnoses.map(({ codings }) => codings[0])).toMatchObject([
      { system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'E11.9' },
      { system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'I10' },
    ]);
    expect(
      record.lines.map(({ procedure, modifiers, diagnosisPointers, units, charge, serviceDate }) => ({
        procedure: procedure?.codings[0]?.code,
        modifiers: modifiers.map(({ code }) => code),
        diagnosisPointers,
        units,
        charge: charge?.value,
        serviceDate,
      })),
    ).toEqual(INPUT.lines);
  });

  it('names each code’s system', () => {
    expect(
      record.lines.map(({ procedure, modifiers }) =>
        [procedure, ...modifiers.map((one) => ({ codings: [one] }))].map((one) => one?.codings[0]?.system),
      ),
    ).toEqual([
      ['http://www.ama-assn.org/go/cpt', 'http://www.ama-assn.org/go/cpt'],
      ['urn:oid:2.16.840.1.113883.6.285', 'urn:oid:2.16.840.1.113883.6.285', 'urn:oid:2.16.840.1.113883.6.285'],
    ]);
  });

  it('sums the lines exactly, every digit kept', () => {
    expect(written).toContain('"total":{"value":189.60,"currency":"USD"}');
    expect(written).toContain('"quantity":{"value":0.50}');
  });

  it('has all that R4 demands of a claim', () => {
    expect(JSON.parse(written)).toMatchObject({
      status: 'active',
      use: 'claim',
      type: { coding: [{ code: 'professional' }] },
      priority: { coding: [{ code: 'normal' }] },
      created: '2026-11-20T12:00:00.000Z',
      insurance: [{ sequence: 1, focal: true, coverage: { reference: 'Coverage/c1' } }],
    });
  });
});
