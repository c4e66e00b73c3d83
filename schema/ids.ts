import { GraphError } from './errors.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** The configured id of a source (tenant), the first part of every record's id. */
export type SourceId = Branded<'SourceId'>;
/** `<source>/<Type>/<key>`, each part percent-encoded. Opaque to clients. */
export type RecordId = Branded<'RecordId'>;

/** The families of records that vendors own. */
export const RECORD_TYPES = [
  'Patient',
  'Appointment',
  'Observation',
  'Claim',
  'Practitioner',
  'Location',
  'Slot',
] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

export interface ParsedId {
  readonly source: SourceId;
  readonly type: RecordType | 'Source';
  /** The vendor's key of the record; for a source its own id. */
  readonly key: string;
}

const LONGEST_ID = 1024; // a vendor's key is far shorter; this only stops nonsense before it is decoded

export const sourceId = (id: string): SourceId => id as SourceId;

/** The id of a vendor's record. `key` is whatever the vendor needs to find it again; it is never parsed by others. */
export const recordId = (source: SourceId, type: RecordType, key: string): RecordId =>
  `${encodeURIComponent(source)}/${type}/${encodeURIComponent(key)}` as RecordId;

export const isRecordType = (type: string): type is RecordType => (RECORD_TYPES as readonly string[]).includes(type);

/**
 * Takes an id apart. A source's id is its configured id alone, without a slash.
 * @throws GraphError NOT_FOUND for anything that this product did not make: clients learn nothing from the difference.
 */
export const parseId = (id: string): ParsedId => {
  if (id.length === 0 || id.length > LONGEST_ID) throw new GraphError('NOT_FOUND');
  const parts = id.split('/');
  try {
    const [source = '', type = '', key = ''] = parts.map(decodeURIComponent);
    if (parts.length === 1) return { source: sourceId(source), type: 'Source', key: source };
    if (
      parts.length === 3 &&
      source !== '' &&
      key !== '' &&
      isRecordType(type) &&
      recordId(sourceId(source), type, key) === id
    )
      return { source: sourceId(source), type, key };
  } catch {
    // a malformed percent sequence: the same answer as any other foreign id
  }
  throw new GraphError('NOT_FOUND');
};
