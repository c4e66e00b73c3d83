import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Fault, listen } from '../../../sandbox/server.ts';
import { UNITY_SIGN_IN, unitySimulator } from '../../../sandbox/unity/simulator.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Connector } from '../../vendor/connector.ts';
import { NOW, practice } from '../fixture/practice.ts';
import { operation } from '../fixture/vendor.ts';
import { connectWorld, GUIDE, MAGIC, WEEK, wanted, window } from '../fixture/world.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const world = async (dialect: typeof MAGIC | typeof GUIDE = MAGIC) => {
  const simulator = await listen(unitySimulator({ practice: practice(), now: () => NOW }));
  const connected = await connectWorld<Fault>(simulator, dialect, UNITY_SIGN_IN, { timeoutMs: 500 });
  closing.push(connected.close);
  return connected;
};

const list = (fields: readonly string[], filter = {}) => [{ patient: '10', filter, window: window(fields) }];
const PLACED = ['location', 'practitioner', 'type'];
const FREE = { from: '2025-06-13T05:00:00Z', to: '2025-06-14T05:00:00Z' };
const SLOT = 'CLARKE|1|2025-06-13|540|60';

type Work = (connector: Connector, call: Call) => Promise<unknown>;

describe('what needs no answer of another call', () => {
  it.each<[string, Work, string, readonly string[]]>([
    [
      'places beside a schedule',
      (c, call) => c.searchAppointments(WEEK, window(['location']), call),
      'GetSchedule',
      ['GetSchedulingLocations'],
    ],
    [
      'a schedule beside the places that it is filtered by',
      (c, call) => c.searchAppointments({ ...WEEK, locations: ['1'] }, window(), call),
      'GetSchedulingLocations',
      ['GetSchedule'],
    ],
    [
      'lists of places and people beside a schedule of which nobody knows what will be selected',
      (c, call) => c.searchAppointments(WEEK, { first: 20 }, call),
      'GetSchedule',
      ['GetProviders', 'GetSchedulingLocations'],
    ],
    [
      'people beside a schedule whose practitioners are looked into',
      (c, call) => c.searchAppointments(WEEK, window(['practitioner', 'practitioner.name']), call),
      'GetSchedule',
      ['GetProviders'],
    ],
    [
      'people beside an appointment whose practitioner is looked into and whose schedule follows',
      (c, call) => c.read.Appointment([wanted('101', ['note', 'practitioner', 'practitioner.name'])], call),
      'GetAppointmentById',
      ['GetProviders'],
    ],
    [
      'people beside claims whose practitioners are looked into',
      (c, call) => c.patientClaims(list(['practitioner', 'practitioner.name']), call),
      'GetEncounterList',
      ['GetProviders'],
    ],
    [
      'lists of places and people beside a patient’s appointments',
      (c, call) => c.patientAppointments(list(PLACED), call),
      'GetScheduleByPatientID',
      ['GetResources', 'GetProviders', 'GetSchedulingLocations', 'GetAppointmentTypes'],
    ],
    [
      'lists beside an appointment',
      (c, call) => c.read.Appointment([wanted('101', PLACED)], call),
      'GetAppointmentById',
      ['GetResources', 'GetProviders', 'GetSchedulingLocations'],
    ],
    ['vitals beside results', (c, call) => c.patientObservations(list([]), call), 'GetResults', ['GetClinicalSummary']],
    [
      'a claim’s charges and balance beside its encounter',
      (c, call) => c.read.Claim([wanted('10|8301', ['lines', 'patientResponsibility'])], call),
      'GetEncounterList',
      ['GetCharges', 'GetPatientAccountBalance'],
    ],
    [
      'balances beside charges',
      (c, call) => c.patientClaims(list(['patientResponsibility']), call),
      'GetCharges',
      ['GetEncounterList', 'GetPatientAccountBalance'],
    ],
    [
      'a practitioner’s NPI beside the list of people',
      (c, call) => c.read.Practitioner([wanted('68', ['npi'])], call),
      'GetProviders',
      ['GetProvider'],
    ],
    [
      'people and places beside resources',
      (c, call) => c.slots(FREE, call),
      'GetResources',
      ['GetProviders', 'GetSchedulingLocations'],
    ],
    [
      'lists beside a slot',
      (c, call) => c.read.Slot([wanted(SLOT)], call),
      'GetAvailableSchedule',
      ['GetResources', 'GetProviders', 'GetSchedulingLocations'],
    ],
    [
      'the second patient beside the first',
      (c, call) => c.read.Patient([wanted('10'), wanted('11')], call),
      '>10<',
      ['GetPatient', 'GetPatient'],
    ],
  ])('is asked for at once: %s', async (_, work, hanging, expected) => {
    const { connector, simulator, calls } = await world();
    simulator.fault({ kind: 'hang', match: hanging });
    const stop = new AbortController();
    const asking = calls((call) => work(connector, { ...call, signal: stop.signal }).catch(() => undefined));
    try {
      await vi.waitFor(() => {
        const made = simulator.calls.map((name) => name.replace(/^Magic /, ''));
        for (const name of new Set(expected))
          expect(made.filter((each) => each === name).length).toBeGreaterThanOrEqual(
            expected.filter((each) => each === name).length,
          );
      });
    } finally {
      stop.abort();
      await asking;
    }
  });
});

