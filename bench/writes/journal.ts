import type { Answer, Graph } from './graph.ts';

/** A row of the journal as the graph shows it. */
export interface Row {
  readonly id: string;
  readonly kind: string;
  readonly idempotencyKey: string;
  readonly state: 'QUEUED' | 'IN_FLIGHT' | 'CONFIRMED' | 'REJECTED' | 'IN_DOUBT' | 'DEAD' | 'DISCARDED';
  readonly reason: string | null;
  readonly error: { readonly code: string } | null;
  readonly target: { readonly id: string } | null;
  readonly settledAt: string | null;
  readonly warnings: readonly { readonly path: readonly string[]; readonly rule: string }[];
  readonly attempts: readonly { readonly vendorCall: string; readonly outcome: string }[];
}

const ROW = `id kind idempotencyKey state reason error { code } target { id } settledAt warnings { path rule }
  attempts { vendorCall outcome }`;
const PAGE = `query Writes($states: [WriteState!], $first: Int!, $after: String) {
  writes(states: $states, first: $first, after: $after) { nodes { ${ROW} } pageInfo { hasNextPage endCursor } }
}`;
const ONE = `query Write($id: ID!) { write(id: $id) { ${ROW} } }`;
const LARGEST_PAGE = 100;

interface Page {
  readonly writes: {
    readonly nodes: readonly Row[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** Every write that is recorded, by the graph. @throws when it does not tell all of them */
export const readWrites = async (graph: Graph, states?: readonly Row['state'][]): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  let after: string | null = null;
  for (;;) {
    const variables: Readonly<Record<string, unknown>> = { states, first: LARGEST_PAGE, after };
    const { data, errors }: Answer<Page | null> = await graph.ask(PAGE, variables);
    if (data === null || errors.length > 0)
      throw new Error(`The writes were not told: ${errors[0] ?? 'nothing came'}.`);
    rows.push(...data.writes.nodes);
    const { hasNextPage, endCursor } = data.writes.pageInfo;
    if (!hasNextPage) return rows;
    after = endCursor;
  }
};

/** One write; undefined when it is not known. */
export const readWrite = async (graph: Graph, id: string): Promise<Row | undefined> => {
  const { data } = await graph.ask<{ readonly write: Row | null } | null>(ONE, { id });
  return data?.write ?? undefined;
};

/** Does nothing more happen to it by itself? */
export const isSettled = ({ state }: Pick<Row, 'state'>): boolean => state !== 'QUEUED' && state !== 'IN_FLIGHT';
