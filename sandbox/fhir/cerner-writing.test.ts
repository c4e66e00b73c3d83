import type { Appointment } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Practice } from '../practice.ts';
import { smallPractice } from './fixture.ts';
import { NOW, outcomeOf, type Running, start } from './running.ts';
import { newPatient, newResult, newVisit } from './samples.ts';

const FIRST = { 'if-match': 'W/"1"' };
const SLOT_81 = [{ reference: 'Slot/slot-81' }];
const status = (value: string) => ({ op: 'replace', path: '/status', value });

const byslot = (more: Partial<Appointment> = {}): Appointment => ({
  resourceType: 'Appointment',
  status: 'booked',
  slot: [{ reference: 'Slot/slot-80' }],
  participant: [{ actor: { reference: 'Patient/pat-1' }, status: 'accepted' }],
  reasonCode: [{ text: 'Cough' }],
  ...more,
});

const proposed = (more: Partial<Appointment> = {}): Appointment => ({
  resourceType: 'Appointment',
  status: 'proposed',
  serviceType: [{ coding: [{ system: 'https://sandbox.example.org/fhir/CodeSystem/visit-type', code: '20' }] }],
  participant: ['Patient/pat-1', 'Location/loc-4'].map((reference) => ({
    actor: { reference },
    status: 'needs-action' as const,
  })),
  requestedPeriod: [{ start: '2026-12-08T14:00:00Z', end: '2026-12-08T15:00:00Z' }],
  ...more,
});

let practice: Practice;
let server: Running;
beforeEach(async () => {
  practice = smallPractice();
  server = await start({ practice, now: () => NOW, profile: 'cerner' });
});
afterEach(() => server.simulator.close());

const read = async (path: string): Promise<unknown> => JSON.parse((await server.get(path)).text);

it('books by the slot alone and answers with headers only', async () => {
  const answer = await server.send('POST', 'Appointment', byslot(), { prefer: 'return=representation' });
  expect([answer.status, answer.text, answer.headers.get('location'), answer.headers.get('etag')]).toEqual([
    201,
    '',
    `${server.base}/Appointment/appt-34`,
    'W/"1"',
  ]);
  expect(await read('Appointment/appt-34')).toMatchObject({
    start: '2026-12-04T15:00:00Z',
    end: '2026-12-04T15:30:00Z',
    slot: [{ reference: 'Slot/slot-80' }],
    reasonCode: [{ text: 'Cough' }],
  });
  expect(await server.search('Slot?_id=slot-80')).toMatchObject({ entry: [{ resource: { status: 'busy' } }] });
});

describe('a new appointment', () => {
  it.each([
    ['two slots', byslot({ slot: [{ reference: 'Slot/slot-80' }, ...SLOT_81] }), 422, 'value'],
    ['no slot', newVisit({ identifier: undefined }), 422, 'value'],
    ['a patient who is asked', byslot({ participant: proposed().participant }), 422, 'value'],
    [
      'another status',
      byslot({ status: 'pending', start: '2026-12-04T15:00:00Z', end: '2026-12-04T15:30:00Z' }),
      422,
      'value',
    ],
    ['a long reason', byslot({ reasonCode: [{ text: 'x'.repeat(256) }] }), 422, 'value'],
    ['an unsupported element', byslot({ priority: 1 }), 422, 'business-rule'],
    ['rules', byslot({ implicitRules: 'http://x' }), 422, 'not-supported'],
    ['a slot that is not there', byslot({ slot: [{ reference: 'Slot/slot-9' }] }), 424, 'processing'],
    ['no period', proposed({ requestedPeriod: undefined }), 422, 'value'],
    ['no location', proposed({ participant: proposed().participant.slice(0, 1) }), 422, 'value'],
  ])('is refused with %s', async (_what, resource, code, issue) => {
    const answer = await server.send('POST', 'Appointment', resource);
    expect([answer.status, (JSON.parse(answer.text) as { issue: { code: string }[] }).issue[0]?.code]).toEqual([
      code,
      issue,
    ]);
    expect(server.simulator.commits).toEqual([]);
  });

  it('takes a reason of 255 characters', async () => {
    const answer = await server.send('POST', 'Appointment', byslot({ reasonCode: [{ text: 'x'.repeat(255) }] }));
    expect(answer.status).toBe(201);
  });

  it('is refused for a slot that is taken', async () => {
    await server.send('POST', 'Appointment', byslot());
    const answer = await server.send('POST', 'Appointment', byslot());
    expect([answer.status, outcomeOf(answer)]).toEqual([409, ['The time is taken']]);
  });

  it('that was proposed is booked by a slot', async () => {
    expect((await server.send('POST', 'Appointment', proposed())).status).toBe(201);
    const without = await server.send('PATCH', 'Appointment/appt-34', [status('booked')], FIRST);
    expect(without.status).toBe(422);
    const steps = [status('booked'), { op: 'add', path: '/slot', value: SLOT_81 }];
    expect((await server.send('PATCH', 'Appointment/appt-34', steps, FIRST)).status).toBe(200);
    expect(await read('Appointment/appt-34')).toMatchObject({ status: 'booked', start: '2026-12-05T15:00:00Z' });
  });
});

