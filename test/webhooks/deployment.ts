import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-sse';
import { type App, startApp } from '../../app.ts';
import { readConfig } from '../../config.ts';
import { type Sandbox, startSandbox } from '../../sandbox/index.ts';
import { sourceId } from '../../schema/ids.ts';
import type { ChangeRow } from '../../store/changes.ts';
import { openStore, type Store } from '../../store/index.ts';
import { type ChangeMeter, SILENT } from '../../subgraphs/vendor/changes/meter.ts';
import { all } from '../store/changes.ts';

/** The sources whose vendors deliver what changed, with the simulator of each. */
export const PLACES = [
  { source: 'springfield', vendor: 'athenanet' },
  { source: 'mercy', vendor: 'fhir' },
] as const;
export type Place = (typeof PLACES)[number];

/** So seldom that nothing is ever noticed by asking. */
const WATCH = { everyMs: 3_600_000 };
const UNLIMITED = { perSecond: 1e6, perDay: 1e9, tokenPerMinute: 1e6 };

// biome-ignore lint/suspicious/noExplicitAny: events are looked into by tests, each in its own way
type Row = any;

/** What a client of a subscription got, event by event. */
export interface Followed {
  readonly got: readonly Row[];
  leave(): void;
}

/** The product over a sandbox that reaches it. */
export interface Deployment {
  readonly app: App;
  readonly sandbox: Sandbox;
  readonly store: Store;
  /** Where a source delivers. */
  hook(source: string): string;
  /** Subscribes over HTTP to a field of a source, from now on. */
  follow(field: string, source: string, selection: string): Promise<Followed>;
  /** What is in the stream of a source. */
  rows(source: string): Promise<readonly ChangeRow[]>;
  close(): Promise<void>;
}

export const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await condition())) await sleep(10);
};

const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
};

/** Comes back when the vendors deliver whatever happens. */
export const deploy = async (): Promise<Deployment> => {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const sandbox = await startSandbox({ publicUrl, athenanetLimits: UNLIMITED });
  const gateway = { ...sandbox.config.gateway, port, explorer: false };
  const store = openStore({ kind: 'memory' });
  await store.warm();
  const kept = new Set<string>();
  const caughtUp: ChangeMeter['caughtUp'] = (source, feed) => void kept.add(`${source} ${feed}`);
  const app = await startApp(readConfig({ ...sandbox.config, gateway }, {}), {
    ...{ store, watch: WATCH, meter: { ...SILENT, caughtUp } },
  });
  // athenaNet's are there when they were compared with its list, the server's when they answered for it
  await until(() => kept.has('springfield webhooks'));
  await until(async () => (await store.changes.place(sourceId('mercy'), 'webhooks')) !== undefined);
  await sandbox.simulators.fhir.outbox?.settled();

  const client = createClient({ url: app.graphUrl });
  return {
    app,
    sandbox,
    store,
    hook: (source) => `${publicUrl}/hooks/${source}`,
    follow: async (field, source, selection) => {
      const after = await store.changes.end();
      const query = `subscription { ${field}(sources: ["${source}"], after: "${after}") { ${selection} } }`;
      const got: Row[] = [];
      const leave = client.subscribe(
        { query },
        {
          next: ({ data, errors }) => got.push(errors === undefined ? (data as Row)[field] : errors),
          error: (thrown) => got.push(thrown),
          complete: () => undefined,
        },
      );
      return { got, leave };
    },
    rows: async (source) => (await all(store.changes, undefined)).filter((row) => row.source === source),
    close: async () => {
      client.dispose();
      await app.close();
      await store.close();
      await sandbox.close();
    },
  };
};
