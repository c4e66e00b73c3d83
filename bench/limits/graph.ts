import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { compose } from '../../gateway/composition.ts';
import { Engine } from '../../gateway/engine.ts';
import { localSubgraph } from '../../gateway/local.ts';

/** A graph that every limit can be met in: it goes as deep as one likes, and takes lists and inputs within each other. */
const SDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
  input Box { box: Box }
  type Tree { tree: Tree trees: [Tree!]! name: String! }
  type Query { word: String! tree: Tree! sum(of: [Int!] = []): Int! echo(box: Box): String }
  type Subscription { words: String! }`;

const TREE = { name: 'root', tree: null, trees: [] };

const resolvers = {
  Query: {
    word: () => 'word',
    tree: () => TREE,
    sum: (_: unknown, { of }: { readonly of: readonly number[] }) => of.reduce((sum, n) => sum + n, 0),
    echo: () => 'echo',
  },
};

export const engineOfLimits = (): Engine => {
  const schema = buildSubgraphSchema([{ typeDefs: parse(SDL), resolvers: resolvers as never }]);
  const subgraph = { name: 'small', sdl: SDL, schema, contextFor: (context: object) => context };
  return new Engine(compose([subgraph]), [localSubgraph(subgraph)]);
};
