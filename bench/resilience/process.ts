import { MemoryStore } from '../../upstream/cache/memory.ts';
import { SharedRates } from '../../upstream/rates/shared.ts';
import { RedisLink } from '../../upstream/redis.ts';
import { Secret } from '../../upstream/source.ts';
import { Client } from './client.ts';
import { overload, RATE_LIMIT } from './scenarios.ts';

/** One of the processes that share a rate: started by the scenario with the vendor, the Redis, its keys and a time. */
const [url = '', redis = '', prefix = '', seconds = ''] = process.argv.slice(2);
const link = new RedisLink(new Secret(redis));
await link.open();
const cache = new MemoryStore(1024 * 1024);
const rates = new SharedRates(link, prefix);
const limits = { perSecond: RATE_LIMIT, perDay: 100_000_000, concurrency: 8 };
const client = new Client(url, { limits }, { cache, rates, close: async () => undefined });
const figures = await overload(client, Number(seconds), 0.5);
await client.close();
await cache.close();
await link.ask(async (redisClient) => {
  const keys = await redisClient.keys(`${prefix}*`);
  if (keys.length > 0) await redisClient.del(keys);
});
await link.close();
process.send?.(figures, () => process.disconnect());
