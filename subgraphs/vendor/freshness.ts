import type { OperationContext } from '../../schema/context.ts';
import type { Freshness } from '../../schema/enums.ts';

/** LIVE when the vendor was asked for this operation, CACHED when it had answered before. */
export const freshness = (at: number, context: OperationContext): Freshness =>
  at >= context.startedAt ? 'LIVE' : 'CACHED';
