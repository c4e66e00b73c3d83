import { GraphError } from '../../schema/errors.ts';
import { inParallel, settled } from '../vendor/parallel.ts';
import { TooLong } from './client.ts';

/** A list of ids that is refused for its form or length: fewer at a time may pass. */
const REFUSED: ReadonlySet<number> = new Set([400, 413, 414]);

/** May the same be asked for with fewer at a time? */
export const mayDivide = (failure: Error): boolean =>
  failure instanceof TooLong || (failure instanceof GraphError && REFUSED.has(failure.status ?? 0));

/**
 * Answers for several patients by one call; where the server refuses that, or their lists together are too long to be
 * read to the end, by one call each. A failure is the answer of those that it happened to.
 */
export const together = async <Asked, Answer>(
  group: readonly Asked[],
  concurrency: number,
  ask: (some: readonly Asked[]) => Promise<readonly Answer[]>,
): Promise<readonly (Answer | Error)[]> => {
  const answers = await settled(() => ask(group));
  if (!(answers instanceof Error)) return answers;
  if (group.length === 1 || !mayDivide(answers)) return group.map(() => answers);
  const each = await inParallel(group, concurrency, (one) => together([one], concurrency, ask));
  return each.flat();
};
