import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Loaded, loadNdjson } from '../load.ts';
import { reasons } from './fixture/account.ts';
import { FILES } from './fixture/export.ts';
import { folderWith } from './fixture/folder.ts';

const NOW = '2026-11-18T15:00:00Z';

describe('results and claims of an export', () => {
  let loaded: Loaded;
  let dispose: () => Promise<void>;
  const number = (key: string): number | undefined => loaded.ids.get(key);
  const found = <T extends { readonly id: number }>(list: readonly T[], key: string): T | undefined =>
    list.find(({ id }) => id === number(key));

  beforeAll(async () => {
    const folder = await folderWith(FILES);
    dispose = folder.dispose;
    loaded = await loadNdjson([folder.path], { now: NOW });
  });
  afterAll(() => dispose());

  it('keeps the digits of results, and what stood in one report together', () => {
    const decimals = found(loaded.practice.observations, 'Observation/decimals');
    expect(decimals).toEqual({
      id: 1,
      patientId: 1,
      category: 'laboratory',
      code: { system: 'http://loinc.org', code: '718-7', display: 'Hemoglobin' },
      effective: '2026-10-01T14:00:00Z',
      reportId: 1,
      reportName: 'Blood count',
      issued: '2026-10-02T14:00:00.12Z',
      status: 'final',
      value: { kind: 'quantity', value: '1.00', unit: 'g/dL', ucum: 'g/dL', comparator: '<' },
      components: [],
      interpretation: 'L',
      referenceLow: '13.50',
      referenceHigh: '17.5',
      history: [],
    });
    expect(found(loaded.practice.observations, 'Observation/same-report')).toMatchObject({
      reportId: 1,
      localCode: 'X1',
      code: { code: '5778-6' },
      value: { kind: 'code', code: { code: '10828004', display: 'Positive' } },
    });
  });

  it.each([
    ['text', { value: { kind: 'text', text: 'see note' }, reportName: 'Hemoglobin' }],
    ['boolean', { value: { kind: 'text', text: 'false' } }],
    ['corrected', { status: 'corrected', value: { value: '0.10' }, history: [] }],
    [
      'pressure',
      {
        category: 'vital-signs',
        reportName: 'Vital signs',
        components: [{ code: { code: '8480-6' }, value: { value: '120.0' } }, { code: { code: '8462-4' } }],
      },
    ],
  ])('reads the %s result', (id, expected) => {
    expect(found(loaded.practice.observations, `Observation/${id}`)).toMatchObject(expected);
  });

  it('leaves out results that the systems could only tell wrongly', () => {
    expect(loaded.practice.observations).toHaveLength(6);
    expect(reasons(loaded, 'Observation')).toEqual({
      'has a value that is neither a number, a text nor a code': 1,
      'does not say exactly when it was taken': 1,
      'is about nobody in the files': 1,
      'has no code': 1,
    });
  });

  it('joins claims with what their newest explanation of benefit says', () => {
    expect(found(loaded.practice.claims, 'Claim/paid')).toEqual({
      id: 1,
      patientId: 1,
      practitionerId: 1,
      appointmentId: number('Appointment/plain'),
      status: 'paid',
      payer: 'Blue Cross',
      serviceStart: '2026-09-30',
      serviceEnd: '2026-09-30',
      createdAt: '2026-10-02T04:00:00Z',
      diagnoses: [{ system: 'http://snomed.info/sct', code: '82272006', display: 'Common cold' }],
      lines: [
        {
          id: 1,
          procedure: { system: 'http://www.ama-assn.org/go/cpt', code: '99213', display: '99213' },
          modifiers: [],
          diagnosisPointers: [1],
          units: '1',
          date: '2026-09-30',
        },
      ],
      totalCharge: '120.5',
      insurancePaid: '100.25',
      patientResponsibility: '20.3',
      payments: [{ id: 1, from: 'insurance', amount: '100.25', date: '2026-10-05' }],
    });
    expect(found(loaded.practice.claims, 'Claim/unexplained')).toMatchObject({ status: 'submitted', payments: [] });
    expect(found(loaded.practice.claims, 'Claim/unpaid')).toMatchObject({
      status: 'accepted',
      insurancePaid: '0',
      patientResponsibility: '30.1',
      payments: [],
    });
    expect(found(loaded.practice.claims, 'Claim/draft')).toMatchObject({
      status: 'draft',
      serviceStart: '2026-10-03',
      lines: [{ units: '2', charge: '7.5', modifiers: ['25'], date: '2026-10-03' }],
    });
  });

  it('counts claims and explanations that it leaves out', () => {
    expect(reasons(loaded, 'Claim')).toEqual({
      'only asks beforehand and bills nothing': 1,
      'was entered in error': 1,
      'has a line without a code': 1,
      'is not in dollars': 1,
    });
    expect(reasons(loaded, 'ExplanationOfBenefit')).toEqual({
      'does not hold': 1,
      'was replaced by a newer one of the same claim': 1,
      'explains a claim that was left out': 1,
      'explains no claim in the files': 1,
    });
  });
});
