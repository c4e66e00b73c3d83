import { afterEach, describe, expect, it } from 'vitest';
import type { Answering } from './fixture/server.ts';
import { GET, hang, ok, serving as open, reset, type Serving, status, within } from './fixture/serving.ts';
import type { SourceSettings } from './source.ts';

let started: Serving | undefined;
afterEach(() => started?.close());
const serving = async (answering: Answering, more: Partial<SourceSettings> = {}): Promise<Serving> => {
  started = await open(answering, more);
  return started;
};

it('sends, returns the answer of any status and records the call by its name', async () => {
  const { server, upstream, call, recorded } = await serving(status(404));
  expect(await upstream.send(GET, call)).toMatchObject({ status: 404, text: '{}' });
  expect(server.seen).toEqual([{ method: 'GET', url: '/base/things?id=1', body: '' }]);
  expect(recorded).toEqual([
    { source: 'springfield', call: 'GET things', ms: expect.any(Number), status: 404, cache: 'MISS' },
  ]);
});

it('does not reach into private networks unless it is allowed to, and does not try again', async () => {
  const { server, send, recorded } = await serving(ok, { allowPrivateNetwork: false });
  expect(await send()).toBe('SOURCE_UNAVAILABLE');
  expect(server.seen).toHaveLength(0);
  expect(recorded).toHaveLength(1);
});

describe('a failure', () => {
  const failures: readonly (readonly [string, Answering, number | string])[] = [
    ['status 500', status(500), 500],
    ['status 503', status(503), 503],
    ['a reset connection', reset, 'SOURCE_UNAVAILABLE'],
    ['a hanging vendor', hang, 'TIMEOUT'],
  ];

  it.each(failures)('by %s is mended by another attempt of a read', async (_what, failing) => {
    const { server, send, recorded } = await serving((...exchange) =>
      (server.seen.length <= 2 ? failing : ok)(...exchange),
    );
    expect(await send()).toBe(200);
    expect(server.seen).toHaveLength(3);
    expect(recorded).toHaveLength(3);
    expect(recorded.at(-1)).toMatchObject({ status: 200 });
  });

  it.each(failures)('by %s stays after three attempts of a read', async (_what, failing, end) => {
    const { server, send } = await serving(failing);
    expect(await send()).toBe(end);
    expect(server.seen).toHaveLength(3);
  });

  it.each(
    failures.flatMap(([what, failing, end]) => [
      ['keyed', what, failing, end] as const,
      ['never', what, failing, end] as const,
    ]),
  )('of a write of class %s by %s is never followed by another attempt', async (retry, _what, failing, end) => {
    const { server, send } = await serving(failing);
    expect(await send({}, retry)).toBe(end);
    expect(server.seen).toHaveLength(1);
  });

  it('of the request is not repeated', async () => {
    const { server, send } = await serving(status(400));
    expect(await send()).toBe(400);
    expect(server.seen).toHaveLength(1);
  });

  it('that the vendor takes for an answer is not repeated, and one that it does not is', async () => {
    const { server, upstream, call } = await serving(status(500));
    await upstream.send({ ...GET, verdict: () => ({ kind: 'answered' }) }, call);
    expect(server.seen).toHaveLength(1);
    server.answer(ok);
    await upstream.send({ ...GET, verdict: () => ({ kind: 'failed' }) }, call);
    expect(server.seen).toHaveLength(4);
  });

  it('is not seen by clients when the vendor closes idle connections', async () => {
    const { server, send } = await serving((_request, response) => {
      const { socket } = response;
      response.end('{}', () => setImmediate(() => socket?.destroy()));
    });
    const ends: unknown[] = [];
    for (let i = 0; i < 100; i++) ends.push(await send());
    expect(new Set(ends)).toEqual(new Set([200]));
    expect(server.connections()).toBeGreaterThan(10);
  });
});

describe('the operation’s deadline', () => {
  it('ends an attempt before the source’s time-out does', async () => {
    const { send } = await serving(hang, { timeoutMs: 60_000 });
    expect(await send(within(50))).toBe('TIMEOUT');
  });

  it('leaves no attempt when it has passed', async () => {
    const { server, send } = await serving(ok);
    expect(await send(within(0))).toBe('TIMEOUT');
    expect(server.seen).toHaveLength(0);
  });

  it('lets the vendor’s Retry-After be waited for only where it fits', async () => {
    const { server, send } = await serving(status(503, { 'retry-after': '1' }));
    expect(await send(within(900))).toBe(503);
    expect(server.seen).toHaveLength(1);
  });

  it('does not come before its time on a graph whose clock stands still', async () => {
    const { send } = await serving(ok);
    expect(await send({ now: () => 0, deadline: 1_000 })).toBe(200);
  });
});

describe('a source that says "too often"', () => {
  it('is left alone as long as it asks for, and the read is then answered', async () => {
    const { server, send } = await serving((...exchange) =>
      (server.seen.length === 1 ? status(429, { 'retry-after': '1' }) : ok)(...exchange),
    );
    const sending = send();
    await expect.poll(() => server.seen.length).toBe(1);
    expect(await send(within(100))).toBe('RATE_LIMITED');
    expect(await sending).toBe(200);
    expect(server.seen).toHaveLength(2);
  });

  it('answers for itself when there is no time to wait', async () => {
    const { server, upstream, call } = await serving(status(429, { 'retry-after': '5' }));
    const answer = await upstream.send(GET, { ...call, ...within(2_000) });
    expect(answer).toMatchObject({ status: 429, headers: { 'retry-after': '5' } });
    expect(server.seen).toHaveLength(1);
    await expect(upstream.send(GET, { ...call, ...within(2_000) })).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      source: 'springfield',
      retryAfterSeconds: 5,
    });
    expect(server.seen).toHaveLength(1);
  });

  it('in its own way is understood too', async () => {
    const { server, upstream, call } = await serving(status(403));
    const verdict = () => ({ kind: 'throttled', retryAfterSeconds: 5, remaining: 0 }) as const;
    await upstream.send({ ...GET, verdict }, { ...call, ...within(2_000) });
    expect(upstream.health.report().rateLimitRemaining).toBe(0);
    await expect(upstream.send(GET, { ...call, ...within(2_000) })).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(server.seen).toHaveLength(1);
  });

  it('is no source that is down', async () => {
    const { upstream, call } = await serving(status(429, { 'retry-after': '0' }));
    const verdict = () => ({ kind: 'throttled' }) as const;
    await Promise.all(Array.from({ length: 8 }, () => upstream.send({ ...GET, verdict, retry: 'never' }, call)));
    expect(upstream.health.report()).toMatchObject({ breaker: 'closed', errorRate: 0 });
  });
});

it('tells how it is', async () => {
  const { send, upstream, server } = await serving(ok, { limits: { perSecond: 100, perDay: 50, concurrency: 4 } });
  expect(upstream.health.report()).toEqual({
    reachable: true,
    breaker: 'closed',
    errorRate: null,
    p95Ms: null,
    rateLimitRemaining: 50,
  });
  for (let i = 0; i < 3; i++) await send();
  server.answer(status(500));
  await send({}, 'never');
  expect(upstream.health.report()).toMatchObject({
    reachable: false,
    errorRate: 0.25,
    p95Ms: expect.any(Number),
    rateLimitRemaining: 46,
  });
});
