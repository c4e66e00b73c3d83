import type { SourceId } from '../../schema/ids.ts';
import type { CacheStore } from '../../upstream/cache/store.ts';
import type { SharedState } from '../../upstream/shared-state.ts';
import { withSharedKeys } from '../isolation/sabotage.ts';
import type { CallCounters } from './counters.ts';
import type { Chance } from './operations.ts';
import type { Parts } from './product.ts';

/** Rules of the product that are broken from outside, each of which the run must notice. */
export const SABOTAGES = ['shared-key', 'no-source-check', 'no-expiry', 'no-retry'] as const;
export type Sabotage = (typeof SABOTAGES)[number];

/** A broken product: what it shares, and how to mend it. */
interface Broken {
  readonly state?: SharedState;
  readonly mend: () => void;
}

const FOR_EVER_MS = 3_600_000;
const withoutExpiry = (store: CacheStore): CacheStore => ({
  look: (source, sought) => store.look(source, sought),
  keep: (source, kept) =>
    store.keep(
      source,
      kept.map(({ key, entry }) => ({ key, entry: { ...entry, freshMs: FOR_EVER_MS } })),
    ),
  drop: (source, keys) => store.drop(source, keys),
  mark: (source, tags) => store.mark(source, tags),
  close: () => store.close(),
});

const stateWith = ({ processState }: Parts, change: (store: CacheStore) => CacheStore): Broken => {
  const state = processState();
  return { state: { ...state, cache: change(state.cache) }, mend: () => undefined };
};

const ONE_IN = 20;

/** Now and then a record is looked for at the other tenant's source, which has the same keys. */
const withoutSourceCheck = ({ Session }: Parts, counters: CallCounters, chance: Chance): Broken => {
  const { prototype } = Session;
  const { source } = prototype;
  const other = (id: string): SourceId => (id.endsWith('-b') ? id.slice(0, -2) : `${id}-b`) as SourceId;
  prototype.source = function (id) {
    const isWrong = counters.isCounted() && chance() < 1 / ONE_IN;
    return source.call(this, isWrong ? other(id) : id);
  };
  return {
    mend: () => {
      prototype.source = source;
    },
  };
};

const withoutRetry = ({ Upstream }: Parts, counters: CallCounters): Broken => {
  const { prototype } = Upstream;
  const { send } = prototype;
  prototype.send = function (request, call) {
    return send.call(this, counters.isCounted() ? { ...request, retry: 'never' } : request, call);
  };
  return {
    mend: () => {
      prototype.send = send;
    },
  };
};

/** Breaks a rule of the product until it is mended; the oracle's product keeps all of them. */
export const sabotaged = (name: Sabotage, parts: Parts, counters: CallCounters, chance: Chance): Broken => {
  switch (name) {
    case 'shared-key':
      return stateWith(parts, withSharedKeys);
    case 'no-expiry':
      return stateWith(parts, withoutExpiry);
    case 'no-source-check':
      return withoutSourceCheck(parts, counters, chance);
    case 'no-retry':
      return withoutRetry(parts, counters);
  }
};
