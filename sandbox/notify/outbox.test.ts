import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { random } from '../population/random.ts';
import { type Notification, Outbox, type Outcome } from './outbox.ts';
import type { NotificationFault } from './troubles.ts';

interface Got {
  readonly method: string;
  readonly body: string;
  readonly signature: string | undefined;
}

const NOW = Date.parse('2025-11-20T15:00:00Z');
const HOUR = 3_600_000;
const servers: Server[] = [];
const outboxes: Outbox[] = [];
afterEach(async () => {
  await Promise.all(outboxes.splice(0).map((outbox) => outbox.close()));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A receiver that answers with what `answer` says, 200 when absent; `undefined` is no answer at all. */
const receiver = async (answer: (call: number) => number | undefined = () => 200) => {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => {
      const { method = '', headers } = request;
      got.push({ method, body: Buffer.concat(chunks).toString(), signature: headers['x-signature']?.toString() });
      const status = answer(got.length);
      if (status !== undefined) response.writeHead(status).end();
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
};

const opened = (seed = 7, limitMs = 2000) => {
  let now = NOW;
  const retry = { firstMs: 60_000, mostMs: 600_000, forMs: HOUR };
  const outbox = new Outbox({ now: () => now, limitMs, retry, chance: random(seed) });
  outbox.open();
  outboxes.push(outbox);
  return {
    outbox,
    later: (ms: number) => {
      now += ms;
    },
  };
};

const parcel = (to: string, number = 1, more: Partial<Notification> = {}): Notification => ({
  id: `n${number}`,
  name: 'Thing.update',
  to,
  headers: { 'content-type': 'text/plain', 'x-signature': 'sha256=aa' },
  body: `body ${number}`,
  ...more,
});

it('brings a notification byte for byte', async () => {
  const { got, url } = await receiver();
  const { outbox } = opened();
  const outcomes: Outcome[] = [];
  outbox.send(parcel(url, 1, { method: 'PUT', body: 'Zoë\n', onOutcome: (outcome) => outcomes.push(outcome) }));
  await outbox.settled();
  expect(got).toEqual([{ method: 'PUT', body: 'Zoë\n', signature: 'sha256=aa' }]);
  expect(outcomes).toEqual(['delivered']);
  expect(outbox.log).toMatchObject([{ id: 'n1', as: 'original', attempt: 1, status: 200 }]);
});

it('tries again what is not answered with 2xx, and gives up after the time that it has', async () => {
  const { got, url } = await receiver((call) => (call < 4 ? 503 : 200));
  const { outbox, later } = opened();
  outbox.send(parcel(url));
  outbox.send(parcel('http://127.0.0.1:9/nobody', 2));
  for (let tries = 0; tries < 5; tries += 1) {
    await outbox.flush();
    later(600_000);
  }
  later(HOUR);
  await outbox.flush();
  await outbox.settled();
  expect(got.map(({ body }) => body)).toEqual(['body 1', 'body 1', 'body 1', 'body 1']);
  expect(outbox.dead.map(({ id }) => id)).toEqual(['n2']);
  outbox.revive();
  expect([outbox.pending, outbox.dead.length]).toEqual([1, 0]);
});

it('does not wait for an answer longer than the limit', async () => {
  const { url } = await receiver(() => undefined);
  const { outbox } = opened(7, 50);
  const outcomes: Outcome[] = [];
  outbox.send(parcel(url, 1, { retry: { forMs: 0 }, onOutcome: (outcome) => outcomes.push(outcome) }));
  await outbox.settled();
  expect(outcomes).toEqual(['dead']);
  expect(outbox.log).toMatchObject([{ failure: 'timeout' }]);
});

it('sends nothing more of what is withdrawn', async () => {
  const { got, url } = await receiver(() => 500);
  const { outbox } = opened();
  const outcomes: Outcome[] = [];
  outbox.send(parcel(url, 1, { onOutcome: (outcome) => outcomes.push(outcome) }));
  outbox.withdraw(({ id }) => id === 'n1');
  await outbox.settled();
  await outbox.flush();
  expect(outcomes).toEqual(['withdrawn']);
  expect(got.length).toBeLessThanOrEqual(1);
});

describe('a fault', () => {
  const COUNT = 20;
  const struck = async (fault: NotificationFault, seed = 7) => {
    const { got, url } = await receiver();
    const { outbox } = opened(seed);
    outbox.fault(fault);
    for (let number = 1; number <= COUNT; number += 1) {
      outbox.send(parcel(url, number));
      if (fault.kind !== 'reorder') await outbox.flush();
    }
    await outbox.flush();
    await outbox.settled();
    return { got, bodies: got.map(({ body }) => body), outbox };
  };
  const all = Array.from({ length: COUNT }, (_, at) => `body ${at + 1}`);

  it.each<readonly [NotificationFault, number]>([
    [{ kind: 'lose' }, 0],
    [{ kind: 'lose', times: 5 }, COUNT - 5],
    [{ kind: 'lose', match: 'body 7' }, COUNT - 1],
    [{ kind: 'duplicate' }, 2 * COUNT],
    [{ kind: 'duplicate', copies: 3, match: 'Thing.update', times: 1 }, COUNT + 3],
    [{ kind: 'replay', match: 'body 20', count: 4 }, COUNT + 4],
    [{ kind: 'delay', ms: 1 }, COUNT],
    [{ kind: 'forge' }, 2 * COUNT],
    [{ kind: 'reorder', window: 6 }, COUNT],
    [{ kind: 'cut' }, COUNT],
  ])('%j lets %i arrive', async (fault, count) => {
    const { got } = await struck(fault);
    expect(got).toHaveLength(count);
  });

  it('shuffles what it reorders, and the same for the same seed', async () => {
    const fault = { kind: 'reorder', window: 10 } as const;
    const { bodies } = await struck(fault);
    expect(bodies).not.toEqual(all);
    expect(bodies.toSorted()).toEqual(all.toSorted());
    expect((await struck(fault)).bodies).toEqual(bodies);
  });

  it('cuts the first try, which is made again', async () => {
    const { outbox } = await struck({ kind: 'cut', times: 1 });
    const first = outbox.log.filter(({ id }) => id === 'n1');
    expect(first).toMatchObject([
      { attempt: 1, failure: 'cut' },
      { attempt: 2, status: 200 },
    ]);
  });

  it.each([
    ['tamper', 'body 2', 'sha256=aa'],
    ['truncate', 'bod', 'sha256=aa'],
    ['unsigned', 'body 1', undefined],
  ] as const)('forges by %s a copy that is tried once', async (how, body, signature) => {
    const { got, url } = await receiver((call) => (call === 1 ? 401 : 200));
    const { outbox } = opened();
    outbox.fault({ kind: 'forge', how });
    outbox.send(parcel(url));
    await outbox.flush();
    await outbox.settled();
    expect(got).toContainEqual({ method: 'POST', body, signature });
    expect(outbox.log.filter(({ as }) => as === 'forged')).toHaveLength(1);
  });

  it.each<readonly [string, object]>([
    ['a kind that there is not', { kind: 'earthquake' }],
    ['a window of one', { kind: 'reorder', window: 1 }],
    ['half a copy', { kind: 'duplicate', copies: 0.5 }],
    ['a way to forge that there is not', { kind: 'forge', how: 'ink' }],
    ['a share above 1', { kind: 'lose', share: 2 }],
  ])('is refused for %s', (_name, fault) => {
    expect(() => opened().outbox.fault(fault as NotificationFault)).toThrow(RangeError);
  });
});
