import { randomUUID } from 'node:crypto';
import type { OperationContext, VendorCall } from '../../schema/context.ts';
import type { SourceId } from '../../schema/ids.ts';

/** Generous: on a busy machine the simulators are slow, and time is not what is measured. */
const LONGEST_MS = 300_000;

/** An operation's context, as the server makes it, for a caller who may see these sources. */
export const contextOf = (
  now: () => number,
  calls: VendorCall[] = [],
  sources: 'all' | readonly string[] = 'all',
): OperationContext => ({
  id: randomUUID(),
  caller: { subject: 'isolation', scopes: ['*'], sources: sources as 'all' | readonly SourceId[] },
  startedAt: now(),
  deadline: now() + LONGEST_MS,
  now,
  signal: AbortSignal.timeout(LONGEST_MS),
  explain: true,
  headers: {},
  record: (made) => calls.push(made),
});
