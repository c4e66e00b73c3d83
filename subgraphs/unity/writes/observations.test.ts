import { afterEach, describe, expect, it } from 'vitest';
import { type Fault, listen } from '../../../sandbox/server.ts';
import { UNITY_SIGN_IN, unitySimulator } from '../../../sandbox/unity/simulator.ts';
import type { Commands } from '../../../schema/commands.ts';
import type { Connector } from '../../vendor/connector.ts';
import { NOW, practice } from '../fixture/practice.ts';
import { operation } from '../fixture/vendor.ts';
import { connectWorld, itemsOf, MAGIC, recordOf, wanted, window } from '../fixture/world.ts';
import { attempt, carryOut, refusedPaths, writerOf } from '../fixture/writing.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Answers are kept, as they are in use. */
const cache = { ttlSeconds: { Patient: 60, Appointment: 60, Observation: 60, Claim: 60 }, staleSeconds: 60 } as const;

const world = async () => {
  const simulator = await listen(unitySimulator({ practice: practice(), now: () => NOW }));
  const connected = await connectWorld<Fault>(simulator, MAGIC, UNITY_SIGN_IN, { timeoutMs: 500, cache });
  closing.push(connected.close);
  return { ...connected, commits: simulator.commits };
};

type Input = Commands['recordObservation'];

const SYSTOLIC: Input = {
  patient: '10',
  code: '8480-6',
  category: 'vital-signs',
  value: { quantity: { value: '120', unit: 'mmHg', code: 'mm[Hg]' } },
  effective: '2025-06-12T15:45:31.250Z',
  status: 'FINAL',
};
const quantity = (value: string, unit?: string, code?: string): Pick<Input, 'value'> => ({
  value: { quantity: { value, ...(unit === undefined ? {} : { unit }), ...(code === undefined ? {} : { code }) } },
});

const read = async (connector: Connector, key: string) =>
  recordOf(
    (
      await connector.read.Observation(
        [wanted(key)],
        operation(() => NOW),
      )
    )[0],
  );

