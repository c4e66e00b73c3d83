import { validateResource } from '@medplum/core';
import type { Bundle } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallPractice } from '../fixture.ts';
import { type Answer, NOW, outcomeOf, type Running, start } from '../running.ts';
import { newPatient, newResult, slotVisit } from '../samples.ts';
import type { FhirOptions } from '../simulator.ts';
import { type Noticed, noticed, type Receiver, startReceiver, type TopicMore, toTopic } from './receiving.ts';

let server: Running;
let receiver: Receiver;
let now = NOW;
const open = async (more: Partial<FhirOptions> = {}): Promise<void> => {
  server = await start({ practice: smallPractice(), now: () => now, ...more });
};
beforeEach(async () => {
  now = NOW;
  receiver = await startReceiver();
});
afterEach(async () => {
  await Promise.all([server.simulator.close(), receiver.close()]);
});

const settled = async (): Promise<void> => server.simulator.outbox?.settled();
const subscribe = async (topic: string, more: TopicMore = {}): Promise<Answer> => {
  const answer = await server.send('POST', 'Subscription', toTopic(receiver.url, topic, more));
  await settled();
  return answer;
};
const book = () => server.send('POST', 'Appointment', slotVisit());
const move = (status: string) =>
  server.send('PATCH', 'Appointment/appt-34', [{ op: 'replace', path: '/status', value: status }]);
const notices = async (): Promise<readonly Noticed[]> => {
  await settled();
  return receiver.got.map(({ body }) => noticed(body));
};
const short = ({ type, status, total, events }: Noticed) => [type, status, total, events.map(([number]) => number)];
const read = async (path: string): Promise<Noticed> => noticed((await server.get(path)).text);
const stateOf = async (): Promise<Noticed> => {
  const { entry } = JSON.parse((await server.get('Subscription/sub-1/$status')).text) as Bundle;
  return noticed(JSON.stringify({ entry }));
};

