import { describe, expect, it } from 'vitest';
import { practiceOf } from '../../../sandbox/athenanet/fixture.ts';
import { type Desk, desk, failure, pathsOf, thrownBy } from '../../../test/athenanet/desk.ts';

/** Booked for 5001 with provider 71 in department 1 on 12/01/2025 at 09:30; 105: arrived, 104: checked in. */
const VISIT = '101';
const SLOT = '1000001';
const NEEDS = ['patient', 'practitioner', 'location', 'type', 'minutes', 'start'] as const;

const current = (one: Desk, key: string) => one.read('Appointment', key, ...NEEDS);
/** How an appointment stands, as the vendor tells it in its lists. */
const status = async (one: Desk, key: string) => (await one.record('Appointment', key, 'status', 'urgent')).status;
const visitsOf = async (one: Desk, patient: string) => {
  const [page] = await one.bed.connector.patientAppointments(
    [{ patient, filter: { from: '2025-11-21T00:00:00Z', status: ['BOOKED'] }, window: { first: 100 } }],
    one.call,
  );
  if (page === undefined || page instanceof Error) throw page;
  return page.items.map(({ record }) => record.key);
};

/** The practice in which that visit is so many minutes long. */
const withLength = (minutes: number) => {
  const practice = practiceOf();
  const appointments = practice.appointments.map((one) => (String(one.id) === VISIT ? { ...one, minutes } : one));
  return { ...practice, appointments };
};

