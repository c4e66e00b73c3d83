import { buildSubgraphSchema } from '@apollo/subgraph';
import { createDefaultExecutor } from '@graphql-tools/delegate';
import { getStitchedSchemaFromSupergraphSdl } from '@graphql-tools/federation';
import { type DocumentNode, execute, parse, validate } from 'graphql';
import { announce, assignment, serveBarely } from '../serve.ts';
import { loadWorkload, withAddresses } from '../workload.ts';

/** @graphql-tools/federation: a stitched schema, executed by graphql-js behind a bare node:http. */
const { workload: name, subgraphs: base, port } = assignment();
const workload = await loadWorkload(name);

const executors = new Map(
  workload.subgraphs.map(({ name, typeDefs, resolvers }) => [
    name,
    createDefaultExecutor(buildSubgraphSchema([{ typeDefs: parse(typeDefs), resolvers: resolvers as never }])),
  ]),
);
const schema = getStitchedSchemaFromSupergraphSdl({
  supergraphSdl: base === undefined ? workload.supergraph : withAddresses(workload.supergraph, base),
  batch: true,
  ...(base === undefined
    ? {
        onSubschemaConfig: (config) => {
          const executor = executors.get(config.name.toLowerCase());
          if (executor !== undefined) config.executor = executor;
        },
      }
    : {}),
});

const known = new Map<string, DocumentNode>();
const documentOf = (text: string): DocumentNode => {
  const existing = known.get(text);
  if (existing !== undefined) return existing;
  const document = parse(text);
  const [error] = validate(schema, document);
  if (error !== undefined) throw error;
  known.set(text, document);
  return document;
};

announce(
  await serveBarely(
    async ({ query, variables }) =>
      JSON.stringify(
        // an executor finds its batches by the context
        await execute({ schema, document: documentOf(query), variableValues: variables ?? {}, contextValue: {} }),
      ),
    port,
  ),
);
