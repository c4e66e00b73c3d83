import { afterEach, describe, expect, it } from 'vitest';
import { type Fault, listen } from '../../sandbox/server.ts';
import { UNITY_SIGN_IN, unitySimulator } from '../../sandbox/unity/simulator.ts';
import type { RecordType } from '../../schema/ids.ts';
import type { Change } from '../../upstream/cache/key.ts';
import type { Call } from '../../upstream/call.ts';
import type { Connector, Page } from '../vendor/connector.ts';
import { NOW, practice } from './fixture/practice.ts';
import { operation, row } from './fixture/vendor.ts';
import { connectWorld, GUIDE, itemsOf, keysOf, MAGIC, WEEK, wanted, window } from './fixture/world.ts';
import { fold, unfold } from './kept.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const world = async (options: { readonly now?: () => number; readonly dialect?: typeof MAGIC | typeof GUIDE } = {}) => {
  const { now = () => NOW, dialect = MAGIC } = options;
  const data = practice();
  const simulator = await listen(unitySimulator({ practice: data, now }));
  const cache = { ttlSeconds: {}, staleSeconds: 0 };
  const connected = await connectWorld<Fault>(simulator, dialect, UNITY_SIGN_IN, { cache, now });
  closing.push(connected.close);
  return { ...connected, data };
};

type Work = (connector: Connector, call: Call) => Promise<unknown>;

const list = (filter: object = {}, first = 20, fields: readonly string[] = [], after?: string) => [
  { patient: '10', filter, window: window(fields, first, after) },
];
const TODAY = { from: '2025-06-12T05:00:00Z', to: '2025-06-13T05:00:00Z' };
const LATER = { from: '2025-06-12T14:10:00Z', to: '2025-06-13T05:00:00Z' };

const search =
  (query: object): Work =>
  (c, call) =>
    c.searchAppointments({ ...TODAY, ...query }, window(), call);
const found =
  (first: number, text: object = { lastName: 'Sampleton' }): Work =>
  (c, call) =>
    c.searchPatients(text, window([], first), call);
const visits =
  (filter: object): Work =>
  (c, call) =>
    c.patientAppointments(list(filter), call);
const results =
  (filter: object): Work =>
  (c, call) =>
    c.patientObservations(list(filter), call);
const claims =
  (first: number): Work =>
  (c, call) =>
    c.patientClaims(list({}, first), call);

