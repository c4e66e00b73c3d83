import { LRUCache } from 'lru-cache';
import type { Entry } from './entry.ts';

/** An object of a decoded text takes about this many times the text's length. */
const GROWTH = 4;

interface Decoded {
  readonly packed: string;
  readonly entry: Entry;
  readonly length: number;
}

/** The entries used last, decoded: a page that is asked for again and again is not decompressed and parsed each time. */
export class DecodedEntries {
  readonly #entries: LRUCache<string, Decoded>;

  constructor(bytes: number) {
    this.#entries = new LRUCache({ maxSize: bytes, sizeCalculation: ({ length }) => 1 + length * GROWTH });
  }

  /** The entry of what stands under the key now. */
  of(
    key: string,
    packed: string,
    decode: (packed: string) => { readonly entry: Entry; readonly length: number } | undefined,
  ): Entry | undefined {
    const known = this.#entries.get(key);
    if (known !== undefined && known.packed === packed) return known.entry;
    const decoded = decode(packed);
    if (decoded === undefined) this.#entries.delete(key);
    else this.#entries.set(key, { packed, ...decoded });
    return decoded?.entry;
  }
}
