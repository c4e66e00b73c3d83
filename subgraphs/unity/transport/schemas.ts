import { LRUCache } from 'lru-cache';
import type { Columns } from '../payload.ts';

const DATA = /<(?:[\w.-]+:)?diffgram[\s/>]/;
const SCHEMA = /<((?:[\w.-]+:)?schema)[\s>].*?<\/\1>/s;

/** A server has one schema for each action that is used here; this is several products' worth of them. */
const MOST_SCHEMAS = 200;

/** An answer that is to be parsed. */
export interface Taken {
  readonly text: string;
  readonly schema?: string;
  /** What the schema declares, where that is known: then the text comes without it. */
  readonly columns?: Columns;
}

/**
 * The inline schemas of DataSets. One is the same text in every answer of an action and more than half of a short answer:
 * it is parsed once, and cut out of later answers that have exactly the same.
 */
export class KnownSchemas {
  readonly #columns = new LRUCache<string, Columns>({ max: MOST_SCHEMAS });

  take(text: string): Taken {
    const data = text.search(DATA);
    const schema = data === -1 ? undefined : SCHEMA.exec(text.slice(0, data))?.[0];
    if (schema === undefined) return { text };
    const columns = this.#columns.get(schema);
    return columns === undefined ? { text, schema } : { text: text.replace(schema, () => ''), schema, columns };
  }

  learn(schema: string, columns: Columns): void {
    this.#columns.set(schema, columns);
  }
}
