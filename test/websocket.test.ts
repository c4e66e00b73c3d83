import { once } from 'node:events';
import { request } from 'node:http';
import { createClient } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RawData, WebSocket } from 'ws';
import { type SmallGraph, startSmallGraph } from './small-graph.ts';

let graph: SmallGraph;
beforeAll(async () => {
  graph = await startSmallGraph({
    limits: { operations: 4, initMs: 200, stalledMs: 300, bufferedLength: 64 * 1024, connections: 8 },
  });
});
afterAll(() => graph?.close());

const sockets: WebSocket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await expect.poll(() => graph.state.started - graph.state.ended, { timeout: 5_000 }).toBe(0);
});

const addressOf = (url: string): string => url.replace('http', 'ws');

interface Line {
  readonly socket: WebSocket;
  /** Messages that have come. */
  readonly got: readonly { type: string; id?: string; payload?: unknown }[];
  readonly closed: Promise<[number, string]>;
  say(...messages: unknown[]): void;
}

const open = async (
  at: SmallGraph = graph,
  options: object = {},
  protocols: string | string[] = 'graphql-transport-ws',
): Promise<Line> => {
  const socket = new WebSocket(addressOf(at.url), protocols, options);
  sockets.push(socket);
  const got: Line['got'][number][] = [];
  socket.on('message', (data: RawData) => got.push(JSON.parse(String(data))));
  const closed = once(socket, 'close').then(([code, reason]): [number, string] => [code, String(reason)]);
  await once(socket, 'open');
  return {
    socket,
    got,
    closed,
    say: (...messages) => {
      for (const message of messages) socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    },
  };
};

/** A connection that is ready for operations. */
const begin = async (at: SmallGraph = graph, options: object = {}, payload: object = {}): Promise<Line> => {
  const line = await open(at, options);
  line.say({ ...INIT, payload });
  await expect.poll(() => line.got).toEqual([{ type: 'connection_ack' }]);
  return line;
};

const INIT = { type: 'connection_init' };
const subscribe = (id: string, query: string, more: object = {}) => ({
  type: 'subscribe',
  id,
  payload: { query, ...more },
});

