import Keyv from 'keyv';
import { LRUCache } from 'lru-cache';
import type { SourceId } from '../../schema/ids.ts';
import { compress, read, unpack, write } from './codec.ts';
import { DecodedEntries } from './decoded.ts';
import type { Entry } from './entry.ts';
import type { CacheStore, Look, Sought } from './store.ts';

/** What an entry takes beside its key and value: the list's and the map's places, Keyv's object, two string headers. */
const OVERHEAD = 300;
/** The part of the memory that is for entries that are decoded. */
const DECODED_SHARE = 0.25;
/** Until this part of the rest is taken there is room: nothing is compressed, which costs most of the time. */
const ROOMY_SHARE = 0.35;
/** Marks per source. Beyond them the oldest goes, and with it every entry that was read before that change. */
const MOST_MARKS = 10_000;

/** Entries that wait to be packed. With more, they are packed at once. */
const MOST_UNPACKED = 1000;
/** Entries packed in one turn of the event loop: about 5 ms. */
const PACKED_AT_ONCE = 50;

interface Changes {
  last: number;
  /** Entries that were read before this are void, whatever their tags. */
  floor: number;
  /** By tag, oldest first. */
  readonly marks: Map<string, number>;
}

/** Answers kept in this process, all sources' in one budget of bytes; least recently used go first. */
export class MemoryStore implements CacheStore {
  readonly #kept: LRUCache<string, { readonly value: string }>;
  readonly #store: Keyv<string>;
  readonly #decoded: DecodedEntries;
  readonly #changes = new Map<SourceId, Changes>();
  /** Kept just now: packing costs more than all else here, and no answer waits for it. */
  readonly #unpacked = new Map<string, Entry>();
  #packing = false;

  constructor(bytes: number) {
    this.#kept = new LRUCache({
      maxSize: Math.ceil(bytes * (1 - DECODED_SHARE)),
      sizeCalculation: ({ value }, key) => value.length + key.length + OVERHEAD,
    });
    this.#store = new Keyv({ store: this.#kept, useKeyPrefix: false, serialize: undefined, deserialize: undefined });
    this.#decoded = new DecodedEntries(Math.ceil(bytes * DECODED_SHARE));
  }

  async look(source: SourceId, sought: readonly Sought[]): Promise<Look> {
    const packed = await this.#store.getMany<string>(sought.map(({ key }) => key));
    const changes = this.#of(source);
    return {
      position: changes.last,
      found: sought.map(({ key, tags }, i) => {
        const text = packed[i];
        const known = text === undefined ? undefined : this.#decoded.of(key, text, decode);
        const entry = this.#unpacked.get(key) ?? known;
        return {
          entry: entry === undefined || isVoid(entry, changes) ? undefined : entry,
          changedAt: latest(tags, changes),
        };
      }),
    };
  }

  async keep(_source: SourceId, kept: readonly { readonly key: string; readonly entry: Entry }[]): Promise<void> {
    for (const { key, entry } of kept) {
      this.#unpacked.delete(key); // so that it goes to the end
      this.#unpacked.set(key, entry);
    }
    while (this.#unpacked.size > MOST_UNPACKED) await this.#pack();
    this.#packSoon();
  }

  get #hasRoom(): boolean {
    return this.#kept.calculatedSize < this.#kept.maxSize * ROOMY_SHARE;
  }

  #packSoon(): void {
    if (this.#packing || this.#unpacked.size === 0) return;
    this.#packing = true;
    setImmediate(async () => {
      await this.#pack();
      this.#packing = false;
      this.#packSoon();
    });
  }

  async #pack(): Promise<void> {
    for (const [key, entry] of [...this.#unpacked].slice(0, PACKED_AT_ONCE)) {
      const text = write(entry);
      // as text of one byte a character: a short Buffer has a multiple of its length in headers
      const packed = text === undefined || this.#hasRoom ? text : compress(text).toString('latin1');
      const lifeMs = entry.freshMs + entry.staleMs;
      if (packed === undefined) await this.#store.delete(key);
      else await this.#store.set(key, packed, lifeMs);
      const waiting = this.#unpacked.get(key);
      if (waiting === entry) this.#unpacked.delete(key);
      else if (waiting === undefined) await this.#store.delete(key); // it was dropped meanwhile
    }
  }

  async drop(_source: SourceId, keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      this.#unpacked.delete(key);
      await this.#store.delete(key);
    }
  }

  async mark(source: SourceId, tags: readonly string[]): Promise<void> {
    const changes = this.#of(source);
    changes.last += 1;
    for (const tag of tags) {
      changes.marks.delete(tag); // so that it goes to the end
      changes.marks.set(tag, changes.last);
    }
    for (const [tag, position] of changes.marks) {
      if (changes.marks.size <= MOST_MARKS) break;
      changes.marks.delete(tag);
      changes.floor = position;
    }
  }

  /** Bytes that are taken, as the budget counts them, and entries. */
  get size(): { readonly bytes: number; readonly entries: number } {
    return { bytes: this.#kept.calculatedSize, entries: this.#kept.size };
  }

  clear(): void {
    this.#unpacked.clear();
    this.#kept.clear();
  }

  async close(): Promise<void> {
    this.clear();
  }

  #of(source: SourceId): Changes {
    const known = this.#changes.get(source);
    if (known !== undefined) return known;
    const fresh = { last: 0, floor: 0, marks: new Map<string, number>() };
    this.#changes.set(source, fresh);
    return fresh;
  }
}

const decode = (packed: string) => (packed.startsWith('[') ? read(packed) : unpack(Buffer.from(packed, 'latin1')));

const latest = (tags: readonly string[], { marks }: Changes): number =>
  tags.reduce((found, tag) => Math.max(found, marks.get(tag) ?? 0), 0);

const isVoid = ({ position, tags }: Entry, changes: Changes): boolean =>
  position < changes.floor || (position < changes.last && position < latest(tags, changes));