describe('what nobody looks into', () => {
  it.each<[string, Work, readonly string[]]>([
    [
      'people of whom the id is enough',
      (c, call) => c.searchAppointments(WEEK, window(['practitioner', 'practitioner.id']), call),
      ['GetSchedule'],
    ],
    [
      'places of free time',
      (c, call) => c.slots({ ...FREE, fields: new Set(['start', 'practitioner']) }, call),
      ['GetAvailableSchedule', 'GetAvailableSchedule', 'GetProviders', 'GetResources'],
    ],
  ])('is not asked for: %s', async (_, work, expected) => {
    const { connector, calls } = await world();
    const { calls: made } = await calls((call) => work(connector, call));
    expect([...made].sort()).toEqual(expected);
  });

  it('is left open by free time without places', async () => {
    const { connector } = await world();
    const slots = await connector.slots({ ...FREE, fields: new Set(['start']) }, operation());
    expect(slots).not.toEqual([]);
    for (const { covers } of slots) expect(covers).not.toContain('location');
    const placed = await connector.slots({ ...FREE, fields: new Set(['start', 'location']) }, operation());
    for (const { covers } of placed) expect(covers).toBe('all');
  });
});

describe('what one answer tells', () => {
  it('an appointment’s row names its patient', async () => {
    const { connector } = await world();
    const [found] = await connector.read.Appointment([wanted('101', ['start'])], operation());
    const related = found !== null && !(found instanceof Error) ? found?.related : undefined;
    expect(related).toMatchObject([
      { type: 'Patient', record: { key: '10', firstName: 'Avery', lastName: 'Sampleton', dateOfBirth: '1980-05-15' } },
    ]);
    expect(related?.[0]?.covers).toContain('lastName');
    for (const field of ['gender', 'names', 'address', 'identifiers', 'phoneHome'])
      expect(related?.[0]?.covers).not.toContain(field);
  });

  it('a schedule that follows spares the lists that it makes needless', async () => {
    const { connector, calls } = await world();
    const { result, calls: made } = await calls((call) =>
      connector.read.Appointment([wanted('101', ['reason', 'practitioner', 'type', 'location'])], call),
    );
    expect([...made].sort()).toEqual(['GetAppointmentById', 'GetSchedule', 'GetSchedulingLocations']);
    expect(result).toMatchObject([
      {
        record: {
          practitionerKey: '68',
          locationKey: '1',
          type: { text: 'Office Visit' },
          reason: { text: 'Knee pain' },
        },
      },
    ]);
  });

  it('appointments by id that lie close together share one schedule', async () => {
    const { connector, calls } = await world();
    const keys = ['101', '103', '104', '106'];
    const { result, calls: made } = await calls((call) =>
      connector.read.Appointment(
        keys.map((key) => wanted(key, ['reason'])),
        call,
      ),
    );
    expect(result).toMatchObject(keys.map((key) => ({ record: { key } })));
    expect(made.filter((name) => name === 'GetAppointmentById')).toHaveLength(4);
    expect(made.filter((name) => name === 'GetSchedule')).toHaveLength(2);
  });

  it('appointments of the guide’s dialect that lie close together share one schedule', async () => {
    const { connector, calls } = await world(GUIDE);
    const page = await connector.searchAppointments(WEEK, window(), operation());
    const keys = [...page.items.map(({ record }) => record.key), '106|2024-01-15', '101|2025-06-13'];
    const { result, calls: made } = await calls((call) =>
      connector.read.Appointment(
        keys.map((key) => wanted(key, ['start'])),
        call,
      ),
    );
    expect(result.map((found) => (found instanceof Error ? found : (found?.record.key ?? null)))).toEqual([
      ...keys.slice(0, -1),
      null,
    ]);
    expect(made).toEqual(['GetSchedule', 'GetSchedule']);
  });

  it('slots of one resource that lie close together share one question', async () => {
    const { connector, calls } = await world();
    const data = await connector.slots({ from: '2025-06-12T05:00:00Z', to: '2025-06-20T05:00:00Z' }, operation());
    const [one] = data.filter(({ record }) => record.practitionerKey === '68');
    const key = one?.record.key ?? '';
    const { result, calls: made } = await calls((call) =>
      connector.read.Slot([wanted(key), wanted(key.replace('2025-06-13', '2025-06-16'))], call),
    );
    expect(result).toMatchObject([{ record: { key } }, null]);
    expect(made).toEqual(['GetAvailableSchedule']);
  });

  it('the guide’s summary holds vitals and whatever else is asked of it', async () => {
    const { connector, calls } = await world(GUIDE);
    const asked = [...list([], { codes: ['8867-4'] }), ...list([], { category: 'vital-signs' })];
    const { calls: made } = await calls((call) => connector.patientObservations(asked, call));
    expect(made).toEqual(['GetClinicalSummary']);
  });
});

describe('a page of claims', () => {
  it('asks for no more charges than the page can need', async () => {
    const data = practice();
    const claim = data.claims[0];
    for (let id = 400; id < 430; id += 1) data.claims.push({ ...claim, id, serviceStart: '2024-03-01' } as never);
    const simulator = await listen(unitySimulator({ practice: data, now: () => NOW }));
    const { connector, calls, close } = await connectWorld<Fault>(simulator, MAGIC, UNITY_SIGN_IN);
    closing.push(close);
    const { result, calls: made } = await calls((call) =>
      connector.patientClaims([{ patient: '10', filter: {}, window: window([], 10) }], call),
    );
    expect(result[0]).toMatchObject({ hasNextPage: true });
    expect(made.filter((name) => name === 'GetEncounterList')).toHaveLength(1);
    // ten claims, one more that says that there are more, and the latest visit, which nobody has charged for
    expect(made.filter((name) => name === 'GetCharges')).toHaveLength(12);
  });
});
