import type { FieldIssueDetail } from '../../../schema/errors.ts';
import type { RecordId, RecordType, SourceId } from '../../../schema/ids.ts';
import type { HubContext } from '../context.ts';
import { keyOf } from './ids.ts';

type Given = string | null | undefined;

/**
 * The ids of one input. The first one says at which source it is written; all others must be of that source. What is
 * wrong with them is collected, so that a client learns of everything at once.
 */
export class Names {
  readonly issues: FieldIssueDetail[] = [];
  readonly source: SourceId | undefined;
  /** The first id, where it is one. */
  readonly id: RecordId | undefined;
  /** Its key at the source; empty where it is none. */
  readonly key: string;
  readonly #field: string;

  constructor(field: string, type: RecordType | 'Source', id: string, context: HubContext) {
    this.#field = field;
    const named = keyOf(id, type);
    const exists = named !== undefined && (isHidden(named.source, context) || isThere(named.source, context));
    if (!exists) this.#refuse(field, 'id', `Must be the id of a ${type}.`);
    this.source = exists ? named.source : undefined;
    this.id = named?.id;
    this.key = named?.key ?? '';
  }

  /** The key that another id of the input names, where it is given. */
  other(field: string, type: RecordType, id: Given): string | undefined {
    if (id === null || id === undefined) return undefined;
    const named = keyOf(id, type);
    if (named === undefined) this.#refuse(field, 'id', `Must be the id of a ${type}.`);
    else if (this.source !== undefined && named.source !== this.source)
      this.#refuse(field, 'source', `Must be of the same source as \`${this.#field}\`.`);
    return named?.key;
  }

  #refuse(field: string, rule: string, message: string): void {
    this.issues.push({ path: [field], rule, message });
  }
}

const isThere = (source: SourceId, { sources }: HubContext): boolean => sources.some(({ id }) => id === source);

/** Is this a source that the caller may not know of? Whether it exists is not told: either way it is not allowed. */
const isHidden = (source: SourceId, { operation: { caller } }: HubContext): boolean =>
  caller.sources !== 'all' && !caller.sources.includes(source);
