import { afterEach, describe, expect, it } from 'vitest';
import { type Fault, listen } from '../../../sandbox/server.ts';
import { UNITY_SIGN_IN, type UnityOptions, unitySimulator } from '../../../sandbox/unity/simulator.ts';
import { NOW, practice } from '../fixture/practice.ts';
import { operation } from '../fixture/vendor.ts';
import { connectWorld, DIALECTS, GUIDE, recordOf, WEEK, wanted, window } from '../fixture/world.ts';

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

describe.each(DIALECTS)('appointments over %s', (dialect) => {
  it('of a period come in one call, in order, with their patients’ names', async () => {
    const { connector, calls } = await world(dialect);
    const { result, calls: made } = await calls((call) => connector.searchAppointments(WEEK, window(['start']), call));
    expect(made).toEqual(['GetSchedule']);
    expect(result.items.map(({ record }) => record.externalId)).toEqual(['101', '102', '103', '104', '105']);
    expect(result.items[0]?.record).toMatchObject({
      patientKey: '10',
      practitionerKey: '68',
      start: '2025-06-12T14:00:00Z',
      end: '2025-06-12T14:20:00Z',
      minutes: 20,
      status: 'BOOKED',
      type: { text: 'Office Visit' },
    });
    const people = result.related?.filter(({ type }) => type === 'Patient') ?? [];
    expect(people.map(({ record }) => record.key).sort()).toEqual(['10', '11', '12']);
    const avery = people.find(({ record }) => record.key === '10');
    expect(avery?.record).toMatchObject({ firstName: 'Avery', lastName: 'Sampleton' });
    expect(avery?.covers).not.toContain('gender');
  });

  it.each([
    [{ from: '2025-06-12T14:00:00Z', to: '2025-06-12T14:20:00Z' }, ['101']],
    [{ from: '2025-06-12T14:00:01Z', to: '2025-06-12T14:20:01Z' }, ['102']],
    // half past eleven at night in Chicago: the next day in UTC
    [{ from: '2025-06-17T00:00:00Z', to: '2025-06-17T05:00:00Z' }, ['105']],
    [{ ...WEEK, practitioners: ['71'] }, ['103']],
    [{ ...WEEK, practitioners: ['71', '68'] }, ['101', '102', '103', '104', '105']],
    [{ ...WEEK, practitioners: ['nobody'] }, []],
    [{ ...WEEK, status: ['CANCELLED'] as const }, ['104']],
    [{ from: '2025-07-01T05:00:00Z', to: '2025-07-02T05:00:00Z' }, []],
  ])('are filtered by %j', async (query, ids) => {
    const { connector } = await world(dialect);
    const page = await connector.searchAppointments(query, window(), operation());
    expect(page.items.map(({ record }) => record.externalId)).toEqual(ids);
  });

  it('are filtered by place', async () => {
    const { connector } = await world(dialect);
    const all = await connector.searchAppointments(WEEK, window(['location']), operation());
    const place = all.items.find(({ record }) => record.externalId === '103')?.record.locationKey ?? '';
    expect(place).not.toBe('');
    const page = await connector.searchAppointments({ ...WEEK, locations: [place] }, window(), operation());
    expect(page.items.map(({ record }) => record.externalId)).toEqual(['103']);
  });

  it('are paged without a gap, and not at all over a list that lost its last taken item', async () => {
    const data = practice();
    const { connector } = await world(dialect, { practice: data });
    const ids: string[] = [];
    let after: string | undefined;
    for (let more = true; more; ) {
      const page = await connector.searchAppointments(WEEK, window([], 2, after), operation());
      ids.push(...page.items.map(({ record }) => record.externalId));
      after = page.items.at(-1)?.after;
      more = page.hasNextPage;
    }
    expect(ids).toEqual(['101', '102', '103', '104', '105']);
    const first = await connector.searchAppointments(WEEK, window([], 2), operation());
    data.appointments.shift();
    const next = await connector.searchAppointments(WEEK, window([], 2, first.items[1]?.after), operation());
    expect(next.items.map(({ record }) => record.externalId)).toEqual(['103', '104']);
    data.appointments.shift();
    await expect(
      connector.searchAppointments(WEEK, window([], 2, first.items[1]?.after), operation()),
    ).rejects.toMatchObject({
      code: 'VALIDATION',
    });
    await expect(connector.searchAppointments(WEEK, window([], 2, 'forged'), operation())).rejects.toMatchObject({
      code: 'VALIDATION',
    });
  });

  it('are read by the keys that lists give', async () => {
    const { connector } = await world(dialect);
    const list = await connector.searchAppointments(WEEK, window(['location', 'reason']), operation());
    for (const { record } of list.items) {
      const [found] = await connector.read.Appointment(
        [wanted(record.key, ['start', 'reason', 'location'])],
        operation(),
      );
      expect(recordOf(found)).toEqual(record);
    }
  });

  it.each(['999999', '999999|2025-06-12', 'nonsense|x|y', ''])('with the key %j are null', async (key) => {
    const { connector } = await world(dialect);
    const [found] = await connector.read.Appointment([wanted(key, ['start'])], operation());
    expect(found).toBeNull();
  });

  it('of several patients in a period are each their own', async () => {
    const { connector, calls } = await world(dialect);
    const ask = ['10', '11', '12'].map((patient) => ({ patient, filter: WEEK, window: window(['start']) }));
    const { result, calls: made } = await calls((call) => connector.patientAppointments(ask, call));
    expect(
      result.map((page) => (page instanceof Error ? page : page.items.map(({ record }) => record.externalId))),
    ).toEqual([['101', '103', '104'], ['102'], ['105']]);
    expect(made).toEqual(dialect === GUIDE ? ['GetSchedule'] : Array(3).fill('GetScheduleByPatientID'));
  });

  it('of nobody’s period cost nothing', async () => {
    const { connector, calls } = await world(dialect);
    const filter = { from: WEEK.from, to: WEEK.from };
    const asked = await calls((call) =>
      connector.patientAppointments([{ patient: '10', filter, window: window() }], call),
    );
    expect(asked).toMatchObject({ result: [{ items: [], hasNextPage: false }], calls: [] });
  });
});
