import { GraphError } from '../schema/errors.ts';
import type { Answer } from './request.ts';

/** `Retry-After` in seconds, given as seconds or as an HTTP date. */
export const retryAfterSeconds = (header: string | undefined, now: number): number | undefined => {
  if (header === undefined || header === '') return undefined;
  if (/^\d+$/.test(header)) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000));
};

/** The error that an HTTP status stands for where a vendor has no finer rule; `undefined` for 2xx. */
export const statusError = (answer: Answer, source: string, now: number): GraphError | undefined => {
  const { status } = answer;
  if (status >= 200 && status < 300) return undefined;
  const after = retryAfterSeconds(answer.headers['retry-after'], now);
  const detail = { source, status, ...(after === undefined ? {} : { retryAfterSeconds: after }) };
  if (status === 401) return new GraphError('UNAUTHENTICATED_AT_VENDOR', detail);
  if (status === 403) return new GraphError('FORBIDDEN', detail);
  if (status === 404 || status === 410) return new GraphError('NOT_FOUND', detail);
  if (status === 408 || status === 504) return new GraphError('TIMEOUT', detail);
  if (status === 429) return new GraphError('RATE_LIMITED', detail);
  if (status >= 500) return new GraphError('SOURCE_UNAVAILABLE', detail);
  if (status >= 400) return new GraphError('VENDOR_REJECTED', detail);
  return new GraphError('BAD_VENDOR_ANSWER', detail);
};
