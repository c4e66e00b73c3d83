/** What a look gave, and how many items were walked up to and with it. */
interface Placed<R> {
  readonly value: R;
  readonly position: number;
}

/**
 * Looks at items from the first on until enough of them gave something, at most `most` at a time and never at more than
 * could still be needed: no look is wasted. Ends with the first failure.
 */
export const walk = async <T, R>(
  items: readonly T[],
  enough: number,
  most: number,
  look: (item: T) => Promise<R | undefined>,
): Promise<readonly Placed<R>[]> => {
  const found: Placed<R>[] = [];
  let next = 0;
  let underWay = 0;
  const one = async (): Promise<void> => {
    const position = next++;
    underWay += 1;
    try {
      const value = await look(items[position] as T);
      if (value !== undefined) found.push({ value, position: position + 1 });
    } catch (thrown) {
      next = items.length;
      throw thrown;
    } finally {
      underWay -= 1;
    }
    await further();
  };
  const further = async (): Promise<void> => {
    const begun: Promise<void>[] = [];
    while (underWay < most && next < items.length && found.length + underWay < enough) begun.push(one());
    await Promise.all(begun);
  };
  await further();
  return found.sort((first, other) => first.position - other.position);
};
