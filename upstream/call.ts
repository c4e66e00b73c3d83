import type { OperationContext } from '../schema/context.ts';

/** What one operation allows its vendor calls: until when, and where they are counted. */
export type Call = Pick<OperationContext, 'signal' | 'now' | 'record'>;
