import type { Gather, PracticeData, Recorded } from './data.ts';

interface Identified {
  readonly id: string;
}

const copyId = (id: string, n: number): string => (n === 0 ? id : `${id}-${n}`);

/** Every patient of a search as many times as asked, each copy with an id of its own and the same chart. */
export const withCopies = (data: PracticeData, gather: Gather, copies: number): PracticeData => {
  const numbers = Array.from({ length: copies }, (_, n) => n);
  const { nodes, edges, outcomes } = gather.connection as {
    readonly nodes: readonly Identified[];
    readonly edges: readonly { readonly node: Identified }[];
    readonly outcomes: readonly { readonly totalCount: number | null }[];
  };
  const each = <T extends Identified>(items: readonly T[]): readonly T[] =>
    items.flatMap((item) => numbers.map((n) => ({ ...item, id: copyId(item.id, n) })));
  const hits = Object.entries(gather.hits).map(([field, answers]) => [
    field,
    (answers as readonly { readonly hits: readonly Identified[] }[]).map((answer) => ({
      ...answer,
      hits: each(answer.hits),
    })),
  ]);
  const connection: Recorded = {
    ...gather.connection,
    nodes: each(nodes),
    edges: edges.flatMap((edge) => each([edge.node]).map((node) => ({ ...edge, node }))),
    outcomes: outcomes.map((outcome) => ({ ...outcome, totalCount: (outcome.totalCount ?? 0) * copies })),
  };
  const found = new Set(nodes.map(({ id }) => id));
  const records = each(data.records.filter(({ id }) => found.has(id)));
  return {
    gathers: data.gathers.map((one) =>
      one === gather ? { ...gather, hits: Object.fromEntries(hits), connection } : one,
    ),
    records: [...data.records.filter(({ id }) => !found.has(id)), ...records],
  };
};
