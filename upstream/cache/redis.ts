import KeyvRedis from '@keyv/redis';
import Keyv from 'keyv';
import type { SourceId } from '../../schema/ids.ts';
import type { RedisClient, RedisLink } from '../redis.ts';
import type { Secret } from '../source.ts';
import { pack, unpack } from './codec.ts';
import { DecodedEntries } from './decoded.ts';
import type { Entry } from './entry.ts';
import { UnwrittenMarks } from './marks.ts';
import { Seal } from './seal.ts';
import type { CacheStore, Look, Sought } from './store.ts';

/** Longer than any entry can live: the longest times to live and of staleness that the configuration takes, and an hour. */
const MARK_MS = 2 * 86_400_000 + 3_600_000;
/** Of the memory for cached answers, what decoded ones take here, where Redis has them all. */
const DECODED_SHARE = 0.25;

/**
 * Where the source's changes stand: `last` counts them, and entries read before `floor` are void. It begins with Redis's
 * time in microseconds, so that after a loss of its data no number comes again.
 */
const BEGIN = `
if redis.call('HEXISTS', KEYS[1], 'last') == 0 then
  local time = redis.call('TIME')
  local begin = string.format('%.0f', time[1] * 1000000 + time[2])
  redis.call('HSET', KEYS[1], 'floor', begin, 'last', begin)
end
`;
const POSITION = `${BEGIN} return redis.call('HMGET', KEYS[1], 'floor', 'last')`;
const MARK = `${BEGIN}
local position = redis.call('HINCRBY', KEYS[1], 'last', 1)
if ARGV[2] == 'all' then redis.call('HSET', KEYS[1], 'floor', string.format('%.0f', position)) end
for i = 2, #KEYS do redis.call('SET', KEYS[i], string.format('%.0f', position), 'PX', ARGV[1]) end
return position
`;

interface Standing {
  readonly floor: number;
  readonly last: number;
}

/**
 * Answers kept in Redis for all processes of a deployment, encrypted, under names that tell nothing of what they are.
 * Without Redis there is no cache. Marks that could not be written are written before the cache is used again.
 */
export class RedisStore implements CacheStore {
  readonly isShared = true;
  readonly #link: RedisLink;
  readonly #seal: Seal;
  readonly #store: Keyv<string>;
  readonly #decoded: DecodedEntries;
  readonly #unwritten: UnwrittenMarks;

