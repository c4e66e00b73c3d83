import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { Engine } from '../../gateway/engine.ts';
import type { Subgraph } from '../../gateway/executor.ts';
import { localSubgraph } from '../../gateway/local.ts';
import { Flights } from '../../gateway/remote/flight.ts';
import { RemoteSubgraph } from '../../gateway/remote/subgraph.ts';
import { startServer } from '../../gateway/server.ts';
import { announce, assignment, CALLER } from '../serve.ts';
import { loadWorkload, type Workload } from '../workload.ts';

const local = ({ subgraphs }: Workload): readonly Subgraph[] =>
  subgraphs.map(({ name, typeDefs, resolvers }) =>
    localSubgraph({
      name,
      schema: buildSubgraphSchema([{ typeDefs: parse(typeDefs), resolvers: resolvers as never }]),
      contextFor: (context) => context,
    }),
  );

const remote = ({ subgraphs }: Workload, base: string): readonly Subgraph[] => {
  const flights = new Flights();
  return subgraphs.map(({ name }) => new RemoteSubgraph({ name, url: `${base}/${name}`, flights }));
};

/** This gateway, over subgraphs in its process as `npm start` runs it, or over remote ones as `npm run gateway` does. */
const { workload: name, subgraphs: base, port } = assignment();
const workload = await loadWorkload(name);
const engine = new Engine(workload.supergraph, base === undefined ? local(workload) : remote(workload, base));
const server = await startServer({
  engine,
  host: '127.0.0.1',
  port,
  explorer: false,
  explorerRoot: import.meta.dirname,
  now: Date.now,
  authenticate: ({ headers }) => ({ subject: String(headers[CALLER]), scopes: ['*'], sources: 'all' }),
  ready: () => true,
});

announce(`${server.url}/graphql`);