describe('rescheduling', () => {
  it('moves the patient into another slot, under that one’s id', async () => {
    const one = await desk();
    const sent = await one.write('rescheduleAppointment', { key: VISIT, slot: SLOT }).send(await current(one, VISIT));
    expect(sent).toEqual({ key: SLOT });
    expect(one.wire('PUT', `/appointments/${VISIT}/reschedule`).form).toMatchObject({
      patientid: '5001',
      newappointmentid: SLOT,
    });
    expect(await one.record('Appointment', SLOT, 'start', 'status')).toMatchObject({
      patientKey: '5001',
      start: '2025-11-24T15:00:00Z',
      status: 'BOOKED',
    });
    expect(await status(one, VISIT)).toBe('CANCELLED');
    expect((await visitsOf(one, '5001')).filter((key) => [VISIT, SLOT].includes(key))).toEqual([SLOT]);
  });

  it('to a time where nothing is open keeps practitioner, place, type and length', async () => {
    const one = await desk();
    const start = '2025-12-03T14:00:00Z';
    const { key } = await one.write('rescheduleAppointment', { key: VISIT, start }).send(await current(one, VISIT));
    const record = await one.record('Appointment', key, ...NEEDS);
    expect(record).toMatchObject({ start, practitionerKey: '71', locationKey: '1', minutes: 30, status: 'BOOKED' });
    expect(record.type?.codings[0]?.code).toBe('82');
    expect(one.departed).toEqual(['POST /appointments/open', 'PUT /appointments/{id}/reschedule']);
  });

  it('of a visit that is not as long as its type opens time of its length', async () => {
    const one = await desk({ practice: withLength(45) });
    const start = '2025-12-03T14:00:00Z';
    const { key } = await one.write('rescheduleAppointment', { key: VISIT, start }).send(await current(one, VISIT));
    expect(one.wire('POST', '/appointments/open').form).toMatchObject({ appointmenttypeid: '8' });
    const record = await one.record('Appointment', key, ...NEEDS);
    expect([record.minutes, record.type?.codings[0]?.code]).toEqual([45, '82']);
  });

  it('of a visit as long as no type of the practice is refused', async () => {
    const one = await desk({ practice: withLength(50) });
    const input = { key: VISIT, start: '2025-12-03T14:00:00Z' };
    const error = await failure(one.write('rescheduleAppointment', input).send(await current(one, VISIT)));
    expect(pathsOf(error)).toEqual(['minutes']);
  });

  it('to another practitioner keeps the time', async () => {
    const one = await desk();
    const input = { key: VISIT, practitioner: '72' };
    const { key } = await one.write('rescheduleAppointment', input).send(await current(one, VISIT));
    expect(await one.record('Appointment', key, ...NEEDS)).toMatchObject({
      start: '2025-12-01T14:30:00Z',
      practitionerKey: '72',
    });
  });

  it('twice leads from one appointment to the next', async () => {
    const one = await desk();
    const first = await one.write('rescheduleAppointment', { key: VISIT, slot: SLOT }).send(await current(one, VISIT));
    const back = { key: first.key, start: '2025-12-01T14:30:00Z' };
    const second = await one.write('rescheduleAppointment', back).send(await current(one, first.key));
    const keys = [VISIT, first.key, second.key];
    expect((await visitsOf(one, '5001')).filter((key) => keys.includes(key))).toEqual([second.key]);
  });

  it('whose answer is lost is found, and never made twice', async () => {
    const one = await desk();
    one.simulator.fault({ kind: 'lose', match: 'PUT /appointments/{id}/reschedule', times: 1 });
    const attempts = one.write('rescheduleAppointment', { key: VISIT, start: '2025-12-03T14:00:00Z' });
    const before = await current(one, VISIT);
    expect((await failure(attempts.send(before))).code).toBe('SOURCE_UNAVAILABLE');
    const { slot: key } = attempts.progress();
    expect(await attempts.find()).toEqual({ kind: 'found', key });
    expect(await attempts.send(before)).toEqual({ key });
    expect(one.commits('Appointment').filter(({ kind }) => kind === 'created')).toHaveLength(1);
  });

  it('that never arrived is not there', async () => {
    const one = await desk();
    one.simulator.fault({ kind: 'reset', match: 'PUT /appointments/{id}/reschedule', times: 1 });
    const attempts = one.write('rescheduleAppointment', { key: VISIT, start: '2025-12-03T14:00:00Z' });
    expect(await attempts.find()).toEqual({ kind: 'absent' });
    await failure(attempts.send(await current(one, VISIT)));
    expect(await attempts.find()).toEqual({ kind: 'absent' });
  });

  it('is not there when the patient came into the slot by another way', async () => {
    const one = await desk();
    one.simulator.fault({ kind: 'reset', match: 'PUT /appointments/{id}/reschedule', times: 1 });
    const attempts = one.write('rescheduleAppointment', { key: VISIT, slot: SLOT });
    const before = await current(one, VISIT);
    await failure(attempts.send(before));
    await one.write('bookAppointment', { patient: '5001', slot: SLOT }).send();
    expect(await attempts.find()).toEqual({ kind: 'absent' });
    expect((await failure(attempts.send(before))).code).toBe('SLOT_TAKEN');
    expect(await status(one, VISIT)).toBe('BOOKED');
  });

  it.each([
    { title: 'a slot that is taken', input: { key: VISIT, slot: '113' }, code: 'SLOT_TAKEN', departed: [] },
    {
      title: 'a time that is taken',
      input: { key: VISIT, start: '2025-12-02T04:30:00Z' },
      code: 'SLOT_TAKEN',
      departed: ['POST /appointments/open'],
    },
    {
      title: 'a visit that is checked in',
      input: { key: '104', slot: SLOT },
      code: 'VENDOR_REJECTED',
      departed: ['PUT /appointments/{id}/reschedule'],
    },
  ])('says $code for $title, and leaves all as it was', async ({ input, code, departed }) => {
    const one = await desk();
    const error = await failure(one.write('rescheduleAppointment', input).send(await current(one, input.key)));
    expect(error.code).toBe(code);
    expect(one.departed).toEqual(departed);
    expect(one.commits()).toEqual([]);
  });

  it('gives back what was opened for a visit that cannot be moved', async () => {
    const one = await desk();
    const input = { key: '104', start: '2025-12-03T14:00:00Z' };
    await failure(one.write('rescheduleAppointment', input).send(await current(one, '104')));
    expect(one.departed.at(-1)).toBe('DELETE /appointments/{id}');
    const search = { from: '2025-12-03T00:00:00Z', to: '2025-12-04T00:00:00Z' };
    expect(await one.bed.connector.slots(search, one.call)).toEqual([]);
  });

  it('wants to know where to', async () => {
    const one = await desk();
    const error = thrownBy(() => one.write('rescheduleAppointment', { key: VISIT }).writer.plan({ key: VISIT }));
    expect(pathsOf(error)).toEqual(['start']);
  });
});

