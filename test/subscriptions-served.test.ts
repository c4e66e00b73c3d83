import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { RunningServer } from '../gateway/server.ts';
import { recordId, sourceId } from '../schema/ids.ts';
import { RESYNC } from '../schema/resync.ts';
import { type ChangingGraph, changeOf, type Row, serve, startChangingGraph } from './subscriptions/graph.ts';
import { Portal } from './subscriptions/portal.ts';

const STALLED_MS = 300;

let graph: ChangingGraph;
let server: RunningServer;
beforeAll(async () => {
  graph = await startChangingGraph();
  server = await serve(graph, { stalledMs: STALLED_MS, bufferedLength: 64 * 1024 });
  await append(1);
});
afterAll(async () => {
  await server?.close();
  await graph?.close();
});

const CLAIM = recordId(sourceId('mercy'), 'Claim', '1');
const append = (count: number) =>
  graph.store.changes.append(Array.from({ length: count }, () => changeOf(CLAIM, { kind: 'DELETED' })));
const socketUrl = (): string => `${server.url.replace('http', 'ws')}/graphql`;
const CLAIMS = { field: 'claimChanged', types: '', names: [], variables: {} } as const;

/** An event stream, as any HTTP client reads one. */
const stream = async (variables: object, signal: AbortSignal) => {
  const answer = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({
      query: 'subscription($after: String) { claimChanged(after: $after) { cursor kind claim { id } } }',
      variables,
    }),
    signal,
  });
  const reader = (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
  let read = '';
  return {
    until: async (what: string): Promise<string> => {
      while (!read.includes(what)) {
        const { value, done } = await reader.read();
        if (done) break;
        read += value;
      }
      return read;
    },
  };
};

describe('the subscriptions of the graph', () => {
  it('are told to explorers', async () => {
    const { __schema } = await graph.ask(
      '{ __schema { subscriptionType { fields { name type { ofType { name } } } } } }',
    );
    const fields = __schema.subscriptionType.fields.map(({ name, type }: Row) => `${name}: ${type.ofType.name}!`);
    expect(fields.sort()).toEqual([
      'appointmentChanged: AppointmentChange!',
      'claimChanged: ClaimChange!',
      'observationChanged: ObservationChange!',
      'patientChanged: PatientChange!',
      'writeSettled: Write!',
    ]);
  });
});

describe('changes by event stream', () => {
  it('come as events with cursors, and go on after one', async () => {
    const over = new AbortController();
    const after = await graph.store.changes.end();
    const { until } = await stream({ after }, over.signal);
    const [first, second] = await append(2);
    const payload = { data: { claimChanged: { cursor: second?.cursor, kind: 'DELETED', claim: null } } };
    expect(await until(`${second?.cursor}"`)).toContain(`event: next\ndata: ${JSON.stringify(payload)}\n`);
    over.abort();
    const again = await stream({ after: first?.cursor }, AbortSignal.timeout(10_000));
    const read = await again.until(`${second?.cursor}"`);
    expect(read).not.toContain(`${first?.cursor}"`);
  });

  it('end with RESYNC when the cursor is too old', async () => {
    const { until } = await stream({ after: 'another.1' }, AbortSignal.timeout(10_000));
    const read = await until('event: complete');
    expect(read).toContain(`"code":"${RESYNC}","retryable":false`);
    expect(read).toContain('read anew what you show, and subscribe without `after`');
  });
});

describe('changes by WebSocket', () => {
  it('end with RESYNC when the cursor is too old', async () => {
    const portal = new Portal(CLAIMS, 'another.1');
    portal.connect(socketUrl());
    await expect.poll(() => portal.refused).toEqual([RESYNC]);
    portal.cut();
  });

  it('are told to everybody else when one reads nothing, which is cut off', async () => {
    const wide = Array.from({ length: 60 }, (_, i) => `${'a'.repeat(200)}${i}: at`).join(' ');
    const slow = new WebSocket(socketUrl(), 'graphql-transport-ws');
    await once(slow, 'open');
    slow.send('{"type":"connection_init"}');
    await once(slow, 'message');
    const closed = once(slow, 'close');
    const from = await graph.store.changes.end();
    const query = `subscription { claimChanged(after: "${from}") { cursor ${wide} } }`;
    slow.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query } }));
    const portals = Array.from({ length: 5 }, () => new Portal(CLAIMS, from));
    for (const portal of portals) portal.connect(socketUrl());
    const event = once(slow, 'message');
    await append(1);
    expect(String((await event)[0])).toContain('a59"');
    slow.pause();
    for (let i = 0; i < 20; i++) await append(100);
    await expect
      .poll(() => portals.map(({ got }) => got.length), { timeout: 20_000 })
      .toEqual(portals.map(() => 2_001));
    await setTimeout(5 * STALLED_MS); // it reads nothing for far longer than it may
    slow.resume();
    expect((await closed)[0]).toBe(4290);
    for (const portal of portals) portal.cut();
  });
});
