import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { GraphQLError } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GraphError } from '../../schema/errors.ts';
import { type Answerer, contextWith, type OddServer, operationOf, remote, startOddServer } from './asking.ts';

const LIMIT = 1024 * 1024;
const SECRET = 'Jane Doe, born 1980-01-02';

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answerer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  };

const endless = (response: ServerResponse): void => {
  const chunk = `{"data":{"a":"${'x'.repeat(64 * 1024)}`;
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
};

const UNAVAILABLE = { code: 'SOURCE_UNAVAILABLE', retryable: true };
const BAD = { code: 'BAD_VENDOR_ANSWER', retryable: true };
const SLOW = { code: 'TIMEOUT', retryable: true };

const FAILING: readonly [name: string, answer: Answerer, extensions: object][] = [
  ['HTML', json(200, `<html>${SECRET}</html>`, { 'content-type': 'text/html' }), BAD],
  ['HTML with 502', json(502, `<html>${SECRET}</html>`, { 'content-type': 'text/html' }), UNAVAILABLE],
  ['500 with other JSON', json(500, { error: SECRET }), UNAVAILABLE],
  ['404 without a body', json(404, ''), BAD],
  ['a redirect', json(302, '', { location: '/elsewhere' }), BAD],
  ['a redirect that keeps the method', json(307, '', { location: '/elsewhere' }), BAD],
  ['nothing, with 200', json(200, ''), BAD],
  ['nothing, with 204', (response) => void response.writeHead(204).end(), BAD],
  ['broken JSON', json(200, `{"data":{"name":"${SECRET}`), BAD],
  ['a list', json(200, []), BAD],
  ['JSON that is no response', json(200, { answer: SECRET }), BAD],
  ['data that is a list', json(200, { data: [] }), BAD],
  ['data that is text', json(200, { data: SECRET }), BAD],
  ['no data and no errors', json(200, { errors: [] }), BAD],
  ['errors that are text', json(200, { errors: SECRET }), BAD],
  ['an error without a message', json(200, { errors: [{ text: SECRET }] }), BAD],
  ['an error with a wrong path', json(200, { data: null, errors: [{ message: 'a', path: 'a.b' }] }), BAD],
  ['null', json(200, 'null'), BAD],
  ['an endless body', endless, BAD],
  ['an answer above the limit', json(200, { data: { a: ' '.repeat(LIMIT) } }), BAD],
  ['a length above the limit', json(200, '', { 'content-length': String(LIMIT + 1) }), BAD],
  ['gzip that is none', json(200, SECRET, { 'content-encoding': 'gzip' }), BAD],
  [
    'gzip that ends too early',
    json(200, gzipSync('{"data":{"a":1}}').subarray(0, 20), { 'content-encoding': 'gzip' }),
    BAD,
  ],
  [
    'gzip that unpacks above the limit',
    json(200, gzipSync(JSON.stringify({ data: { a: ' '.repeat(LIMIT) } })), { 'content-encoding': 'gzip' }),
    BAD,
  ],
  ['an unknown packing', json(200, '{"data":{}}', { 'content-encoding': 'rot13' }), BAD],
  ['a closed connection', (response) => void response.destroy(), UNAVAILABLE],
  [
    'half of its answer',
    (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"data":{', () => response.destroy());
    },
    UNAVAILABLE,
  ],
  ['silence', () => undefined, SLOW],
  [
    'a beginning, and then silence',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"data":');
    },
    SLOW,
  ],
];

