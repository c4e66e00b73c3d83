/**
 * Keys of records that Unity cannot find by one id: the parts that find them again, each percent-encoded, so that a
 * part can never be taken for a separator.
 */
export const joinKey = (...parts: readonly string[]): string => parts.map(encodeURIComponent).join('|');

/** The parts of a key, or `undefined` when it is not one of this many. */
export const splitKey = (key: string, count: number): readonly string[] | undefined => {
  const parts = key.split('|');
  if (parts.length !== count) return undefined;
  try {
    const decoded = parts.map(decodeURIComponent);
    return joinKey(...decoded) === key ? decoded : undefined;
  } catch {
    return undefined;
  }
};
