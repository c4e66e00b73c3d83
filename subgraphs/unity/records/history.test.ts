import { afterEach, describe, expect, it } from 'vitest';
import { type Fault, listen } from '../../../sandbox/server.ts';
import { UNITY_SIGN_IN, type UnityOptions, unitySimulator } from '../../../sandbox/unity/simulator.ts';
import { NOW, practice } from '../fixture/practice.ts';
import { dataSet, magicAnswer, operation } from '../fixture/vendor.ts';
import {
  connectWorld,
  type DIALECTS,
  itemsOf,
  MAGIC,
  recordOf,
  WEEK,
  wanted,
  window,
  without,
} from '../fixture/world.ts';

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

describe('a patient’s appointments over magic-soap', () => {
  const list = (fields: readonly string[], filter = {}) => [{ patient: '10', filter, window: window(fields) }];

  it.each([
    [['start', 'status'], {}, ['GetScheduleByPatientID']],
    [['type'], {}, ['GetScheduleByPatientID', 'GetAppointmentTypes']],
    [['location'], {}, ['GetScheduleByPatientID', 'GetSchedulingLocations']],
    [['practitioner'], {}, ['GetScheduleByPatientID', 'GetResources', 'GetProviders']],
    [['reason'], {}, ['GetScheduleByPatientID']],
    [['reason'], WEEK, ['GetScheduleByPatientID', 'GetSchedule']],
  ])('with %j cost %3$j', async (fields, filter, expected) => {
    const { connector, calls } = await world(MAGIC);
    const { result, calls: made } = await calls((call) => connector.patientAppointments(list(fields, filter), call));
    expect(made).toEqual(expected);
    const [page] = result;
    expect(itemsOf(page).map(({ record }) => record.externalId)).toEqual(
      filter === WEEK ? ['101', '103', '104'] : ['106', '101', '103', '104'],
    );
    const told = itemsOf(page)[0]?.covers;
    const unbounded = filter !== WEEK && fields.includes('reason');
    for (const field of fields) expect(told === 'all' || told?.has(field)).toBe(!unbounded);
  });

  it('ask the lists of people and places once an hour', async () => {
    let time = NOW;
    const { connector, calls } = await world(MAGIC, {}, { now: () => time });
    const fields = ['type', 'location', 'practitioner'];
    await connector.patientAppointments(
      list(fields),
      operation(() => time),
    );
    time += 59 * 60_000;
    const again = await calls((call) => connector.patientAppointments(list(fields), call));
    expect(again.calls).toEqual(['GetScheduleByPatientID']);
  });

  it('name the same practitioner, place and type as the schedule', async () => {
    const { connector } = await world(MAGIC);
    const fields = ['type', 'location', 'practitioner'];
    const schedule = await connector.searchAppointments(WEEK, window(fields), operation());
    const [history] = await connector.patientAppointments(list(fields), operation());
    for (const { record } of itemsOf(history).slice(1)) {
      const other = schedule.items.find(({ record: { key } }) => key === record.key)?.record;
      expect(record).toMatchObject({
        practitionerKey: other?.practitionerKey,
        locationKey: other?.locationKey,
        start: other?.start,
        status: other?.status,
      });
      expect(record.type?.text).toBe(other?.type?.text);
    }
  });

  it('are never another patient’s', async () => {
    const { connector, simulator } = await world(MAGIC);
    const row = { Appointment_ID: '102', Patient_ID: '11', Appointment_DateTime: '6/12/2025 9:20:00 AM', Status: 'S' };
    simulator.fault({
      kind: 'body',
      match: 'GetScheduleByPatientID',
      body: magicAnswer(dataSet('GetScheduleByPatientID', [row])),
    });
    const [page] = await connector.patientAppointments(list(['start']), operation());
    expect(page).toMatchObject({ code: 'BAD_VENDOR_ANSWER' });
  });

  it.each([
    ['a short period', WEEK, ['101', '103', '104']],
    ['no period', {}, ['106', '101', '103', '104']],
    ['an open period', { from: '2025-06-13T00:00:00Z' }, ['103', '104']],
  ])('come from schedules where Practice Management is not licensed, for %s', async (_, filter, ids) => {
    const { connector, calls } = await world(MAGIC, { licensed: without('GetScheduleByPatientID') });
    const first = await calls((call) => connector.patientAppointments(list(['start'], filter), call));
    expect(first.calls).toEqual(['GetScheduleByPatientID', 'GetSchedule']);
    const second = await calls((call) => connector.patientAppointments(list(['start'], filter), call));
    expect(second.calls).toEqual(['GetSchedule']);
    const [page] = second.result;
    expect(itemsOf(page).map(({ record }) => record.externalId)).toEqual(ids);
  });

  it('share one schedule of a short period where Practice Management is not licensed', async () => {
    const { connector, calls } = await world(MAGIC, { licensed: without('GetScheduleByPatientID') });
    const ask = ['10', '11', '12'].map((patient) => ({ patient, filter: WEEK, window: window(['reason']) }));
    const { calls: made } = await calls((call) => connector.patientAppointments(ask, call));
    expect(made).toEqual(['GetScheduleByPatientID', 'GetSchedule']);
  });

  it.each([
    [['start', 'status'], ['GetAppointmentById']],
    [['note'], ['GetAppointmentById', 'GetSchedule']],
    [['reason'], ['GetAppointmentById', 'GetSchedule']],
  ])('cost, read one by one for %j, %j', async (fields, expected) => {
    const { connector, calls } = await world(MAGIC);
    const { result, calls: made } = await calls((call) => connector.read.Appointment([wanted('101', fields)], call));
    expect(made).toEqual(expected);
    expect(recordOf(result[0]).start).toBe('2025-06-12T14:00:00Z');
    if (made.includes('GetSchedule'))
      expect(recordOf(result[0])).toMatchObject({ note: 'Brings a walker', reason: { text: 'Knee pain' } });
  });

  it('that a list has told are completed from one schedule a day', async () => {
    const { connector, calls } = await world(MAGIC);
    const [page] = await connector.patientAppointments(list(['start']), operation());
    const missing = itemsOf(page)
      .slice(1, 3)
      .map(({ after: _, ...known }) => ({ ...wanted(known.record.key, ['reason']), known }));
    const { result, calls: made } = await calls((call) => connector.read.Appointment(missing, call));
    expect(made).toEqual(['GetSchedule', 'GetSchedule']);
    expect(recordOf(result[0]).reason?.text).toBe('Knee pain');
  });

  it('that a schedule has told get their place from the list of places', async () => {
    const { connector, calls } = await world(MAGIC);
    const page = await connector.searchAppointments(WEEK, window(['start']), operation());
    const missing = itemsOf(page).map(({ after: _, ...known }) => ({
      ...wanted(known.record.key, ['location']),
      known,
    }));
    const { result, calls: made } = await calls((call) => connector.read.Appointment(missing, call));
    expect(made).toEqual(['GetSchedulingLocations']);
    expect(result.map((found) => recordOf(found).locationKey)).toEqual(['1', '1', '2', '1', '1']);
  });

  it('leave the place open when the list of places fails, and say so when it is asked for', async () => {
    const { connector, simulator } = await world(MAGIC);
    simulator.fault({ kind: 'status', status: 503, match: 'GetSchedulingLocations' });
    const page = await connector.searchAppointments(WEEK, window(['location']), operation());
    expect(itemsOf(page)).toHaveLength(5);
    expect(itemsOf(page)[0]?.covers).not.toContain('location');
    const [found] = await connector.read.Appointment([wanted('101', ['location'])], operation());
    expect(found).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    await expect(
      connector.searchAppointments({ ...WEEK, locations: ['1'] }, window(), operation()),
    ).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
    });
  });

  it('are not found by a place when no list of places is licensed', async () => {
    const licensed = without('GetSchedulingLocations', 'GetProviders');
    const { connector } = await world(MAGIC, { licensed });
    await expect(
      connector.searchAppointments({ ...WEEK, locations: ['1'] }, window(), operation()),
    ).rejects.toMatchObject({
      code: 'UNSUPPORTED_BY_VENDOR',
    });
  });
});