describe('an answer that is whole', () => {
  it.each<[string, Work, Work, readonly string[]]>([
    ['a day, for another provider', search({ practitioners: ['68'] }), search({ practitioners: ['71'] }), []],
    ['a day, for another time of it', search({}), search(LATER), []],
    ['another day', search({}), search({ from: '2025-06-13T05:00:00Z', to: '2025-06-14T05:00:00Z' }), ['GetSchedule']],
    ['a search, for another page', found(1), found(2), []],
    ['another search', found(1), found(1, { lastName: "O'Sample" }), ['SearchPatients']],
    ['a patient’s appointments, for another period', visits({}), visits(WEEK), []],
    ['a patient’s results, for other codes', results({ codes: ['4548-4'] }), results({ codes: ['2951-2'] }), []],
    ['results for vitals', results({ codes: ['4548-4'] }), results({ codes: ['8867-4'] }), ['GetClinicalSummary']],
    [
      'encounters, for more claims',
      claims(1),
      claims(20),
      ['GetCharges', 'GetCharges', 'GetCharges', 'GetCharges', 'GetCharges'],
    ],
    [
      'a schedule, for one of its visits',
      search({}),
      (c, call) => c.read.Appointment([{ ...wanted('101', ['reason']), known: KNOWN }], call),
      [],
    ],
  ])('serves further questions: %s', async (_, first, second, expected) => {
    const { connector, calls } = await world();
    await first(
      connector,
      operation(() => NOW),
    );
    const { calls: made } = await calls((call) => second(connector, call));
    expect(made).toEqual(expected);
  });

  it('serves questions of several operations at the same moment', async () => {
    const { connector, calls } = await world();
    const { result, calls: made } = await calls((call) =>
      Promise.all(
        [['68'], ['71'], ['68', '71']].map((practitioners) =>
          connector.searchAppointments({ ...WEEK, practitioners }, window(), { ...call }),
        ),
      ),
    );
    expect(made).toEqual(['GetSchedule']);
    expect(result.map((page) => itemsOf(page).length)).toEqual([4, 1, 5]);
  });

  it('is not shown longer than records of its type', async () => {
    let time = NOW;
    const { connector, calls } = await world({ now: () => time });
    const ask = async () => (await calls((call) => search({})(connector, call))).calls;
    expect(await ask()).toEqual(['GetSchedule']);
    time += 9_999;
    expect(await ask()).toEqual([]);
    time += 1;
    expect(await ask()).toEqual(['GetSchedule']);
  });

  it('says when the vendor told it', async () => {
    let time = NOW;
    const { connector } = await world({ now: () => time });
    const call = () => operation(() => time);
    const pages = async (): Promise<readonly Page<RecordType>[]> =>
      [
        await connector.searchPatients({ lastName: 'Sampleton' }, window(), call()),
        await connector.searchAppointments(TODAY, window(), call()),
        ...(await connector.patientAppointments(list(), call())),
        ...(await connector.patientObservations(list(), call())),
        ...(await connector.patientClaims(list({}, 20, ['patientResponsibility']), call())),
      ].filter((page) => !(page instanceof Error)) as readonly Page<RecordType>[];
    expect((await pages()).map(({ on }) => on?.at)).toEqual(Array(5).fill(NOW));
    time += 5_000;
    const again = await pages();
    expect(again.map(({ on }) => [on?.at, on?.freshness])).toEqual(Array(5).fill([NOW, 'CACHED']));
    const [claim] = itemsOf(again[4]);
    expect(claim?.on?.at).toBe(NOW);
    const [visit] = await connector.read.Appointment([{ ...wanted('101', ['reason']), known: KNOWN }], call());
    expect(visit).toMatchObject({ on: { at: NOW } });
    const [result] = await connector.read.Observation([wanted(keysOf(again[3])[0] ?? '')], call());
    expect(result).toMatchObject({ on: { at: NOW } });
  });

  it.each<[string, Work, Change, boolean]>([
    ['a schedule', search({}), { type: 'Appointment', key: '999' }, true],
    ['a schedule’s patients', search({}), { type: 'Patient', key: '10' }, true],
    ['a schedule', search({}), { type: 'Claim', key: '10|1', patient: '10' }, false],
    ['a search', found(1), { type: 'Patient', key: '12' }, true],
    ['the patient’s visits', visits({}), { type: 'Appointment', key: '101', patient: '10' }, true],
    ['the patient’s visits', visits({}), { type: 'Appointment', key: '101' }, true],
    ['the patient’s visits', visits({}), { type: 'Appointment', key: '102', patient: '11' }, false],
    ['the patient’s results', results({}), { type: 'Observation', key: 'x', patient: '10' }, true],
    ['the patient’s results', results({}), { type: 'Observation', key: 'x', patient: '11' }, false],
    ['the patient’s encounters', claims(1), { type: 'Claim', key: 'x' }, true],
  ])('of %s is asked for anew after a change that may concern it: %3$j', async (_, work, change, anew) => {
    const { connector, upstream, calls } = await world();
    const first = await calls((call) => work(connector, call));
    await upstream.cache.changed(change);
    const again = await calls((call) => work(connector, call));
    const whole = (made: readonly string[]) => made.filter((name) => name !== 'GetCharges');
    expect(whole(again.calls)).toEqual(anew ? whole(first.calls) : []);
  });

  it('of the guide’s dialect serves further questions too', async () => {
    const { connector, calls } = await world({ dialect: GUIDE });
    const page = await connector.searchAppointments(
      TODAY,
      window(),
      operation(() => NOW),
    );
    const { calls: made } = await calls((call) => connector.read.Appointment([wanted(keysOf(page)[0] ?? '')], call));
    expect(made).toEqual([]);
  });

  it('is not kept when it failed', async () => {
    const { connector, simulator, calls } = await world();
    simulator.fault({ kind: 'body', body: '<html/>', match: 'GetSchedule', times: 1 });
    await expect(search({})(connector, operation())).rejects.toMatchObject({ code: 'BAD_VENDOR_ANSWER' });
    const { calls: made } = await calls((call) => search({})(connector, call));
    expect(made).toEqual(['GetSchedule']);
  });
});

const KNOWN = {
  record: { key: '101', start: '2025-06-12T14:00:00Z' } as never,
  covers: new Set(['start']),
};

it('keeps a table as it is', () => {
  const table = {
    name: 'scheduleinfo',
    columns: new Set(['id', 'name', 'empty']),
    rows: [row({ ID: '1', Name: ' a "b"\n' }), row({ ID: '2', Name: '' }), new Map()],
  };
  expect(unfold(fold(table))).toEqual(table);
});
