import type { OperationContext } from '../../schema/context.ts';
import type { Cursors } from '../../schema/cursor.ts';
import type { Vendor } from '../../schema/enums.ts';
import { GraphError, validationFailed } from '../../schema/errors.ts';
import type { SourceHits } from '../../schema/hits.ts';
import { parseId, type RecordType, recordId, type SourceId, sourceId } from '../../schema/ids.ts';
import type { SourceCapability } from '../../schema/source.ts';
import type { Journal } from '../../store/journal.ts';
import type { WriteMode } from '../../upstream/source.ts';
import type { Tail } from './changes/tail.ts';
import type { Merged } from './merge.ts';

/** What hub knows of a source: whose it is, and whether it takes writes. */
export interface HubSource {
  readonly id: SourceId;
  readonly vendor: Vendor;
  /** `Athena` */
  readonly prefix: string;
  /** The field of a connection that holds its vendor's hits. */
  readonly hitsField: string;
  readonly writes: WriteMode;
  readonly capabilities: readonly SourceCapability[];
}

export interface HubContext {
  readonly operation: OperationContext;
  /** Those that the caller may see. */
  readonly sources: readonly HubSource[];
  readonly cursors: Cursors;
  /** Absent where the processes have no database to share. */
  readonly journal: Journal | undefined;
  readonly stopping: AbortSignal | undefined;
  /** The end of the log of changes. Absent as above. */
  readonly tail: Tail | undefined;
  /** Merged once per connection, however many of its fields are asked for. */
  readonly merged: WeakMap<object, { readonly answers: readonly SourceHits[]; readonly merged: Merged }>;
}

/** All that hub says of a record: the rest comes from its owner. */
export interface Stub {
  readonly __typename: string;
  readonly id: string;
}

export const sourceStub = ({ prefix, id }: HubSource): Stub => ({ __typename: `${prefix}Source`, id });

export const recordStub = ({ prefix, id }: HubSource, type: RecordType, key: string): Stub => ({
  __typename: `${prefix}${type}`,
  id: recordId(id, type, key),
});

/** @throws GraphError NOT_FOUND for ids that are malformed, of another type, or of a source that does not exist. */
export const stubOf = (id: string, context: HubContext, type?: RecordType | 'Source'): Stub => {
  const parsed = parseId(id);
  const source = context.sources.find((one) => one.id === parsed.source);
  if (source === undefined || (type !== undefined && parsed.type !== type)) throw new GraphError('NOT_FOUND');
  return { __typename: `${source.prefix}${parsed.type}`, id };
};

/** The sources that a client names, or all that it may see. @throws GraphError VALIDATION when one does not exist */
export const sourcesAsked = (ids: readonly string[] | null | undefined, context: HubContext): readonly SourceId[] => {
  if (ids === null || ids === undefined) return context.sources.map(({ id }) => id);
  const known = new Set<string>(context.sources.map(({ id }) => id));
  const issues = ids.flatMap((id, i) =>
    known.has(id) ? [] : [{ path: ['sources', String(i)], rule: 'source', message: 'There is no such source.' }],
  );
  if (issues.length > 0) throw validationFailed(issues);
  return [...new Set(ids)].map(sourceId);
};
