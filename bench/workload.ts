import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { practiceResolvers } from './practice/resolvers.ts';
import { reviewsResolvers } from './reviews/resolvers.ts';

/**
 * What every contender is given: plain text and plain data. Nothing in this file loads graphql-js, since each peer has
 * a copy of its own and builds its schemas with that.
 */
export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A workload as it lies in a file, the same for all contenders. */
export interface Prepared {
  readonly name: string;
  readonly title: string;
  readonly graph: keyof typeof GRAPHS;
  readonly supergraph: string;
  /** The graph as clients see it, for the schema without federation. */
  readonly apiSdl: string;
  readonly subgraphs: readonly { readonly name: string; readonly typeDefs: string }[];
  /** What is measured. */
  readonly operation: Operation;
  /** What has to be answered rightly besides. */
  readonly checks: readonly Operation[];
  readonly data: unknown;
}

/** Resolvers as `buildSubgraphSchema` takes them. */
export type Resolvers = Readonly<Record<string, Readonly<Record<string, Resolver>>>>;
// biome-ignore lint/suspicious/noExplicitAny: resolvers of all types in one map; each states what it takes
export type Resolver = (root: any, args: any) => unknown;

/** Resolvers of a graph over its data: of each subgraph, and of the one schema without federation. */
export interface GraphResolvers {
  readonly subgraphs: Readonly<Record<string, Resolvers>>;
  readonly whole: Resolvers;
}

const GRAPHS = { reviews: reviewsResolvers, practice: practiceResolvers } as const;

export const PREPARED = join(import.meta.dirname, 'results', 'prepared');

export interface Workload extends Omit<Prepared, 'subgraphs' | 'data'> {
  readonly subgraphs: readonly { readonly name: string; readonly typeDefs: string; readonly resolvers: Resolvers }[];
  readonly wholeResolvers: Resolvers;
}

/** A prepared workload with its resolvers. */
export const withResolvers = ({ subgraphs, data, ...prepared }: Prepared): Workload => {
  const resolvers = GRAPHS[prepared.graph](data as never);
  return {
    ...prepared,
    subgraphs: subgraphs.map((subgraph) => ({ ...subgraph, resolvers: resolvers.subgraphs[subgraph.name] ?? {} })),
    wholeResolvers: resolvers.whole,
  };
};

/** Reads a workload that the bench has prepared. */
export const loadWorkload = async (name: string): Promise<Workload> =>
  withResolvers(JSON.parse(await readFile(join(PREPARED, `${name}.json`), 'utf8')) as Prepared);

/** The supergraph with the subgraphs' addresses written in. */
export const withAddresses = (supergraph: string, base: string): string =>
  supergraph.replace(
    /@join__graph\(name: "([^"]+)", url: "[^"]*"\)/g,
    (_, name: string) => `@join__graph(name: "${name}", url: "${base}/${name}")`,
  );