describe('an operation by WebSocket', () => {
  it.each([
    ['a query', '{ word }', [{ data: { word: 'word' } }]],
    ['a mutation', 'mutation { add(n: 0) }', [{ data: { add: 0 } }]],
    ['a subscription', 'subscription { ticks(upTo: 2) { n } }', [1, 2].map((n) => ({ data: { ticks: { n } } }))],
  ])('brings %s and its end', async (_case, query, payloads) => {
    const { say, got } = await begin();
    say({ type: 'ping' }, subscribe('1', query));
    await expect.poll(() => got.at(-1)).toEqual({ type: 'complete', id: '1' });
    expect(got.filter(({ type }) => type === 'next').map(({ payload }) => payload)).toEqual(payloads);
    expect(got).toContainEqual({ type: 'pong' });
  });

  it.each([
    ['what is no GraphQL', '{ secret', 'GRAPHQL_PARSE_FAILED'],
    ['what is not valid', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['variables that do not fit', 'query($of: [Int!]!) { sum(of: $of) }', 'VALIDATION'],
    ['a subscription that cannot start', 'subscription { refused }', 'FORBIDDEN'],
    ['an unknown document', '', 'BAD_REQUEST'],
  ])('is refused with a code for %s, and the next one runs', async (_case, query, code) => {
    const { say, got } = await begin();
    say(subscribe('1', query), subscribe('2', '{ word }'));
    await expect.poll(() => got.find(({ type, id }) => type === 'complete' && id === '2')).toBeDefined();
    const refused = got.filter(({ id }) => id === '1');
    expect(refused).toEqual([
      { type: 'error', id: '1', payload: [expect.objectContaining({ extensions: expect.objectContaining({ code }) })] },
    ]);
    expect(JSON.stringify(refused)).not.toContain('secret');
  });

  it('keeps a failure of one event to that event', async () => {
    const { say, got } = await begin();
    say(subscribe('1', 'subscription { spoilt }'));
    await expect.poll(() => got.at(-1)).toEqual({ type: 'complete', id: '1' });
    const events = got.filter(({ type }) => type === 'next').map(({ payload }) => payload);
    expect(events).toEqual([
      { data: { spoilt: 1 } },
      { data: { spoilt: null }, errors: [expect.objectContaining({ path: ['spoilt'] })] },
      { data: { spoilt: 3 } },
    ]);
  });

  it('ends with a code when its source breaks off', async () => {
    const { say, got } = await begin();
    say(subscribe('1', 'subscription { breaks }'));
    await expect.poll(() => got.at(-1)?.type).toBe('error');
    expect(got.slice(1)).toEqual([
      { type: 'next', id: '1', payload: { data: { breaks: 1 } } },
      {
        type: 'error',
        id: '1',
        payload: [expect.objectContaining({ extensions: { code: 'SOURCE_UNAVAILABLE', retryable: true } })],
      },
    ]);
  });

  it.each([
    ['completes it', ({ say }: Line) => say({ type: 'complete', id: '1' })],
    ['goes', ({ socket }: Line) => socket.terminate()],
  ])('is given up when its client %s', async (_case, leave) => {
    const line = await begin();
    const { started } = graph.state;
    line.say(subscribe('1', 'subscription { ticks(upTo: 1000000000, size: 100) { n } }'));
    await expect.poll(() => line.got.length).toBeGreaterThan(10);
    leave(line);
    await expect.poll(() => graph.state.ended).toBe(started + 1);
  });

  it('that waits is given up when its client completes it', async () => {
    const { say, got } = await begin();
    const { aborted } = graph.state;
    say(subscribe('1', '{ wait(ms: 60000) }'));
    await expect.poll(() => graph.state.started - graph.state.ended).toBe(1);
    say({ type: 'complete', id: '1' });
    await expect.poll(() => graph.state.aborted).toBe(aborted + 1);
    graph.state.ended++;
    expect(got).toEqual([{ type: 'connection_ack' }]);
  });

  it('carries headers of the upgrade, or of connection_init where a browser has none', async () => {
    const query = '{ a: seen(header: "authorization") b: seen(header: "cookie") }';
    for (const [headers, payload] of [
      [{ authorization: 'Bearer x', cookie: 'y' }, {}],
      [{}, { Authorization: 'Bearer x', cookie: 'y' }],
    ]) {
      const { say, got } = await begin(graph, { headers }, payload);
      say(subscribe('1', query));
      await expect.poll(() => got[1]?.payload).toEqual({ data: { a: 'Bearer x', b: null } });
    }
  });

  it('works with the client of graphql-ws', async () => {
    const client = createClient({ url: addressOf(graph.url), webSocketImpl: WebSocket, retryAttempts: 0 });
    const numbers: unknown[] = [];
    for await (const { data } of client.iterate({ query: 'subscription { ticks(upTo: 500) { n } }' }))
      numbers.push((data as { ticks: { n: number } }).ticks.n);
    await client.dispose();
    expect(numbers).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
  });
});

describe('a connection', () => {
  const NEVER = 'subscription { ticks(upTo: 1000000000) { n } }';
  it.each([
    ['no JSON', ['{"type":'], 4400, 'Invalid message received'],
    ['an unknown message', [INIT, { type: 'secret' }], 4400, 'Invalid message received'],
    [
      'a subscribe without a query',
      [INIT, { type: 'subscribe', id: '1', payload: {} }],
      4400,
      'Invalid message received',
    ],
    ['an id of a kilobyte', [INIT, subscribe('i'.repeat(1024), '{ word }')], 4400, 'Invalid message received'],
    ['a subscribe before connection_init', [subscribe('1', '{ word }')], 4401, 'Unauthorized'],
    ['nothing for too long', [], 4408, 'Connection initialisation timeout'],
    ['an id that is in use', [INIT, subscribe('1', NEVER), subscribe('1', NEVER)], 4409, 'Subscriber already exists'],
    ['connection_init twice', [INIT, INIT], 4429, 'Too many initialisation requests'],
    [
      'more operations than it may',
      [INIT, ...['1', '2', '3', '4', '5'].map((id) => subscribe(id, NEVER))],
      4429,
      'Too many subscriptions',
    ],
    ['a message larger than a body may be', [`"${'x'.repeat(256 * 1024)}"`], 1009, ''],
  ])('that says %s is closed with the code for it', async (_case, messages, code, reason) => {
    const { say, got, closed } = await open();
    for (const message of messages) {
      say(message);
      if (message === INIT) await expect.poll(() => got.length).toBeGreaterThan(0);
    }
    expect(await closed).toEqual([code, reason]);
  });

  it('may say as much as a body may hold, and run as many operations as it may', async () => {
    const { say, got } = await begin();
    const message = JSON.stringify(subscribe('1', '{ word }', { extensions: { x: '' } }));
    say(message.replace('"x":""', `"x":"${'a'.repeat(256 * 1024 - message.length)}"`));
    await expect.poll(() => got.at(-1)).toEqual({ type: 'complete', id: '1' });
    const { started } = graph.state;
    say(...['1', '2', '3', '4'].map((id) => subscribe(id, NEVER)));
    await expect.poll(() => graph.state.started).toBe(started + 4);
  });

  it('without a protocol is closed', async () => {
    const { closed } = await open(graph, {}, []);
    expect(await closed).toEqual([4406, 'Subprotocol not acceptable']);
  });

  it('that does not answer a ping is cut off, and one that does is not', async () => {
    const strict = await startSmallGraph({ limits: { keepAliveMs: 100 } });
    const deaf = await open(strict, { autoPong: false });
    const alive = await open(strict);
    deaf.say(INIT);
    alive.say(INIT);
    expect((await deaf.closed)[0]).toBe(1006);
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
    await strict.close();
  });
});

describe('an upgrade', () => {
  const upgrade = (path: string, headers: Record<string, string> = {}): Promise<number> =>
    new Promise((resolve, reject) => {
      const asked = request(graph.server.url + path, {
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
          'sec-websocket-protocol': 'graphql-transport-ws',
          ...headers,
        },
      });
      asked.on('response', ({ statusCode = 0 }) => resolve(statusCode));
      asked.on('upgrade', ({ statusCode = 0 }, socket) => {
        socket.destroy();
        resolve(statusCode);
      });
      asked.on('error', reject);
      asked.end();
    });

  it.each([
    ['of a program', '/graphql', {}, 101],
    ['from a page of this site', '/graphql', { origin: 'self' }, 101],
    ['from a page of another site', '/graphql', { origin: 'http://evil.example' }, 403],
    ['from a page without a site', '/graphql', { origin: 'null' }, 403],
    ['at another path', '/live', {}, 404],
  ])('%s gets its answer', async (_case, path, headers: { origin?: string }, status) => {
    const origin = headers.origin === 'self' ? { origin: graph.server.url } : headers;
    expect(await upgrade(path, origin as Record<string, string>)).toBe(status);
  });

  it('beyond the places that there are is refused, until one is free again', async () => {
    const lines: Line[] = [];
    await expect
      .poll(async () => {
        while (lines.length < 8) lines.push(await open());
        return lines.length;
      })
      .toBe(8);
    expect(await upgrade('/graphql')).toBe(503);
    lines[0]?.socket.terminate();
    await expect.poll(() => upgrade('/graphql')).toBe(101);
  });
});

