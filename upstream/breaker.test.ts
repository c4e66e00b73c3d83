import { expect, it } from 'vitest';
import { Breaker, OPEN_MS } from './breaker.ts';

type Kind = 'answered' | 'throttled' | 'failed' | 'void';

const started = () => {
  const clock = { now: 1_000_000 };
  const opened: number[] = [];
  const breaker = new Breaker(
    () => clock.now,
    () => opened.push(clock.now),
  );
  const attempt = (kind: Kind) => breaker.run(async () => ({ kind }));
  const attempts = async (kind: Kind, times: number): Promise<void> => {
    for (let i = 0; i < times; i++) await attempt(kind);
  };
  /** An attempt that is under way until it is told its end. */
  const slow = () => {
    let wasProbe: boolean | undefined;
    let end: (kind: Kind) => void = () => undefined;
    const result = breaker.run((isProbe) => {
      wasProbe = isProbe;
      return new Promise<{ kind: Kind }>((resolve) => {
        end = (kind) => resolve({ kind });
      });
    });
    return {
      wasProbe: () => wasProbe,
      end: async (kind: Kind) => {
        end(kind);
        await result;
      },
    };
  };
  return { clock, opened, breaker, attempt, attempts, slow };
};

it('opens after 10 failures in a row, not after 9', async () => {
  const { breaker, attempt, attempts, opened } = started();
  await attempts('failed', 9);
  await attempt('answered');
  await attempts('failed', 9);
  expect(breaker.state).toBe('closed');
  await attempt('failed');
  expect(breaker.state).toBe('open');
  expect(opened).toHaveLength(1);
});

it.each([
  ['opens when half of 20 calls', 20, 'open'],
  ['stays closed when half of 18 calls', 18, 'closed'],
] as const)('%s within 10 seconds fail', async (_what, calls, state) => {
  const { breaker, attempt } = started();
  for (let i = 0; i < calls; i++) await attempt(i % 2 === 0 ? 'answered' : 'failed');
  expect(breaker.state).toBe(state);
});

it('forgets what is older than 10 seconds', async () => {
  const { breaker, attempts, clock } = started();
  await attempts('answered', 6);
  await attempts('failed', 9);
  clock.now += 11_000;
  await attempts('answered', 6);
  await attempts('failed', 9);
  expect(breaker.state).toBe('closed');
});

it.each(['throttled', 'void'] as const)('does not take a call that is %s for a failure', async (kind) => {
  const { breaker, attempts } = started();
  await attempts(kind, 50);
  expect(breaker.state).toBe('closed');
});

it('is not kept from opening by calls whose clients leave', async () => {
  const { breaker, attempts } = started();
  await attempts('failed', 9);
  await attempts('void', 5);
  await attempts('failed', 1);
  expect(breaker.state).toBe('open');
});

it('refuses for 2 seconds, then lets one probe through while all others are still refused', async () => {
  const { breaker, attempts, clock, slow } = started();
  await attempts('failed', 10);
  expect(breaker.refusedMs).toBe(OPEN_MS);
  clock.now += OPEN_MS - 1;
  expect(breaker.refusedMs).toBe(1);
  clock.now += 1;
  expect(breaker.refusedMs).toBe(0);
  const probe = slow();
  expect(probe.wasProbe()).toBe(true);
  expect(breaker.state).toBe('half-open');
  expect(breaker.refusedMs).toBeGreaterThan(0);
  await probe.end('answered');
  expect(breaker.state).toBe('closed');
  expect(breaker.refusedMs).toBe(0);
});

it.each(['failed', 'void'] as const)('refuses again for 2 seconds when the probe is %s', async (kind) => {
  const { breaker, attempts, clock, slow, opened } = started();
  await attempts('failed', 10);
  clock.now += OPEN_MS;
  await slow().end(kind);
  expect(breaker.state).toBe('open');
  expect(breaker.refusedMs).toBe(OPEN_MS);
  expect(opened).toHaveLength(2);
});

it('is closed by an answer that says "too often": the source works', async () => {
  const { breaker, attempts, clock, slow } = started();
  await attempts('failed', 10);
  clock.now += OPEN_MS;
  await slow().end('throttled');
  expect(breaker.state).toBe('closed');
});

it('starts counting anew when it closes', async () => {
  const { breaker, attempts, clock, slow } = started();
  await attempts('failed', 10);
  clock.now += OPEN_MS;
  await slow().end('answered');
  await attempts('failed', 9);
  expect(breaker.state).toBe('closed');
  await attempts('failed', 1);
  expect(breaker.state).toBe('open');
});

it('is not opened by time-outs that end together when others were answered meanwhile', async () => {
  const { breaker, attempts, clock, slow } = started();
  const hanging = Array.from({ length: 15 }, () => slow());
  clock.now += 1;
  await attempts('answered', 40);
  for (const one of hanging) await one.end('failed');
  expect(breaker.state).toBe('closed');
  clock.now += 1;
  await attempts('failed', 9);
  expect(breaker.state).toBe('closed');
  await attempts('failed', 1);
  expect(breaker.state).toBe('open');
});

it('takes nothing from attempts that began before it opened or closed', async () => {
  const { breaker, attempts, clock, slow } = started();
  const hanging = Array.from({ length: 12 }, () => slow());
  await attempts('failed', 10);
  clock.now += OPEN_MS;
  const probe = slow();
  await hanging[0]?.end('failed');
  await hanging[1]?.end('answered');
  expect(breaker.state).toBe('half-open');
  await probe.end('answered');
  for (const one of hanging.slice(2)) await one.end('failed');
  expect(breaker.state).toBe('closed');
});
