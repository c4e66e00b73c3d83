import type { Parameters } from './parameters.ts';
import { badFormat } from './reply.ts';

/** How many rows a list gives unless asked, and at most. [public: ts-params, dotnet, iodocs] */
export interface PageSize {
  readonly usual: number;
  readonly most: number;
}

export const MOST_LISTS: PageSize = { usual: 1500, most: 5000 };
export const LONG_LISTS: PageSize = { usual: 1000, most: 10_000 };

const natural = (sent: Parameters, name: string, least: number): number | undefined => {
  const value = sent.id(name);
  if (value !== undefined && value < least) throw badFormat('positive integer', String(value));
  return value;
};

/** Root-relative, the caller's own parameters in upper case and sorted, `limit` and `offset` in lower case. */
const link = (path: string, sent: Parameters, offset: number): string => {
  const own = sent.pairs
    .map(([name, value]) => [name.toUpperCase(), value] as const)
    .filter(([name]) => name !== 'LIMIT' && name !== 'OFFSET')
    .toSorted(([one], [other]) => (one < other ? -1 : Number(one > other)));
  const query = new URLSearchParams();
  for (const [name, value] of own) query.append(name, value);
  const limit = sent.text('limit');
  if (limit !== undefined) query.append('limit', limit);
  query.append('offset', String(offset));
  return `${path}?${query}`;
};

/** One page of a list in athenaNet's envelope. A larger `limit` than allowed is lowered to the most. [assumption] */
export const page = <T>(
  { path, sent }: { readonly path: string; readonly sent: Parameters },
  plural: string,
  all: readonly T[],
  row: (item: T) => unknown,
  size: PageSize = MOST_LISTS,
): Readonly<Record<string, unknown>> => {
  const limit = Math.min(natural(sent, 'limit', 1) ?? size.usual, size.most);
  const offset = natural(sent, 'offset', 0) ?? 0;
  return {
    totalcount: all.length,
    previous: offset > 0 ? link(path, sent, Math.max(0, offset - limit)) : undefined,
    next: offset + limit < all.length ? link(path, sent, offset + limit) : undefined,
    [plural]: all.slice(offset, offset + limit).map(row),
  };
};
