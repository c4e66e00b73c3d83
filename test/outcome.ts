/** What an answer comes to, in a form in which two answers can be compared. */
export interface Outcome {
  readonly data: unknown;
  readonly errors: readonly string[];
}

export const outcomeOf = (
  data: unknown,
  errors: readonly { path?: readonly (string | number)[] | undefined; message: string }[],
): Outcome => {
  // what one side has asked before is in its cache, and only there
  const plain: unknown = JSON.parse(JSON.stringify(data ?? null), (_key, part: unknown) =>
    part === 'CACHED' ? 'LIVE' : part,
  );
  // when all is null, either side may have met any of the errors first
  if (plain === null) return { data: plain, errors: errors.length > 0 ? ['some'] : [] };
  // below a null that has risen, one side may have met further errors before it stopped
  const shown = (path: readonly (string | number)[]): boolean => {
    let value: unknown = plain;
    for (const step of path.slice(0, -1)) {
      if (value === null || value === undefined) return false;
      value = (value as Record<string | number, unknown>)[step];
    }
    return value !== null && value !== undefined;
  };
  const told = errors
    .filter(({ path }) => path === undefined || shown(path))
    .map(({ path, message }) => `${path?.join('.')}: ${message}`);
  return { data: plain, errors: [...new Set(told)].sort() };
};

export const isEqual = (one: Outcome, other: Outcome): boolean =>
  JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

/** Keys in order: which subgraph answers first must not matter. */
const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value as Record<string, unknown>)
            .sort(([one], [other]) => (one < other ? -1 : 1))
            .map(([key, part]) => [key, sorted(part)]),
        )
      : value;
