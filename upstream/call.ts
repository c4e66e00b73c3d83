import type { SourceId } from '../schema/ids.ts';

/** One call to a vendor as `extensions.explain.vendorCalls` shows it. Names the call, never its arguments. */
export interface VendorCall {
  readonly source: SourceId;
  /** The vendor's name of the call: `GET /patients`, `Magic GetPatient`, `GET Appointment`. */
  readonly call: string;
  readonly ms: number;
  /** HTTP status; absent when there was no answer. */
  readonly status?: number;
  readonly cache: 'MISS' | 'HIT';
}

/** What one operation allows its vendor calls: until when, and where they are counted. */
export interface Call {
  /** Aborts when the operation's deadline passes or its client goes away. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly record: (made: VendorCall) => void;
}
