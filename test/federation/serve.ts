import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, type GraphQLSchema, parse, validate } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

/** A subgraph as a test writes it. */
export interface SubgraphModule {
  readonly name: string;
  /** Federation 2 SDL with its own `@link`. */
  readonly typeDefs: string;
  /** By type and field, with `__resolveReference`, `__resolveType` and `Subscription`. */
  readonly resolvers: object;
  /** What happens in place of execution, if anything: another answer, or a connection that breaks. */
  readonly instead?: (received: Received) => Raw | 'break' | undefined;
}

/** What a subgraph was sent. */
export interface Received {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** An HTTP answer as it stands. */
export interface Raw {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

export interface Served {
  readonly name: string;
  readonly url: string;
  readonly received: Received[];
  close(): Promise<void>;
}

const asked = (
  request: IncomingMessage,
  body: { readonly query?: string; readonly variables?: Record<string, unknown> | null },
): Received => ({
  query: body.query ?? '',
  variables: body.variables ?? {},
  headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
});

const answer = async (schema: GraphQLSchema, { query, variables, headers }: Received): Promise<Raw> => {
  const document = parse(query);
  const faults = validate(schema, document);
  if (faults.length > 0) return { status: 400, body: JSON.stringify({ errors: faults }) };
  const result = await execute({ schema, document, variableValues: variables, contextValue: { headers } });
  return { status: 200, body: JSON.stringify(result) };
};

const handle = async (
  schema: GraphQLSchema,
  module: SubgraphModule,
  received: Received[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const one = asked(request, JSON.parse(await text(request)));
  received.push(one);
  const given = module.instead?.(one) ?? (await answer(schema, one));
  if (given === 'break') {
    request.socket.destroy();
    return;
  }
  const { status, body, type } = given;
  response.writeHead(status, { 'content-type': type ?? 'application/json' }).end(body);
};

/** Serves a subgraph over HTTP, and its subscriptions over graphql-ws, on a free port. Operations are validated. */
export const serve = async (module: SubgraphModule): Promise<Served> => {
  const schema = buildSubgraphSchema([{ typeDefs: parse(module.typeDefs), resolvers: module.resolvers as never }]);
  const received: Received[] = [];
  const server = createServer((request, response) => {
    handle(schema, module, received, request, response).catch((failure: unknown) => {
      console.error(failure);
      response.destroy();
    });
  });
  const sockets = new WebSocketServer({ server });
  const subscriptions = useServer(
    {
      schema,
      onSubscribe: ({ extra }, _id, { query, variables }) => {
        received.push(asked(extra.request, { query, variables: variables ?? {} }));
      },
    },
    sockets,
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    name: module.name,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    received,
    close: async () => {
      await subscriptions.dispose();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
