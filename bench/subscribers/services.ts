import { createServer, type RequestListener } from 'node:http';
import { parseArgs } from 'node:util';
import { createHandler } from 'graphql-http/lib/use/http';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { listen } from '../serve.ts';
import { Changes } from './changes.ts';
import { subgraphsOver } from './graph.ts';
import { obey, tell } from './worker.ts';

/** The subgraphs as services, one under each name: queries over HTTP, the subscription by graphql-ws. */
const { values } = parseArgs({ options: { events: { type: 'string' }, expected: { type: 'string' } } });
const changes = new Changes(Number(values.events), Number(values.expected));

interface Service {
  readonly answer: RequestListener;
  readonly sockets: WebSocketServer;
}

const services = new Map<string, Service>(
  subgraphsOver(changes).map(({ name, schema }) => {
    const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
    useServer({ schema }, sockets);
    return [`/${name}`, { answer: createHandler({ schema }), sockets }];
  }),
);

const server = createServer((request, response) => {
  const service = services.get(request.url ?? '');
  if (service === undefined) return response.writeHead(404).end();
  request.url = '/';
  service.answer(request, response);
});
server.on('upgrade', (request, socket, head) => {
  const sockets = services.get(request.url ?? '')?.sockets;
  if (sockets === undefined) return socket.destroy();
  sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened, request));
});
const url = await listen(server, 0);

obey(({ allow }) => {
  if (allow !== undefined) changes.allow(allow);
});
tell({ url });
