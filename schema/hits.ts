import type { ErrorCode, Freshness } from './enums.ts';
import type { RecordId, SourceId } from './ids.ts';

/** The searches that go over many vendors. */
export type GatherKind = 'patients' | 'appointments' | 'claims';

/** What hub asks of every vendor's subgraph, as the opaque `request` key of a connection. */
export interface GatherRequest {
  readonly kind: GatherKind;
  readonly search: Readonly<Record<string, unknown>>;
  readonly sources: readonly SourceId[];
  readonly first: number;
  /** How far each source's list is consumed: the `after` of its last hit that was shown. */
  readonly positions: Readonly<Record<string, string>>;
}

export interface Hit {
  readonly id: RecordId;
  /** Compared element by element; the smallest head of all sources comes first. */
  readonly sort: readonly string[];
  /** This source's position right after the hit. */
  readonly after: string;
}

/** One source's part of a search: what it found, or why it could not. */
export interface SourceHits {
  readonly source: SourceId;
  readonly hits: readonly Hit[];
  readonly hasNextPage: boolean;
  readonly totalCount?: number;
  readonly freshness: Freshness;
  readonly durationMs: number;
  readonly error?: { readonly code: ErrorCode; readonly message: string; readonly retryAfterSeconds?: number };
}

export const writeRequest = (request: GatherRequest): string =>
  Buffer.from(JSON.stringify(request)).toString('base64url');

/** Reads a request that hub wrote; subgraphs are never asked by anybody but the gateway. */
export const readRequest = (key: string): GatherRequest =>
  JSON.parse(Buffer.from(key, 'base64url').toString('utf8')) as GatherRequest;
