import { afterEach, describe, expect, it } from 'vitest';
import { type Fault, listen } from '../../../sandbox/server.ts';
import { UNITY_SIGN_IN, type UnityOptions, unitySimulator } from '../../../sandbox/unity/simulator.ts';
import { NOW, practice } from '../fixture/practice.ts';
import { operation } from '../fixture/vendor.ts';
import { connectWorld, DIALECTS, itemsOf, keysOf, MAGIC, recordOf, wanted, window, without } from '../fixture/world.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const world = async (
  dialect: (typeof DIALECTS)[number],
  more: Partial<UnityOptions> = {},
  options: { readonly timeoutMs?: number; readonly now?: () => number } = {},
) => {
  const now = options.now ?? (() => NOW);
  const simulator = await listen(unitySimulator({ practice: practice(), now, ...more }));
  const connected = await connectWorld<Fault>(simulator, dialect, UNITY_SIGN_IN, options);
  closing.push(connected.close);
  return connected;
};

describe.each(DIALECTS)('observations over %s', (dialect) => {
  const ask = (filter: object, first = 20) => [{ patient: '10', filter, window: window([], first) }];

  it.each([
    [{ category: 'laboratory' }, ['GetResults'], ['4548-4', '2951-2']],
    [{ category: 'vital-signs' }, ['GetClinicalSummary'], ['85354-9', '8867-4']],
    [{ category: 'imaging' }, [], []],
    [{}, ['GetResults', 'GetClinicalSummary'], ['4548-4', '2951-2', '85354-9', '8867-4']],
    [{ codes: ['4548-4'] }, ['GetResults'], ['4548-4']],
    [{ codes: ['85354-9'] }, ['GetClinicalSummary'], ['85354-9']],
    [{ codes: ['8462-4'] }, ['GetClinicalSummary'], ['85354-9']],
    [{ codes: ['LOCAL'] }, ['GetResults', 'GetClinicalSummary'], []],
    [{ codes: ['4548-4'], category: 'vital-signs' }, ['GetClinicalSummary'], []],
    [
      { from: '2025-06-10T14:00:00Z', to: '2025-06-10T14:00:01Z', category: 'laboratory' },
      ['GetResults'],
      ['4548-4', '2951-2'],
    ],
    [{ to: '2025-06-10T14:00:00Z', category: 'laboratory' }, ['GetResults'], []],
    [{ from: '2025-06-10T14:00:01Z', category: 'laboratory' }, ['GetResults'], []],
  ])('for %j cost %j', async (filter, expected, codes) => {
    const { connector, calls } = await world(dialect);
    const { result, calls: made } = await calls((call) => connector.patientObservations(ask(filter), call));
    expect(made).toEqual(expected);
    const [page] = result;
    const found = itemsOf(page).map(({ record }) => record.code.codings[0]?.code ?? '');
    expect(found.sort()).toEqual([...codes].sort());
  });

  it('show the newest version of a corrected result only', async () => {
    const { connector } = await world(dialect);
    const [page] = await connector.patientObservations(ask({ codes: ['4548-4'] }), operation());
    expect(itemsOf(page)).toMatchObject([
      { record: { status: 'CORRECTED', value: { value: '7.3' }, issued: '2025-06-11T12:00:00Z', supersedesKey: null } },
    ]);
  });

  it('are read by the keys that lists give, and are null by others', async () => {
    const { connector } = await world(dialect);
    const [page] = await connector.patientObservations(ask({}), operation());
    const read = await connector.read.Observation(
      [...itemsOf(page).map(({ record }) => wanted(record.key)), wanted('result|10|999|x'), wanted('nonsense')],
      operation(),
    );
    expect(read.slice(0, -2).map((found) => recordOf(found))).toEqual(itemsOf(page).map(({ record }) => record));
    expect(read.slice(-2)).toEqual([null, null]);
  });

  it('of one patient fail alone', async () => {
    const { connector, simulator } = await world(dialect);
    simulator.fault({ kind: 'status', status: 503, match: '>11<' });
    const filter = { category: 'laboratory' };
    const answers = await connector.patientObservations(
      ['10', '11'].map((patient) => ({ patient, filter, window: window() })),
      operation(),
    );
    expect(keysOf(answers[0])).toHaveLength(2);
    expect(answers[1]).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });
});

describe('observations without a licence for GetResults', () => {
  it('come from one clinical summary, with the same keys and values', async () => {
    const licensed = await world(MAGIC);
    const { connector, calls } = await world(MAGIC, { licensed: without('GetResults') });
    const ask = [{ patient: '10', filter: {}, window: window() }];
    await connector.patientObservations(ask, operation());
    const { result, calls: made } = await calls((call) => connector.patientObservations(ask, call));
    expect(made).toEqual(['GetClinicalSummary']);
    const [whole] = await licensed.connector.patientObservations(ask, operation());
    expect([...keysOf(result[0])].sort()).toEqual([...keysOf(whole)].sort());
    const valueIn = (page: typeof whole, key: string) =>
      page === undefined || page instanceof Error
        ? undefined
        : itemsOf(page).find(({ record }) => record.key === key)?.record.value;
    for (const key of keysOf(whole)) expect(valueIn(result[0], key)).toEqual(valueIn(whole, key));
  });
});
