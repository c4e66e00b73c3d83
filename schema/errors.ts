import { GraphQLError } from 'graphql';
import type { ErrorCode } from './enums.ts';

interface ErrorRow {
  readonly retryable: boolean;
  /** The HTTP status when the whole request fails for this reason. */
  readonly http: number;
  /** What a client may read: fixed, so that nothing of a person or a vendor's answer can be in it. */
  readonly message: string;
}

/** Every way in which the graph can fail. Code that fails picks a row; callers decide on `code`, never on text. */
export const ERRORS: Readonly<Record<ErrorCode, ErrorRow>> = {
  VALIDATION: { retryable: false, http: 400, message: 'The input is not valid.' },
  NOT_FOUND: { retryable: false, http: 404, message: 'No such record.' },
  FORBIDDEN: { retryable: false, http: 403, message: 'Not allowed.' },
  SLOT_TAKEN: { retryable: false, http: 409, message: 'The slot is no longer free.' },
  ILLEGAL_TRANSITION: { retryable: false, http: 409, message: 'The appointment cannot change to this state.' },
  VERSION_CONFLICT: { retryable: false, http: 409, message: 'The record has changed meanwhile.' },
  POSSIBLE_DUPLICATE: { retryable: false, http: 409, message: 'A similar record exists.' },
  UNSUPPORTED_BY_VENDOR: { retryable: false, http: 501, message: 'The vendor does not offer this.' },
  VENDOR_REJECTED: { retryable: false, http: 502, message: 'The vendor refused the request.' },
  RATE_LIMITED: { retryable: true, http: 429, message: 'The vendor’s rate limit is reached.' },
  SOURCE_UNAVAILABLE: { retryable: true, http: 503, message: 'The vendor’s system cannot be reached.' },
  TIMEOUT: { retryable: true, http: 504, message: 'The vendor did not answer in time.' },
  IDEMPOTENCY_MISMATCH: { retryable: false, http: 409, message: 'The idempotency key was used with other input.' },
  BAD_VENDOR_ANSWER: { retryable: true, http: 502, message: 'The vendor’s answer could not be understood.' },
  UNAUTHENTICATED_AT_VENDOR: { retryable: false, http: 502, message: 'The vendor refused the source’s credentials.' },
};

export interface FieldIssueDetail {
  readonly path: readonly string[];
  readonly rule: string;
  readonly message: string;
}

interface ErrorDetail {
  /** The source (tenant) that failed. */
  readonly source?: string;
  /** The vendor's HTTP status, when there was one. */
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  readonly issues?: readonly FieldIssueDetail[];
  /** The vendor's own code of its refusal, where nothing of a person can be in it. */
  readonly vendorCode?: string;
  /** POSSIBLE_DUPLICATE: the vendor's keys of the records that it found. */
  readonly candidates?: readonly string[];
  readonly cause?: unknown;
  /** A fixed sentence more precise than the table's; never built from data. */
  readonly message?: string;
}

/**
 * The one error that this product throws. Its message is a fixed sentence; the cause is kept for callers in the same
 * process and is never printed, since vendor libraries put payloads and credentials into theirs.
 */
export class GraphError extends Error {
  override readonly name = 'GraphError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly source: string | undefined;
  readonly status: number | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly issues: readonly FieldIssueDetail[] | undefined;
  readonly vendorCode: string | undefined;
  readonly candidates: readonly string[] | undefined;
  readonly #thrown: unknown;

  constructor(code: ErrorCode, detail: ErrorDetail = {}) {
    super(detail.message ?? ERRORS[code].message);
    this.code = code;
    this.retryable = ERRORS[code].retryable;
    this.source = detail.source;
    this.status = detail.status;
    this.retryAfterSeconds = detail.retryAfterSeconds;
    this.issues = detail.issues;
    this.vendorCode = detail.vendorCode;
    this.candidates = detail.candidates;
    this.#thrown = detail.cause;
  }

  /** What was thrown underneath, for code that narrows further. Not `cause`: printers and loggers follow that. */
  thrown(): unknown {
    return this.#thrown;
  }

  /** `extensions` of the GraphQL error that a client sees; graphql-js copies it. */
  get extensions(): Record<string, unknown> {
    return {
      code: this.code,
      retryable: this.retryable,
      ...(this.source === undefined ? {} : { source: this.source }),
      ...(this.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: this.retryAfterSeconds }),
      ...(this.issues === undefined ? {} : { issues: this.issues }),
    };
  }
}

/** One refused input, with every fault in it. */
export const validationFailed = (issues: readonly FieldIssueDetail[]): GraphError =>
  new GraphError('VALIDATION', { issues });

/** The typed error behind anything thrown; what is not ours becomes `fallback` without its text. */
export const toGraphError = (thrown: unknown, fallback: ErrorCode, source?: string): GraphError => {
  const original = thrown instanceof GraphQLError ? thrown.originalError : thrown;
  return original instanceof GraphError
    ? original
    : new GraphError(fallback, { cause: thrown, ...(source === undefined ? {} : { source }) });
};