describe('the end of an appointment', () => {
  it.each([
    { title: 'without words', input: {}, form: {} },
    {
      title: 'in words of the client',
      input: { reason: 'Gone & “away”' },
      form: { cancellationreason: 'Gone & “away”' },
    },
    {
      title: 'by the practice’s reason',
      input: { reason: 'patient cancelled' },
      form: { appointmentcancelreasonid: '4', cancellationreason: 'patient cancelled' },
    },
    {
      title: 'in words that stand for a no-show, which a cancellation is not',
      input: { reason: 'PATIENT NO SHOW' },
      form: { cancellationreason: 'PATIENT NO SHOW' },
    },
  ])('is a cancellation $title', async ({ input, form }) => {
    const one = await desk();
    const sent = await one.write('cancelAppointment', { key: VISIT, ...input }).send(await current(one, VISIT));
    expect(sent).toEqual({ key: VISIT });
    const flags = { ignoreschedulablepermission: 'true', nopatientcase: 'true' };
    expect(one.wire('PUT', `/appointments/${VISIT}/cancel`).form).toEqual({ patientid: '5001', ...form, ...flags });
    expect(await status(one, VISIT)).toBe('CANCELLED');
  });

  it.each([
    { title: 'without words', reason: undefined },
    { title: 'in words of the client', reason: 'Waited an hour' },
  ])('is a no-show $title', async ({ reason }) => {
    const one = await desk();
    const input = { key: VISIT, ...(reason === undefined ? {} : { reason }) };
    await one.write('markNoShow', input).send(await current(one, VISIT));
    expect(one.wire('PUT', `/appointments/${VISIT}/cancel`).form).toMatchObject({ appointmentcancelreasonid: '5' });
    expect(await status(one, VISIT)).toBe('NO_SHOW');
    expect(one.commits().map(({ type, kind }) => [type, kind])).toEqual([['Appointment', 'updated']]);
  });

  it('cannot be a no-show where no reason of the practice stands for one', async () => {
    const one = await desk();
    const body = JSON.stringify({ totalcount: 0, appointmentcancelreasons: [] });
    one.simulator.fault({ kind: 'body', body, match: 'GET /appointmentcancelreasons' });
    const error = await failure(one.write('markNoShow', { key: VISIT }).send(await current(one, VISIT)));
    expect(error.code).toBe('UNSUPPORTED_BY_VENDOR');
    expect(one.departed).toEqual([]);
  });

  it.each(['cancelAppointment', 'markNoShow'] as const)('by %s is refused when it was checked in', async (kind) => {
    const one = await desk();
    expect((await failure(one.write(kind, { key: '104' }).send(await current(one, '104')))).code).toBe(
      'VENDOR_REJECTED',
    );
    expect(one.commits()).toEqual([]);
  });

  it('is not sure when the answer is lost, though it ended', async () => {
    const one = await desk();
    one.simulator.fault({ kind: 'lose', match: 'PUT /appointments/{id}/cancel', times: 1 });
    const lost = one.write('cancelAppointment', { key: VISIT }).send(await current(one, VISIT));
    expect((await failure(lost)).code).toBe('SOURCE_UNAVAILABLE');
    expect(await status(one, VISIT)).toBe('CANCELLED');
  });

  it.each(['', '"Cancelled"', '{"status":"x"}', '1'])('may be answered with %s', async (body) => {
    const one = await desk();
    one.simulator.fault({ kind: 'body', body, match: 'PUT /appointments/{id}/cancel' });
    expect(await one.write('cancelAppointment', { key: VISIT }).send(await current(one, VISIT))).toEqual({
      key: VISIT,
    });
  });
});

describe('an answer to a cancellation', () => {
  it.each([
    { body: '{"success":false,"errormessage":"No."}', code: 'VENDOR_REJECTED' },
    { body: '<html>', code: 'BAD_VENDOR_ANSWER' },
  ])('of $body says $code', async ({ body, code }) => {
    const one = await desk();
    one.simulator.fault({ kind: 'body', body, match: 'PUT /appointments/{id}/cancel' });
    const cancelled = one.write('cancelAppointment', { key: VISIT }).send(await current(one, VISIT));
    expect((await failure(cancelled)).code).toBe(code);
  });
});

describe('checking in', () => {
  it.each([VISIT, '105'])('is one call without a body (%s)', async (key) => {
    const one = await desk();
    expect(await one.write('checkInAppointment', { key }).send()).toEqual({ key });
    expect(one.wire('POST', `/appointments/${key}/checkin`).request.body).toBe('');
    expect(await status(one, key)).toBe('CHECKED_IN');
  });

  it('says what the department wants to know before', async () => {
    const one = await desk({ checkInRequired: ['state', 'homephone'] });
    const { key } = await one.write('bookAppointment', { patient: '5002', slot: SLOT }).send();
    const error = await failure(one.write('checkInAppointment', { key }).send());
    expect([error.code, pathsOf(error)]).toEqual(['VENDOR_REJECTED', ['patient.address.state']]);
    expect(await status(one, key)).toBe('BOOKED');
  });

  it('is refused for what is over', async () => {
    const one = await desk();
    expect((await failure(one.write('checkInAppointment', { key: '106' }).send())).code).toBe('VENDOR_REJECTED');
  });

  it('warns that no reason is kept', async () => {
    const one = await desk();
    const { warnings } = await one.write('checkInAppointment', { key: VISIT, reason: 'Early' }).send();
    expect(warnings?.map(({ path }) => path)).toEqual([['reason']]);
  });
});
