/** Runs the work for every item, at most `limit` at a time, and keeps the order. Ends with the first failure. */
export const inParallel = async <T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, position: number) => Promise<R>,
): Promise<readonly R[]> => {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let position = next++; position < items.length; position = next++) {
      const item = items[position] as T;
      results[position] = await work(item, position);
    }
  };
  await Promise.all(Array.from({ length: Math.min(Math.max(limit, 1), items.length) }, lane));
  return results;
};

/** The answer, or the failure as a value, so that it stays beside its neighbours' answers. */
export const settled = async <R>(work: () => Promise<R>): Promise<R | Error> => {
  try {
    return await work();
  } catch (thrown) {
    return thrown instanceof Error ? thrown : new Error('failed', { cause: thrown });
  }
};
