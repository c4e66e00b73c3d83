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

  it('read the same whichever call told them', async () => {
    const data = practice();
    const statuses = ['booked', 'arrived', 'checked-in', 'fulfilled', 'cancelled', 'noshow'] as const;
    for (const [i, status] of statuses.entries())
      data.appointments.push({
        ...data.appointments[0],
        id: 200 + i,
        reason: undefined,
        note: undefined,
        status,
      } as never);
    const { connector } = await world(MAGIC, { practice: data });
    const fields = ['type', 'location', 'practitioner', 'status', 'vendorStatus'];
    const schedule = await connector.searchAppointments(WEEK, window(fields), operation());
    const [history] = await connector.patientAppointments(list(fields, WEEK), operation());
    const one = await connector.read.Appointment(
      itemsOf(history).map(({ record }) => wanted(record.key, fields)),
      operation(),
    );
    expect(itemsOf(history)).toHaveLength(9);
    for (const [i, { record }] of itemsOf(history).entries()) {
      const [scheduled] = schedule.items.filter((each) => each.record.key === record.key);
      // what only schedules tell
      const { reason: _1, note: _2, own: _3, ...told } = recordOf<'Appointment'>(scheduled);
      expect(record).toMatchObject(told);
      expect(recordOf(one[i])).toMatchObject(told);
    }
  });

  it('that were moved since a list told their day are found on their new day', async () => {
    const data = practice();
    const { connector } = await world(MAGIC, { practice: data });
    const [page] = await connector.patientAppointments(list(['start']), operation());
    const known = itemsOf(page).find(({ record }) => record.key === '101');
    const [visit] = data.appointments;
    if (visit !== undefined) visit.start = '2025-09-01T14:00:00Z';
    const [found] = await connector.read.Appointment(
      known === undefined ? [] : [{ ...wanted('101', ['reason']), known }],
      operation(),
    );
    expect(recordOf(found)).toMatchObject({ start: '2025-09-01T14:00:00Z', reason: { text: 'Knee pain' } });
  });

  it('that no schedule has are told as far as Practice Management knows them', async () => {
    const data = practice();
    data.appointments.push({ ...data.appointments[0], id: 300, status: 'waitlist' } as never);
    const { connector } = await world(MAGIC, { practice: data });
    const fields = ['practitioner', 'location', 'type', 'reason', 'note'];
    const [one] = await connector.read.Appointment([wanted('300', fields)], operation());
    expect(recordOf(one)).toMatchObject({
      practitionerKey: '68',
      locationKey: '1',
      type: { text: 'Office Visit' },
      reason: null,
      note: 'Knee pain; Brings a walker',
      status: 'WAITLIST',
      vendorStatus: 'W',
    });
    for (const field of fields) expect((one as { covers: ReadonlySet<string> }).covers).toContain(field);
    // a list told whom and where: the rest does not deny it
    const known = { record: recordOf(one), covers: new Set(['start', 'practitioner', 'location']) };
    const [rest] = await connector.read.Appointment([{ ...wanted('300', ['reason']), known }], operation());
    expect(rest).toMatchObject({ covers: expect.any(Set) });
    for (const field of ['practitioner', 'location'])
      expect((rest as { covers: ReadonlySet<string> }).covers).not.toContain(field);
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

  it('ask for no lists that schedules make needless, once Practice Management is known not to be licensed', async () => {
    const { connector, calls } = await world(MAGIC, { licensed: without('GetScheduleByPatientID') });
    await connector.patientAppointments(list(['start']), operation());
    const { result, calls: made } = await calls((call) =>
      connector.patientAppointments(list(['practitioner', 'type']), call),
    );
    expect(made).toEqual(['GetSchedule']);
    expect(itemsOf(result[0])[0]?.record).toMatchObject({ practitionerKey: '68', type: { text: 'Office Visit' } });
  });

  it('share one schedule of a short period where Practice Management is not licensed', async () => {
    const { connector, calls } = await world(MAGIC, { licensed: without('GetScheduleByPatientID') });
    const ask = ['10', '11', '12'].map((patient) => ({ patient, filter: WEEK, window: window(['reason']) }));
    await connector.patientAppointments(ask.slice(0, 1), operation());
    const { calls: made } = await calls((call) => connector.patientAppointments(ask, call));
    expect(made).toEqual(['GetSchedule']);
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

  it('that a list has told are completed from one schedule for all days of a month', async () => {
    const { connector, calls } = await world(MAGIC);
    const [page] = await connector.patientAppointments(list(['start']), operation());
    const missing = itemsOf(page).map(({ after: _, ...known }) => ({ ...wanted(known.record.key, ['reason']), known }));
    const { result, calls: made } = await calls((call) => connector.read.Appointment(missing, call));
    expect(result.map((found) => recordOf(found).externalId)).toEqual(['106', '101', '103', '104']);
    expect(made).toEqual(['GetSchedule', 'GetSchedule']);
    expect(recordOf(result[1]).reason?.text).toBe('Knee pain');
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
