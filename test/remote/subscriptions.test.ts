import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import type { SubgraphResult } from '../../gateway/executor.ts';
import type { RemoteSubgraph } from '../../gateway/remote/subgraph.ts';
import type { GraphError } from '../../schema/errors.ts';
import { contextWith, operationOf, remote, startOddServer, until } from './asking.ts';
import { startTicking, type Ticking } from './ticking.ts';

const TICK = operationOf('subscription { tick }');

/** A subscription as the executor has it, with all that came of it. */
interface Running {
  readonly events: SubgraphResult[];
  /** How it ended. */
  readonly ended: Promise<GraphError | 'in order'>;
}

const run = (
  subgraph: RemoteSubgraph,
  more: Parameters<typeof contextWith>[0] = {},
  operation = TICK,
  taken: () => Promise<void> = async () => undefined,
): Running => {
  const events: SubgraphResult[] = [];
  const go = async (): Promise<GraphError | 'in order'> => {
    try {
      for await (const event of subgraph.subscribe(operation, {}, contextWith(more))) {
        events.push(event);
        await taken();
      }
      return 'in order';
    } catch (thrown) {
      return thrown as GraphError;
    }
  };
  return { events, ended: go() };
};

const codeOf = async ({ ended }: Running): Promise<string> => {
  const how = await ended;
  return how === 'in order' ? how : how.code;
};

let ticking: Ticking;
beforeAll(async () => {
  ticking = await startTicking();
});
afterAll(() => ticking.close());

const subscribing = (protocol: string): RemoteSubgraph =>
  remote(ticking.sse, {
    subscribing: protocol === 'ws' ? { protocol: 'ws', url: ticking.ws } : { protocol: 'sse', url: ticking.sse },
  });

describe.each(['ws', 'sse'])('a subscription over %s', (protocol) => {
  let subgraph: RemoteSubgraph;
  beforeAll(() => {
    subgraph = subscribing(protocol);
  });
  afterAll(() => subgraph.close());

  it('gives every event in order, and ends when the subgraph ends it', async () => {
    const running = run(subgraph);
    await until(() => ticking.open() === 1);
    for (let i = 0; i < 300; i += 1) ticking.tick(`${i}`);
    await until(() => running.events.length === 300);
    ticking.finish();
    expect(await codeOf(running)).toBe('in order');
    expect(running.events.map(({ data }) => data?.tick)).toEqual(Array.from({ length: 300 }, (_, i) => `${i}`));
  });

  it('gives an event’s errors in that event alone', async () => {
    const running = run(subgraph);
    await until(() => ticking.open() === 1);
    for (const event of ['a', {}, 'b']) ticking.tick(event);
    await until(() => running.events.length === 3);
    expect(running.events.map(({ data, errors }) => [data?.tick, errors?.length])).toEqual([
      ['a', undefined],
      [null, 1],
      ['b', undefined],
    ]);
    ticking.finish();
    await running.ended;
  });

  it('tells the subgraph who asks', async () => {
    const running = run(subgraph, { headers: { authorization: 'Bearer a' } });
    await until(() => ticking.open() === 1);
    expect(ticking.told()).toMatchObject({ authorization: 'Bearer a' });
    ticking.finish();
    await running.ended;
  });

  it('ends at the subgraph when its client has gone', async () => {
    const gone = new AbortController();
    const [leaving, staying] = [run(subgraph, { signal: gone.signal }), run(subgraph)];
    await until(() => ticking.open() === 2);
    gone.abort();
    expect(await codeOf(leaving)).toBe('in order');
    await until(() => ticking.open() === 1);
    ticking.tick('for the other');
    await until(() => staying.events.length === 1);
    expect(leaving.events).toEqual([]);
    ticking.finish();
    expect(await codeOf(staying)).toBe('in order');
  });

  it('ends with a code when the connection breaks, and can be begun again', async () => {
    const broken = run(subgraph);
    await until(() => ticking.open() === 1);
    ticking.tick('before');
    await until(() => broken.events.length === 1);
    ticking.cut();
    expect(await codeOf(broken)).toBe('SOURCE_UNAVAILABLE');
    expect(broken.events).toHaveLength(1);
    await until(() => ticking.open() === 0);
    const again = run(subgraph);
    await until(() => ticking.open() === 1);
    ticking.finish();
    expect(await codeOf(again)).toBe('in order');
  });

  it('ends with a code when events come faster than they are taken', async () => {
    let stalled = true;
    const slow = run(subgraph, {}, TICK, () => until(() => !stalled));
    await until(() => ticking.open() === 1);
    const fast = run(subgraph);
    await until(() => ticking.open() === 2);
    for (let i = 0; i < 3_000; i += 1) {
      ticking.tick(`${i}`);
      if (i % 100 === 0) await until(() => fast.events.length >= i - 100);
      await turn();
    }
    await until(() => fast.events.length === 3_000);
    stalled = false;
    expect(await codeOf(slow)).toBe('SOURCE_UNAVAILABLE');
    expect(slow.events).toHaveLength(1);
    ticking.finish();
    expect(await codeOf(fast)).toBe('in order');
  });

  it('is refused with a code when the subgraph does not take the operation', async () => {
    const refused = run(subgraph, {}, operationOf('subscription { unknown }'));
    expect(await codeOf(refused)).toBe('VENDOR_REJECTED');
    expect(String(await refused.ended)).not.toContain('unknown');
  });
});