const FINE: readonly [name: string, answer: Answerer, result: object][] = [
  ['200', json(200, { data: { a: 1 } }), { data: { a: 1 } }],
  [
    'an error with 400',
    json(400, { errors: [{ message: 'no', extensions: { code: 'X' } }] }),
    { errors: [{ message: 'no', extensions: { code: 'X' } }] },
  ],
  [
    'data and errors with 500',
    json(500, { data: { a: null }, errors: [{ message: 'no', path: ['a', 0], locations: [] }] }),
    { data: { a: null }, errors: [{ message: 'no', path: ['a', 0] }] },
  ],
  [
    'no data, by null',
    json(200, { data: null, errors: [{ message: 'no' }] }),
    { data: null, errors: [{ message: 'no' }] },
  ],
  [
    'null for what may be left out',
    json(200, { data: null, errors: [{ message: 'no', path: null, extensions: null }] }),
    { data: null, errors: [{ message: 'no' }] },
  ],
  [
    'early hints, and then an answer',
    (response, ...rest) => {
      response.writeEarlyHints({ link: '</a>; rel=preload', 'content-length': '0' });
      json(200, { data: { a: 1 } })(response, ...rest);
    },
    { data: { a: 1 } },
  ],
  ['gzip', json(200, gzipSync('{"data":{"a":"é"}}'), { 'content-encoding': 'gzip' }), { data: { a: 'é' } }],
];

const NEXT = operationOf('{ next }');
const OPERATION = operationOf('{ a }');
const modes = new Map([...FAILING, ...FINE].map(([name, answer]) => [name, answer]));
let mode: Answerer;
let server: OddServer;
beforeAll(async () => {
  server = await startOddServer((response, asked, count) =>
    asked.body.includes('next')
      ? json(200, { data: { next: true } })(response, asked, count)
      : mode(response, asked, count),
  );
});
afterAll(() => server.close());

const ask = async (name: string) => {
  mode = modes.get(name) ?? json(200, {});
  const subgraph = remote(server.url, { maxBytes: LIMIT, timeoutMs: name.includes('silence') ? 200 : 10_000 });
  try {
    const result = await subgraph.execute(OPERATION, {}, contextWith());
    const next = await subgraph.execute(NEXT, {}, contextWith());
    return { result, next };
  } finally {
    await subgraph.close();
  }
};

describe('a remote subgraph', () => {
  it.each(FAILING)('answers %s with a coded error, and goes on', async (name, _answer, extensions) => {
    const { result, next } = await ask(name);
    expect(result.data).toBeUndefined();
    expect(result.errors?.map((error) => ({ ...(error.extensions as object) }))).toEqual([extensions]);
    expect(result.errors?.[0]?.message).toMatch(/^A part of the graph [a-z ]+\.$/);
    expect(JSON.stringify(result)).not.toContain('Jane');
    expect(next).toEqual({ data: { next: true } });
  });

  it.each(FINE)('takes %s for what it is', async (name, _answer, result) => {
    expect((await ask(name)).result).toMatchObject(result);
  });

  it('answers a name that no machine has, and a port that nobody listens at', async () => {
    for (const url of ['http://nowhere.invalid/graphql', 'http://127.0.0.1:1/graphql']) {
      const subgraph = remote(url);
      const { errors } = await subgraph.execute(OPERATION, {}, contextWith());
      expect(errors?.map(({ extensions }) => extensions)).toEqual([UNAVAILABLE]);
      await subgraph.close();
    }
  });

  it('stops an endless answer soon after its limit', async () => {
    let sent: () => number = () => 0;
    mode = (response) => {
      const { socket } = response;
      sent = () => socket?.bytesWritten ?? 0;
      endless(response);
    };
    const subgraph = remote(server.url, { maxBytes: LIMIT });
    await subgraph.execute(OPERATION, {}, contextWith());
    expect(sent()).toBeGreaterThan(LIMIT);
    expect(sent()).toBeLessThan(32 * LIMIT); // what the sockets between them hold
    await subgraph.close();
  });

  it('gives the cause to code in the same process only', async () => {
    mode = (response) => void response.destroy();
    const subgraph = remote(server.url);
    const { errors } = await subgraph.execute(OPERATION, {}, contextWith());
    const originalError = (errors?.[0] as GraphQLError).originalError as GraphError;
    expect(originalError.thrown()).toBeInstanceOf(Error);
    expect(JSON.stringify(originalError)).not.toContain('127.0.0.1');
    await subgraph.close();
  });
});
