import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { GraphQLError } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventStreamSubscriber } from '../../gateway/remote/event-stream.ts';
import { Flights } from '../../gateway/remote/flight.ts';
import { EventQueue } from '../../gateway/remote/queue.ts';
import { Signer } from '../../gateway/remote/sign.ts';
import { RemoteSubgraph } from '../../gateway/remote/subgraph.ts';
import { CONTEXT_HEADER } from '../../schema/context.ts';
import { GraphError } from '../../schema/errors.ts';
import { sourceId } from '../../schema/ids.ts';
import { type RunningService, startService } from '../../subgraphs/service/server.ts';
import { contextWith, operationOf, startOddServer, until } from './asking.ts';
import { TEST_SECRET } from './engine.ts';
import { FAILURES, type Telling, telling } from './telling.ts';

const SIGNER = new Signer(TEST_SECRET);

let told: Telling;
let service: RunningService;
let remote: RemoteSubgraph;
beforeEach(async () => {
  told = telling();
  service = await startService({ subgraph: told.subgraph, host: '127.0.0.1', port: 0, secret: TEST_SECRET });
  remote = remoteWith(SIGNER);
});
afterEach(async () => {
  await remote.close();
  await service.close();
});

const remoteWith = (signer: Signer) =>
  new RemoteSubgraph({ name: 'telling', url: `${service.url}/graphql`, flights: new Flights(), signer });

const subscribe = (text: string, context = contextWith(), from = remote) => {
  if (from.events === undefined) throw new Error('It names no events.');
  return from.events(operationOf(`subscription { ${text} }`), {}, context);
};

const failureOf = async (events: AsyncIterable<unknown>): Promise<unknown> => {
  try {
    for await (const _ of events);
    return undefined;
  } catch (thrown) {
    return thrown;
  }
};

const post = async (query: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${service.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify({ query }),
  });
  const answer = await response.text();
  return { status: response.status, answer };
};
const signed = async () => ({ [CONTEXT_HEADER]: await SIGNER.sign(contextWith()) });

