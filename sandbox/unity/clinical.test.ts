import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, openBench, pick } from './caller.ts';

let touchworks: Bench;
beforeAll(async () => {
  touchworks = await openBench();
});
afterAll(async () => {
  await touchworks.simulator.close();
});

describe('GetClinicalSummary', () => {
  const entries = async (fields: Readonly<Record<string, string>>) =>
    (await touchworks.rows('GetClinicalSummary', { PatientID: '11', ...fields })).map((row) =>
      pick(row, ['description', 'code', 'transid', 'status', 'entrycode', 'detail']),
    );

  it('tells a vital sign per row', async () => {
    expect(await entries({ Parameter1: 'vitals' })).toEqual([
      ['systolic', '2', '800', '', '', '146'],
      ['diastolic', '3', '800', '', '', '92'],
      ['temperature', '1', '800', '', '', '98.60 F'],
      ['pulse', '6', '800', '', '', '72'],
      ['head circumference', '', '800', '', '', '55 cm'],
    ]);
  });

  it('tells a result per row, and one that has no value yet not at all', async () => {
    expect(await entries({ Parameter1: 'problems|Results' })).toEqual([
      [
        'Basic metabolic panel (80048)',
        '80048',
        '900',
        'Final',
        '2951-2',
        'SODIUM SERUM, 148 mmol/L ABNORMAL (136-145)',
      ],
      ['Hemoglobin A1c (83036)', '', '901', 'Corrected', '4548-4', 'HEMOGLOBIN A1C, 7.3 % ABNORMAL'],
      ['Lipids', '', '902', 'Final', '2093-3', 'CHOLESTEROL, <5.0 mmol/L'],
    ]);
  });

  it.each([
    [{ Parameter1: '' }, 9],
    [{ Parameter1: 'list' }, 9],
    [{ Parameter1: 'history' }, 1],
    [{ Parameter1: 'problems|medications' }, 0],
    [{ Parameter1: 'list', Parameter2: '7104' }, 5],
    [{ PatientID: '13' }, 0],
    [{ PatientID: '' }, 0],
  ])('tells for %j so many entries: %i', async (fields, count) => {
    expect(await entries(fields)).toHaveLength(count);
  });

  it('writes times for display', async () => {
    const [row] = await touchworks.rows('GetClinicalSummary', { PatientID: '11' });
    expect(row?.displaydate).toBe('10-Jun-2025 9:02 am');
  });
});

describe('GetResults', () => {
  const names = ['ID', 'Value', 'Units', 'ReferenceRange', 'AbnormalFlag', 'Status', 'LOINC', 'LastModified'];
  const results = async (fields: Readonly<Record<string, string>>) =>
    (await touchworks.rows('GetResults', { PatientID: '11', ...fields })).map((row) => pick(row, names));

  it('tells an analyte per row, and a correction as a further row', async () => {
    expect(await results({})).toEqual([
      ['510', '148', 'mmol/L', '136-145', 'H', 'Final', '2951-2', '2025-06-10 13:25:41.120'],
      ['511', '7.4', '%', '', '', 'Final', '4548-4', '2025-06-10 13:25:41.120'],
      ['511', '7.3', '%', '', 'H', 'Corrected', '4548-4', '2025-06-11 08:10:02.000'],
      ['512', '', '', '', '', 'Pending', '', '2025-06-10 13:25:41.120'],
      ['513-1', '<5.0', 'mmol/L', '', '', 'Final', '2093-3', '2025-06-10 13:25:41.120'],
    ]);
  });

  it.each([
    ['2025-06-10', 5],
    ['2025-06-10 13:25:41.120', 5],
    ['2025-06-10 13:25:41.121', 1],
    ['2025-06-12', 0],
  ])('tells what was changed since %s', async (since, count) => {
    expect(await results({ Parameter1: since })).toHaveLength(count);
  });

  it("tells nobody's results for a patient who is not there", async () => {
    expect(await results({ PatientID: '99' })).toEqual([]);
  });
});