it('shares a WebSocket between subscriptions of the same caller, and with nobody else', async () => {
  const subgraph = subscribing('ws');
  await until(() => ticking.connections() === 0);
  const before = ticking.everConnected();
  const headers = { authorization: 'a' };
  const all = [run(subgraph, { headers }), run(subgraph, { headers }), run(subgraph, { headers: {} })];
  await until(() => ticking.open() === 3);
  expect(ticking.everConnected() - before).toBe(2);
  ticking.finish();
  await Promise.all(all.map(({ ended }) => ended));
  await until(() => ticking.connections() === 0);
  await subgraph.close();
});

it('opens further WebSockets rather than lay too much on one', async () => {
  const subgraph = subscribing('ws');
  await until(() => ticking.connections() === 0);
  const all = Array.from({ length: 40 }, () => run(subgraph));
  await until(() => ticking.open() === 40);
  expect(ticking.connections()).toBe(3);
  ticking.finish();
  await Promise.all(all.map(({ ended }) => ended));
  await until(() => ticking.connections() === 0);
  await subgraph.close();
});

it.each([1000, 1001, 1011, 1012, 4400])(
  'ends with a code when the subgraph closes the WebSocket with %i, and does not connect by itself',
  async (code) => {
    const subgraph = subscribing('ws');
    const running = run(subgraph);
    await until(() => ticking.open() === 1);
    const before = ticking.everConnected();
    ticking.closeWith(code);
    expect(await codeOf(running)).toBe('SOURCE_UNAVAILABLE');
    expect(ticking.everConnected()).toBe(before);
    await subgraph.close();
    await until(() => ticking.open() === 0);
  },
);

const streams: readonly [name: string, status: number, type: string, body: string, code: string][] = [
  ['HTML', 200, 'text/html', '<html></html>', 'VENDOR_REJECTED'],
  ['a 500', 500, 'text/plain', '', 'SOURCE_UNAVAILABLE'],
  ['a redirect', 307, 'text/plain', '', 'VENDOR_REJECTED'],
  ['JSON', 200, 'application/json', '{"data":{"tick":"a"}}', 'VENDOR_REJECTED'],
  ['an empty stream', 200, 'text/event-stream', '', 'SOURCE_UNAVAILABLE'],
  [
    'a stream that stops',
    200,
    'text/event-stream',
    'event: next\ndata: {"data":{"tick":"a"}}\n\n',
    'SOURCE_UNAVAILABLE',
  ],
  ['an unknown event', 200, 'text/event-stream', 'event: other\ndata: {}\n\n', 'SOURCE_UNAVAILABLE'],
  ['an event that is no JSON', 200, 'text/event-stream', 'event: next\ndata: {"a\n\n', 'SOURCE_UNAVAILABLE'],
  ['an event that is no answer', 200, 'text/event-stream', 'event: next\ndata: {"a":1}\n\n', 'BAD_VENDOR_ANSWER'],
];

it.each(streams)('answers %s instead of a stream with a code', async (_name, status, type, body, code) => {
  const server = await startOddServer((response) => {
    response.writeHead(status, { 'content-type': type, location: '/elsewhere' });
    response.end(body);
  });
  const subgraph = remote(server.url, { subscribing: { protocol: 'sse', url: server.url } });
  expect(await codeOf(run(subgraph))).toBe(code);
  await subgraph.close();
  await server.close();
});

const tooLarge: readonly [name: string, body: string][] = [
  ['of one line', `event: next\ndata: "${'x'.repeat(5 * 1024 * 1024)}`],
  ['of many lines', `event: next\n${`data: ${'x'.repeat(1000)}\n`.repeat(5_000)}`],
];

it.each(tooLarge)('takes an event %s no further than its limit', async (_name, body) => {
  const server = await startOddServer((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(body); // and no more: only the limit ends it
  });
  const subgraph = remote(server.url, { subscribing: { protocol: 'sse', url: server.url } });
  expect(await codeOf(run(subgraph))).toBe('SOURCE_UNAVAILABLE');
  await subgraph.close();
  await server.close();
});

it('takes many events, each within its limit, on one stream', async () => {
  const event = `event: next\ndata: ${JSON.stringify({ data: { tick: 'x'.repeat(1024 * 1024) } })}\n\n`;
  const server = await startOddServer((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`${event.repeat(8)}event: complete\ndata:\n\n`);
  });
  const subgraph = remote(server.url, { subscribing: { protocol: 'sse', url: server.url } });
  const running = run(subgraph);
  expect(await codeOf(running)).toBe('in order');
  expect(running.events).toHaveLength(8);
  await subgraph.close();
  await server.close();
});

const sockets: readonly [name: string, frames: readonly string[]][] = [
  ['no GraphQL', ['hello']],
  ['JSON without a type', ['{}']],
  ['an event before its greeting', ['{"type":"next","id":"1","payload":{}}']],
  ['too large a frame', [`{"type":"connection_ack","payload":{"a":"${'x'.repeat(5 * 1024 * 1024)}"}}`]],
];

it.each(sockets)('answers a WebSocket that speaks %s with a code', async (_name, frames) => {
  const server = createServer();
  const odd = new WebSocketServer({ server, handleProtocols: () => 'graphql-transport-ws' });
  odd.on('connection', (socket) => {
    socket.on('error', () => undefined);
    for (const frame of frames) socket.send(frame);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const subgraph = remote(`http://127.0.0.1:${port}/graphql`);
  expect(await codeOf(run(subgraph))).toBe('SOURCE_UNAVAILABLE');
  await subgraph.close();
  odd.close();
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

it('answers a subgraph without WebSockets, and one that is away, with a code', async () => {
  const server = await startOddServer((response) => response.end());
  for (const url of [server.url, 'http://127.0.0.1:1/graphql']) {
    const subgraph = remote(url);
    expect(await codeOf(run(subgraph))).toBe('SOURCE_UNAVAILABLE');
    await subgraph.close();
  }
  await server.close();
});
