import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient as createEventStreams } from 'graphql-sse';
import { createClient as createWebSockets } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { compose } from '../../gateway/composition.ts';
import { type Started, start } from '../process.ts';
import { until } from './asking.ts';
import { startTicking, type Ticking } from './ticking.ts';

const sdl = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
type Query { a: Int }
type Subscription { tick: String }`;

let folder: string;
let ticking: Ticking;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'practicegraph-'));
  ticking = await startTicking();
});
afterAll(async () => {
  await ticking.close();
  await rm(folder, { recursive: true, force: true });
});

/** What a client has seen of its subscription. */
interface Seen {
  readonly events: unknown[];
  /** The codes of its last message's errors, once it has ended. */
  readonly ended: Promise<unknown>;
  leave(): void;
}

interface Sink {
  next(value: unknown): void;
  error(thrown: unknown): void;
  complete(): void;
}

type Errors = readonly { readonly extensions?: { readonly code?: string } }[];

const codesOf = (errors: Errors | undefined): unknown => errors?.map(({ extensions }) => extensions?.code);

/** Subscribes as clients do, each by its own library. */
const subscribe = (way: string, url: string): Seen => {
  const events: unknown[] = [];
  let leave: () => void = () => undefined;
  const ended = new Promise((resolve) => {
    const sink: Sink = {
      next: (value) => {
        const { data, errors } = value as { data?: unknown; errors?: Errors };
        events.push(data ?? codesOf(errors));
      },
      error: (thrown) => resolve(Array.isArray(thrown) ? codesOf(thrown as Errors) : thrown),
      complete: () => resolve(events.at(-1)),
    };
    const payload = { query: 'subscription { tick }' };
    leave =
      way === 'ws'
        ? createWebSockets({
            url: url.replace('http', 'ws'),
            webSocketImpl: WebSocket,
            connectionParams: { authorization: 'of the client' },
            retryAttempts: 0,
          }).subscribe(payload, sink)
        : createEventStreams({ url, headers: { authorization: 'of the client' }, retryAttempts: 0 }).subscribe(
            payload,
            sink,
          );
  });
  return { events, ended, leave };
};

describe.each(['ws', 'sse'])('a gateway that subscribes over %s', (upstream) => {
  let gateway: Started;
  let url: string;
  beforeAll(async () => {
    const file = join(folder, `${upstream}.graphql`);
    await writeFile(file, compose([{ name: 'ticking', sdl, url: ticking.ws.replace('ws', 'http') }]));
    const way = `ticking=${upstream === 'ws' ? 'ws' : 'sse:/stream'}`;
    gateway = start(['gateway', '--supergraph', file, '--port', '0', '--subscriptions', way]);
    url = await gateway.printed(/the graph +(\S+)/);
  });
  afterAll(() => gateway.kill());

  it.each(['ws', 'sse'])('brings every event to clients over %s, and ends with them', async (way) => {
    const seen = subscribe(way, url);
    await until(() => ticking.open() === 1);
    for (let i = 0; i < 100; i += 1) ticking.tick(`${i}`);
    await until(() => seen.events.length === 100);
    expect(seen.events).toEqual(Array.from({ length: 100 }, (_, i) => ({ tick: `${i}` })));
    seen.leave();
    await until(() => ticking.open() === 0);
  });

  it('forwards who asks', async () => {
    const seen = subscribe('sse', url);
    await until(() => ticking.open() === 1);
    expect(ticking.told()).toMatchObject({ authorization: 'of the client' });
    seen.leave();
    await until(() => ticking.open() === 0);
  });

  it.each(['ws', 'sse'])(
    'tells clients over %s that the subgraph has gone, and has it again when it is back',
    async (way) => {
      const broken = subscribe(way, url);
      await until(() => ticking.open() === 1);
      ticking.tick('before');
      await until(() => broken.events.length === 1);
      const port = Number(new URL(ticking.sse).port);
      await ticking.close();
      expect(await broken.ended).toEqual(['SOURCE_UNAVAILABLE']);
      expect(await subscribe(way, url).ended).toEqual(['SOURCE_UNAVAILABLE']);
      ticking = await startTicking(port);
      const again = subscribe(way, url);
      await until(() => ticking.open() === 1);
      ticking.tick('after');
      await until(() => again.events.length === 1);
      expect(again.events).toEqual([{ tick: 'after' }]);
      ticking.finish();
      expect(await again.ended).toEqual({ tick: 'after' });
      expect(gateway.process.exitCode).toBeNull();
    },
  );
});
