import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createClient } from 'graphql-sse';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { address, answered, type SmallGraph, startSmallGraph } from './small-graph.ts';

let graph: SmallGraph;
beforeAll(async () => {
  graph = await startSmallGraph({ limits: { stalledMs: 300, bufferedLength: 64 * 1024, connections: 3 } });
});
afterAll(() => graph?.close());
afterEach(async () => {
  await expect.poll(() => graph.state.started - graph.state.ended, { timeout: 5_000 }).toBe(0);
});

const ACCEPT = { accept: 'text/event-stream' };

const post = (body: unknown, signal?: AbortSignal, url = graph.url): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...ACCEPT },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });

/** The events of a stream that ends: `[event, data]`, comments left out. */
const eventsOf = async (response: Response): Promise<unknown[]> => {
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  return (await response.text())
    .split('\n\n')
    .filter((part) => part.startsWith('event: '))
    .map((part) => {
      const [, event, data] = /^event: (\w+)\ndata: ?(.*)$/.exec(part) ?? [];
      return [event, data === '' || data === undefined ? null : JSON.parse(data)];
    });
};

const refusal = (code: string): unknown => ({
  errors: [expect.objectContaining({ extensions: expect.objectContaining({ code }) })],
});

describe('an operation by event stream', () => {
  it.each([
    ['a query', '{ word }', [{ data: { word: 'word' } }]],
    ['a mutation', 'mutation { add(n: 0) }', [{ data: { add: 0 } }]],
    ['a subscription', 'subscription { ticks(upTo: 2) { n } }', [1, 2].map((n) => ({ data: { ticks: { n } } }))],
    [
      'an event that fails',
      'subscription { spoilt }',
      [{ data: { spoilt: 1 } }, expect.anything(), { data: { spoilt: 3 } }],
    ],
    ['a source that breaks off', 'subscription { breaks }', [{ data: { breaks: 1 } }, refusal('SOURCE_UNAVAILABLE')]],
    ['a subscription that cannot start', 'subscription { refused }', [refusal('FORBIDDEN')]],
    ['what is no GraphQL', '{ word', [refusal('GRAPHQL_PARSE_FAILED')]],
    ['what is not valid', '{ nothing }', [refusal('GRAPHQL_VALIDATION_FAILED')]],
    ['variables that do not fit', 'query($of: [Int!]!) { sum(of: $of) }', [refusal('VALIDATION')]],
  ])('brings %s and its end', async (_case, query, payloads) => {
    const expected = [...payloads.map((payload) => ['next', payload]), ['complete', null]];
    expect(await eventsOf(await post({ query }))).toEqual(expected);
    if (!query.startsWith('mutation'))
      expect(await eventsOf(await fetch(address(graph.url, { query }), { headers: ACCEPT }))).toEqual(expected);
  });

  it.each([
    [
      'a mutation by GET',
      () => fetch(address(graph.url, { query: 'mutation { add(n: 1) }' }), { headers: ACCEPT }),
      405,
    ],
    ['a body that is no JSON', () => post('{'), 400],
    ['no query', () => post('{}'), 400],
    [
      'a stream that is kept between requests',
      () => fetch(graph.url, { method: 'PUT', headers: { accept: 'text/plain' } }),
      400,
    ],
    ['the token of such a stream', () => fetch(`${graph.url}?token=x`, { headers: ACCEPT }), 400],
    [
      'its token in a header',
      () =>
        fetch(address(graph.url, { query: '{ word }' }), {
          headers: { ...ACCEPT, 'x-graphql-event-stream-token': 'x' },
        }),
      400,
    ],
  ])('is refused by status for %s', async (_case, ask, status) => {
    const { body, ...answer } = await answered(await ask());
    expect(answer).toEqual({ status, type: 'application/json; charset=utf-8' });
    expect(body).toEqual(refusal('BAD_REQUEST'));
    expect(graph.state.sum).toBe(0);
  });

  it('is given up when its client goes', async () => {
    const gone = new AbortController();
    const { started } = graph.state;
    const response = await post({ query: 'subscription { never }' }, gone.signal);
    await expect.poll(() => graph.state.started).toBe(started + 1);
    expect(response.status).toBe(200);
    gone.abort();
  });

  it('works with the client of graphql-sse', async () => {
    const client = createClient({ url: graph.url, retryAttempts: 0 });
    const numbers: unknown[] = [];
    for await (const { data } of client.iterate({ query: 'subscription { ticks(upTo: 500) { n } }' }))
      numbers.push((data as { ticks: { n: number } }).ticks.n);
    client.dispose();
    expect(numbers).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
  });
});

/** A stream whose client reads when it is told to. */
const raw = async (query: string): Promise<IncomingMessage> => {
  const asked = request(address(graph.url, { query }), { headers: ACCEPT, agent: false });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return response;
};

describe('streams together', () => {
  it('are no more than there are places, until one is free again', async () => {
    const open = await Promise.all(Array.from({ length: 3 }, () => raw('subscription { never }')));
    const { status, body } = await answered(await post({ query: '{ word }' }));
    expect([status, body]).toEqual([503, refusal('STREAM_LIMIT')]);
    expect((await graph.ask({ query: '{ word }' })).status).toBe(200);
    open[0]?.destroy();
    await expect.poll(async () => (await post({ query: '{ word }' })).status).toBe(200);
    for (const one of open) one.destroy();
  });

  it('suffer nothing from a client that stops reading, which is cut off', async () => {
    const { ended } = graph.state;
    const slow = await raw('subscription { ticks(upTo: 100000000, size: 20000) { n pad } }');
    const closed = new Promise((resolve) => slow.on('error', () => undefined).on('close', resolve));
    slow.pause();
    await expect.poll(() => graph.state.ended, { timeout: 20_000 }).toBe(ended + 1);
    const events = await eventsOf(await post({ query: 'subscription { ticks(upTo: 3000, size: 2000) { n } }' }));
    expect(events.slice(0, -1)).toEqual(
      Array.from({ length: 3000 }, (_, i) => ['next', { data: { ticks: { n: i + 1 } } }]),
    );
    slow.resume();
    await closed;
    expect(slow.complete).toBe(false);
  });
});

describe('a server that stops', () => {
  it('answers what has begun and ends subscriptions', async () => {
    const stopping = await startSmallGraph();
    const query = post({ query: '{ wait(ms: 300) }' }, undefined, stopping.url).then(eventsOf);
    const subscription = post({ query: 'subscription { never }' }, undefined, stopping.url).then(eventsOf);
    await expect.poll(() => stopping.state.started).toBe(2);
    await stopping.close();
    expect(await query).toEqual([
      ['next', { data: { wait: 'waited' } }],
      ['complete', null],
    ]);
    expect(await subscription).toEqual([]); // not complete: the client connects again
  });
});
