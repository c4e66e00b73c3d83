import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compose } from '../../gateway/composition.ts';
import { type Started, start } from '../process.ts';
import { until } from './asking.ts';
import { codesOf, type Seen, subscribe as subscribeBy } from './clients.ts';
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

const subscribe = (way: string, url: string): Seen =>
  subscribeBy(way, url, { query: 'subscription { tick }' }, { authorization: 'of the client' });

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
      expect(codesOf(await broken.ended)).toEqual(['SOURCE_UNAVAILABLE']);
      expect(codesOf(await subscribe(way, url).ended)).toEqual(['SOURCE_UNAVAILABLE']);
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