describe('a subscription to a topic', () => {
  it('is active after its handshake, and tells each event with its number and focus', async () => {
    await open();
    const answer = await subscribe('appointment-changed');
    expect(JSON.parse(answer.text)).toMatchObject({ status: 'requested' });
    await book();
    await move('cancelled');
    const [handshake, ...events] = await notices();
    expect([handshake, ...events].map((one) => one && short(one))).toEqual([
      ['handshake', 'requested', '0', []],
      ['event-notification', 'active', '1', ['1']],
      ['event-notification', 'active', '2', ['2']],
    ]);
    expect(events.flatMap((one) => one.events)).toEqual([
      ['1', 'Appointment/appt-34', 'Patient/pat-1'],
      ['2', 'Appointment/appt-34', 'Patient/pat-1'],
    ]);
    expect(events[1]?.bundle).toMatchObject({
      type: 'history',
      timestamp: '2026-11-20T12:00:00.000Z',
      entry: [
        {
          request: { method: 'GET', url: `${server.base}/Subscription/sub-1/$status` },
          resource: {
            resourceType: 'Parameters',
            parameter: expect.arrayContaining([
              { name: 'subscription', valueReference: { reference: `${server.base}/Subscription/sub-1` } },
            ]),
          },
        },
        { fullUrl: `${server.base}/Appointment/appt-34`, request: { method: 'PUT', url: 'Appointment/appt-34' } },
      ],
    });
    expect(receiver.got[0]?.headers).toMatchObject({
      authorization: 'Bearer s3cret',
      'content-type': 'application/fhir+json; charset=utf-8',
    });
  });

  it('sends bundles that are valid R4', async () => {
    await open();
    await subscribe('appointment-changed', { content: 'full-resource' });
    await book();
    const all = await notices();
    expect(all).toHaveLength(2);
    for (const { bundle } of all) expect(() => validateResource(bundle)).not.toThrow();
  });

  it.each([
    ['empty', [undefined, undefined], []],
    ['id-only', ['Appointment/appt-34', 'Patient/pat-1'], ['none']],
    ['full-resource', ['Appointment/appt-34', 'Patient/pat-1'], ['Appointment', 'Patient']],
  ])('with %s content tells %j', async (content, told, resources) => {
    await open();
    await subscribe('appointment-changed', { content });
    await book();
    const [, event] = await notices();
    expect(event?.events).toEqual([['1', ...told]]);
    expect(event?.topic === undefined).toBe(content === 'empty');
    const others = event?.bundle.entry?.slice(1) ?? [];
    expect(others.map(({ resource }) => resource?.resourceType ?? 'none')).toEqual(resources);
  });

  it('sends a resource as it was at the event, digit by digit', async () => {
    await open({ subscriptions: { patienceMs: 0 } });
    await subscribe('observation-changed', { content: 'full-resource' });
    const result = JSON.stringify(newResult()).replace('"value":120', '"value":120.0');
    await server.send('POST', 'Observation', result);
    await settled();
    expect(receiver.got[1]?.body).toContain('"value":120.0,');
  });

  it.each([
    [['Appointment?patient=Patient/pat-1'], 1],
    [['patient=pat-1'], 1],
    [['Appointment?patient=pat-1', 'Appointment?status=booked'], 1],
    [['Appointment?patient=pat-1', 'Appointment?status=noshow'], 0],
    [['Appointment?patient.family=Garner'], 0],
  ])('needs all of the filters %j', async (filters, count) => {
    await open();
    await subscribe('appointment-changed', { filters });
    await book();
    expect((await notices()).slice(1)).toHaveLength(count);
  });

  it('tells what the practice itself changes', async () => {
    const practice = smallPractice();
    await open({ practice });
    await subscribe('appointment-changed');
    const [first] = practice.appointments;
    if (first === undefined) throw new Error('a practice without appointments');
    practice.appointments[0] = { ...first, status: 'arrived', changedAt: new Date(now).toISOString() };
    await server.get('metadata');
    expect((await notices()).map(({ events }) => events[0]?.[1])).toEqual([undefined, 'Appointment/appt-30']);
  });

  it('tells nothing of other types', async () => {
    await open();
    await subscribe('patient-changed');
    await book();
    await server.send('POST', 'Patient', newPatient());
    expect((await notices()).flatMap(({ events }) => events)).toEqual([['1', 'Patient/pat-4', undefined]]);
  });

  it('bundles what came while a notification was under way, up to its count', async () => {
    await open();
    await subscribe('appointment-changed', { most: 2 });
    server.simulator.outbox?.fault({ kind: 'reorder', window: 9, times: 1 });
    await book();
    for (const status of ['pending', 'booked', 'arrived', 'fulfilled']) await move(status);
    expect((await notices()).map(short).slice(1)).toEqual([
      ['event-notification', 'active', '1', ['1']],
      ['event-notification', 'active', '3', ['2', '3']],
      ['event-notification', 'active', '5', ['4', '5']],
    ]);
  });

  it('beats when nothing else was sent for its period', async () => {
    await open();
    await subscribe('appointment-changed', { heartbeat: 60 });
    const beats = async (passed: number): Promise<unknown> => {
      now += passed;
      await server.get('metadata');
      return (await notices()).filter(({ type }) => type === 'heartbeat').length;
    };
    expect(await beats(59_999)).toBe(0);
    expect(await beats(1)).toBe(1);
    await beats(30_000);
    await book();
    expect(await beats(59_999)).toBe(1);
    expect(await beats(1)).toBe(2);
    expect((await notices()).at(-1)).toMatchObject({ status: 'active', total: '1', events: [] });
  });

  it('is in error when its handshake is not answered', async () => {
    await open({ subscriptions: { patienceMs: 0 } });
    receiver.answer(404);
    await subscribe('appointment-changed');
    await book();
    expect((await notices()).map(short)).toEqual([['handshake', 'requested', '0', []]]);
    expect(short(await stateOf())).toEqual(['query-status', 'error', '1', []]);
  });

  it('counts on while it is in error, and tells afterwards what it was asked for', async () => {
    await open({ subscriptions: { patienceMs: 0 } });
    await subscribe('appointment-changed');
    receiver.answer(500);
    await book();
    await settled();
    for (const status of ['pending', 'booked']) await move(status);
    receiver.answer(200);
    expect(await stateOf()).toMatchObject({
      status: 'error',
      total: '3',
      error: 'The endpoint did not take a notification.',
    });
    await server.send('PATCH', 'Subscription/sub-1', [{ op: 'replace', path: '/status', value: 'active' }]);
    await settled();
    await move('arrived');
    expect((await notices()).map(short).slice(2)).toEqual([
      ['handshake', 'requested', '3', []],
      ['event-notification', 'active', '4', ['4']],
    ]);
    const missed = await read('Subscription/sub-1/$events?eventsSinceNumber=2&eventsUntilNumber=3');
    expect(short(missed)).toEqual(['query-event', 'active', '4', ['2', '3']]);
    expect(missed.bundle).toMatchObject({ type: 'history', entry: [{}, { request: {} }, { request: {} }] });
  });

  it('forgets the oldest events', async () => {
    await open({ subscriptions: { keptEvents: 2 } });
    await subscribe('appointment-changed');
    await book();
    for (const status of ['pending', 'booked']) await move(status);
    expect(short(await read('Subscription/sub-1/$events'))).toEqual(['query-event', 'active', '3', ['2', '3']]);
    const refused = await server.get('Subscription/sub-1/$events?eventsSinceNumber=two');
    expect([refused.status, outcomeOf(refused)]).toEqual([400, ['A search parameter has an invalid value']]);
  });

  it('counts anew in each bundle where the server does', async () => {
    await open({ subscriptions: { counters: 'perBundle' } });
    await subscribe('appointment-changed');
    await book();
    await move('arrived');
    expect((await notices()).map(short)).toEqual([
      ['handshake', 'requested', '0', []],
      ['event-notification', 'active', '1', ['1']],
      ['event-notification', 'active', '1', ['1']],
    ]);
    expect((await server.get('Subscription/sub-1/$events')).status).toBe(404);
    expect(short(await stateOf())).toEqual(['query-status', 'active', undefined, []]);
  });

  it('goes on with its numbers when it is renewed, without another handshake', async () => {
    await open();
    await subscribe('appointment-changed', { end: '2026-11-20T13:00:00Z' });
    await book();
    await settled();
    const { text } = await server.get('Subscription/sub-1');
    await server.send('PUT', 'Subscription/sub-1', { ...(JSON.parse(text) as object), end: '2026-11-20T14:00:00Z' });
    await move('arrived');
    expect((await notices()).map(short).slice(1)).toEqual([
      ['event-notification', 'active', '1', ['1']],
      ['event-notification', 'active', '2', ['2']],
    ]);
  });

  it('shakes hands with another endpoint', async () => {
    await open();
    await subscribe('appointment-changed');
    const other = await startReceiver();
    const moved = { ...toTopic(other.url, 'appointment-changed'), id: 'sub-1', status: 'active' };
    expect((await server.send('PUT', 'Subscription/sub-1', moved)).status).toBe(200);
    await settled();
    await book();
    await settled();
    expect(other.got.map(({ body }) => noticed(body).type)).toEqual(['handshake', 'event-notification']);
    expect(receiver.got).toHaveLength(1);
    await other.close();
  });

  it('tells what left the practice', async () => {
    const practice = smallPractice();
    await open({ practice });
    await subscribe('patient-changed', { content: 'full-resource', filters: ['gender=unknown'] });
    practice.patients.splice(0, 3);
    await server.get('metadata');
    const [, event, ...others] = await notices();
    expect(event?.bundle.entry?.slice(1)).toEqual([
      {
        fullUrl: `${server.base}/Patient/pat-3`,
        request: { method: 'DELETE', url: 'Patient/pat-3' },
        response: { status: '204' },
      },
    ]);
    expect(others).toEqual([]);
  });

  it.each([
    [{ kind: 'lose', times: 1 }, ['2', '3']],
    [{ kind: 'duplicate', times: 1 }, ['1', '1', '2', '3']],
    [{ kind: 'cut', times: 1 }, ['1', '2', '3']],
  ] as const)('is told under %j %j', async (fault, numbers) => {
    await open();
    await subscribe('appointment-changed');
    server.simulator.outbox?.fault(fault);
    await book();
    for (const status of ['pending', 'booked']) await move(status);
    const told = (await notices()).flatMap(({ events }) => events.map(([number]) => number));
    expect(told.toSorted()).toEqual(numbers);
    expect(short(await stateOf())).toEqual(['query-status', 'active', '3', []]);
  });
});
