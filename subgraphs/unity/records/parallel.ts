import { toGraphError } from '../../../schema/errors.ts';

/** Runs `work` on every item, at most `most` at a time; what one item throws is that item's own error value. */
export const inParallel = async <T, R>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<R>,
): Promise<readonly (R | Error)[]> => {
  const results: (R | Error)[] = new Array<R | Error>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next;
      next += 1;
      try {
        results[index] = await work(items[index] as T);
      } catch (thrown) {
        results[index] = toGraphError(thrown, 'BAD_VENDOR_ANSWER');
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
};

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
