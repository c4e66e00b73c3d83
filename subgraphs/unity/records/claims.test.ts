import { afterEach, describe, expect, it } from 'vitest';
import { type Fault, listen } from '../../../sandbox/server.ts';
import { UNITY_SIGN_IN, type UnityOptions, unitySimulator } from '../../../sandbox/unity/simulator.ts';
import { NOW, practice } from '../fixture/practice.ts';
import { dataSet, magicAnswer, operation } from '../fixture/vendor.ts';
import { connectWorld, type DIALECTS, itemsOf, keysOf, MAGIC, recordOf, wanted, window } from '../fixture/world.ts';

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

describe('claims over magic-soap', () => {
  const ask = (filter: object, first = 20, after?: string, fields: readonly string[] = []) => [
    { patient: '10', filter, window: window(fields, first, after) },
  ];

  it('are an encounter’s charges, the newest first, walked only as far as the page needs', async () => {
    const { connector, calls } = await world(MAGIC);
    const whole = await calls((call) => connector.patientClaims(ask({}), call));
    const keys = keysOf(whole.result[0]);
    expect(keys).toHaveLength(3);
    expect(whole.calls[0]).toBe('GetEncounterList');
    const [page] = whole.result;
    expect(itemsOf(page).map(({ record }) => record.servicePeriod?.start?.slice(0, 10))).toEqual([
      '2025-05-05',
      '2025-03-02',
      '2024-01-15',
    ]);
    expect(itemsOf(page)[0]?.record).toMatchObject({
      patientKey: '10',
      practitionerKey: '68',
      status: 'SUBMITTED',
      totalCharge: null,
    });
    const one = await calls((call) => connector.patientClaims(ask({}, 1), call));
    expect(one.calls.length).toBeLessThan(whole.calls.length);
    const [first] = one.result;
    expect(first).toMatchObject({ hasNextPage: true });
    const [rest] = await connector.patientClaims(ask({}, 5, itemsOf(first)[0]?.after), operation());
    expect([...keysOf(first), ...keysOf(rest)]).toEqual(keys);
  });

  it('outside a period cost no call each', async () => {
    const { connector, calls } = await world(MAGIC);
    const { result, calls: made } = await calls((call) =>
      connector.patientClaims(ask({ from: '2025-03-02', to: '2025-03-02' }), call),
    );
    expect(keysOf(result[0])).toHaveLength(1);
    expect(made).toEqual(['GetEncounterList', 'GetCharges']);
  });

  it('are filtered by status', async () => {
    const { connector } = await world(MAGIC);
    const [none, all] = await Promise.all(
      [['PAID'], ['SUBMITTED']].map(async (status) => (await connector.patientClaims(ask({ status }), operation()))[0]),
    );
    expect(keysOf(none)).toEqual([]);
    expect(keysOf(all)).toHaveLength(3);
  });

  it('ask for what the patient owes only when it is selected, once for all', async () => {
    const { connector, calls } = await world(MAGIC);
    const plain = await calls((call) => connector.patientClaims(ask({}), call));
    expect(plain.calls).not.toContain('GetPatientAccountBalance');
    const owing = await calls((call) =>
      connector.patientClaims(ask({}, 20, undefined, ['patientResponsibility']), call),
    );
    expect(owing.calls.filter((name) => name === 'GetPatientAccountBalance')).toHaveLength(1);
    const [page] = owing.result;
    expect(itemsOf(page)[0]?.covers).toBe('all');
  });

  it('are read by the keys that lists give, and are null by others', async () => {
    const { connector, calls } = await world(MAGIC);
    const [page] = await connector.patientClaims(ask({}), operation());
    const [key = ''] = keysOf(page);
    const { result, calls: made } = await calls((call) => connector.read.Claim([wanted(key, ['lines'])], call));
    expect(recordOf(result[0]).key).toBe(key);
    expect([...made].sort()).toEqual(['GetCharges', 'GetEncounterList']);
    const foreign = `11|${key.split('|')[1]}`;
    const none = await connector.read.Claim(
      ['10|999', foreign, 'nonsense'].map((other) => wanted(other)),
      operation(),
    );
    expect(none).toEqual([null, null, null]);
  });

  it('are never another patient’s or another encounter’s', async () => {
    const { connector, simulator } = await world(MAGIC);
    const [page] = await connector.patientClaims(ask({}), operation());
    const [key = ''] = keysOf(page);
    const encounter = { ID: '1', patientid: '11', DTTM: '6/1/2025 9:00:00 AM' };
    simulator.fault({
      kind: 'body',
      match: 'GetEncounterList',
      times: 1,
      body: magicAnswer(dataSet('GetEncounterList', [encounter])),
    });
    const [other] = await connector.patientClaims(ask({}), operation());
    expect(other).toMatchObject({ code: 'BAD_VENDOR_ANSWER' });
    const charge = { ChargeID: '1', EncounterID: '4711', ChargeCode: '99213', Status: 'Submitted' };
    simulator.fault({
      kind: 'body',
      match: 'GetCharges',
      times: 1,
      body: magicAnswer(dataSet('GetCharges', [charge])),
    });
    const [wrong] = await connector.read.Claim([wanted(key)], operation());
    expect(wrong).toMatchObject({ code: 'BAD_VENDOR_ANSWER' });
  });

  it('of all patients are refused', async () => {
    const { connector } = await world(MAGIC);
    await expect(connector.searchClaims({}, window(), operation())).rejects.toMatchObject({
      code: 'UNSUPPORTED_BY_VENDOR',
    });
  });
});