describe('a vital sign', () => {
  it.each<[string, Partial<Input>, string, string]>([
    ['systolic pressure', {}, '120', 'mm[Hg]'],
    ['diastolic pressure', { code: '8462-4', ...quantity('80') }, '80', 'mm[Hg]'],
    [
      'pulse, whatever is annotated',
      { code: '8867-4', ...quantity('72', 'beats/minute', '{beats}/min') },
      '72',
      '/min',
    ],
    ['breaths', { code: '9279-1', ...quantity('16', '/min') }, '16', '/min'],
    ['temperature', { code: '8310-5', ...quantity('37.2', 'C', 'Cel') }, '37.2', 'Cel'],
    ['temperature in Fahrenheit', { code: '8310-5', ...quantity('98.60', '°F') }, '98.60', '[degF]'],
    ['weight', { code: '29463-7', ...quantity('70.5', 'kg') }, '70.5', 'kg'],
    ['weight in pounds', { code: '29463-7', ...quantity('155', undefined, '[lb_av]') }, '155', '[lb_av]'],
    ['height', { code: '8302-2', ...quantity('171', 'cm') }, '171', 'cm'],
    ['body mass index', { code: '39156-5', ...quantity('24.1', 'kg/m2') }, '24.1', 'kg/m2'],
    ['saturation', { code: '59408-5', ...quantity('98', '%') }, '98', '%'],
  ])('is saved and reads back as it was meant: %s', async (_, more, value, code) => {
    const { connector, commits } = await world();
    const input = { ...SYSTOLIC, ...more };
    const one = attempt();
    const { key } = await carryOut(connector, 'recordObservation', input, one);
    expect(one.departed).toEqual(['Magic SaveVitalsData']);
    expect(commits).toHaveLength(1);
    const kept = await read(connector, key);
    expect(kept).toMatchObject({ patientKey: '10', status: 'FINAL', value: { __typename: 'Quantity', value, code } });
    expect(kept.code.codings[0]?.code).toBe(input.code);
    expect(kept.categories[0]?.codings[0]?.code).toBe('vital-signs');
    // vitals are shown to the minute, and the writer says so
    const meant = writerOf(connector, 'recordObservation').meant?.(input);
    expect(meant?.effective).toBe('2025-06-12T15:45:00Z');
    expect(kept.effective?.start).toBe(meant?.effective);
  });

  it('that says the same as an earlier one is told by its own key', async () => {
    const { connector } = await world();
    const first = await carryOut(connector, 'recordObservation', SYSTOLIC);
    const second = await carryOut(connector, 'recordObservation', SYSTOLIC);
    expect(second.key).not.toBe(first.key);
  });

  it('is in the patient’s list for the call of a write, though that was asked for before', async () => {
    const { connector } = await world();
    const list = async () => {
      const filter = { codes: ['8480-6'], from: '2025-06-12T15:00:00Z' };
      const { call } = attempt().sending;
      return itemsOf((await connector.patientObservations([{ patient: '10', filter, window: window() }], call))[0]);
    };
    expect(await list()).toEqual([]);
    const { key } = await carryOut(connector, 'recordObservation', SYSTOLIC);
    expect((await list()).map(({ record }) => record.key)).toEqual([key]);
  });

  it.each<[string, Partial<Input>, readonly string[]]>([
    ['a laboratory result', { code: '2951-2', category: 'laboratory' }, ['code', 'category']],
    ['a panel', { code: '85354-9' }, ['code']],
    ['words', { value: { text: 'high' } }, ['value']],
    ['a unit of something else', quantity('120', 'kg'), ['value.quantity.unit']],
    ['a unit that nobody knows', quantity('120', 'furlongs'), ['value.quantity.unit']],
    ['a weight without a unit', { code: '29463-7', ...quantity('70') }, ['value.quantity.unit']],
    ['something preliminary', { status: 'PRELIMINARY' }, ['status']],
    ['a correction', { corrects: 'vital|10|600|8480-6' }, ['corrects']],
    ['an hour that comes twice, the second time', { effective: '2024-11-03T07:30:00Z' }, ['effective']],
  ])('is refused before anything leaves: %s', async (_, more, paths) => {
    const { connector, simulator } = await world();
    expect(refusedPaths(connector, { kind: 'recordObservation', input: { ...SYSTOLIC, ...more } })).toEqual(paths);
    expect(simulator.calls).toEqual([]);
  });

  it.each<[string, Partial<Input>, string]>([
    ['a patient who is not there', { patient: '999' }, 'patient'],
    ['a number that is none', quantity('1e400', 'mmHg'), 'value'],
  ])('is refused by the vendor and told where: %s', async (_, more, path) => {
    const { connector, commits } = await world();
    await expect(carryOut(connector, 'recordObservation', { ...SYSTOLIC, ...more })).rejects.toMatchObject({
      code: 'VALIDATION',
      issues: [{ path: [path] }],
    });
    expect(commits).toEqual([]);
  });

  it.each([
    [{ kind: 'lose', match: 'Magic SaveVitalsData' }],
    // saved and answered, but the chart cannot be read to tell by which key
    [{ kind: 'truncate', match: 'Magic GetClinicalSummary' }],
    [{ kind: 'status', status: 429, match: 'Magic GetClinicalSummary' }],
    [{ kind: 'status', status: 403, match: 'Magic GetClinicalSummary' }],
  ] as const)('of which nothing is told is not sure: %j', async (fault) => {
    const { connector, simulator, commits } = await world();
    simulator.fault(fault);
    const failed = await carryOut(connector, 'recordObservation', SYSTOLIC).catch((thrown: unknown) => thrown);
    expect(['SOURCE_UNAVAILABLE', 'BAD_VENDOR_ANSWER', 'TIMEOUT']).toContain((failed as { code?: string }).code);
    expect(commits).toHaveLength(1);
  });

  it('that was confirmed is looked for in the chart, and never taken for absent', async () => {
    const { connector } = await world();
    const sent = attempt();
    const find = () => writerOf(connector, 'recordObservation').find?.(SYSTOLIC, sent.sending);
    expect(await find()).toBeUndefined();
    await sent.sending.keep({ confirmed: 'true' });
    expect(await find()).toMatchObject({ kind: 'unclear' });
    const { key } = await carryOut(connector, 'recordObservation', SYSTOLIC);
    expect(await find()).toEqual({ kind: 'found', key });
  });

  it('is planned without its value', async () => {
    const { connector } = await world();
    const [call] = writerOf(connector, 'recordObservation').plan(SYSTOLIC);
    expect(call?.fields).toEqual([
      { name: 'PatientID', value: '***' },
      { name: 'fieldid', value: '2' },
      { name: 'value1', value: '***' },
      { name: 'value2', value: '' },
      { name: 'units', value: 'mmHg' },
      { name: 'dttm', value: '***' },
    ]);
  });
});
