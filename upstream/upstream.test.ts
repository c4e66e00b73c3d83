import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { VendorCall } from '../schema/context.ts';
import { sourceId } from '../schema/ids.ts';
import { type Call, ownCall } from './call.ts';
import { SignedUpstream } from './oauth.ts';
import { type Auth, Secret, type SourceSettings } from './source.ts';
import { TokenKeeper } from './token.ts';
import { retryAfterSeconds, statusError, Upstream } from './upstream.ts';

let server: Server | undefined;
let upstream: Upstream | undefined;
const seen: { url: string; authorization: string; body: string }[] = [];
const recorded: VendorCall[] = [];

const serve = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  more: Partial<SourceSettings> = {},
): Promise<{ settings: SourceSettings; upstream: Upstream; call: Call }> => {
  seen.length = 0;
  recorded.length = 0;
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push({ url: request.url ?? '', authorization: request.headers.authorization ?? '', body });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const settings: SourceSettings = {
    id: sourceId('test'),
    name: 'Test',
    vendor: 'GENERIC_FHIR',
    dialect: 'r4',
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`,
    timeZone: 'America/Chicago',
    auth: { type: 'none' },
    limits: { perSecond: 10, perDay: 1000, concurrency: 4 },
    timeoutMs: 300,
    allowPrivateNetwork: true,
    cache: { ttlSeconds: {}, staleSeconds: 0 },
    labCodes: {},
    ...more,
  };
  upstream = new Upstream(settings, Date.now);
  const call = ownCall(60_000, Date.now, (made) => recorded.push(made));
  return { settings, upstream, call };
};

afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  await upstream?.close();
  server = undefined;
  upstream = undefined;
});

const GET = { method: 'GET', url: '/things?id=1', name: 'GET things', retry: 'read' } as const;

describe('a call', () => {
  it('goes below the source’s base URL and is recorded by its name', async () => {
    const { upstream, call } = await serve((_request, response) => response.end('{"ok":true}'));
    expect(await upstream.send(GET, call)).toMatchObject({ status: 200, text: '{"ok":true}' });
    expect(seen[0]?.url).toBe('/base/things?id=1');
    expect(recorded).toEqual([
      { source: 'test', call: 'GET things', ms: expect.any(Number), status: 200, cache: 'MISS' },
    ]);
  });

  it('does not follow redirects', async () => {
    const { upstream, call } = await serve((_request, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    });
    expect((await upstream.send(GET, call)).status).toBe(302);
    expect(seen).toHaveLength(1);
  });

  it('ends with TIMEOUT when the vendor hangs', async () => {
    const { upstream, call } = await serve(() => undefined);
    await expect(upstream.send(GET, call)).rejects.toMatchObject({ code: 'TIMEOUT', source: 'test' });
    expect(upstream.health.report()).toMatchObject({ reachable: false, errorRate: 1 });
  });

  it('ends with TIMEOUT when the operation’s deadline passes first', async () => {
    const { upstream, call } = await serve(() => undefined, { timeoutMs: 60_000 });
    await expect(upstream.send(GET, { ...call, signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
  });

  it.each([
    ['is reset', (_request: IncomingMessage, response: ServerResponse) => response.socket?.destroy()],
    [
      'is cut short',
      (_request: IncomingMessage, response: ServerResponse) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('half', () => response.destroy());
      },
    ],
  ])('ends with SOURCE_UNAVAILABLE when the connection %s', async (_case, answer) => {
    const { upstream, call } = await serve(answer);
    await expect(upstream.send(GET, call)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE', source: 'test' });
  });

  it('refuses an answer above the size limit', async () => {
    const { upstream, call } = await serve((_request, response) => response.end(Buffer.alloc(17 * 1024 * 1024)), {
      timeoutMs: 10_000,
    });
    await expect(upstream.send(GET, call)).rejects.toMatchObject({ code: 'BAD_VENDOR_ANSWER' });
  });

  it('does not reach into private networks unless it is allowed to', async () => {
    const { upstream, call } = await serve((_request, response) => response.end('secret'), {
      allowPrivateNetwork: false,
    });
    await expect(upstream.send(GET, call)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(seen).toHaveLength(0);
  });
});

describe('sign-in', () => {
  const oauth = (port: string): Auth => ({
    type: 'client-credentials',
    tokenUrl: port,
    clientId: 'client',
    clientSecret: new Secret('hush'),
    scope: 'a b',
  });
  const vendor = (valid: () => string) => (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/token') return response.end(JSON.stringify({ access_token: valid(), expires_in: '3600' }));
    response.statusCode = request.headers.authorization === `Bearer ${valid()}` ? 200 : 401;
    return response.end('{}');
  };

  it('fetches a token once for all calls, by Basic and form', async () => {
    const started = await serve(vendor(() => 't1'));
    const settings = { ...started.settings, auth: oauth(started.settings.baseUrl.replace('/base', '/token')) };
    const signed = new SignedUpstream(settings, started.upstream, Date.now);
    await Promise.all([1, 2, 3].map(() => signed.send(GET, started.call)));
    expect(seen.filter(({ url }) => url === '/token')).toEqual([
      { url: '/token', authorization: `Basic ${btoa('client:hush')}`, body: 'grant_type=client_credentials&scope=a+b' },
    ]);
    expect(seen).toHaveLength(4);
  });

  it('renews a refused token once and repeats the call once', async () => {
    let token = 'old';
    const started = await serve(vendor(() => token));
    const settings = { ...started.settings, auth: oauth(started.settings.baseUrl.replace('/base', '/token')) };
    const signed = new SignedUpstream(settings, started.upstream, Date.now);
    await signed.send(GET, started.call);
    token = 'new';
    expect((await signed.send(GET, started.call)).status).toBe(200);
    expect(seen.map(({ url }) => url)).toEqual([
      '/token',
      '/base/things?id=1',
      '/base/things?id=1',
      '/token',
      '/base/things?id=1',
    ]);
  });

  it('says UNAUTHENTICATED_AT_VENDOR when the credentials are refused, and never prints them', async () => {
    const started = await serve((_request, response) => {
      response.statusCode = 401;
      response.end('{"error":"invalid_client"}');
    });
    const settings = { ...started.settings, auth: oauth(started.settings.baseUrl.replace('/base', '/token')) };
    await expect(
      new SignedUpstream(settings, started.upstream, Date.now).send(GET, started.call),
    ).rejects.toMatchObject({
      code: 'UNAUTHENTICATED_AT_VENDOR',
    });
    expect(JSON.stringify(settings)).not.toContain('hush');
  });
});

it('renews a token early, by one fetch however many wait', async () => {
  const call: Call = { ...ownCall(60_000, Date.now), signal: AbortSignal.abort() };
  let clock = 0;
  let fetched = 0;
  const keeper = new TokenKeeper(
    async () => ({ value: `t${++fetched}`, expiresAt: clock + 1000 }),
    () => clock,
  );
  expect(await Promise.all([keeper.get(call), keeper.get(call)])).toEqual(['t1', 't1']);
  clock = 1000;
  expect(await Promise.all([keeper.get(call), keeper.get(call)])).toEqual(['t2', 't2']);
  keeper.refused('t1');
  expect(await keeper.get(call)).toBe('t2');
  keeper.refused('t2');
  expect(await keeper.get(call)).toBe('t3');
});

it.each([
  [200, undefined],
  [301, 'BAD_VENDOR_ANSWER'],
  [400, 'VENDOR_REJECTED'],
  [401, 'UNAUTHENTICATED_AT_VENDOR'],
  [403, 'FORBIDDEN'],
  [404, 'NOT_FOUND'],
  [410, 'NOT_FOUND'],
  [429, 'RATE_LIMITED'],
  [500, 'SOURCE_UNAVAILABLE'],
  [503, 'SOURCE_UNAVAILABLE'],
  [504, 'TIMEOUT'],
])('reads HTTP status %i as %s', (status, code) => {
  expect(statusError({ status, headers: {}, text: '' }, 's', 0)?.code).toBe(code);
});

it.each([
  ['7', 7],
  ['Thu, 01 Jan 1970 00:01:00 GMT', 60],
  ['soon', undefined],
  ['', undefined],
])('reads Retry-After %s as %s seconds', (header, seconds) => {
  expect(retryAfterSeconds(header, 0)).toBe(seconds);
});
