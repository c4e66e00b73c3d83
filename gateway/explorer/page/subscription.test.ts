import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { graphFetcher } from './fetcher.ts';

const DOCUMENT = 'query Sources { sources { id } } subscription Visits { appointmentChanged { cursor } }';
const EVENT = { 'content-type': 'text/event-stream' };
const next = (payload: unknown): string => `event: next\ndata: ${JSON.stringify(payload)}\n\n`;
const COMPLETE = 'event: complete\ndata:\n\n';
const change = (cursor: string) => ({ data: { appointmentChanged: { cursor } } });

const received: { readonly accept: string | undefined; readonly body: unknown }[] = [];
let answer: (response: ServerResponse) => unknown = () => undefined;
let open = 0;
let base = '';
const server = createServer(async (request: IncomingMessage, response) => {
  open++;
  response.once('close', () => open--);
  received.push({ accept: request.headers.accept, body: JSON.parse(await text(request)) });
  answer(response);
});
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const network = globalThis.fetch;
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => network(`${base}${path}`, init)); // a page knows its origin
});
beforeEach(() => {
  received.length = 0;
});
afterAll(async () => {
  vi.unstubAllGlobals();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

type Watched = {
  subscribe(observer: Record<'next' | 'error' | 'complete', (value?: unknown) => void>): { unsubscribe(): void };
};

/** What GraphiQL is told, in order. */
const run = (operation: { query: string; operationName: string | null }) => {
  const told: unknown[] = [];
  const subscription = (graphFetcher(() => false)(operation, {}) as unknown as Watched).subscribe({
    next: (value) => told.push(value),
    error: (value) => told.push(['failed', value]),
    complete: () => told.push('complete'),
  });
  return { told, ...subscription };
};
const VISITS = { query: DOCUMENT, operationName: 'Visits' };

describe('a subscription in the explorer', () => {
  it('shows each event until it is complete', async () => {
    answer = (response) =>
      response.writeHead(200, EVENT).end(`:\n\n${next(change('a'))}${next(change('b'))}${COMPLETE}`);
    const { told } = run(VISITS);
    await expect.poll(() => told).toEqual([change('a'), change('b'), 'complete']);
    expect(received).toEqual([{ accept: 'text/event-stream', body: VISITS }]);
  });

  it.each([
    ['the query of its document is chosen', { query: DOCUMENT, operationName: 'Sources' }],
    ['none is chosen', { query: DOCUMENT, operationName: null }],
    ['what would be chosen cannot be read', { query: 'subscription {', operationName: null }],
  ])('is not begun where %s', async (_case, operation) => {
    answer = (response) => response.writeHead(200).end(JSON.stringify({ data: {} }));
    const { told } = run(operation);
    await expect.poll(() => told).toEqual([{ data: {} }, 'complete']);
    expect(received).toEqual([{ accept: expect.not.stringContaining('event-stream'), body: operation }]);
  });

  const resync = { errors: [{ message: 'Too old.', extensions: { code: 'RESYNC' } }] };
  const full = { errors: [{ message: 'Too many.', extensions: { code: 'STREAM_LIMIT' } }] };
  const sentence = (message: string) => ({ errors: [{ message }] });
  it.each<[string, typeof answer, unknown]>([
    ['an error that ends it', (response) => response.writeHead(200, EVENT).end(next(resync) + COMPLETE), resync],
    ['a refusal', (response) => response.writeHead(503).end(JSON.stringify(full)), full],
    [
      'an answer of nobody knows whom',
      (response) => response.writeHead(502).end('<h1>Bad gateway</h1>'),
      sentence('The server answered with HTTP status 502 and no GraphQL result.'),
    ],
    ['no answer', (response) => response.destroy(), sentence('The server cannot be reached.')],
    [
      'an end before its first event',
      (response) => response.writeHead(200, EVENT).end(':\n\n'),
      sentence('The server ended the stream before its first event.'),
    ],
  ])('shows %s as a GraphQL error', async (_case, answers, shown) => {
    answer = answers;
    const { told } = run(VISITS);
    await expect.poll(() => told).toEqual([shown, 'complete']);
  });

  it.each<[string, (response: ServerResponse) => unknown]>([
    ['ends', (response) => response.end()],
    ['breaks off', (response) => response.destroy()],
  ])('keeps its last event in sight when the stream %s', async (_case, stop) => {
    let stream: ServerResponse | undefined;
    answer = (response) => {
      stream = response.writeHead(200, EVENT);
      stream.write(next(change('a')));
    };
    const { told } = run(VISITS);
    await expect.poll(() => told).toEqual([change('a')]);
    if (stream !== undefined) stop(stream);
    const shown = { ...sentence('The server ended the stream. This was its last event.'), ...change('a') };
    await expect.poll(() => told).toEqual([change('a'), shown, 'complete']);
  });

  it('ends at the server when it is stopped, and tells nothing more', async () => {
    answer = (response) => response.writeHead(200, EVENT).write(next(change('a')));
    const { told, unsubscribe } = run(VISITS);
    await expect.poll(() => told).toEqual([change('a')]);
    expect(open).toBe(1);
    unsubscribe();
    await expect.poll(() => open).toBe(0);
    expect(told).toEqual([change('a')]);
  });
});
