import type { RecordType } from '../../../schema/ids.ts';
import { patientsTag, patientTag, searchTag } from '../../../upstream/cache/key.ts';
import { type Origin, type Question, whole } from '../../../upstream/cache/question.ts';
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
 * list asks nobody. They are void with any change of what they hold or could hold.
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
    const question: Question<V> = {
      kind: name.replaceAll('/', ' '),
      key: JSON.stringify([patient ?? null, asked]),
      tags: patient === undefined ? [searchTag(type)] : [patientTag(type, patient), patientsTag(type)],
      freshMs: freshMs(type, this.#source.cache),
      staleMs: 0, // the graph's own lists stand in when athenaNet fails
      ...whole,
    };
    const [told] = await this.#cache.read<Question<V>, V>([question], call, async (_open, own) => [
      { value: await fetch(own) },
    ]);
    if (told === undefined || told instanceof Error) throw told;
    const { value, at, freshness, position } = told;
    return { value, on: { at, freshness, position } };
  }
}