describe('a patch', () => {
  beforeEach(async () => {
    await server.send('POST', 'Appointment', byslot());
  });
  const patch = (steps: readonly object[], headers: Readonly<Record<string, string>> = FIRST) =>
    server.send('PATCH', 'Appointment/appt-34', steps, headers);

  it('reschedules by another slot, under the same id', async () => {
    const answer = await patch([{ op: 'replace', path: '/slot', value: SLOT_81 }]);
    expect([answer.status, answer.text, answer.headers.get('etag')]).toEqual([200, '', 'W/"2"']);
    expect(await read('Appointment/appt-34')).toMatchObject({
      start: '2026-12-05T15:00:00Z',
      minutesDuration: 15,
      participant: [{}, { actor: { reference: 'Practitioner/prac-8' } }, {}],
    });
    expect(await read('Slot/slot-80')).toMatchObject({ status: 'free' });
    expect(practice.appointments.filter(({ id }) => id >= 34)).toHaveLength(1);
  });

  it('cancels by a coded reason, whose words do not count', async () => {
    const coding = [{ system: 'http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason', code: 'pat' }];
    const reason = (value: object) => [status('cancelled'), { op: 'add', path: '/cancelationReason', value }];
    expect((await patch(reason({ text: 'ill' }))).status).toBe(422);
    expect((await patch(reason({ coding, text: 'ill' }))).status).toBe(200);
    const cancelled = (await read('Appointment/appt-34')) as Appointment;
    expect([cancelled.status, cancelled.cancelationReason]).toEqual(['cancelled', { coding }]);
  });

  it.each([
    ['without If-Match', [status('arrived')], {}, 412],
    ['of another version', [status('arrived')], { 'if-match': 'W/"2"' }, 409],
    ['to a no-show', [status('noshow')], FIRST, 422],
    ['past a status', [status('fulfilled')], FIRST, 422],
    ['of the time alone', [{ op: 'replace', path: '/start', value: '2026-12-04T16:00:00Z' }], FIRST, 422],
    [
      'to a slot that is not there',
      [{ op: 'replace', path: '/slot', value: [{ reference: 'Slot/slot-9' }] }],
      FIRST,
      424,
    ],
  ])('%s is refused', async (_what, steps, headers, code) => {
    expect((await patch(steps, headers)).status).toBe(code);
    expect(practice.appointments.at(-1)).toMatchObject({ status: 'booked', start: '2026-12-04T15:00:00Z' });
  });

  it('to a slot that another one holds is refused', async () => {
    await server.send('POST', 'Appointment', byslot({ slot: SLOT_81 }));
    const answer = await patch([{ op: 'replace', path: '/slot', value: SLOT_81 }]);
    expect([answer.status, outcomeOf(answer)]).toEqual([422, ['The slot is taken']]);
  });
});

it('changes a patient by patch only', async () => {
  expect((await server.send('PUT', 'Patient/pat-1', newPatient({ id: 'pat-1' }), FIRST)).status).toBe(405);
  const steps = [{ op: 'replace', path: '/birthDate', value: '1981-01-01' }];
  expect((await server.send('PATCH', 'Patient/pat-1', steps, FIRST)).status).toBe(200);
  expect(practice.patients[0]).toMatchObject({ birthDate: '1981-01-01', first: 'Zoë', homePhone: '6175550135' });
});

it('corrects a result for whoever names its version', async () => {
  await server.send('POST', 'Observation', newResult());
  const corrected = newResult({ id: 'obs-46', status: 'corrected' });
  expect((await server.send('PUT', 'Observation/obs-46', corrected)).status).toBe(412);
  expect((await server.send('PUT', 'Observation/obs-46', corrected, FIRST)).status).toBe(200);
});

it('says what can be written', async () => {
  const { rest } = (await read('metadata')) as { rest: { resource: { type: string }[] }[] };
  expect(rest[0]?.resource.find(({ type }) => type === 'Appointment')).toMatchObject({
    interaction: ['read', 'search-type', 'create', 'patch'].map((code) => ({ code })),
    versioning: 'versioned-update',
    conditionalCreate: false,
  });
});
