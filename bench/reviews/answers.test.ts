import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, parse } from 'graphql';
import { expect, it } from 'vitest';
import { Engine } from '../../gateway/engine.ts';
import { localSubgraph } from '../../gateway/local.ts';
import { contextOf } from '../../test/harness.ts';
import { reviews } from '../prepare.ts';
import { wholeSchema } from '../whole.ts';
import { withResolvers } from '../workload.ts';

const workload = withResolvers(reviews());
const schema = wholeSchema(workload);
const engine = new Engine(
  workload.supergraph,
  workload.subgraphs.map(({ name, typeDefs, resolvers }) =>
    localSubgraph({
      name,
      schema: buildSubgraphSchema([{ typeDefs: parse(typeDefs), resolvers: resolvers as never }]),
      contextFor: (context) => context,
    }),
  ),
);

it.each([workload.operation, ...workload.checks].map(({ query, variables }) => [query, variables] as const))(
  'answers as one schema over the same data: %s',
  async (query, variables) => {
    const document = parse(query);
    const right = await execute({ schema, document, variableValues: variables });
    const given = await engine.execute({ document, text: query, variables }, contextOf([]));
    expect(right.errors).toBeUndefined();
    expect(given.errors).toEqual([]);
    expect(JSON.parse(JSON.stringify(given.data))).toEqual(JSON.parse(JSON.stringify(right.data)));
  },
);

it('measures a page of some tens of KB', async () => {
  const { data } = await execute({ schema, document: parse(workload.operation.query) });
  expect(JSON.stringify(data).length).toBeGreaterThan(40_000);
});
