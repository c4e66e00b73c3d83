import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Practice } from '../practice.ts';
import { smallPractice } from './fixture.ts';
import { idsOf, NOW, type Running, start, statusAndText, whereOf } from './running.ts';
import { KEYS, newPatient, newResult, newVisit, slotVisit } from './samples.ts';

let practice: Practice;
let server: Running;
beforeEach(async () => {
  practice = smallPractice();
  server = await start({ practice, now: () => NOW });
});
afterEach(() => server.simulator.close());

const read = async (path: string): Promise<unknown> => JSON.parse((await server.get(path)).text);
const commits = () => server.simulator.commits.map(({ kind, type, id, call }) => [kind, type, id, call]);

describe('changing', () => {
  const patch = (id: string, steps: readonly object[], headers = {}) =>
    server.send('PATCH', `Appointment/${id}`, steps, headers);
  const status = (value: string) => ({ op: 'replace', path: '/status', value });

  it('replaces a patient, whose version grows and whose earlier versions stay', async () => {
    await server.send('POST', 'Patient', newPatient());
    const { telecom: _, ...resource } = newPatient({ id: 'pat-4', birthDate: '1991-01-02' });
    const answer = await server.send('PUT', 'Patient/pat-4', resource, { 'if-match': 'W/"1"' });
    expect([answer.status, answer.headers.get('etag')]).toEqual([200, 'W/"2"']);
    const after = JSON.parse(answer.text) as { meta: { lastUpdated: string } };
    expect(after).toMatchObject({ birthDate: '1991-01-02', identifier: [{}, { system: KEYS, value: 'p-1' }] });
    expect(after).not.toHaveProperty('telecom');
    expect(Date.parse(after.meta.lastUpdated)).toBeGreaterThan(NOW);
    expect((await server.get('Patient/pat-4/_history/1')).text).toContain('1990-01-02');
  });

  it.each([
    ['W/"2"', 412, 'The resource has another version by now'],
    ['2', 400, 'If-Match is not the tag of a version'],
  ])('refuses If-Match %s', async (version, code, text) => {
    const answer = await patch('appt-30', [status('arrived')], { 'if-match': version });
    expect(statusAndText(answer)).toEqual([code, text]);
    expect((await patch('appt-30', [status('arrived')], { 'if-match': 'W/"1"' })).status).toBe(200);
  });

  it('corrects a result under the same id', async () => {
    await server.send('POST', 'Observation', newResult());
    const corrected = newResult({ id: 'obs-46', status: 'corrected', valueQuantity: { value: 121, unit: 'mmHg' } });
    const answer = await server.send('PUT', 'Observation/obs-46', corrected);
    expect(JSON.parse(answer.text)).toMatchObject({ id: 'obs-46', status: 'corrected', valueQuantity: { value: 121 } });
    expect(practice.observations.at(-1)).toMatchObject({ id: 46, history: [{ status: 'final' }] });
    expect((await server.get('Observation/obs-46/_history/1')).text).toContain('"value":120,');
  });

  it('corrects the parts of a panel', async () => {
    const panel = JSON.parse((await server.get('Observation/obs-40')).text) as { component: object[] };
    const [systolic, ...others] = panel.component;
    const component = [{ ...systolic, valueQuantity: { value: 125, unit: 'mmHg' } }, ...others];
    const answer = await server.send('PUT', 'Observation/obs-40', { ...panel, status: 'corrected', component });
    expect(JSON.parse(answer.text)).toMatchObject({ component: [{ valueQuantity: { value: 125 } }, {}] });
  });

  it.each([
    ['Patient/pat-9', newPatient({ id: 'pat-9' }), 405, 'Clients do not give ids to new resources'],
    ['Patient/pat-1', newPatient({ id: 'pat-2' }), 400, 'The id of the resource is not that of the address'],
    ['Patient/pat-1', newPatient(), 400, 'The id of the resource is not that of the address'],
    ['Observation/obs-41', newResult({ id: 'obs-41' }), 422, 'This element does not change'],
    [
      'Observation/obs-42',
      newResult({
        id: 'obs-42',
        status: 'preliminary',
        code: { coding: [{ system: 'http://loinc.org', code: '4548-4' }] },
      }),
      422,
      'The status cannot change to this one',
    ],
  ])('refuses to put %s %j', async (path, resource, code, text) => {
    expect(statusAndText(await server.send('PUT', path, resource))).toEqual([code, text]);
    expect(commits()).toEqual([]);
  });

  it('books by a slot, moves and cancels one and the same appointment', async () => {
    const slot = async () => (await read('Slot/slot-80')) as { status: string };
    expect((await server.send('POST', 'Appointment', slotVisit())).status).toBe(201);
    expect(await read('Appointment/appt-34')).toMatchObject({
      slot: [{ reference: 'Slot/slot-80' }],
      serviceType: [{ text: 'Follow-up' }],
      participant: [{}, { actor: { reference: 'Practitioner/prac-7' } }, { actor: { reference: 'Location/loc-4' } }],
    });
    expect(await slot()).toMatchObject({ status: 'busy' });
    const moved = await patch('appt-34', [
      { op: 'replace', path: '/start', value: '2026-12-04T20:00:00Z' },
      { op: 'replace', path: '/end', value: '2026-12-04T20:15:00Z' },
    ]);
    expect(JSON.parse(moved.text)).toMatchObject({ start: '2026-12-04T20:00:00Z', minutesDuration: 15 });
    expect(await slot()).toMatchObject({ status: 'free' });
    await patch('appt-34', [{ op: 'add', path: '/slot', value: [{ reference: 'Slot/slot-80' }] }]);
    expect(await read('Appointment/appt-34')).toMatchObject({ start: '2026-12-04T15:00:00Z', minutesDuration: 30 });
    expect(await slot()).toMatchObject({ status: 'busy' });
    const reason = {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason', code: 'pat' }],
      text: 'Feels better',
    };
    await patch('appt-34', [status('cancelled'), { op: 'add', path: '/cancelationReason', value: reason }]);
    expect(await read('Appointment/appt-34')).toMatchObject({ status: 'cancelled', cancelationReason: reason });
    expect(await slot()).toMatchObject({ status: 'free' });
    expect(practice.appointments.filter(({ id }) => id >= 34)).toMatchObject([{ id: 34, status: 'cancelled' }]);
    expect(idsOf(await server.search('Slot?status=free'))).toEqual(['slot-80', 'slot-81']);
  });

  it('marks a no-show, once', async () => {
    expect((await patch('appt-30', [status('noshow')])).status).toBe(200);
    expect(practice.appointments[0]).toMatchObject({ id: 30, status: 'noshow' });
    expect(statusAndText(await patch('appt-30', [status('arrived')]))).toEqual([
      422,
      'The status cannot change to this one',
    ]);
  });

  it('shows the encounter of a visit that took place', async () => {
    await patch('appt-30', [status('checked-in')]);
    expect(await read('Encounter/enc-30')).toMatchObject({ status: 'in-progress' });
  });

  it.each([
    [
      'appt-31',
      { op: 'replace', path: '/start', value: '2026-11-02T14:00:00Z' },
      422,
      'The record can no longer change in this way',
    ],
    [
      'appt-30',
      { op: 'replace', path: '/participant/0/actor/reference', value: 'Patient/pat-2' },
      422,
      'This element does not change',
    ],
    [
      'appt-30',
      { op: 'replace', path: '/id', value: 'appt-31' },
      400,
      'The id of the resource is not that of the address',
    ],
    ['appt-30', { op: 'replace', path: '/status', value: 'gone' }, 422, 'The code is not in the required value set'],
    ['appt-30', { op: 'remove', path: '/nothing' }, 422, 'The patch cannot be applied to the resource'],
    ['appt-30', { op: 'jump', path: '/status' }, 400, 'The body is no JSON Patch'],
    ['appt-99', { op: 'replace', path: '/status', value: 'noshow' }, 405, 'Clients do not give ids to new resources'],
  ])('refuses to patch %s by %j', async (id, step, code, text) => {
    expect(statusAndText(await patch(id, [step]))).toEqual([code, text]);
    expect(commits()).toEqual([]);
  });

  it('refuses time that is taken, for a slot and without one', async () => {
    await server.send('POST', 'Appointment', slotVisit());
    const participant = newVisit().participant;
    const overlapping = newVisit({ participant, start: '2026-12-04T15:15:00Z', end: '2026-12-04T15:45:00Z' });
    for (const visit of [slotVisit(), overlapping]) {
      const answer = await server.send('POST', 'Appointment', visit);
      expect([...statusAndText(answer), whereOf(answer)[0]?.split(' ')[0]]).toEqual([
        409,
        'The time is taken',
        'conflict',
      ]);
    }
    const moved = await patch('appt-30', [
      { op: 'replace', path: '/start', value: '2026-12-04T15:00:00Z' },
      { op: 'replace', path: '/end', value: '2026-12-04T15:30:00Z' },
    ]);
    expect(statusAndText(moved)).toEqual([409, 'The time is taken']);
    expect(commits()).toHaveLength(1);
  });

  it('gives a slot to one of fifty who want it at once', async () => {
    const sent = Array.from({ length: 50 }, () => server.send('POST', 'Appointment', slotVisit()));
    const statuses = (await Promise.all(sent)).map((answer) => answer.status);
    expect(statuses.toSorted()).toEqual([201, ...Array.from({ length: 49 }, () => 409)]);
    expect(commits()).toHaveLength(1);
  });

  it('books twice at a time when it is told to', async () => {
    const other = await start({ practice: smallPractice(), now: () => NOW, doubleBooking: true });
    const answers = await Promise.all([1, 2].map(() => other.send('POST', 'Appointment', newVisit())));
    expect(answers.map((answer) => answer.status)).toEqual([201, 201]);
    await other.simulator.close();
  });

  it('refuses what somebody is editing', async () => {
    const edited = () => new Set(['appt-30']);
    const other = await start({ practice: smallPractice(), now: () => NOW, edited });
    const answer = await other.send('PATCH', 'Appointment/appt-30', [status('noshow')]);
    expect(statusAndText(answer)).toEqual([423, 'Somebody is editing the record']);
    await other.simulator.close();
  });
});
