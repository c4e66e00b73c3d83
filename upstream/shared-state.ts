import { MemoryStore } from './cache/memory.ts';
import { RedisStore } from './cache/redis.ts';
import type { CacheStore } from './cache/store.ts';
import type { Rates } from './rate.ts';
import { ProcessRates } from './rates/process.ts';
import { SharedRates } from './rates/shared.ts';
import { RedisLink } from './redis.ts';
import type { Secret } from './source.ts';

/** What all sources of a process share and, through Redis, all processes of a deployment. */
export interface SharedState {
  readonly cache: CacheStore;
  readonly rates: Rates;
  close(): Promise<void>;
}

export interface SharedSettings {
  /** What the answers kept in this process may take, in bytes. */
  readonly cacheBytes: number;
  readonly redis?: {
    readonly url: Secret;
    /** 32 bytes as hex or base64: values are encrypted with it. */
    readonly cacheKey: Secret;
  };
}

/** What the answers kept in one process take unless the configuration says otherwise. */
export const DEFAULT_CACHE_MB = 256;

/** Kept in this process alone. Holds nothing open. */
export const processState = (cacheBytes = DEFAULT_CACHE_MB * 1024 * 1024): SharedState => {
  const cache = new MemoryStore(cacheBytes);
  return { cache, rates: new ProcessRates(), close: () => cache.close() };
};

/** What the configuration says. A Redis that is not there yet does not hold the start up. */
export const openSharedState = async ({ cacheBytes, redis }: SharedSettings): Promise<SharedState> => {
  if (redis === undefined) return processState(cacheBytes);
  const link = new RedisLink(redis.url);
  await link.open();
  const cache = new RedisStore(link, redis.cacheKey, cacheBytes);
  return {
    cache,
    rates: new SharedRates(link, 'practicegraph:'),
    close: async () => {
      await cache.close();
      await link.close();
    },
  };
};
