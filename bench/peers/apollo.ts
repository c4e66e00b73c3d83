import { ApolloGateway, LocalGraphQLDataSource, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { announce, assignment } from '../serve.ts';
import { loadWorkload, withAddresses } from '../workload.ts';

const silent = () => undefined;
const logger = { debug: silent, info: silent, warn: silent, error: silent };

/** @apollo/gateway under Apollo Server. */
const { workload: name, subgraphs: base, port } = assignment();
const workload = await loadWorkload(name);
const schemas = new Map(
  workload.subgraphs.map(({ name, typeDefs, resolvers }) => [
    name,
    base === undefined
      ? buildSubgraphSchema([{ typeDefs: parse(typeDefs), resolvers: resolvers as never }])
      : undefined,
  ]),
);
const gateway = new ApolloGateway({
  supergraphSdl: base === undefined ? workload.supergraph : withAddresses(workload.supergraph, base),
  buildService: ({ name, url }) => {
    const schema = schemas.get(name);
    return schema === undefined ? new RemoteGraphQLDataSource({ url: url ?? '' }) : new LocalGraphQLDataSource(schema);
  },
  logger,
});
const server = new ApolloServer({
  gateway,
  logger,
  introspection: false,
  plugins: [ApolloServerPluginLandingPageDisabled()],
});
const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port } });

announce(new URL('/graphql', url).href);
