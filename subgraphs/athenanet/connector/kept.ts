import type { RecordType } from '../../../schema/ids.ts';
import { listTags } from '../../../upstream/cache/key.ts';
import type { Origin } from '../../../upstream/cache/question.ts';
import type { SourceCache } from '../../../upstream/cache.ts';
import type { Call } from '../../../upstream/call.ts';
import type { SourceSettings } from '../../../upstream/source.ts';
import { freshMs } from '../../vendor/questions.ts';

/** What athenaNet answered, and when. */
export interface Kept<V> {
  readonly value: V;
  readonly on?: Origin;
}

export interface ListName {
  readonly type: RecordType;
  /** The call, and what it was asked. */
  readonly call: string;
  readonly asked: unknown;
  /** Whose list it is; a search of the practice has no owner. */
  readonly patient?: string;
}

/**
 * Lists that athenaNet gives as a whole, kept as long as records of their type: another page, filter or order of the same
 * list asks nobody. They are void with any change of what they hold or could hold, and a write is told by the vendor alone.
 */
export class KeptLists {
  readonly #source: SourceSettings;
  readonly #cache: SourceCache;

  constructor(source: SourceSettings, cache: SourceCache) {
    this.#source = source;
    this.#cache = cache;
  }

  async through<V>(
    { type, call: name, asked, patient }: ListName,
    call: Call,
    fetch: (call: Call) => Promise<V>,
  ): Promise<Kept<V>> {
    if (call.departures !== undefined) return { value: await fetch(call) };
    const tags = listTags(type, patient);
    const key = JSON.stringify([patient ?? null, asked]);
    // it does not stand in when athenaNet fails: the graph's own lists do
    return this.#cache.told(name.replaceAll('/', ' '), key, freshMs(type, this.#source.cache), call, fetch, tags);
  }
}
