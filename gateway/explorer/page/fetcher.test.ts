import Fastify from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { graphFetcher } from './fetcher.ts';

const server = Fastify();
const received: { readonly explain: unknown; readonly body: unknown }[] = [];
let reply: { readonly status: number; readonly body: string } = { status: 200, body: '{}' };
let base = '';

beforeAll(async () => {
  server.post('/graphql', (request, response) => {
    received.push({ explain: request.headers['x-explain'], body: request.body });
    response.code(reply.status).type('application/json').send(reply.body);
  });
  base = await server.listen({ port: 0, host: '127.0.0.1' });
  const network = globalThis.fetch;
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => network(`${base}${path}`, init)); // a page knows its origin
});

beforeEach(() => {
  received.length = 0;
  reply = { status: 200, body: '{"data":{"ok":true}}' };
});

afterAll(async () => {
  vi.unstubAllGlobals();
  await server.close();
});

type Watched = { subscribe(observer: Record<'next' | 'error' | 'complete', (value?: unknown) => void>): unknown };

const run = (on: boolean, headers?: Record<string, string>, operationName = 'Sources'): Promise<unknown> => {
  const operation = { query: '{ sources { id } }', operationName };
  const result: unknown = graphFetcher(() => on)(operation, headers === undefined ? {} : { headers });
  if (result instanceof Promise) return result;
  return new Promise((resolve, reject) => {
    (result as Watched).subscribe({ next: resolve, error: reject, complete: () => {} });
  });
};

describe('the fetcher', () => {
  it.each([
    ['asks for an explanation while the switch is on', true, undefined, 'Sources', '1'],
    ['does not while it is off', false, undefined, 'Sources', undefined],
    ['lets the tab’s own header win', true, { 'x-explain': '0' }, 'Sources', '0'],
    ['never asks for the cost of introspection', true, undefined, 'IntrospectionQuery', undefined],
  ] as const)('it %s', async (_what, on, headers, name, explain) => {
    expect(await run(on, headers, name)).toEqual({ data: { ok: true } });
    expect(received).toEqual([{ explain, body: { query: '{ sources { id } }', operationName: name } }]);
  });

  it('shows the errors of a refused request', async () => {
    reply = { status: 400, body: '{"errors":[{"message":"Not valid."}]}' };
    expect(await run(true)).toEqual({ errors: [{ message: 'Not valid.' }] });
  });

  it.each(['<h1>Bad gateway</h1>', '[]', ''])('it says so when the answer %j is no result', async (body) => {
    reply = { status: 502, body };
    await expect(run(true)).rejects.toThrow('The server answered with HTTP status 502 and no GraphQL result.');
  });
});
