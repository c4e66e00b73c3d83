import type { GatherRequest, Hit, SourceHits } from '../../schema/hits.ts';
import type { SourceId } from '../../schema/ids.ts';

/** One record of the merged list, and where every source stands right after it. */
export interface MergedHit extends Hit {
  readonly source: SourceId;
  readonly positions: Readonly<Record<string, string>>;
}

export interface Merged {
  readonly hits: readonly MergedHit[];
  readonly hasNextPage: boolean;
}

const before = (one: readonly string[], other: readonly string[]): boolean => {
  for (const [i, text] of one.entries()) {
    const against = other[i];
    if (against === undefined) return false;
    if (text !== against) return text < against;
  }
  return one.length < other.length;
};

/**
 * Merges the sources' lists, each in its own order, by always taking the smallest head. A page so ends with how far
 * each list is consumed, which is the whole cursor: no record is shown twice or left out from one page to the next.
 */
export const merge = (request: GatherRequest, answers: readonly SourceHits[]): Merged => {
  const heads = new Map(answers.map((answer) => [answer.source, 0]));
  const hits: MergedHit[] = [];
  let positions = request.positions;
  while (hits.length < request.first) {
    let next: { readonly answer: SourceHits; readonly hit: Hit } | undefined;
    for (const answer of answers) {
      const hit = answer.hits[heads.get(answer.source) ?? 0];
      if (hit !== undefined && (next === undefined || before(hit.sort, next.hit.sort))) next = { answer, hit };
    }
    if (next === undefined) break;
    const { source } = next.answer;
    heads.set(source, (heads.get(source) ?? 0) + 1);
    positions = { ...positions, [source]: next.hit.after };
    hits.push({ ...next.hit, source, positions });
  }
  const hasNextPage = answers.some(
    (answer) => answer.hasNextPage || (heads.get(answer.source) ?? 0) < answer.hits.length,
  );
  return { hits, hasNextPage };
};
