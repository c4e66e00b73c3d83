import type { SourceId } from '../../schema/ids.ts';
import type { CacheStore } from '../../upstream/cache/store.ts';
import type { MarkedSource, Product } from './world.ts';

/** Ways to break the separation of sources from outside of the product, which the check has to notice. */
export const SABOTAGES = ['shared-keys', 'wrong-session', 'open-callers'] as const;
export type Sabotage = (typeof SABOTAGES)[number];

const NOBODY = '*' as SourceId;
const withoutSource = (key: string): string => key.slice(key.indexOf('/'));

/** A store in which keys do not begin with the source, so that equal keys of different sources are one. */
export const withSharedKeys = (store: CacheStore): CacheStore => ({
  look: (_source, sought) =>
    store.look(
      NOBODY,
      sought.map((one) => ({ ...one, key: withoutSource(one.key) })),
    ),
  keep: (_source, kept) =>
    store.keep(
      NOBODY,
      kept.map((one) => ({ ...one, key: withoutSource(one.key) })),
    ),
  drop: (_source, keys) => store.drop(NOBODY, keys.map(withoutSource)),
  mark: (_source, tags) => store.mark(NOBODY, tags),
  close: () => store.close(),
});

/** Gives every third look-up of a source the session of another one of its vendor. Ends with what it returns. */
export const mixSessions = ({ Session }: Product, sources: readonly MarkedSource[]): (() => void) => {
  const next = new Map<string, string>();
  for (const { id, kind } of sources) {
    const peers = sources.filter((one) => one.kind === kind);
    next.set(id, peers[(peers.findIndex((one) => one.id === id) + 1) % peers.length]?.id ?? id);
  }
  const { source } = Session.prototype;
  let asked = 0;
  Session.prototype.source = function (id) {
    asked += 1;
    return source.call(this, (asked % 3 === 0 ? (next.get(id) ?? id) : id) as SourceId);
  };
  return () => {
    Session.prototype.source = source;
  };
};
