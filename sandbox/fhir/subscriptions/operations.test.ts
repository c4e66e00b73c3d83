import type { Bundle, CapabilityStatement, Parameters } from '@medplum/fhirtypes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallPractice } from '../fixture.ts';
import { NOW, outcomeOf, type Running, start } from '../running.ts';
import type { FhirOptions } from '../simulator.ts';
import { type Receiver, startReceiver, type TopicMore, toTopic } from './receiving.ts';

let server: Running;
let receiver: Receiver;
const open = async (more: Partial<FhirOptions> = {}): Promise<void> => {
  server = await start({ practice: smallPractice(), now: () => NOW, ...more });
};
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await Promise.all([server.simulator.close(), receiver.close()]);
});

const subscribe = (topic: string, more: TopicMore = {}) =>
  server.send('POST', 'Subscription', toTopic(receiver.url, topic, more));

describe('$status', () => {
  it.each([
    ['Subscription/$status', ['sub-1', 'sub-2']],
    ['Subscription/$status?id=sub-2', ['sub-2']],
    ['Subscription/$status?status=off', ['sub-2']],
    ['Subscription/$status?id=sub-9', []],
    ['Subscription/sub-1/$status', ['sub-1']],
  ])('by %s tells of %j', async (path, ids) => {
    await open();
    await subscribe('patient-changed');
    await subscribe('claim-changed');
    await server.send('PATCH', 'Subscription/sub-2', [{ op: 'replace', path: '/status', value: 'off' }]);
    const { type, entry = [] } = JSON.parse((await server.get(path)).text) as Bundle;
    expect(type).toBe('searchset');
    const of = ({ parameter }: Parameters) => parameter?.[0]?.valueReference?.reference?.split('/').at(-1);
    expect(entry.map(({ resource }) => of(resource as Parameters))).toEqual(ids);
  });

  it('takes its parameters in a body, too', async () => {
    await open();
    await subscribe('patient-changed');
    const parameter = [{ name: 'id', valueId: 'sub-9' }];
    const answer = await server.send('POST', 'Subscription/$status', { resourceType: 'Parameters', parameter });
    expect(JSON.parse(answer.text)).toMatchObject({ total: 0 });
    expect((await server.send('POST', 'Subscription/$status', 'no json')).status).toBe(400);
  });

  it('has no answer about what is not there', async () => {
    await open();
    expect((await server.get('Subscription/sub-1/$status')).status).toBe(404);
    expect((await server.get('Subscription/sub-1/$events')).status).toBe(404);
    expect((await server.get('Patient/pat-1/$status')).status).toBe(404);
  });
});

describe('the CapabilityStatement', () => {
  it.each([
    [{}, ['status', 'events'], 8],
    [{ counters: 'perBundle' }, ['status'], 8],
    [{ topics: false }, [], 0],
  ] as const)('with %j declares the operations %j and %i topics', async (subscriptions, operations, topics) => {
    await open({ subscriptions });
    const { rest } = JSON.parse((await server.get('metadata', {})).text) as CapabilityStatement;
    const declared = rest?.[0]?.resource?.find(({ type }) => type === 'Subscription');
    expect(declared?.interaction?.map(({ code }) => code)).toEqual([
      'read',
      'search-type',
      'vread',
      'history-instance',
      'create',
      'update',
      'patch',
      'delete',
    ]);
    expect((declared?.operation ?? []).map(({ name }) => name)).toEqual(operations);
    expect(declared?.extension ?? []).toHaveLength(topics);
    expect(declared?.supportedProfile !== undefined).toBe(topics > 0);
  });
});

describe('a subscription to a topic', () => {
  it.each([
    ['weather-changed', {}, 422, 'The topic is not known'],
    ['appointment-changed', { content: 'everything' }, 422, 'A required element is missing'],
    ['appointment-changed', { filters: ['Patient?name=x'] }, 422, 'The criteria are no search of this server'],
    ['appointment-changed', { filters: ['colour=red'] }, 422, 'The criteria are no search of this server'],
    ['appointment-changed', { end: '2026-11-20T12:00:00Z' }, 422, 'An element has an invalid value'],
    ['appointment-changed', { most: 0 }, 422, 'An element has an invalid value'],
  ])('is refused for %s with %j', async (topic, more, status, text) => {
    await open();
    const answer = await subscribe(topic, more);
    expect([answer.status, outcomeOf(answer)]).toEqual([status, [text]]);
    await server.simulator.outbox?.settled();
    expect(receiver.got).toEqual([]);
  });
});
