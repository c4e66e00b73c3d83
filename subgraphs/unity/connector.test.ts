import { afterEach, describe, expect, it } from 'vitest';
import { type Fault, listen } from '../../sandbox/server.ts';
import { UNITY_SIGN_IN, type UnityOptions, unitySimulator } from '../../sandbox/unity/simulator.ts';
import type { RecordType } from '../../schema/ids.ts';
import { NOW, practice } from './fixture/practice.ts';
import { operation } from './fixture/vendor.ts';
import {
  connectWorld,
  type DIALECTS,
  GUIDE,
  keysOf,
  MAGIC,
  recordOf,
  WEEK,
  wanted,
  window,
  without,
} from './fixture/world.ts';

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

describe('a session over magic-soap', () => {
  it('that ends in between is renewed unnoticed', async () => {
    const { connector, simulator } = await world(MAGIC);
    await connector.read.Patient([wanted('10')], operation());
    simulator.fault({ kind: 'expire-token', match: 'GetPatient', times: 1 });
    const call = operation();
    const [found] = await connector.read.Patient([wanted('11')], call);
    expect(recordOf(found).key).toBe('11');
    expect(call.made).toEqual([
      'Magic GetPatient',
      'GetSecurityToken',
      'Magic GetUserAuthentication',
      'Magic GetPatient',
    ]);
  });

  it('is retired when the connector closes', async () => {
    const { connector, simulator } = await world(MAGIC);
    await connector.read.Patient([wanted('10')], operation());
    await connector.close();
    expect(simulator.calls.at(-1)).toBe('RetireSecurityToken');
  });
});

describe('the guide’s dialect', () => {
  it('refuses what the guide has no action for, without a call', async () => {
    const { connector, simulator } = await world(GUIDE);
    const call = operation();
    const unsupported = { code: 'UNSUPPORTED_BY_VENDOR' };
    await expect(connector.practitioners(window(), call)).rejects.toMatchObject(unsupported);
    await expect(connector.locations(call)).rejects.toMatchObject(unsupported);
    await expect(connector.slots(WEEK, call)).rejects.toMatchObject(unsupported);
    await expect(connector.searchClaims({}, window(), call)).rejects.toMatchObject(unsupported);
    expect(await connector.patientClaims([{ patient: '10', filter: {}, window: window() }], call)).toMatchObject([
      unsupported,
    ]);
    expect(await connector.patientAppointments([{ patient: '10', filter: {}, window: window() }], call)).toMatchObject([
      unsupported,
    ]);
    expect(await connector.read.Practitioner([wanted('68')], call)).toMatchObject([unsupported]);
    expect(simulator.calls).toEqual([]);
    for (const type of ['Claim', 'Practitioner', 'Location', 'Slot'])
      expect(connector.capabilities.filter((row) => row.type === type && row.level !== 'UNSUPPORTED')).toEqual([]);
  });

  it('tells providers and places as far as a schedule names them', async () => {
    const { connector } = await world(GUIDE);
    const page = await connector.searchAppointments(WEEK, window(), operation());
    const [first] = page.items;
    expect(first?.record.key).toBe('101|2025-06-12');
    const related = (type: RecordType) =>
      page.related?.filter((each) => each.type === type).map(({ record }) => record);
    expect(related('Practitioner')).toMatchObject([
      { key: '68', name: { text: expect.stringContaining('Clarke') } },
      { key: '71', name: { text: expect.stringContaining('Patel') } },
    ]);
    expect(related('Location')).toMatchObject([{ name: 'Main Street' }, { name: 'Lakeside' }]);
    expect(related('Location')?.map(({ key }) => key)).toContain(first?.record.locationKey);
  });

  it('names the one provider that is asked for', async () => {
    const { connector } = await world(GUIDE);
    const page = await connector.searchAppointments({ ...WEEK, practitioners: ['71'] }, window(), operation());
    expect(page.items.map(({ record }) => record.externalId)).toEqual(['103']);
  });

  it('finds the first insurance by name', async () => {
    const { connector, calls } = await world(GUIDE);
    const { result, calls: made } = await calls((call) => connector.coverages(['10'], call));
    expect(result).toEqual([[{ payer: 'Demo Mutual' }]]);
    expect(made).toEqual(['GetPatient']);
  });
});

describe('coverages', () => {
  it.each([
    [GUIDE, {}],
    [MAGIC, { licensed: without('GetPatientPolicy') }],
  ] as const)('come with the patient over %s with %j, once that is known', async (dialect, more) => {
    const { connector, calls } = await world(dialect, more);
    await connector.coverages(['10'], operation());
    expect(connector.coveragesWithPatient).toBe(true);
    const { result, calls: made } = await calls((call) => connector.read.Patient([wanted('10'), wanted('11')], call));
    expect(result).toMatchObject([{ coverages: [{ payer: 'Demo Mutual' }] }, { coverages: [] }]);
    expect(made).toEqual(['GetPatient', 'GetPatient']);
  });

  it('are asked for apart where there are policies', async () => {
    const { connector } = await world(MAGIC);
    const [found] = await connector.read.Patient([wanted('10')], operation());
    expect(connector.coveragesWithPatient).toBe(false);
    expect(found).not.toHaveProperty('coverages');
  });
});

it.each([['touchworks'], ['professional']] as const)('understands the columns and dates of %s', async (product) => {
  const { connector } = await world(MAGIC, { product });
  const [patient] = await connector.read.Patient([wanted('10')], operation());
  expect(recordOf(patient)).toMatchObject({ dateOfBirth: '1980-05-15', gender: 'FEMALE', phoneHome: '+12175550141' });
  const page = await connector.searchAppointments(WEEK, window(['location']), operation());
  expect(page.items).toHaveLength(5);
  const [results] = await connector.patientObservations([{ patient: '10', filter: {}, window: window() }], operation());
  expect(keysOf(results)).toHaveLength(4);
});
