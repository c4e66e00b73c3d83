import { expect, it } from 'vitest';
import type { GatherRequest, SourceHits } from '../../schema/hits.ts';
import { type RecordId, sourceId } from '../../schema/ids.ts';
import { merge } from './merge.ts';

const answer = (source: string, names: readonly string[], from = 0, hasNextPage = false): SourceHits => ({
  source: sourceId(source),
  hits: names.map((name, i) => ({
    id: `${source}/${name}` as RecordId,
    sort: [name, source],
    after: String(from + i + 1),
  })),
  hasNextPage,
  freshness: 'LIVE',
  durationMs: 1,
});
const request = (first: number, positions: Record<string, string> = {}): GatherRequest => ({
  kind: 'patients',
  search: {},
  sources: [sourceId('a'), sourceId('b')],
  first,
  positions,
});

it('always takes the smallest head and says how far each list is consumed', () => {
  const merged = merge(request(3), [answer('a', ['cole', 'diaz']), answer('b', ['adams', 'zola'])]);
  expect(merged.hits.map(({ id }) => id)).toEqual(['b/adams', 'a/cole', 'a/diaz']);
  expect(merged.hits.map(({ positions }) => positions)).toEqual([{ b: '1' }, { b: '1', a: '1' }, { b: '1', a: '2' }]);
  expect(merged.hasNextPage).toBe(true);
});

it('keeps each vendor’s own order even where it is not sorted', () => {
  const merged = merge(request(9), [answer('a', ['zola', 'adams']), answer('b', ['cole'])]);
  expect(merged.hits.map(({ id }) => id)).toEqual(['b/cole', 'a/zola', 'a/adams']);
});

it('shows every record once when it is paged through', () => {
  const lists: Record<string, readonly string[]> = { a: ['b', 'd', 'e', 'h'], b: ['a', 'c', 'f', 'g', 'i'] };
  const seen: string[] = [];
  let positions: Record<string, string> = {};
  for (let page = 0; page < 9; page++) {
    const answers = Object.entries(lists).map(([source, names]) => {
      const from = Number(positions[source] ?? 0);
      return answer(source, names.slice(from, from + 2), from, from + 2 < names.length);
    });
    const { hits, hasNextPage } = merge(request(2, positions), answers);
    seen.push(...hits.map(({ sort }) => sort[0] ?? ''));
    positions = { ...hits.at(-1)?.positions };
    if (!hasNextPage) break;
  }
  expect(seen).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']);
});

it('has a next page when a vendor has, though nothing of it is left here', () => {
  expect(merge(request(1), [answer('a', ['x'], 0, true)]).hasNextPage).toBe(true);
  expect(merge(request(1), [answer('a', ['x'])]).hasNextPage).toBe(false);
});