  constructor(link: RedisLink, key: Secret, bytes: number) {
    this.#link = link;
    this.#seal = new Seal(key);
    const adapter = new KeyvRedis<string>(link.client, { throwOnErrors: true });
    adapter.on('error', () => undefined); // it throws too, and `ask` takes that
    this.#store = new Keyv<string>({
      store: adapter,
      useKeyPrefix: false,
      throwOnErrors: true,
      serialize: ({ value }) => value as string,
      deserialize: <V>(value: string) => ({ value: value as V }),
    });
    this.#store.on('error', () => undefined);
    this.#store.namespace = undefined; // names are whole as they are
    this.#decoded = new DecodedEntries(Math.ceil(bytes * DECODED_SHARE));
    this.#unwritten = new UnwrittenMarks((source, tags) => this.#write(source, tags));
  }

  async look(source: SourceId, sought: readonly Sought[]): Promise<Look | undefined> {
    if (!(await this.#unwritten.written(source))) return undefined;
    const names = sought.map(({ key }) => this.#nameOf(key));
    const tags = [...new Set(sought.flatMap((one) => one.tags))];
    const seen = await this.#link.ask(async (client) => {
      const asked = [this.#standing(client, source), this.#marks(client, source, tags), this.#texts(names)] as const;
      const [standing, marks, texts] = await Promise.all(asked);
      const entries = names.map((name, i) => this.#entry(name, texts[i]));
      const others = entries.flatMap((entry) =>
        entry !== undefined && entry.position < standing.last ? entry.tags.filter((tag) => !marks.has(tag)) : [],
      );
      const all = new Map([...marks, ...(await this.#marks(client, source, [...new Set(others)]))]);
      return { standing, entries, marks: all };
    });
    if (seen === undefined) return undefined;
    const latest = (of: readonly string[]): number => Math.max(0, ...of.map((tag) => seen.marks.get(tag) ?? 0));
    const holds = (entry: Entry | undefined): entry is Entry =>
      entry !== undefined && entry.position >= seen.standing.floor && entry.position >= latest(entry.tags);
    return {
      position: seen.standing.last,
      found: sought.map((one, i) => {
        const entry = seen.entries[i];
        return { entry: holds(entry) ? entry : undefined, changedAt: latest(one.tags) };
      }),
    };
  }

  async keep(_source: SourceId, kept: readonly { readonly key: string; readonly entry: Entry }[]): Promise<void> {
    const entries = kept.flatMap(({ key, entry }) => {
      const packed = pack(entry);
      const name = this.#nameOf(key);
      const ttl = entry.freshMs + entry.staleMs;
      return packed === undefined ? [] : [{ key: name, value: this.#seal.close(packed, name), ttl }];
    });
    if (entries.length > 0) await this.#link.ask(() => this.#store.setMany(entries));
  }

  async drop(_source: SourceId, keys: readonly string[]): Promise<void> {
    await this.#link.ask(() => this.#store.deleteMany(keys.map((key) => this.#nameOf(key))));
  }

  async mark(source: SourceId, tags: readonly string[]): Promise<void> {
    await this.#unwritten.write(source, tags);
  }

  async close(): Promise<void> {
    await this.#unwritten.close();
  }

  async #texts(names: readonly string[]): Promise<readonly (string | undefined)[]> {
    return names.length === 0 ? [] : this.#store.getMany<string>([...names]);
  }

  async #standing(client: RedisClient, source: SourceId): Promise<Standing> {
    const key = `${prefixOf(source)}sequence`;
    const known = await client.hmGet(key, ['floor', 'last']);
    const [floor, last] = known[1] == null ? ((await client.eval(POSITION, { keys: [key] })) as string[]) : known;
    return { floor: Number(floor), last: Number(last) };
  }

  async #marks(client: RedisClient, source: SourceId, tags: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (tags.length === 0) return new Map();
    const marks = await client.mGet(tags.map((tag) => this.#markOf(source, tag)));
    return new Map(tags.map((tag, i) => [tag, Number(marks[i] ?? 0)]));
  }

  async #write(source: SourceId, tags: readonly string[] | 'all'): Promise<boolean> {
    if (!this.#link.isUp) return false;
    const keys = [
      `${prefixOf(source)}sequence`,
      ...(tags === 'all' ? [] : tags.map((tag) => this.#markOf(source, tag))),
    ];
    const options = { keys, arguments: [String(MARK_MS), tags === 'all' ? 'all' : 'some'] };
    return (await this.#link.ask((client) => client.eval(MARK, options))) !== undefined;
  }

  #entry(name: string, text: string | undefined): Entry | undefined {
    if (text === undefined || text === null) return undefined;
    return this.#decoded.of(name, text, (sealed) => {
      const packed = this.#seal.open(sealed, name);
      return packed === undefined ? undefined : unpack(packed);
    });
  }

  /** `<source>/<kind>/<the rest>`: the rest may be an id or what somebody searched for, so only its HMAC is told. */
  #nameOf(key: string): string {
    const [source = '', kind = ''] = key.split('/', 2);
    return `practicegraph/${source}/${kind}/${this.#seal.name(key)}`;
  }

  #markOf(source: SourceId, tag: string): string {
    return `${prefixOf(source)}mark/${this.#seal.name(`${source}/${tag}`)}`;
  }
}

const prefixOf = (source: SourceId): string => `practicegraph/${source}/`;
