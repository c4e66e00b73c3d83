import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { RedisLink } from '../upstream/redis.ts';
import { Secret } from '../upstream/source.ts';

const REDIS = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379';

/** The Redis for tests; `undefined` when none answers, and then one line says what is left out. */
export const redisUrl = async (leftOut: string): Promise<string | undefined> => {
  const link = new RedisLink(new Secret(REDIS));
  await link.open();
  const answer = await link.ask((client) => client.ping());
  await link.close();
  if (answer === 'PONG') return REDIS;
  console.info(`No Redis answers at REDIS_URL or on this machine: ${leftOut} is left out.`);
  return undefined;
};

/** All keys below a prefix, with their values, or with the milliseconds that they live on. */
export const keysBelow = async (
  prefix: string,
  what: 'values' | 'lives' = 'values',
): Promise<ReadonlyMap<string, string>> =>
  withRedis(async (client) => {
    const found = new Map<string, string>();
    for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1000 }))
      for (const key of keys) {
        const value = async () =>
          (await client.type(key)) === 'string' ? await client.get(key) : JSON.stringify(await client.hGetAll(key));
        found.set(key, what === 'lives' ? String(await client.pTTL(key)) : ((await value()) ?? ''));
      }
    return found;
  });

export const writeKey = async (key: string, value: string): Promise<void> => {
  await withRedis((client) => client.set(key, value));
};

/** Removes what a test left below a prefix of its own. */
export const cleanBelow = async (prefix: string): Promise<void> =>
  withRedis(async (client) => {
    for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1000 }))
      if (keys.length > 0) await client.del(keys);
  });

const withRedis = async <T>(work: (client: RedisLink['client']) => Promise<T>): Promise<T> => {
  const link = new RedisLink(new Secret(REDIS));
  await link.open();
  try {
    return await work(link.client);
  } finally {
    await link.close();
  }
};

/** Redis behind a port of its own, to be cut off, to fall silent and to come back. */
export class RedisCable {
  readonly #sockets = new Set<Socket>();
  readonly #target: URL;
  #server: Server | undefined;
  #port = 0;

  constructor(url: string) {
    this.#target = new URL(url);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  async plugIn(): Promise<void> {
    const server = createServer((client) => {
      const redis = connect(Number(this.#target.port || 6379), this.#target.hostname);
      for (const [one, other] of [
        [client, redis],
        [redis, client],
      ] as const) {
        this.#sockets.add(one);
        one.pipe(other);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Nothing passes any more, though connections stay open. */
  silence(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  async pull(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server?.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
