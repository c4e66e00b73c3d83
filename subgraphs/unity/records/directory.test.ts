import { afterEach, describe, expect, it } from 'vitest';
import { type Fault, listen } from '../../../sandbox/server.ts';
import { UNITY_SIGN_IN, type UnityOptions, unitySimulator } from '../../../sandbox/unity/simulator.ts';
import { NOW, practice } from '../fixture/practice.ts';
import { operation } from '../fixture/vendor.ts';
import { connectWorld, type DIALECTS, MAGIC, recordOf, wanted, window, without } from '../fixture/world.ts';

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

describe('people, places and free time over magic-soap', () => {
  it('list practitioners without their NPI, which costs a call each when it is selected', async () => {
    const { connector, calls } = await world(MAGIC);
    const list = await calls((call) => connector.practitioners(window(['name']), call));
    expect(list.calls).toEqual(['GetProviders']);
    expect(list.result.items.map(({ record }) => record.name)).toMatchObject([
      { given: ['Dana'], family: 'Clarke', suffix: 'MD' },
      { given: ['Isha'], family: 'Patel', suffix: 'NP' },
    ]);
    expect(list.result.items[0]?.covers).not.toContain('npi');
    const named = await calls((call) => connector.read.Practitioner([wanted('68', ['name'])], call));
    expect(named.calls).toEqual([]);
    const numbered = await calls((call) => connector.read.Practitioner([wanted('68', ['npi']), wanted('999')], call));
    expect(numbered.calls).toEqual(['GetProvider', 'GetProvider']);
    expect(recordOf(numbered.result[0])).toMatchObject({ npi: '1000000012', name: { family: 'Clarke' } });
    expect(numbered.result[1]).toBeNull();
    const again = await calls((call) => connector.read.Practitioner([wanted('68', ['npi'])], call));
    expect(again.calls).toEqual([]);
  });

  it('list practitioners of Practice Management where the EHR’s list is not licensed', async () => {
    const { connector, calls } = await world(MAGIC, { licensed: without('GetProviders') });
    const list = await calls((call) => connector.practitioners(window(['name']), call));
    expect(list.calls).toEqual(['GetProviders', 'GetPractitioners']);
    expect(list.result.items).toHaveLength(2);
  });

  it('list places, from providers’ sites where Practice Management is not licensed', async () => {
    const { connector, calls } = await world(MAGIC);
    const places = await calls((call) => connector.locations(call));
    expect(places.calls).toEqual(['GetSchedulingLocations']);
    expect(places.result.map(({ key, name, timeZone }) => [key, name, timeZone])).toEqual([
      ['1', 'Main Street', 'America/Chicago'],
      ['2', 'Lakeside', 'America/Chicago'],
    ]);
    const [known, unknown] = await connector.read.Location([wanted('2'), wanted('9')], operation());
    expect(recordOf(known).name).toBe('Lakeside');
    expect(unknown).toBeNull();
    const ehr = await world(MAGIC, { licensed: without('GetSchedulingLocations') });
    const sites = await ehr.calls((call) => ehr.connector.locations(call));
    expect(sites.calls).toEqual(['GetSchedulingLocations', 'GetProviders']);
    expect(sites.result.map(({ name }) => name)).toEqual(['Main Street', 'Lakeside']);
  });

  const FRIDAY = { from: '2025-06-13T05:00:00Z', to: '2025-06-14T05:00:00Z' };

  it('find free time with one call for each practitioner that is asked for', async () => {
    const { connector, calls } = await world(MAGIC);
    await connector.slots(FRIDAY, operation());
    const all = await calls((call) => connector.slots(FRIDAY, call));
    expect(all.calls).toEqual(['GetAvailableSchedule', 'GetAvailableSchedule']);
    expect(
      all.result.map(({ record: { start, end, practitionerKey, locationKey } }) => [
        start,
        end,
        practitionerKey,
        locationKey,
      ]),
    ).toEqual([
      ['2025-06-13T14:00:00Z', '2025-06-13T15:00:00Z', '68', '1'],
      ['2025-06-13T18:00:00Z', '2025-06-13T18:30:00Z', '71', '2'],
    ]);
    const one = await calls((call) => connector.slots({ ...FRIDAY, practitioners: ['71'] }, call));
    expect(one.calls).toEqual(['GetAvailableSchedule']);
    const there = await connector.slots({ ...FRIDAY, locations: ['1'] }, operation());
    expect(there.map(({ record }) => record.practitionerKey)).toEqual(['68']);
    await expect(connector.slots({ ...FRIDAY, type: 'Flu Shot' }, operation())).rejects.toMatchObject({
      code: 'UNSUPPORTED_BY_VENDOR',
    });
  });

  it('read a slot as long as it is free', async () => {
    const data = practice();
    const { connector } = await world(MAGIC, { practice: data });
    const [slot] = await connector.slots(FRIDAY, operation());
    const key = slot?.record.key ?? '';
    const [free, forged] = await connector.read.Slot([wanted(key), wanted('x|y')], operation());
    expect(recordOf(free)).toEqual(slot?.record);
    expect(forged).toBeNull();
    data.slots.splice(0, 1);
    const [taken] = await connector.read.Slot([wanted(key)], operation());
    expect(taken).toBeNull();
  });

  it('find coverages in policies, and by name where those are not licensed', async () => {
    const { connector, calls } = await world(MAGIC);
    const policies = await calls((call) => connector.coverages(['10', '11'], call));
    expect(policies.calls).toEqual(['GetPatientPolicy', 'GetPatientPolicy']);
    expect(policies.result).toMatchObject([[{ payer: 'Demo Mutual', memberId: 'DM-1' }], []]);
    const ehr = await world(MAGIC, { licensed: without('GetPatientPolicy') });
    const named = await ehr.calls(async (call) => {
      await ehr.connector.read.Patient([wanted('10')], call);
      return ehr.connector.coverages(['10', '999999'], call);
    });
    expect(named.calls.filter((name) => name === 'GetPatient')).toHaveLength(2);
    expect(named.result).toEqual([[{ payer: 'Demo Mutual' }], null]);
    const again = await ehr.calls((call) => ehr.connector.coverages(['10'], call));
    expect(again.calls).toEqual(['GetPatient']);
  });
});
