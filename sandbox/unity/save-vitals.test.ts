import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, column, openBench, pick, type Row } from './caller.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.simulator.close());

type Fields = Readonly<Record<string, string>>;

const xml = (...values: readonly Fields[]): string =>
  `<savevitalsdatarequest>${values
    .map(
      (value) =>
        `<savevitalsdata ${Object.entries(value)
          .map(([name, text]) => `${name}="${text}"`)
          .join(' ')}/>`,
    )
    .join('')}</savevitalsdatarequest>`;

const PRESSURE: Fields = { fieldid: 'BP', value1: '128', value2: '82', units: 'mmHg' };
const save = async (Parameter1: string, more: Fields = {}): Promise<Row | undefined> =>
  (await bench.rows('SaveVitalsData', { PatientID: '13', Parameter1, ...more }))[0];
const vitals = async (): Promise<readonly Row[]> =>
  bench.rows('GetClinicalSummary', { PatientID: '13', Parameter1: 'vitals' });

const SHOWN = ['description', 'code', 'detail', 'displaydate'];
const NOW = '12-Jun-2025 12:00 pm';

describe.each(['SaveVitalsData', 'SaveVitals'])('%s', (action) => {
  it('saves what was measured as one set', async () => {
    const Parameter1 = xml(PRESSURE, { fieldid: '1', value1: '98.60', units: 'F' });
    expect(await bench.rows(action, { PatientID: '13', Parameter1 })).toEqual([{ Status: 'Success' }]);
    const rows = await vitals();
    expect(rows.map((row) => pick(row, SHOWN))).toEqual([
      ['systolic', '2', '128', NOW],
      ['diastolic', '3', '82', NOW],
      ['temperature', '1', '98.60 F', NOW],
    ]);
    expect(new Set(column(rows, 'transid'))).toEqual(new Set(['904']));
    const changed = await bench.rows('GetChangedPatients', { Parameter1: '2025-06-12T12:00:00', Parameter2: 'Y' });
    expect(column(changed, 'patientid')).toEqual(['13']);
    expect(bench.simulator.commits.map(({ call, kind, type }) => [call, kind, type])).toEqual([
      [`Magic ${action}`, 'created', 'Observation'],
      [`Magic ${action}`, 'created', 'Observation'],
    ]);
  });
});

describe('a measurement', () => {
  it.each<[Fields, string, string]>([
    [{ fieldid: '2', value1: '120', units: 'mm[Hg]' }, 'systolic', '120'],
    [{ fieldid: 'BP', value1: '120', value2: '', units: 'mmHg' }, 'systolic', '120'],
    [{ fieldid: 'BP', value1: '', value2: '80', units: 'mmHg' }, 'diastolic', '80'],
    [{ fieldid: '6', value1: '72', value2: '', units: '/min' }, 'pulse', '72'],
    [{ fieldid: '4', value1: '70.5', units: 'kg' }, 'weight', '70.5 kg'],
    [{ fieldid: '9', value1: '98', units: '%' }, 'o2 saturation', '98 %'],
  ])('of %j is shown', async (value, word, detail) => {
    expect(await save(xml(value))).toEqual({ Status: 'Success' });
    expect((await vitals()).map((row) => pick(row, ['description', 'detail']))).toEqual([[word, detail]]);
  });

  it('can be of an earlier time, which the clock on the wall shows', async () => {
    await save(xml({ ...PRESSURE, dttm: '2025-06-10T08:15:00' }));
    expect(column(await vitals(), 'displaydate')).toEqual(Array(2).fill('10-Jun-2025 8:15 am'));
    expect(bench.simulator.commits[0]?.record).toMatchObject({ effective: '2025-06-10T12:15:00Z' });
  });

  it('is by the provider who calls', async () => {
    await save(xml(PRESSURE), { AppUserID: 'omarchbanks' });
    await save(xml(PRESSURE));
    expect(bench.simulator.commits.map(({ record }) => 'practitionerId' in record && record.practitionerId)).toEqual([
      3,
      false,
    ]);
  });

  it('has its field on the form', async () => {
    const form = await bench.rows('GetVitals');
    expect(form.slice(0, 2)).toEqual([
      { fieldid: 'BP', description: 'blood pressure', units: 'mmHg' },
      { fieldid: '1', description: 'temperature', units: 'degF' },
    ]);
  });

  it('has been committed when the answer is lost', async () => {
    bench.simulator.fault({ kind: 'lose', match: 'Magic SaveVitalsData', times: 1 });
    await expect(save(xml(PRESSURE))).rejects.toThrow();
    expect(await vitals()).toHaveLength(2);
  });

  it.each<[string, string, Fields, string]>([
    ['of nobody', xml(PRESSURE), { PatientID: '99' }, 'PatientID is not valid.'],
    ['in an unknown field', xml({ ...PRESSURE, fieldid: '77' }), {}, 'fieldid is not valid.'],
    ['without a field', xml({ value1: '1', units: 'kg' }), {}, 'fieldid is required.'],
    ['without a unit', xml({ fieldid: '4', value1: '70' }), {}, 'units is required.'],
    ['in a unit of something else', xml({ fieldid: '4', value1: '70', units: 'mmHg' }), {}, 'units is not valid.'],
    ['without a value', xml({ fieldid: '4', units: 'kg' }), {}, 'value1 is required.'],
    ['in words', xml({ fieldid: '4', value1: 'heavy', units: 'kg' }), {}, 'value1 is not valid.'],
    ['of no pressure', xml({ fieldid: 'BP', value1: '', value2: '', units: 'mmHg' }), {}, 'value1 is required.'],
    [
      'with a value too many',
      xml({ fieldid: '4', value1: '70', value2: '71', units: 'kg' }),
      {},
      'value2 is not valid.',
    ],
    ['with more to say', xml({ ...PRESSURE, arm: 'left' }), {}, 'arm is not recognized.'],
    ['at a time that clocks skip', xml({ ...PRESSURE, dttm: '2025-03-09T02:30:00' }), {}, 'dttm is not valid.'],
    ['beside one that is refused', xml(PRESSURE, { fieldid: '4', units: 'kg' }), {}, 'value1 is required.'],
    ['that is none', xml(), {}, 'XML is not valid.'],
    ['in other XML', '<vitals/>', {}, 'XML is not valid.'],
  ])('is refused %s, with all that came with it', async (_case, Parameter1, more, text) => {
    expect(await save(Parameter1, more)).toEqual({ STATUS: `Critical: ${text}` });
    expect(bench.simulator.commits).toEqual([]);
  });
});
