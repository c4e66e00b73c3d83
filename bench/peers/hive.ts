import { createServer } from 'node:http';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { createGatewayRuntime } from '@graphql-hive/gateway';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import { createDefaultExecutor } from '@graphql-tools/delegate';
import { parse } from 'graphql';
import { announce, assignment, listen } from '../serve.ts';
import { loadWorkload, withAddresses } from '../workload.ts';

/** Hive Gateway on node:http, as its command line serves it; the variant `rust` plans with Hive's Rust planner. */
const { workload: name, subgraphs: base, port, variant } = assignment();
const workload = await loadWorkload(name);

const executors = new Map(
  workload.subgraphs.map(({ name, typeDefs, resolvers }) => [
    name,
    createDefaultExecutor(buildSubgraphSchema([{ typeDefs: parse(typeDefs), resolvers: resolvers as never }])),
  ]),
);
const inProcess = {
  getSubgraphExecutor: ({ subgraphName }: { readonly subgraphName: string }) => {
    const executor = executors.get(subgraphName);
    if (executor === undefined) throw new Error('There is no such subgraph.');
    return executor;
  },
};

const gateway = createGatewayRuntime({
  // without any address it would not choose a transport
  supergraph: withAddresses(workload.supergraph, base ?? 'http://127.0.0.1'),
  ...(base === undefined ? { transports: { http: inProcess } } : {}),
  ...(variant === 'rust' ? { unifiedGraphHandler } : {}),
  logging: false,
  graphiql: false,
  landingPage: false,
});

announce(`${await listen(createServer(gateway), port)}/graphql`);