describe('a subscriber that stops reading', () => {
  it('is cut off, and another loses nothing', async () => {
    const slow = await begin();
    const reader = await begin();
    const big = 'subscription { ticks(upTo: 100000000, size: 20000) { n pad } }';
    const { started, ended } = graph.state;
    slow.say(subscribe('1', big));
    await expect.poll(() => graph.state.started).toBe(started + 1);
    slow.socket.pause();
    // nothing more is pulled from its source, and then it is gone
    await expect.poll(() => graph.state.ended, { timeout: 20_000 }).toBe(ended + 1);
    reader.say(subscribe('1', 'subscription { ticks(upTo: 3000, size: 2000) { n } }'));
    await expect.poll(() => reader.got.at(-1)?.type, { timeout: 20_000 }).toBe('complete');
    const numbers = reader.got.flatMap(({ payload }) =>
      payload === undefined ? [] : [(payload as { data: { ticks: { n: number } } }).data.ticks.n],
    );
    expect(numbers).toEqual(Array.from({ length: 3000 }, (_, i) => i + 1));
    slow.socket.resume();
    expect(await slow.closed).toEqual([4290, 'Too slow: messages were not taken in time']);
  });
});

describe('a server that stops', () => {
  it('answers what has begun and then sends everybody away', async () => {
    const stopping = await startSmallGraph();
    const { say, got, closed } = await begin(stopping);
    say(subscribe('1', '{ wait(ms: 300) }'), subscribe('2', 'subscription { never }'));
    await expect.poll(() => stopping.state.started).toBe(2);
    const stopped = stopping.close();
    say(subscribe('3', '{ word }'));
    expect(await closed).toEqual([1001, 'Going away']);
    await stopped;
    expect(got).toContainEqual({ type: 'next', id: '1', payload: { data: { wait: 'waited' } } });
    expect(got.find(({ id }) => id === '3')).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'STREAM_LIMIT' } }],
    });
    await expect(fetch(stopping.url)).rejects.toThrow();
  });
});
