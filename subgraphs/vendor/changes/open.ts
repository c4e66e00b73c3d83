import { randomUUID } from 'node:crypto';
import type { SourceId } from '../../../schema/ids.ts';
import type { Changes } from '../../../store/changes.ts';
import type { Hook } from '../../federation/subgraph.ts';
import type { ConnectedSource } from '../sources.ts';
import { Consumer } from './consumer.ts';
import { hookOf } from './hook.ts';
import { type ChangeMeter, SILENT } from './meter.ts';
import { Watcher } from './watcher.ts';

/** The feed that keeps subscriptions at the vendor (`Push`): in its own time, however often the others are read. */
const KEEPING = 'webhooks';

export interface ChangeOptions {
  readonly now: () => number;
  /** Where what changed is told; own writes are, and with `watch` what the vendors say. */
  readonly changes?: Changes;
  /**
   * Whether what the sources deliver is brought into the stream, and they are asked again and again for what changed: as
   * often as their feeds want, or so often.
   */
  readonly watch?: boolean | { readonly everyMs: number };
  /** Who counts what happens on the way of changes; nobody when absent. */
  readonly meter?: ChangeMeter;
}

/** The ways on which changes of a vendor's sources come in. */
export interface ChangeWays {
  /** Where the sources deliver, by source. */
  readonly hooks: ReadonlyMap<string, Hook>;
  close(): Promise<void>;
}

/** Those who bring a source's changes into the stream. */
const bringers = (
  source: ConnectedSource,
  { changes, watch, ...shared }: Required<ChangeOptions> & { readonly worker: string },
): readonly (Watcher | Consumer)[] => {
  const { feeds = [], push } = source.connector;
  const calls = feeds.reduce((sum, feed) => sum + feed.calls, 0);
  const watchers = feeds.map((feed) => {
    const { everyMs } = typeof watch === 'boolean' || feed.name === KEEPING ? feed : watch;
    return new Watcher({ source, feed, everyMs, calls: feed.calls === 0 ? 0 : calls, changes, ...shared });
  });
  return push === undefined ? watchers : [...watchers, new Consumer({ source, push, changes, ...shared })];
};

/**
 * Whoever brings a change into the stream has voided what the cache holds of it. Where each process has a cache of its own,
 * what others bring is voided here too, before anybody here is told of it. Returns what ends it.
 */
const voidedHere = (sources: ReadonlyMap<SourceId, ConnectedSource>, changes: Changes): (() => void) => {
  const caches = new Map([...sources].map(([id, { upstream }]) => [id, upstream.cache]));
  if ([...caches.values()].every(({ isShared }) => isShared)) return () => undefined;
  return changes.onElsewhere(async ({ source, type, key, patient }) =>
    caches.get(source)?.changed({ type, key, ...(patient === undefined ? {} : { patient }) }),
  );
};

/** Opens them. Deliveries are taken in also where nobody watches: another process of the deployment does. */
export const openChanges = (
  sources: ReadonlyMap<SourceId, ConnectedSource>,
  { now, changes, watch = false, meter = SILENT }: ChangeOptions,
): ChangeWays => {
  if (changes === undefined) return { hooks: new Map(), close: async () => undefined };
  const all = [...sources.values()];
  const hooks = all.flatMap(({ id, connector: { push } }): readonly [string, Hook][] =>
    push === undefined ? [] : [[id, hookOf({ source: id, push, changes, meter })]],
  );
  const worker = randomUUID();
  const endVoiding = voidedHere(sources, changes);
  const opened = watch === false ? [] : all.flatMap((one) => bringers(one, { now, changes, watch, meter, worker }));
  return {
    hooks: new Map(hooks),
    close: async () => {
      endVoiding();
      await Promise.all(opened.map((one) => one.close()));
    },
  };
};
