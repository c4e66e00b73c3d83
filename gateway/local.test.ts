import { buildSchema, parse } from 'graphql';
import { expect, it } from 'vitest';
import type { OperationContext } from '../schema/context.ts';
import { localSubgraph } from './local.ts';

const schema = buildSchema(`
  input Filter { order: Order } input Order { by: String! orders: [[Order]] }
  type Query { count(filter: Filter): Int }`);
const queries = schema.getQueryType()?.getFields();
if (queries?.count !== undefined)
  queries.count.resolve = (_, { filter }: { filter: unknown }) => JSON.stringify(filter).length;
const text = 'query($filter: Filter) { count(filter: $filter) }';
const operation = { subgraph: 'counts', text, document: parse(text), variables: ['filter'] };

it('leaves to graphql-js what graphql-jit gets wrong: variables whose type has a default for what is required', async () => {
  const defaults = buildSchema('input Page { size: Int! = 20 } type Query { pages(page: Page!): Int }');
  const pages = defaults.getQueryType()?.getFields().pages;
  if (pages !== undefined) pages.resolve = (_, { page }: { page: { size: number } }) => page.size;
  const subgraph = localSubgraph({ name: 'counts', schema: defaults, contextFor: () => ({}) }, { compileFrom: 1 });
  const document = parse('query($page: Page!) { pages(page: $page) }');
  const asked = { ...operation, document, variables: ['page'] };
  for (let run = 0; run < 3; run++)
    expect(await subgraph.execute(asked, { page: {} }, {} as OperationContext)).toEqual({ data: { pages: 20 } });
});

it('leaves to graphql-js what graphql-jit cannot compile: variables whose type holds itself', async () => {
  const subgraph = localSubgraph({ name: 'counts', schema, contextFor: () => ({}) }, { compileFrom: 1 });
  const filter = { order: { by: 'a', orders: [[{ by: 'b' }]] } };
  for (let run = 0; run < 3; run++)
    expect(await subgraph.execute(operation, { filter }, {} as OperationContext)).toEqual({
      data: { count: JSON.stringify(filter).length },
    });
});