describe('a subscription at a service', () => {
  it('brings every event with the name that the subgraph gives it, and ends with them', async () => {
    const got: unknown[] = [];
    for await (const { key, result } of subscribe('count(to: 300)')) got.push([key, await result(contextWith())]);
    expect(got).toEqual(
      Array.from({ length: 300 }, (_, i) => [
        `event ${i}`,
        { data: { count: `${i} ` }, extensions: { event: `event ${i}` } },
      ]),
    );
  });

  it('knows who asks, with a context of its own for each event', async () => {
    const caller = { subject: 'jo', scopes: ['read'], patient: 'a/Patient/1', sources: [sourceId('mercy')] };
    const events = subscribe('caller', contextWith({ caller, startedAt: 12_345 }));
    const { value } = await events.next();
    const { data } = (await value?.result(contextWith())) ?? {};
    expect(JSON.parse(String(data?.caller))).toEqual(caller);
    const [subscription, event] = told.contexts;
    expect([subscription?.startedAt, subscription?.caller, event?.caller]).toEqual([12_345, caller, caller]);
    expect(event?.id).not.toBe(subscription?.id);
    await events.return();
  });

  it.each(Object.keys(FAILURES))('ends with its own error, whether at its beginning or later: %s', async (how) => {
    const unexpected = how === 'unexpected';
    const thrown = FAILURES[how]?.() as GraphError | GraphQLError;
    const right = {
      message: unexpected ? 'Something went wrong inside the graph.' : thrown.message,
      extensions: unexpected ? { code: 'INTERNAL_SERVER_ERROR', retryable: false } : thrown.extensions,
    };
    for (const later of [false, true]) {
      const failure = (await failureOf(subscribe(`fail(how: "${how}", later: ${later})`))) as GraphQLError;
      expect({ message: failure.message, extensions: failure.extensions }).toEqual(right);
      expect(failure.originalError instanceof GraphError).toBe(thrown instanceof GraphError || how === 'scalar');
    }
  });

  it('lives on when its operation’s time is up, and ends when its client has gone', async () => {
    const gone = new AbortController();
    const waiting = failureOf(subscribe('wait', contextWith({ signal: gone.signal, deadline: Date.now() + 50 })));
    await until(() => told.contexts.length === 1);
    await until(() => Date.now() > (told.contexts[0]?.deadline ?? 0));
    expect([told.ended(), told.contexts[0]?.signal.aborted]).toEqual([0, false]);
    gone.abort();
    expect(await waiting).toBeUndefined();
    await until(() => told.ended() === 1);
  });

  it('breaks off when the service stops, and is refused from then on', async () => {
    const waiting = failureOf(subscribe('wait'));
    await until(() => told.contexts.length === 1);
    await service.close();
    expect(await waiting).toMatchObject({ code: 'SOURCE_UNAVAILABLE', retryable: true });
    expect(told.ended()).toBe(1);
    expect(await failureOf(subscribe('wait'))).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });

  it('takes no more events than its gateway reads, and loses none', async () => {
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream', ...(await signed()) };
    const asking = request(`${service.url}/graphql`, { method: 'POST', headers });
    asking.end(JSON.stringify({ query: 'subscription { count(to: 2000, size: 16000) }' }));
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    let before = -1;
    await until(async () => {
      for (let i = 0; i < 10; i += 1) await post('{ a }', await signed());
      const same = told.taken() === before;
      before = told.taken();
      return same && before > 0;
    });
    expect(before).toBeLessThan(2_000);
    const read = await text(response);
    expect(read.match(/event: next/g)).toHaveLength(2_000);
    expect(read.endsWith('event: complete\ndata:\n\n')).toBe(true);
  });

  it('waits for a client that takes its time', async () => {
    let next = 0;
    for await (const { key } of subscribe('count(to: 2500)')) {
      expect(key).toBe(`event ${next}`);
      next += 1;
      if (next > 1) continue;
      await until(() => told.taken() > 2_000); // twice what is held for one who is not waited for
      await post('{ a }', await signed());
    }
    expect(next).toBe(2_500);
  });
});

it('is refused to whom the gateway did not sign for', async () => {
  for (const headers of [{}, { [CONTEXT_HEADER]: 'a.b.c' }] as Record<string, string>[])
    expect(await post('subscription { wait }', headers)).toMatchObject({
      status: 401,
      answer: expect.stringContaining('UNAUTHENTICATED'),
    });
  expect(told.contexts).toEqual([]);
  const stranger = remoteWith(new Signer('another secret, just as long as the right one'));
  expect(await failureOf(subscribe('wait', contextWith(), stranger))).toMatchObject({
    code: 'SOURCE_UNAVAILABLE',
    message: 'A part of the graph does not trust this gateway.',
  });
  await stranger.close();
});

it.each([
  ['a query as an event stream', '{ a }', 'text/event-stream', 406, 'BAD_REQUEST'],
  ['a subscription otherwise', 'subscription { wait }', 'application/json', 400, 'STREAM_NEEDED'],
  ['a document about another schema', 'subscription { jane }', 'text/event-stream', 400, 'GRAPHQL_VALIDATION_FAILED'],
])('refuses %s with a code', async (_name, query, accept, status, code) => {
  const refused = await post(query, { ...(await signed()), accept });
  expect(refused).toMatchObject({ status, answer: expect.stringContaining(code) });
  expect(refused.answer).not.toContain('jane');
});

it('ends a stream of ours that gives no sign of life', async () => {
  const silent = await startOddServer((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(':\n\n');
  });
  const subscriber = new EventStreamSubscriber(silent.url, { own: true, silenceMs: 100 });
  const queue = new EventQueue<unknown>();
  const stop = subscriber.start({ query: 'subscription { wait }', variables: {}, headers: {} }, queue);
  expect(await failureOf(queue.events())).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  stop();
  await subscriber.close();
  await silent.close();
});
