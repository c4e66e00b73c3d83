import { parseArgs } from 'node:util';
import { Engine } from '../../gateway/engine.ts';
import { localSubgraph } from '../../gateway/local.ts';
import { Flights } from '../../gateway/remote/flight.ts';
import { RemoteSubgraph } from '../../gateway/remote/subgraph.ts';
import { startServer } from '../../gateway/server.ts';
import { Changes } from './changes.ts';
import { SUPERGRAPH, subgraphsOver } from './graph.ts';
import { obey, tell } from './worker.ts';

/** The gateway, over subgraphs in its process as `npm start` has them, or over remote ones as `npm run gateway` has. */
const { values } = parseArgs({
  options: {
    events: { type: 'string' },
    expected: { type: 'string' },
    hub: { type: 'string' },
    people: { type: 'string' },
  },
});
const { hub, people } = values;
const changes = new Changes(Number(values.events), Number(values.expected));
const flights = new Flights();
const engine = new Engine(
  SUPERGRAPH(),
  hub === undefined || people === undefined
    ? subgraphsOver(changes).map((subgraph) => localSubgraph({ ...subgraph, contextFor: (context) => context }))
    : Object.entries({ hub, people }).map(([name, url]) => new RemoteSubgraph({ name, url, flights })),
);

const server = await startServer({
  engine: {
    schema: engine.schema,
    execute: (request, context) => engine.execute(request, context),
    subscribe: (request, context) => {
      if (context.caller.subject === 'stopped')
        context.signal.addEventListener('abort', () => tell({ givenUp: Date.now() }), { once: true });
      return engine.subscribe(request, context);
    },
  },
  host: '127.0.0.1',
  port: 0,
  explorer: false,
  explorerRoot: import.meta.dirname,
  now: Date.now,
  authenticate: ({ headers }) => ({ subject: String(headers['x-caller']), scopes: ['*'], sources: 'all' }),
  ready: () => true,
});

obey(({ allow }) => {
  if (allow !== undefined) changes.allow(allow);
});
tell({ url: `${server.url.replace('http', 'ws')}/graphql` });
