import type { SourceId } from '../../schema/ids.ts';
import type { Entry } from './entry.ts';

/** What is looked for: an entry, and whether something changed that it would hold. */
export interface Sought {
  /** The full key, as `cacheKey` makes it. */
  readonly key: string;
  /** The tags that an entry of this key has in any case. */
  readonly tags: readonly string[];
}

export interface Look {
  /** Where the source's changes stand: what is read from now on tells all of them. */
  readonly position: number;
  /** In the order asked. */
  readonly found: readonly {
    /** Not void; how old it is, is the reader's business. */
    readonly entry: Entry | undefined;
    /** The position of the latest change of one of the tags; 0 when none is known. */
    readonly changedAt: number;
  }[];
}

/**
 * Where answers are kept, and which of them changes have made void. A change is marked on tags, with its place in the
 * order of the source's changes; an entry knows that order's state when its reading began. So no clock decides, and a
 * reading that was under way during a change never counts as newer than it.
 */
export interface CacheStore {
  /** Whether other processes find what is kept here, and mark it. */
  readonly isShared?: boolean;
  /** `undefined` when the store cannot be asked now: then nothing that is read may be kept either. */
  look(source: SourceId, sought: readonly Sought[]): Promise<Look | undefined>;
  /** Keeps entries as long as they may be shown. May fail without telling. */
  keep(source: SourceId, kept: readonly { readonly key: string; readonly entry: Entry }[]): Promise<void>;
  drop(source: SourceId, keys: readonly string[]): Promise<void>;
  /** From here on no entry with one of these tags that was read before is found, in any process that shares the store. */
  mark(source: SourceId, tags: readonly string[]): Promise<void>;
  close(): Promise<void>;
}
