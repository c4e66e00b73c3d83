import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Changes } from '../bench/subscribers/changes.ts';
import { COMPLETED, LONG, PLAIN, SUPERGRAPH, type Subscribing, subgraphsOver } from '../bench/subscribers/graph.ts';
import { type Ending, Subscriber } from '../bench/subscribers/subscriber.ts';
import { Expected, sumOf, Tally } from '../bench/subscribers/tally.ts';
import { Engine } from '../gateway/engine.ts';
import { localSubgraph } from '../gateway/local.ts';
import { type RunningServer, startServer } from '../gateway/server.ts';

const SUBSCRIBERS = 100;
const EVENTS = 200;
/** Events that may be published before the slowest honest subscriber has them. */
const WINDOW = 32;

let changes: Changes;
let server: RunningServer;
/** Subscriptions of the reader that stops that the gateway has given up. */
let givenUp = 0;

const start = async (): Promise<void> => {
  changes = new Changes(EVENTS, SUBSCRIBERS + 1);
  givenUp = 0;
  const engine = new Engine(
    SUPERGRAPH(),
    subgraphsOver(changes).map((subgraph) => localSubgraph({ ...subgraph, contextFor: (context) => context })),
  );
  server = await startServer({
    engine: {
      schema: engine.schema,
      execute: (request, context) => engine.execute(request, context),
      subscribe: (request, context) => {
        if (context.caller.subject === 'stopped') context.signal.addEventListener('abort', () => givenUp++);
        return engine.subscribe(request, context);
      },
    },
    host: '127.0.0.1',
    port: 0,
    explorer: false,
    explorerRoot: 'nowhere',
    now: Date.now,
    authenticate: ({ headers }) => ({ subject: String(headers['x-caller']), scopes: ['*'], sources: 'all' }),
    ready: () => true,
    limits: { stalledMs: 500 },
  });
};

/** All honest subscribers, who let the stream go on as the slowest of them does. */
const follow = (url: string, { query, data }: Subscribing): { readonly tallies: Tally[]; readonly over: Ending[] } => {
  const expected = new Expected(EVENTS, data);
  const tallies: Tally[] = [];
  const over: Ending[] = [];
  for (let i = 0; i < SUBSCRIBERS; i++) {
    const tally = new Tally(expected);
    tallies.push(tally);
    const subscriber = new Subscriber(url, query, {
      next: (message) => {
        tally.take(message);
        changes.allow(Math.min(...tallies.map(({ next }) => next)) + WINDOW);
      },
      over: (how) => {
        over.push(how);
        subscriber.close();
      },
    });
  }
  return { tallies, over };
};

const stopReading = (url: string): { readonly subscriber: Subscriber; readonly over: Ending[] } => {
  const over: Ending[] = [];
  let paused = false;
  const subscriber = new Subscriber(
    url,
    LONG,
    {
      next: () => {
        if (!paused) subscriber.pause();
        paused = true;
      },
      over: (how) => over.push(how),
    },
    { 'x-caller': 'stopped' },
  );
  return { subscriber, over };
};

describe.each([
  ['as they come', PLAIN],
  ['completed from another subgraph', COMPLETED],
])('a stream whose events are taken %s', (_case, subscribing) => {
  beforeAll(start);
  afterAll(() => server?.close());

  it('reaches each of many subscribers in full and in order, and cuts off the one that stops reading', async () => {
    const url = `${server.url.replace('http', 'ws')}/graphql`;
    const stopped = stopReading(url);
    const { tallies, over } = follow(url, subscribing);
    changes.allow(WINDOW);
    await expect.poll(() => over.length, { timeout: 30_000 }).toBe(SUBSCRIBERS);
    expect(new Set(over)).toEqual(new Set(['complete']));
    expect(sumOf(tallies.map((tally) => tally.result()))).toEqual({
      right: SUBSCRIBERS * EVENTS,
      lost: 0,
      doubled: 0,
      wrong: 0,
    });
    await expect.poll(() => givenUp, { timeout: 20_000 }).toBe(1);
    stopped.subscriber.resume();
    await expect.poll(() => stopped.over, { timeout: 20_000 }).toEqual([4290]);
  });
});

describe('the count of what came', () => {
  const expected = new Expected(4, PLAIN.data);
  const messages = [0, 1, 2, 3].map((n) =>
    Buffer.from(JSON.stringify({ id: '1', type: 'next', payload: { data: PLAIN.data(n) } })),
  );
  const spoilt = Buffer.from('{"id":"1","type":"next","payload":{"data":{"changes":{"n":1}}}}');

  it.each([
    ['all in order', [0, 1, 2, 3], { right: 4, lost: 0, doubled: 0, wrong: 0 }],
    ['one left out', [0, 2, 3], { right: 3, lost: 1, doubled: 0, wrong: 0 }],
    ['the end left out', [0, 1], { right: 2, lost: 2, doubled: 0, wrong: 0 }],
    ['one twice', [0, 1, 1, 2, 3], { right: 4, lost: 0, doubled: 1, wrong: 0 }],
    ['two exchanged', [0, 2, 1, 3], { right: 3, lost: 0, doubled: 0, wrong: 1 }],
    ['another event', [0, -1, 1, 2, 3], { right: 4, lost: 0, doubled: 0, wrong: 1 }],
  ])('tells %s', (_case, numbers, result) => {
    const tally = new Tally(expected);
    for (const n of numbers) tally.take(messages[n] ?? spoilt);
    expect(tally.result()).toEqual(result);
  });
});
