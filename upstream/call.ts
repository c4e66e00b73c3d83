import type { OperationContext } from '../schema/context.ts';

/** What one operation allows its vendor calls: until when, and where they are counted. */
export type Call = Pick<OperationContext, 'signal' | 'now' | 'record'>;

const NEVER = new AbortController().signal;

/**
 * The same call without its client: for what is fetched once for several operations (a token, a directory), where the
 * first client's leaving must not fail the others. The source's own time-out still ends it.
 */
export const shared = <C extends Call>(call: C): C => ({ ...call, signal: NEVER });
