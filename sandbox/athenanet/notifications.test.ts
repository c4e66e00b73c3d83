import { afterEach, describe, expect, it } from 'vitest';
import type { Caller } from './caller.ts';
import { NOW } from './fixture.ts';
import { type Got, hooks, SECRET, wish } from './hook-fixture.ts';
import { hubSignature } from './notification.ts';

const HOUR = 3_600_000;
const { hook, signedIn, close } = hooks();
afterEach(close);

const cancel = ({ write }: Pick<Caller, 'write'>, id: number, patientid: string) =>
  write('PUT', `/appointments/${id}/cancel`, { patientid });

describe('a notification', () => {
  it('is signed over its very bytes, and names what changed', async () => {
    const { got, url } = await hook();
    const one = await signedIn();
    const id = await one.subscribe('Appointment.cancel', url);
    await cancel(one, 101, '5001');
    await one.settled();
    expect(got).toHaveLength(1);
    const { headers = {}, body = '' }: Partial<Got> = got[0] ?? {};
    expect(headers['x-hub-signature']).toBe(hubSignature(SECRET, body));
    expect(headers['content-type']).toBe('application/fhir+json');
    expect(JSON.parse(body)).toMatchObject({
      type: 'history',
      entry: [
        {
          resource: {
            resourceType: 'SubscriptionStatus',
            subscription: { reference: `Subscription/${id}` },
            eventsSinceSubscriptionStart: '1',
            notificationEvent: [
              { focus: { identifier: { system: 'urn:athenahealth:athenanet:appointment:999901', value: '101' } } },
            ],
          },
        },
        { resource: { resourceType: 'AuditEvent', type: { code: 'Appointment.cancel' } } },
      ],
    });
  });

  it('is not signed without a secret', async () => {
    const { got, url } = await hook();
    const one = await signedIn();
    await one.fhir('POST', 'Subscription', wish('Appointment.cancel', url));
    await cancel(one, 101, '5001');
    await one.settled();
    expect(got.map(({ headers }) => headers['x-hub-signature'])).toEqual([undefined]);
  });

  const TOPICS = ['cancel', 'check-in', 'check-out', 'reschedule', 'schedule', 'update'] as const;
  type Write = readonly [path: string, fields: Readonly<Record<string, string>>];
  it.each<readonly [string, Write, readonly (readonly [string, string])[]]>([
    ['booking', ['/appointments/1000001', { patientid: '5002', appointmenttypeid: '82' }], [['schedule', '1000001']]],
    ['cancelling', ['/appointments/101/cancel', { patientid: '5001' }], [['cancel', '101']]],
    [
      'noting a no-show',
      ['/appointments/101/cancel', { patientid: '5001', appointmentcancelreasonid: '5' }],
      [['cancel', '101']],
    ],
    [
      'rescheduling',
      ['/appointments/101/reschedule', { patientid: '5001', newappointmentid: '1000001' }],
      [
        ['reschedule', '101'],
        ['schedule', '1000001'],
      ],
    ],
    ['changing the provider', ['/appointments/booked/101', { providerid: '72' }], [['reschedule', '101']]],
  ])('of %s has its own topic', async (_name, [path, fields], expected) => {
    const { got, url } = await hook();
    const one = await signedIn();
    for (const topic of TOPICS) await one.subscribe(`Appointment.${topic}`, url);
    expect((await one.write('PUT', path, fields)).status).toBe(200);
    await one.settled();
    const told = got.flatMap(({ topic, events }) => events.map(({ focus }) => [topic, focus.identifier.value]));
    expect(told.toSorted()).toEqual(expected.map(([topic, id]) => [`Appointment.${topic}`, id]));
  });

  it('tells of check-in and check-out, of patients, claims and laboratory results', async () => {
    const { got, url } = await hook();
    const one = await signedIn();
    for (const topic of [
      'Appointment.check-in',
      'Appointment.check-out',
      'Patient.update',
      'Patient.create',
      'Claim.create',
      'LabResult.create',
    ])
      await one.subscribe(topic, url);
    await one.write('POST', '/appointments/101/checkin');
    await one.write('POST', '/appointments/101/checkout');
    await one.write('PUT', '/patients/5001', { homephone: '5555550177' });
    await one.write('POST', '/patients', {
      firstname: 'New',
      lastname: 'Person',
      dob: '01/01/1990',
      departmentid: '1',
    });
    await one.write('POST', '/appointments/103/claim', {
      claimcharges: JSON.stringify([{ procedurecode: '99213', icd10code1: 'J02.9', unitamount: '100' }]),
    });
    one.behaviour.report?.({
      patientId: 5001,
      category: 'laboratory',
      code: { system: 'http://loinc.org', code: '2345-7', display: 'Glucose' },
      effective: '2025-11-20T15:00:00Z',
      reportName: 'Glucose',
      status: 'final',
      components: [],
    });
    await one.settled();
    const kinds = got.map(({ topic, events }) => [topic, events[0]?.focus.identifier.system.split(':')[3]]);
    expect(kinds.toSorted()).toEqual([
      ['Appointment.check-in', 'appointment'],
      ['Appointment.check-out', 'appointment'],
      ['Claim.create', 'claim'],
      ['LabResult.create', 'labresult'],
      ['Patient.create', 'patient'],
      ['Patient.update', 'patient'],
    ]);
    const references = got.flatMap(({ events }) => events.flatMap(({ focus }) => focus.reference ?? []));
    expect(references).toContain('Patient/a-999901.E-5001');
  });

  it('puts events of one moment together, and counts only inside', async () => {
    const { got, url } = await hook();
    const one = await signedIn();
    await one.subscribe('LabResult.create', url);
    for (let count = 0; count < 12; count += 1)
      one.behaviour.report?.({
        patientId: 5001,
        category: 'laboratory',
        code: { system: 'http://loinc.org', code: '2345-7', display: 'Glucose' },
        effective: '2025-11-20T15:00:00Z',
        reportName: 'Glucose',
        status: 'final',
        components: [],
      });
    await one.settled();
    expect(got.map(({ events }) => events.map(({ eventNumber }) => Number(eventNumber))).toSorted()).toEqual([
      [1, 2],
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    ]);
    expect(new Set(got.flatMap(({ events }) => events.map(({ id }) => id))).size).toBe(12);
  });

  it('comes again, byte for byte, until it is answered with 2xx', async () => {
    const { got, url } = await hook((call) => (call < 3 ? 500 : 204));
    const one = await signedIn();
    await one.subscribe('Appointment.cancel', url);
    await cancel(one, 101, '5001');
    await one.flush();
    await one.flush();
    await one.settled();
    expect(new Set(got.map(({ body }) => body)).size).toBe(1);
    expect(got).toHaveLength(3);
  });

  it('is dead after an hour, and can be sent again then', async () => {
    let status = 500;
    const { got, url } = await hook(() => status);
    const one = await signedIn();
    await one.subscribe('Appointment.cancel', url);
    await cancel(one, 101, '5001');
    await one.flush();
    one.setNow(NOW + HOUR);
    await one.flush();
    const shown = async (): Promise<unknown> =>
      JSON.parse((await one.send('GET', '/_control/notifications')).text) as unknown;
    expect(await shown()).toMatchObject({ pending: 0, dead: [{ name: 'Appointment.cancel', to: url }] });
    status = 200;
    await one.send('POST', '/_control/notifications/revive');
    await one.settled();
    expect(await shown()).toMatchObject({ pending: 0, dead: [] });
    expect(new Set(got.map(({ body }) => body)).size).toBe(1);
  });

  it.each(['deleted', 'over'])('does not come when the subscription is %s', async (how) => {
    const { got, url } = await hook();
    const one = await signedIn();
    const id = await one.subscribe('Appointment.cancel', url, { end: '2025-11-20T18:30:00Z' });
    if (how === 'deleted') await one.fhir('DELETE', `Subscription/${id}`);
    else one.setNow(NOW + HOUR / 2);
    await cancel(one, 101, '5001');
    await one.settled();
    expect(got).toEqual([]);
  });

  it('has another event id in an overlapping subscription, and is about the same', async () => {
    const { got, url } = await hook();
    const one = await signedIn();
    await one.subscribe('Appointment.cancel', url);
    await one.subscribe('Appointment.cancel', url);
    await cancel(one, 101, '5001');
    await one.settled();
    const events = got.flatMap((one) => one.events);
    expect(events.map(({ focus }) => focus.identifier.value)).toEqual(['101', '101']);
    expect(new Set(events.map(({ id }) => id)).size).toBe(2);
  });

  it('misbehaves by the control routes', async () => {
    const { got, url } = await hook();
    const one = await signedIn();
    await one.subscribe('Appointment.cancel', url);
    const path = '/_control/notifications/faults';
    const json = { 'content-type': 'application/json' };
    const added = await one.send('POST', path, json, JSON.stringify({ kind: 'forge', match: 'Appointment.cancel' }));
    expect([added.status, JSON.parse(added.text)]).toMatchObject([201, { id: '1', faults: [{ kind: 'forge' }] }]);
    expect((await one.send('POST', path, json, '{"kind":"hang"}')).status).toBe(400);
    await cancel(one, 101, '5001');
    await one.settled();
    const genuine = got.map(({ headers, body }) => headers['x-hub-signature'] === hubSignature(SECRET, body));
    expect(genuine.toSorted()).toEqual([false, true]);
    expect((await one.send('DELETE', `${path}/1`)).status).toBe(200);
    expect((await one.send('DELETE', `${path}/1`)).status).toBe(404);
  });
});
