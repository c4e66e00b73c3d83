import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { SABOTAGES, sabotaged } from './sabotage.ts';

// The built product, with a poll interval of the bench's, in a process that may be killed. It ends with the bench.
const built = async <T>(file: string): Promise<T> =>
  (await import(new URL(`../../dist/${file}.js`, import.meta.url).href)) as T;
const { startApp } = await built<typeof import('../../app.ts')>('app');
const { readConfig } = await built<typeof import('../../config.ts')>('config');
const { Upstream } = await built<typeof import('../../upstream/upstream.ts')>('upstream/upstream');
const { SourceSession } = await built<typeof import('../../subgraphs/vendor/session.ts')>('subgraphs/vendor/session');

/** What it has done since it started. */
export interface Counts {
  /** Calls to vendors, whatever they were for. */
  readonly calls: number;
  /** Of these, the ones for operations and events of clients. */
  readonly asked: number;
  /** Records that an operation or an event asked for. */
  readonly fetches: number;
  /** Milliseconds of processor time, of all its threads. */
  readonly cpuMs: number;
  /** Bytes. */
  readonly rss: number;
}

const { values } = parseArgs({
  options: {
    config: { type: 'string', default: '' },
    port: { type: 'string', default: '0' },
    every: { type: 'string', default: '1000' },
    sabotage: { type: 'string' },
    feeds: { type: 'string', default: 'all' },
  },
});

/** Who calls for nobody else: asking what changed, and reading it. */
const ITSELF = 'practicegraph';
const count = { calls: 0, asked: 0, fetches: 0 };
const { send } = Upstream.prototype;
Upstream.prototype.send = function (request, call) {
  count.calls += 1;
  if (call.caller.subject !== ITSELF) count.asked += 1;
  return send.call(this, request, call);
};
const { record } = SourceSession.prototype;
SourceSession.prototype.record = function (...args) {
  count.fetches += 1;
  return record.apply(this, args) as never;
};

const FEEDS: Readonly<Record<string, (name: string) => boolean>> = {
  all: () => true,
  keeping: (name) => name.endsWith(' webhooks'),
  none: () => false,
};
const isRead = FEEDS[values.feeds];
if (isRead !== undefined) {
  const { ChangeLog } = await built<typeof import('../../store/stream/log.ts')>('store/stream/log');
  const { lease } = ChangeLog.prototype;
  ChangeLog.prototype.lease = async function (name, ...rest) {
    return (!name.startsWith('watch ') || isRead(name)) && lease.call(this, name, ...rest);
  };
}
const sabotage = SABOTAGES.find((one) => one === values.sabotage);
if (sabotage !== undefined) await sabotaged(sabotage, built);

process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const counts: Counts = { ...count, cpuMs: (user + system) / 1_000, rss: process.memoryUsage().rss };
  process.send?.({ counts });
});
const content: unknown = JSON.parse(await readFile(values.config, 'utf8'));
const config = readConfig(content, process.env);
const app = await startApp(
  { ...config, gateway: { ...config.gateway, port: Number(values.port) } },
  { watch: { everyMs: Number(values.every) } },
);
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)));
process.send?.({ url: app.graphUrl });
