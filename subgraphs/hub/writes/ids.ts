import { GraphError } from '../../../schema/errors.ts';
import { parseId, type RecordId, type RecordType, type SourceId } from '../../../schema/ids.ts';

const PREFIX = 'Write/';

/** The id of a write in the graph. It has two parts, which no id of a record or source has. */
export const writeId = (id: string): string => `${PREFIX}${encodeURIComponent(id)}`;

export const isWriteId = (id: string): boolean => id.startsWith(PREFIX) && id.split('/').length === 2;

/** The journal's id of a write. @throws GraphError NOT_FOUND for any other id */
export const parseWriteId = (id: string): string => {
  try {
    const key = decodeURIComponent(id.slice(PREFIX.length));
    if (isWriteId(id) && key !== '' && id.length <= 200 && writeId(key) === id) return key;
  } catch {
    // a malformed percent sequence: the same answer as any other foreign id
  }
  throw new GraphError('NOT_FOUND');
};

/** The id of a document, which is no record of the graph. */
export const documentId = (source: SourceId, key: string): string =>
  `${encodeURIComponent(source)}/Document/${encodeURIComponent(key)}`;

/** Where an id points, when it is one of this type. */
export const keyOf = (
  id: string,
  type: RecordType | 'Source',
): { readonly source: SourceId; readonly key: string; readonly id: RecordId } | undefined => {
  try {
    const parsed = parseId(id);
    return parsed.type === type ? { source: parsed.source, key: parsed.key, id: id as RecordId } : undefined;
  } catch {
    return undefined;
  }
};
