import type { SourceId } from './ids.ts';

/** Who asks. In the sandbox: everybody, everything. */
export interface Caller {
  readonly subject: string;
  readonly scopes: readonly string[];
  /** The only patient that a patient's own sign-in may see. */
  readonly patient?: string;
  readonly sources: 'all' | readonly SourceId[];
}

/** Until sign-in comes: whoever reaches the gateway may see everything that its sources' credentials may see. */
export const EVERYBODY: Caller = { subject: 'anonymous', scopes: ['*'], sources: 'all' };

/** One call to a vendor as `extensions.explain.vendorCalls` shows it. Names the call, never its arguments. */
export interface VendorCall {
  readonly source: SourceId;
  /** The vendor's name of the call: `GET /patients`, `Magic GetPatient`, `GET Appointment`. */
  readonly call: string;
  readonly ms: number;
  /** HTTP status; absent when there was no answer. */
  readonly status?: number;
  /** MISS: the vendor was asked. HIT: it had answered before. STALE: it failed, and an older answer stands in. */
  readonly cache: 'MISS' | 'HIT' | 'STALE';
}

/** What travels with one operation of a client, through the gateway and every subgraph. */
export interface OperationContext {
  /** Names the operation in every process that takes part in it; random, and no secret. */
  readonly id: string;
  readonly caller: Caller;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** When the operation is given up, in milliseconds since the epoch. */
  readonly deadline: number;
  readonly now: () => number;
  /** Aborts when the operation's deadline passes or its client goes away. */
  readonly signal: AbortSignal;
  /** Does the client want to see what its answer cost? */
  readonly explain: boolean;
  /** The client's headers that remote subgraphs get too, by lower-case name: they tell them who asks. */
  readonly headers: Readonly<Record<string, string>>;
  readonly record: (made: VendorCall) => void;
}

/** The header in which subgraphs of this deployment find the operation's context, signed by its gateway. */
export const CONTEXT_HEADER = 'x-practicegraph-context';
