import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { brotliCompressSync, createGzip, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { GraphError } from '../schema/errors.ts';
import { Exchange, type ExchangeFailed } from './exchange.ts';
import { type Answering, sourceAt, type VendorServer, vendorServer } from './fixture/server.ts';
import type { OutboundRequest } from './request.ts';
import type { SourceSettings } from './source.ts';

const GET = { method: 'GET', url: '/things?id=1', name: 'GET things', retry: 'read' } as const;
const MB = 1024 * 1024;

let server: VendorServer | undefined;
let exchange: Exchange | undefined;
afterEach(async () => {
  await server?.close();
  await exchange?.close();
});

const serving = async (answering: Answering, more: Partial<SourceSettings> = {}) => {
  server = await vendorServer(answering);
  exchange = new Exchange(sourceAt(server.url, more));
  const opened = exchange;
  const send = (request: OutboundRequest = GET, timeoutMs = 5_000, signal = new AbortController().signal) =>
    opened.send(request, { timeoutMs, signal, down: undefined });
  return { server, send };
};
const failure = async (sending: Promise<unknown>): Promise<string> => {
  const thrown = await sending.then(
    () => new Error('no failure'),
    (error: ExchangeFailed) => error,
  );
  return (thrown as ExchangeFailed).failure ?? thrown.message;
};

it('sends below the source’s base URL, or to an absolute one, and reads the answer', async () => {
  const { server, send } = await serving((_request, response) => {
    response.writeHead(201, { 'X-One': 'a', 'set-cookie': ['b', 'c'] }).end('\uFEFFné');
  });
  const answer = await send({ ...GET, method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
  expect(answer).toMatchObject({ status: 201, headers: { 'x-one': 'a', 'set-cookie': 'b, c' }, text: 'né' });
  await send({ ...GET, url: `${server.url}/elsewhere` });
  expect(server.seen).toEqual([
    { method: 'POST', url: '/base/things?id=1', body: '{}' },
    { method: 'GET', url: '/elsewhere', body: '' },
  ]);
});

it('makes a body anew for every attempt', async () => {
  const { server, send } = await serving((_request, response) => response.end());
  let made = 0;
  const request = { ...GET, method: 'POST', body: async () => `body ${++made}` } as const;
  await send(request);
  await send(request);
  expect(server.seen.map(({ body }) => body)).toEqual(['body 1', 'body 2']);
});

it('lets an error of ours pass as it is', async () => {
  const { server, send } = await serving((_request, response) => response.end());
  const error = new GraphError('UNAUTHENTICATED_AT_VENDOR');
  await expect(send({ ...GET, method: 'POST', body: () => Promise.reject(error) })).rejects.toBe(error);
  expect(server.seen).toHaveLength(0);
});

it('follows no redirect', async () => {
  const { server, send } = await serving((_request, response) => {
    response.writeHead(302, { location: '/other' }).end();
  });
  expect((await send()).status).toBe(302);
  expect(server.seen).toHaveLength(1);
});

describe('what ends an attempt', () => {
  const hang: Answering = () => undefined;

  it('is its time-out, before and within the answer', async () => {
    const { server, send } = await serving(hang);
    expect(await failure(send(GET, 50))).toBe('slow');
    server.answer((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
    });
    expect(await failure(send(GET, 50))).toBe('slow');
  });

  it('is its client’s leaving, also before it begins', async () => {
    const { server, send } = await serving(hang);
    const leaver = new AbortController();
    const sending = send(GET, 5_000, leaver.signal);
    await expect.poll(() => server.seen.length).toBe(1);
    leaver.abort();
    expect(await failure(sending)).toBe('left');
    expect(await failure(send(GET, 5_000, AbortSignal.abort()))).toBe('left');
    expect(server.seen).toHaveLength(1);
  });

  it('is that its source counts as down', async () => {
    await serving(hang);
    const down = new AbortController();
    const { signal } = new AbortController();
    const sending = exchange?.send(GET, { timeoutMs: 5_000, signal, down: down.signal });
    await expect.poll(() => server?.seen.length).toBe(1);
    down.abort();
    expect(await failure(Promise.resolve(sending))).toBe('given-up');
  });

  it.each<readonly [string, Answering]>([
    ['is reset', (_request, response) => response.socket?.destroy()],
    [
      'is cut short',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half', () => response.destroy());
      },
    ],
    ['speaks no HTTP', (_request, response) => response.socket?.end('nonsense\r\n\r\n')],
  ])('is that the connection %s', async (_what, answering) => {
    const { send } = await serving(answering);
    expect(await failure(send())).toBe('broken');
  });

  it('is that nobody listens', async () => {
    const { server, send } = await serving(hang);
    await server.close();
    expect(await failure(send())).toBe('broken');
  });
});

describe('the size of an answer', () => {
  it.each([
    ['may be 16 MiB', 16 * MB, 'no failure'],
    ['may not be more', 16 * MB + 1, 'oversized'],
  ])('%s', async (_what, bytes, expected) => {
    const { send } = await serving((_request, response) => response.end(Buffer.alloc(bytes)));
    expect(await failure(send())).toBe(expected);
  });

  it.each([
    ['may be 16 MiB', 16 * MB, 'no failure'],
    ['may not be more', 16 * MB + 1, 'oversized'],
  ])('%s when it is unpacked', async (_what, bytes, expected) => {
    const packed = gzipSync(Buffer.alloc(bytes));
    const { send } = await serving((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
    });
    expect(await failure(send())).toBe(expected);
  });

  it('bounds what an answer of 300 MB in 300 KB takes', async () => {
    const bomb = async (response: ServerResponse): Promise<void> => {
      const gzip = createGzip({ level: 9 });
      response.writeHead(200, { 'content-encoding': 'gzip' });
      gzip.pipe(response);
      const block = Buffer.alloc(MB);
      for (let i = 0; i < 300; i++) if (!gzip.write(block)) await once(gzip, 'drain');
      gzip.end();
    };
    const { send } = await serving((_request, response) => void bomb(response));
    const before = process.memoryUsage().rss;
    let most = before;
    const sampling = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 1);
    expect(await failure(send(GET, 30_000))).toBe('oversized');
    clearInterval(sampling);
    expect((most - before) / MB).toBeLessThan(100);
  });
});

describe('a packed answer', () => {
  const text = 'Hausärztin '.repeat(1_000);
  it.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    [' GZIP ', gzipSync(text)],
    ['identity', Buffer.from(text)],
  ])('is unpacked from %s', async (encoding, packed) => {
    const { send } = await serving((_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(packed);
    });
    expect((await send()).text).toBe(text);
  });

  it('is asked for only in the forms that are unpacked', async () => {
    let asked: string | undefined;
    const { send } = await serving((request, response) => {
      asked = String(request.headers['accept-encoding']);
      response.end();
    });
    await send();
    expect(asked).toBe('gzip, deflate, br');
  });

  it.each([
    ['in an unknown form', 'compress', gzipSync(text)],
    ['packed twice', 'gzip, gzip', gzipSync(gzipSync(text))],
    ['not what it says', 'gzip', Buffer.from(text)],
    ['cut off', 'gzip', gzipSync(text).subarray(0, 20)],
  ])('is no answer when it is %s', async (_what, encoding, packed) => {
    const { send } = await serving((_request, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(packed);
    });
    expect(await failure(send())).toBe('garbled');
  });

  it('may be empty', async () => {
    const { send } = await serving((_request, response) => {
      response.writeHead(204, { 'content-encoding': 'gzip' }).end();
    });
    expect(await send()).toMatchObject({ status: 204, text: '' });
  });
});

it('opens no more connections than calls may be made at once', async () => {
  const { server, send } = await serving((_request, response) => setTimeout(() => response.end(), 5), {
    limits: { perSecond: 10, perDay: 10, concurrency: 3 },
  });
  await Promise.all(Array.from({ length: 30 }, () => send()));
  expect(server.connections()).toBe(3);
});
