import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

const source = {
  id: 'mercy',
  name: 'Mercy',
  vendor: 'fhir',
  baseUrl: 'https://fhir.example.org/R4/',
  timeZone: 'America/New_York',
  auth: { type: 'bearer', token: '${TOKEN}' },
};
const read = (more: object = {}, environment: Record<string, string> = { TOKEN: 'hush' }) =>
  readConfig({ sources: [{ ...source, ...more }] }, environment);
const problems = (work: () => unknown): readonly string[] => {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe('a configuration', () => {
  it('is filled with safe defaults', () => {
    const config = read();
    expect(config.gateway).toEqual({
      host: '127.0.0.1',
      port: 4000,
      explorer: false,
      jit: true,
      unknownOperations: 'refuse',
      bodyKb: 256,
      metrics: true,
    });
    expect(config.sources[0]).toMatchObject({
      vendor: 'GENERIC_FHIR',
      dialect: 'r4',
      baseUrl: 'https://fhir.example.org/R4',
      limits: { perSecond: 10, perDay: 50_000, concurrency: 8 },
      timeoutMs: 15_000,
      allowPrivateNetwork: false,
      writes: 'off',
    });
    expect(config.store).toEqual({ kind: 'folder', path: 'practicegraph-data', keepDays: 7 });
  });

  it.each(['off', 'shadow', 'on'])('may set a source’s writes %s', (writes) => {
    expect(read({ writes }).sources[0]?.writes).toBe(writes);
  });

  it.each([
    ['in a folder', { folder: '/var/lib/pg', keepDays: 30 }, {}, { kind: 'folder', path: '/var/lib/pg', keepDays: 30 }],
    [
      'in the database that the environment names',
      {},
      { DATABASE_URL: 'postgres://u:hush@db/x' },
      { kind: 'postgres' },
    ],
    ['in memory, whatever the environment names', { memory: true }, { DATABASE_URL: 'nonsense' }, { kind: 'memory' }],
  ])('records writes %s', (_where, store, environment, expected) => {
    const config = readConfig({ sources: [{ ...source, auth: { type: 'none' } }], store }, environment);
    expect(config.store).toMatchObject(expected);
    expect(JSON.stringify(config) + inspect(config, { depth: 9 })).not.toContain('hush');
  });

  it('is refused for a database that is none, without its address', () => {
    const found = problems(() => read({}, { TOKEN: 'hush', DATABASE_URL: 'mysql://u:secret@db/x' }));
    expect(found).toEqual(['the environment variable DATABASE_URL must be a postgres URL']);
  });

  it('takes secrets from the environment and never shows them', () => {
    const config = read();
    const { auth } = config.sources[0] ?? {};
    expect(auth?.type === 'bearer' && auth.token.reveal()).toBe('hush');
    expect(JSON.stringify(config) + inspect(config, { depth: 9 })).not.toContain('hush');
  });

  it.each([
    ['an unknown key', { surprise: 1 }, 'sources[0]: the key surprise is not known'],
    ['an id with capitals', { id: 'Mercy' }, 'sources[0].id'],
    ['writes that are none of the three', { writes: 'yes' }, 'sources[0].writes: must be off, shadow or on'],
    ['a vendor that is none', { vendor: 'paper' }, 'sources[0].vendor'],
    ['a vendor that is not there yet', { vendor: 'kareo' }, 'sources[0].vendor: this vendor is not supported yet'],
    ['another vendor’s dialect', { dialect: 'magic-soap' }, 'sources[0].dialect'],
    [
      'another vendor’s sign-in',
      { auth: { type: 'unity', appName: 'a', username: 'u', password: 'p', ehrUser: 'e', ehrPassword: 'q' } },
      'sources[0].auth.type',
    ],
    ['a sign-in that is none', { auth: { type: 'handshake' } }, 'sources[0].auth'],
    ['a sign-in without its secret', { auth: { type: 'basic', username: 'u' } }, 'sources[0].auth.password'],
    ['a zone that is none', { timeZone: 'Nowhere/Land' }, 'sources[0].timeZone'],
    ['a URL that is none', { baseUrl: 'fhir.example.org' }, 'sources[0].baseUrl'],
    ['a URL without TLS', { baseUrl: 'http://fhir.example.org' }, 'sources[0].baseUrl: must be https'],
    ['no practice where one is needed', { vendor: 'athenahealth' }, 'sources[0].practiceId: is missing'],
    ['limits of nothing', { limits: { concurrency: 0 } }, 'sources[0].limits.concurrency: must be at least 1'],
  ])('is refused for %s', (_case, more, expected) => {
    const found = problems(() => read(more));
    expect(
      found.some((problem) => problem.startsWith(expected)),
      found.join('\n'),
    ).toBe(true);
    expect(found.join()).not.toMatch(/Nowhere|paper|handshake|hush/);
  });

  it('is refused with every problem at once', () => {
    expect(
      problems(() =>
        readConfig(
          {
            sources: [
              { ...source, id: 'A', timeZone: 'x' },
              { ...source, name: 7 },
            ],
            more: 1,
          },
          {},
        ),
      ),
    ).toEqual([
      'sources[0].auth.token: the environment variable TOKEN is not set',
      'sources[1].auth.token: the environment variable TOKEN is not set',
      expect.stringContaining('sources[0].id'),
      expect.stringContaining('sources[0].timeZone'),
      expect.stringContaining('sources[0].auth.token'),
      expect.stringContaining('sources[1].name'),
      expect.stringContaining('sources[1].auth.token'),
      'the file: the key more is not known',
    ]);
  });

  it('says where answers are kept, and how much room they have', () => {
    const kept = (more: object, environment: Record<string, string> = {}) =>
      readConfig({ sources: [source], ...more }, { TOKEN: 'x', ...environment }).shared;
    expect(kept({})).toEqual({ cacheBytes: 256 * 1024 * 1024 });
    expect(kept({ cache: { memoryMb: 2 } })).toEqual({ cacheBytes: 2 * 1024 * 1024 });
    const hex = { REDIS_URL: 'rediss://:hush@redis.example.org', PRACTICEGRAPH_CACHE_KEY: '0f'.repeat(32) };
    const shared = kept({ redis: { url: '${REDIS_URL}' } }, hex);
    expect(shared.redis?.url.reveal()).toBe(hex.REDIS_URL);
    expect(shared.redis?.cacheKey.reveal()).toBe(hex.PRACTICEGRAPH_CACHE_KEY);
    expect(JSON.stringify(shared) + inspect(shared, { depth: 9 })).not.toMatch(/hush|0f0f/);
  });

  it.each([
    ['no room', { cache: { memoryMb: 0 } }, 'cache.memoryMb: must be at least 1'],
    ['a Redis that is none', { redis: { url: 'https://redis.example.org' } }, 'redis.url: must be a redis'],
    ['a Redis without a key for it', { redis: { url: 'redis://r' } }, 'redis: the environment variable PRACTICEGRAPH'],
    [
      'a key that is too short',
      { redis: { url: 'redis://r' } },
      'redis: PRACTICEGRAPH_CACHE_KEY must',
      'ab'.repeat(31),
    ],
    [
      'a key that is no text of bytes',
      { redis: { url: 'redis://r' } },
      'redis: PRACTICEGRAPH_CACHE_KEY',
      '!'.repeat(43),
    ],
  ])('is refused for a cache with %s', (_case, more, expected, key?: string) => {
    const environment = { TOKEN: 'x', ...(key === undefined ? {} : { PRACTICEGRAPH_CACHE_KEY: key }) };
    const found = problems(() => readConfig({ sources: [source], ...more }, environment));
    expect(found).toEqual([expect.stringContaining(expected)]);
  });

  it.each([
    ['hexadecimal digits', 'AB'.repeat(32)],
    ['base64', Buffer.alloc(32, 251).toString('base64')],
    ['base64url', Buffer.alloc(32, 251).toString('base64url')],
  ])('takes a cache key in %s', (_case, key) => {
    const config = { sources: [source], redis: { url: 'redis://127.0.0.1' } };
    expect(problems(() => readConfig(config, { TOKEN: 'x', PRACTICEGRAPH_CACHE_KEY: key }))).toEqual([]);
  });

  it('is refused for the same source twice, and for none', () => {
    expect(problems(() => readConfig({ sources: [source, source] }, { TOKEN: 'x' }))).toEqual([
      'sources[1].id: is used by another source',
    ]);
    expect(problems(() => readConfig({ sources: [] }, {}))).toEqual(['sources: must name at least one source']);
    expect(problems(() => readConfig(null, {}))).toEqual(['the file: must be a mapping with the key sources']);
  });
});
