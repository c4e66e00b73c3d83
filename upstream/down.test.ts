import { afterEach, describe, expect, it } from 'vitest';
import type { Answering } from './fixture/server.ts';
import { GET, hang, ok, serving as open, type Serving, status, within } from './fixture/serving.ts';
import type { SourceSettings } from './source.ts';

let started: Serving | undefined;
afterEach(() => started?.close());
const serving = async (answering: Answering, more: Partial<SourceSettings> = {}): Promise<Serving> => {
  started = await open(answering, more);
  return started;
};

describe('a source that is down', () => {
  const down = async (answering: Answering = status(503), more: Partial<SourceSettings> = {}) => {
    const started = await serving(answering, more);
    for (let i = 0; i < 10; i++) await started.send({}, 'never');
    expect(started.upstream.health.report().breaker).toBe('open');
    return started;
  };

  it('is not asked, and says so at once', async () => {
    const { server, upstream, call } = await down();
    await expect(upstream.send(GET, call)).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      source: 'springfield',
      retryAfterSeconds: 2,
    });
    expect(server.seen).toHaveLength(10);
    expect(upstream.health.report()).toMatchObject({ reachable: false, errorRate: 1, breaker: 'open' });
  });

  it('is probed by one call after 2 seconds, and closes by its answer', async () => {
    const { server, upstream, send, clock } = await down();
    clock.ahead += 2_000;
    server.answer((_request, response) => setTimeout(() => response.end('{}'), 50));
    const probe = send();
    await expect.poll(() => server.seen.length).toBe(11);
    expect(upstream.health.report().breaker).toBe('half-open');
    expect(await Promise.all([send(), send(), send()])).toEqual(Array(3).fill('SOURCE_UNAVAILABLE'));
    expect(await probe).toBe(200);
    expect(upstream.health.report()).toMatchObject({ breaker: 'closed', reachable: true });
    expect(await send()).toBe(200);
    expect(server.seen).toHaveLength(12);
  });

  it('is probed by one of those who come at the same time', async () => {
    const { server, send, clock } = await down();
    clock.ahead += 2_000;
    server.answer((_request, response) => setTimeout(() => response.end('{}'), 50));
    const ends = await Promise.all(Array.from({ length: 8 }, () => send()));
    expect(ends.filter((end) => end === 200)).toHaveLength(1);
    expect(server.seen).toHaveLength(11);
  });

  it('is asked for 60 seconds less than 1.1 times for each operation', async () => {
    const { server, send, clock } = await serving(status(503));
    let operations = 0;
    for (let step = 0; step < 600; step++) {
      clock.ahead += 100;
      await Promise.all(Array.from({ length: 10 }, () => send()));
      operations += 10;
    }
    expect(server.seen.length / operations).toBeLessThanOrEqual(1.1);
    // and still so often that its recovery is seen
    expect(server.seen.length).toBeGreaterThan(20);
  });

  it('frees those who wait for their turn at once', async () => {
    const limits = { perSecond: 10, perDay: 10_000, concurrency: 20 };
    const { server, send } = await serving(status(503), { limits });
    const failing = Array.from({ length: 10 }, () => send({}, 'never'));
    const freed: unknown[] = [];
    for (let i = 0; i < 30; i++) void send().then((end) => freed.push(end));
    await Promise.all(failing);
    await new Promise((resolve) => setImmediate(resolve));
    expect(freed).toEqual(Array(30).fill('SOURCE_UNAVAILABLE'));
    expect(server.seen).toHaveLength(10);
  });

  it('gives up reads that hang on it since before, so that a probe finds room', async () => {
    const limits = { perSecond: 1_000, perDay: 10_000, concurrency: 2 };
    const { server, send, clock, upstream } = await serving(hang, { limits, timeoutMs: 60_000 });
    const hanging = send();
    await expect.poll(() => server.seen.length).toBe(1);
    server.answer(status(503));
    for (let i = 0; i < 10; i++) await send({}, 'never');
    server.answer(hang);
    clock.ahead += 2_000;
    const probe = send();
    expect(await hanging).toBe('SOURCE_UNAVAILABLE');
    server.answer(ok);
    // the probe hung as well, for 2.5 seconds and not for the source's 60
    expect(await probe).toBe('TIMEOUT');
    clock.ahead += 2_000;
    expect(await send()).toBe(200);
    expect(upstream.health.report().breaker).toBe('closed');
  });

  it('is not taken for down because clients leave or have no time', async () => {
    const { send, upstream } = await serving(hang, { timeoutMs: 60_000 });
    for (let i = 0; i < 6; i++) await Promise.all([send({ signal: AbortSignal.timeout(10) }), send(within(10))]);
    expect(upstream.health.report()).toMatchObject({ breaker: 'closed', errorRate: null, reachable: true });
  });
});
