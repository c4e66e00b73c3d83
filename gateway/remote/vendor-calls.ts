import type { OperationContext, VendorCall } from '../../schema/context.ts';
import { isObject } from '../response.ts';

/** Vendor calls of one answer: far more than any operation makes. */
const MOST_CALLS = 10_000;

const isCall = (value: unknown): value is VendorCall =>
  isObject(value) &&
  typeof value.source === 'string' &&
  typeof value.call === 'string' &&
  typeof value.ms === 'number' &&
  (value.status === undefined || typeof value.status === 'number') &&
  (value.cache === 'MISS' || value.cache === 'HIT');

/** Records the vendor calls that one of our subgraphs made for an operation, as if they had been made here. */
export const noteCalls = (extensions: unknown, context: OperationContext): void => {
  if (!isObject(extensions) || !Array.isArray(extensions.vendorCalls)) return;
  for (const call of extensions.vendorCalls.slice(0, MOST_CALLS)) if (isCall(call)) context.record(call);
};
