import { toGraphError } from '../../../schema/errors.ts';
import { inParallel as together } from '../../vendor/parallel.ts';

/** Runs `work` on every item, at most `most` at a time; what one item throws is that item's own error value. */
export const inParallel = <T, R>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<R>,
): Promise<readonly (R | Error)[]> =>
  together(items, most, async (item) => {
    try {
      return await work(item);
    } catch (thrown) {
      return toGraphError(thrown, 'BAD_VENDOR_ANSWER');
    }
  });

/** As `inParallel`, for work that must succeed as a whole. */
export const allInParallel = async <T, R>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> => {
  const results = await inParallel(items, most, work);
  return results.map((result) => {
    if (result instanceof Error) throw result;
    return result;
  });
};
