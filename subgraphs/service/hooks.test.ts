import { connect } from 'node:net';
import Fastify from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HookRequest } from '../federation/subgraph.ts';
import { hookRoutes } from './hooks.ts';

const app = Fastify({ forceCloseConnections: true });
let base: string;
let got: HookRequest[];
let answer: 204 | 400 | 401 | 503;

beforeAll(async () => {
  // as the servers have it: parsers of their own beside the hooks'
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  const hook = async (request: HookRequest) => {
    got.push(request);
    return answer;
  };
  app.register(async (scope) => hookRoutes(new Map([['mercy', hook]]))(scope));
  base = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => app.close());
beforeEach(() => {
  got = [];
  answer = 204;
});

const send = async (path: string, request: RequestInit = {}): Promise<readonly [number, string]> => {
  const response = await fetch(`${base}/hooks/${path}`, { method: 'POST', ...request });
  return [response.status, await response.text()];
};

/** What a client that writes these bytes reads, until the connection ends or an answer came. */
const raw = (bytes: string, cut = false): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
      socket.end();
    });
    socket.on('close', () => resolve(text));
    socket.on('error', () => undefined);
    socket.write(bytes, () => {
      if (cut) socket.destroy();
    });
  });

const ODD = Buffer.from([0x7b, 0x00, 0xff, 0xc3, 0x28, 0x0d, 0x0a]);

describe('a hook’s route', () => {
  it.each(['application/json', 'application/fhir+json', 'text/plain; charset=latin1', 'application/octet-stream'])(
    'hands over the body byte for byte, said to be %s',
    async (type) => {
      expect(await send('mercy', { body: ODD, headers: { 'content-type': type } })).toEqual([204, '']);
      expect(got.map(({ body }) => body)).toEqual([ODD]);
    },
  );

  it('hands over a body of no type, and none at all', async () => {
    await send('mercy', { body: ODD });
    await send('mercy');
    expect(got.map(({ body }) => body)).toEqual([ODD, Buffer.alloc(0)]);
  });

  it('hands over headers by their names in lower case, and those that came twice as no single one', async () => {
    const head = 'POST /hooks/mercy HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\nX-Hub-Signature: one\r\n';
    await raw(`${head}\r\n`);
    await raw(`${head}X-Hub-Signature: two\r\n\r\n`);
    expect(got.map(({ headers }) => headers['x-hub-signature'])).toEqual(['one', 'one, two']);
  });

  it.each([204, 400, 401, 503] as const)('answers what the hook does: %d, and nothing else', async (status) => {
    answer = status;
    expect(await send('mercy', { body: ODD })).toEqual([status, '']);
  });

  it('takes a body of a megabyte, and no larger one', async () => {
    expect(await send('mercy', { body: Buffer.alloc(1024 * 1024) })).toEqual([204, '']);
    expect(await send('mercy', { body: Buffer.alloc(1024 * 1024 + 1) })).toEqual([413, '']);
    expect(got.map(({ body }) => body.length)).toEqual([1024 * 1024]);
  });

  it('hands over nothing of a delivery that was cut off', async () => {
    await raw('POST /hooks/mercy HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\nhalf', true);
    await send('mercy', { body: ODD });
    expect(got.map(({ body }) => body)).toEqual([ODD]);
  });

  it.each(['springfield', 'Mercy', 'constructor', ''])('knows no source %s', async (source) => {
    expect((await send(source, { body: ODD }))[0]).toBe(404);
  });

  it('refuses a source that it does not know before its body is read', async () => {
    const head = 'POST /hooks/other HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000\r\n\r\n';
    expect(await raw(head)).toMatch(/^HTTP\/1.1 404 /);
  });

  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'])('is for POST only: not for %s', async (method) => {
    expect(await send('mercy', { method })).toEqual([405, '']);
    expect(await send('other', { method })).toEqual([404, '']);
    expect(got).toEqual([]);
  });
});
