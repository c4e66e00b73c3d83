import { describe, expect, it } from 'vitest';
import type { Commands } from '../../../schema/commands.ts';
import { desk, failure, pathsOf, thrownBy } from '../../../test/athenanet/desk.ts';
import { withDepartments } from '../testbed.ts';

type Input = Commands['bookAppointment'];

/** 11/24/2025 10:00 in New York, provider 71 in department 1, 30 minutes. */
const SLOT = '1000001';
const BY_SLOT: Input = { patient: '5001', slot: SLOT };
const AT_SLOT: Input = { patient: '5001', practitioner: '71', start: '2025-11-24T15:00:00Z', minutes: 30 };
/** 12/02/2025 09:00 in New York, where nothing is open. */
const ELSEWHEN: Input = { ...AT_SLOT, start: '2025-12-02T14:00:00Z', location: '1' };
const SHOWN = ['patient', 'practitioner', 'location', 'type', 'start', 'minutes', 'status', 'note'] as const;
const BOOKED = {
  patientKey: '5001',
  practitionerKey: '71',
  locationKey: '1',
  start: '2025-11-24T15:00:00Z',
  minutes: 30,
  status: 'BOOKED',
};

describe('booking on the platform', () => {
  it('puts the patient into the slot, in the vendor’s form', async () => {
    const one = await desk();
    const sent = await one.write('bookAppointment', { ...BY_SLOT, note: 'Bring “films” & <x-rays>\nÄ 🙂' }).send();
    expect(sent).toEqual({ key: SLOT });
    const { request, form } = one.wire('PUT', `/appointments/${SLOT}`);
    expect(request.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(Object.entries(form)).toEqual([
      ['patientid', '5001'],
      ['appointmenttypeid', '82'],
      ['departmentid', '1'],
      ['bookingnote', 'Bring “films” & <x-rays>\nÄ 🙂'],
      ['ignoreschedulablepermission', 'true'],
      ['nopatientcase', 'true'],
      ['donotsendconfirmationemail', 'true'],
    ]);
    expect(await one.record('Appointment', SLOT, ...SHOWN)).toMatchObject({
      ...BOOKED,
      note: 'Bring “films” & <x-rays>\nÄ 🙂',
    });
    expect(one.departed).toEqual(['PUT /appointments/{id}']);
  });

  it('finds the slot of a practitioner and a time', async () => {
    const one = await desk();
    expect(await one.write('bookAppointment', AT_SLOT).send()).toEqual({ key: SLOT });
    expect(await one.record('Appointment', SLOT, ...SHOWN)).toMatchObject(BOOKED);
    expect(one.commits().map(({ type, kind }) => [type, kind])).toEqual([['Appointment', 'created']]);
  });

  it.each([
    { title: 'a type', input: { type: 'New Patient 45' }, type: '8', minutes: 45 },
    { title: 'a type by its id', input: { type: '82' }, type: '82', minutes: 30 },
    { title: 'a length', input: { minutes: 45 }, type: '8', minutes: 45 },
    { title: 'both', input: { type: '82', minutes: 30 }, type: '82', minutes: 30 },
  ])('opens time where there is none, by $title', async ({ input, type, minutes }) => {
    const one = await desk();
    const { minutes: _, ...when } = ELSEWHEN;
    const { key } = await one.write('bookAppointment', { ...when, ...input }).send();
    expect(one.wire('POST', '/appointments/open').form).toEqual({
      departmentid: '1',
      providerid: '71',
      appointmentdate: '12/02/2025',
      appointmenttime: '09:00',
      appointmenttypeid: type,
    });
    const record = await one.record('Appointment', key, ...SHOWN);
    expect(record).toMatchObject({ ...BOOKED, start: '2025-12-02T14:00:00Z', minutes });
    expect(record.type?.codings[0]?.code).toBe(type);
    expect(one.departed).toEqual(['POST /appointments/open', 'PUT /appointments/{id}']);
  });

  it('opens time by the clock of the department', async () => {
    const one = await desk();
    const { key } = await one.write('bookAppointment', { ...ELSEWHEN, location: '3' }).send();
    expect(one.wire('POST', '/appointments/open').form).toMatchObject({ appointmenttime: '07:00', departmentid: '3' });
    expect(await one.record('Appointment', key, 'start')).toMatchObject({ start: ELSEWHEN.start, locationKey: '3' });
  });

  it('names the practice’s reason, and keeps another one as the note', async () => {
    const one = await desk();
    await one.write('bookAppointment', { ...BY_SLOT, reason: 'Office Visit 30' }).send();
    const { form } = one.wire('PUT', `/appointments/${SLOT}`);
    expect(form).toMatchObject({ reasonid: '182' });
    expect(form).not.toHaveProperty('appointmenttypeid');
    const other = await one.write('bookAppointment', { ...BY_SLOT, slot: '1000002', reason: 'Sore knee' }).send();
    expect(await one.record('Appointment', other.key, 'note')).toMatchObject({ note: 'Sore knee' });
  });

  it('names the type where both are given, and keeps the reason as the note', async () => {
    const one = await desk();
    await one.write('bookAppointment', { ...BY_SLOT, reason: 'Office Visit 30', type: '82' }).send();
    expect(one.wire('PUT', `/appointments/${SLOT}`).form).toMatchObject({
      appointmenttypeid: '82',
      bookingnote: 'Office Visit 30',
    });
  });

  it('warns of a reason for which there is no place', async () => {
    const one = await desk();
    const { warnings } = await one.write('bookAppointment', { ...BY_SLOT, reason: 'Sore knee', note: 'At ten' }).send();
    expect(warnings?.map(({ path }) => path)).toEqual([['reason']]);
    expect(await one.record('Appointment', SLOT, 'note')).toMatchObject({ note: 'At ten' });
  });
});

describe('a booking that is refused', () => {
  it.each([
    { title: 'a slot that somebody has', input: BY_SLOT, first: { ...BY_SLOT, patient: '5002' } },
    { title: 'a slot that is not there', input: { ...BY_SLOT, slot: '1009999' } },
    { title: 'an appointment in the place of a slot', input: { ...BY_SLOT, slot: '101' } },
    { title: 'a time at which the practitioner has a visit', input: { ...ELSEWHEN, start: '2025-12-01T14:30:00Z' } },
  ])('says SLOT_TAKEN for $title', async ({ input, first }) => {
    const one = await desk();
    if (first !== undefined) await one.write('bookAppointment', first).send();
    const before = one.commits().length;
    expect((await failure(one.write('bookAppointment', input).send())).code).toBe('SLOT_TAKEN');
    expect(one.commits()).toHaveLength(before);
  });

  it.each([400, 404, 409])('says SLOT_TAKEN when somebody was quicker (%i)', async (status) => {
    const open = { appointmentid: '7', appointmentstatus: 'o', date: '12/01/2025', starttime: '09:00', duration: 30 };
    const slot = { ...open, departmentid: '1', providerid: '71', appointmenttypeid: '82' };
    const told = [
      [slot],
      { status, body: { error: 'Not available.' } },
      [{ ...slot, appointmentstatus: 'f', patientid: '8' }],
    ];
    const bed = await withDepartments({ '/appointments/*': () => told.shift() ?? [] });
    const departures = { departs: async () => undefined, returned: () => undefined };
    const sending = { id: 'w', call: { ...bed.call, departures }, progress: {}, keep: async () => undefined };
    const booking = bed.connector.writers.bookAppointment?.send({ patient: '5001', slot: '7' }, sending);
    expect((await failure(Promise.resolve(booking))).code).toBe('SLOT_TAKEN');
    expect(told).toEqual([]);
  });

  it('says what the vendor says when the slot is still open', async () => {
    const one = await desk();
    const body = JSON.stringify({ error: 'The data provided is invalid.', detailedmessage: 'Sensitive: Avery' });
    one.simulator.fault({ kind: 'status', status: 400, body, match: 'PUT /appointments/{id}' });
    const error = await failure(one.write('bookAppointment', BY_SLOT).send());
    expect(error.code).toBe('VENDOR_REJECTED');
    expect(JSON.stringify([error, error.extensions])).not.toContain('Avery');
    expect(one.commits()).toEqual([]);
  });

  it('gives back the time that was opened for it', async () => {
    const one = await desk();
    const error = await failure(one.write('bookAppointment', { ...ELSEWHEN, patient: '9999' }).send());
    expect(error.code).toBe('NOT_FOUND');
    expect(one.departed).toEqual(['POST /appointments/open', 'PUT /appointments/{id}', 'DELETE /appointments/{id}']);
    expect(one.commits('Appointment')).toEqual([]);
    const search = { from: '2025-12-02T00:00:00Z', to: '2025-12-03T00:00:00Z' };
    expect(await one.bed.connector.slots(search, one.call)).toEqual([]);
  });

  it.each([
    { title: 'a type that is not there', input: { ...ELSEWHEN, type: 'Surgery' }, path: 'type' },
    { title: 'a type of another length', input: { ...ELSEWHEN, type: '8' }, path: 'minutes' },
    { title: 'a length that no type has', input: { ...ELSEWHEN, minutes: 7 }, path: 'minutes' },
    { title: 'a department that is not there', input: { ...ELSEWHEN, location: '9' }, path: 'location' },
    {
      title: 'no department where time must be opened',
      input: { ...AT_SLOT, start: ELSEWHEN.start ?? '' },
      path: 'location',
    },
    { title: 'the second of two equal hours', input: { ...ELSEWHEN, start: '2026-11-01T06:30:00Z' }, path: 'start' },
    { title: 'another time than the slot’s', input: { ...BY_SLOT, start: '2025-11-24T15:30:00Z' }, path: 'start' },
    { title: 'another practitioner than the slot’s', input: { ...BY_SLOT, practitioner: '72' }, path: 'practitioner' },
    { title: 'another place than the slot’s', input: { ...BY_SLOT, location: '2' }, path: 'location' },
    { title: 'another length than the slot’s', input: { ...BY_SLOT, minutes: 45 }, path: 'minutes' },
  ])('says VALIDATION for $title', async ({ input, path }) => {
    const one = await desk();
    const error = await failure(one.write('bookAppointment', input).send());
    expect([error.code, pathsOf(error)]).toEqual(['VALIDATION', [path]]);
    expect(one.departed).toEqual([]);
  });

  it.each([
    { title: 'a start within a minute', input: { ...ELSEWHEN, start: '2025-12-02T14:00:30Z' }, code: 'VALIDATION' },
    { title: 'no practitioner', input: { patient: '5001', start: '2025-12-02T14:00:00Z' }, code: 'VALIDATION' },
    { title: 'no time', input: { patient: '5001', practitioner: '71' }, code: 'VALIDATION' },
    { title: 'a patient’s key that is none', input: { ...BY_SLOT, patient: 'search' }, code: 'NOT_FOUND' },
    { title: 'a slot’s key that is none', input: { ...BY_SLOT, slot: '1/cancel' }, code: 'NOT_FOUND' },
  ])('knows $title without asking anybody', async ({ input, code }) => {
    const one = await desk();
    expect(thrownBy(() => one.write('bookAppointment', input).writer.plan(input)).code).toBe(code);
    expect(one.simulator.traffic.total).toBe(0);
  });

  it('takes the first of two equal hours', async () => {
    const one = await desk();
    const start = '2026-11-01T05:30:00Z';
    const { key } = await one.write('bookAppointment', { ...ELSEWHEN, start }).send();
    expect(await one.record('Appointment', key, 'start')).toMatchObject({ start });
  });
});

describe('a booking whose answer is lost', () => {
  it.each(['reset', 'status'] as const)('is not made again (%s)', async (how) => {
    const one = await desk();
    one.simulator.fault({ kind: 'lose', how, match: 'PUT /appointments/{id}', times: 1 });
    const attempts = one.write('bookAppointment', ELSEWHEN);
    expect((await failure(attempts.send())).code).toBe('SOURCE_UNAVAILABLE');
    const { key } = await attempts.send();
    expect(one.commits('Appointment').map(({ kind, id }) => [kind, String(id)])).toEqual([['created', key]]);
    expect(one.departed).toEqual(['POST /appointments/open', 'PUT /appointments/{id}']);
  });

  it('uses the time that was opened before', async () => {
    const one = await desk();
    one.simulator.fault({ kind: 'lose', match: 'POST /appointments/open', times: 1 });
    const attempts = one.write('bookAppointment', ELSEWHEN);
    expect((await failure(attempts.send())).code).toBe('SOURCE_UNAVAILABLE');
    await attempts.send();
    expect(one.commits().map(({ type, kind }) => [type, kind])).toEqual([
      ['Slot', 'created'],
      ['Appointment', 'created'],
    ]);
  });

  it('that never arrived goes into the slot that was kept', async () => {
    const one = await desk();
    one.simulator.fault({ kind: 'reset', match: 'PUT /appointments/{id}', times: 1 });
    const attempts = one.write('bookAppointment', ELSEWHEN);
    expect((await failure(attempts.send())).code).toBe('SOURCE_UNAVAILABLE');
    const { key } = await attempts.send();
    expect(attempts.progress()).toMatchObject({ slot: key, opened: key });
    expect(one.commits('Slot')).toHaveLength(1);
    expect(one.commits('Appointment')).toHaveLength(1);
  });

  it.each([
    { title: 'cut off', fault: { kind: 'truncate' }, code: 'SOURCE_UNAVAILABLE' },
    { title: 'no JSON', fault: { kind: 'body', body: '<html>' }, code: 'BAD_VENDOR_ANSWER' },
    { title: 'a failure of the server', fault: { kind: 'status', status: 500 }, code: 'SOURCE_UNAVAILABLE' },
  ] as const)('is not sure of an answer that is $title', async ({ fault, code }) => {
    const one = await desk();
    one.simulator.fault({ ...fault, match: 'PUT /appointments/{id}' });
    expect((await failure(one.write('bookAppointment', BY_SLOT).send())).code).toBe(code);
  });
});

describe('booking as the guide prints it', () => {
  const guide = () => desk({ strictDialect: 'guide' }, { dialect: 'guide' });

  it('is one call, in JSON, with the guide’s members in the guide’s order', async () => {
    const one = await guide();
    const { key } = await one.write('bookAppointment', { ...ELSEWHEN, reason: '182', type: '82' }).send();
    const { request } = one.wire('POST', '/appointments/open');
    expect(request.headers['content-type']).toBe('application/json');
    expect(Object.entries(JSON.parse(request.body))).toEqual([
      ['patientid', 5001],
      ['providerid', 71],
      ['appointmenttypeid', 82],
      ['departmentid', 1],
      ['starttime', '2025-12-02T09:00:00'],
      ['duration', 30],
      ['reasonid', 182],
    ]);
    expect(await one.record('Appointment', key, ...SHOWN)).toMatchObject({ ...BOOKED, start: ELSEWHEN.start });
    expect(one.departed).toEqual(['POST /appointments/open']);
  });

  it('takes the time of a slot, a length of its own, a note and any reason', async () => {
    const one = await guide();
    const { key } = await one.write('bookAppointment', { ...BY_SLOT, reason: 'Sore knee', note: 'At ten' }).send();
    const record = await one.record('Appointment', key, ...SHOWN, 'reason');
    expect(record).toMatchObject({ ...BOOKED, note: 'At ten' });
    const longer = await one.write('bookAppointment', { ...ELSEWHEN, type: '82', minutes: 20 }).send();
    expect(await one.record('Appointment', longer.key, 'minutes')).toMatchObject({ minutes: 20 });
  });

  it('says SLOT_TAKEN for a time that is taken', async () => {
    const one = await guide();
    const input = { ...ELSEWHEN, start: '2025-12-01T14:30:00Z' };
    expect((await failure(one.write('bookAppointment', input).send())).code).toBe('SLOT_TAKEN');
  });
});

describe('the plan of a booking', () => {
  it.each([
    { dialect: 'platform', input: BY_SLOT, calls: ['PUT /appointments/{id}'] },
    { dialect: 'platform', input: ELSEWHEN, calls: ['POST /appointments/open', 'PUT /appointments/{id}'] },
    { dialect: 'guide', input: ELSEWHEN, calls: ['POST /appointments/open'] },
  ])('asks nobody and shows no person ($dialect, $calls)', async ({ dialect, input, calls }) => {
    const one = await desk({}, { dialect });
    const wanted = { ...input, note: 'Private', reason: 'Also private' };
    const plan = one.write('bookAppointment', wanted).writer.plan(wanted);
    expect(plan.map(({ vendorCall }) => vendorCall)).toEqual(calls);
    expect(plan.at(-1)?.fields.find(({ name }) => name === 'patientid')).toEqual({ name: 'patientid', value: '***' });
    expect(JSON.stringify(plan)).not.toMatch(/private|5001/i);
    expect(one.simulator.traffic.total).toBe(0);
  });
});
