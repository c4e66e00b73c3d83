import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type DocumentNode, execute, type GraphQLError, type GraphQLSchema, parse, print, validate } from 'graphql';
import { compose } from '../../../gateway/composition.ts';
import { Engine } from '../../../gateway/engine.ts';
import type { Subgraph } from '../../../gateway/executor.ts';
import { localSubgraph } from '../../../gateway/local.ts';
import { Flights } from '../../../gateway/remote/flight.ts';
import { RemoteSubgraph } from '../../../gateway/remote/subgraph.ts';
import type { OperationContext } from '../../../schema/context.ts';
import { type Outcome, outcomeOf } from '../../outcome.ts';
import type { Asked, Served } from './serve.ts';

type Variables = Readonly<Record<string, unknown>>;
type Part = Served['subgraphs'][number];

/** A graph under test: an answer of the engine, and what the reference answers. */
export interface Pair {
  readonly supergraph: string;
  readonly engine: Engine;
  ours(document: DocumentNode, variables: Variables): Promise<Outcome>;
  theirs(document: DocumentNode, variables: Variables): Promise<Outcome>;
  close(): Promise<void>;
}

/** Says which operation it is to subgraphs that are far away. */
const OPERATION = 'x-operation';

const contextOf = (id: string): OperationContext => ({
  id,
  caller: { subject: 'test', scopes: [], sources: 'all' },
  startedAt: 0,
  deadline: Number.MAX_SAFE_INTEGER,
  now: () => 0,
  signal: new AbortController().signal,
  explain: false,
  headers: { [OPERATION]: id },
  record: () => undefined,
});

/** Faults of the operations that a subgraph is sent; each is looked at once. */
const faultsIn = (schema: GraphQLSchema): ((document: DocumentNode) => readonly GraphQLError[]) => {
  const known = new WeakMap<DocumentNode, readonly GraphQLError[]>();
  return (document) => {
    const faults = known.get(document) ?? validate(schema, document);
    known.set(document, faults);
    return faults;
  };
};

/** A subgraph in this process that is as strict as one behind HTTP: it refuses operations that are not valid in it. */
const strict = ({ name, schema }: Part, compileFrom: number): Subgraph => {
  const faultsOf = faultsIn(schema);
  const contextFor = ({ headers }: OperationContext): Asked => ({ operation: String(headers[OPERATION]) });
  const local = localSubgraph({ name, schema, contextFor }, { compileFrom });
  return {
    ...local,
    execute: (operation, variables, context) => {
      const errors = faultsOf(operation.document);
      return errors.length > 0 ? { errors } : local.execute(operation, variables, context);
    },
  };
};

const answering = ({ schema }: Part): RequestListener => {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { query, variables } = JSON.parse(await text(request)) as { query: string; variables?: Variables };
    const document = parse(query);
    const errors = validate(schema, document);
    const contextValue: Asked = { operation: String(request.headers[OPERATION]) };
    const result =
      errors.length > 0 ? { errors } : await execute({ schema, document, variableValues: variables, contextValue });
    response.setHeader('content-type', 'application/json').end(JSON.stringify(result));
  };
  return (request, response) => {
    answer(request, response).catch(() => response.destroy());
  };
};

const listen = (listener: RequestListener): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer(listener).listen(0, '127.0.0.1', () => resolve(server));
  });

/** A graph whose subgraphs are asked in this process; their operations are compiled from that run on. */
export const inProcess = async (served: Served, compileFrom = 2): Promise<Pair> => {
  const subgraphs = served.subgraphs.map((part) => strict(part, compileFrom));
  return pair(served, compose(served.subgraphs), subgraphs, async () => undefined);
};

/** A graph each of whose subgraphs listens on a port of its own. */
export const overHttp = async (served: Served): Promise<Pair> => {
  const flights = new Flights();
  const parts = await Promise.all(
    served.subgraphs.map(async (part) => {
      const server = await listen(answering(part));
      return { part, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
    }),
  );
  const remote = parts.map(({ part, url }) => new RemoteSubgraph({ name: part.name, url, flights }));
  return pair(served, compose(served.subgraphs), remote, async () => {
    await Promise.all(remote.map((one) => one.close()));
    for (const { server } of parts) {
      server.closeAllConnections();
      server.close();
    }
  });
};

const pair = (served: Served, supergraph: string, subgraphs: readonly Subgraph[], close: Pair['close']): Pair => {
  const engine = new Engine(supergraph, subgraphs);
  let operations = 0;
  const named = async (ask: (operation: string) => Promise<Outcome>): Promise<Outcome> => {
    operations += 1;
    const operation = String(operations);
    const outcome = await ask(operation);
    served.written.delete(operation);
    return outcome;
  };
  return {
    supergraph,
    engine,
    close,
    ours: (document, variables) =>
      named(async (operation) => {
        try {
          const request = { document, text: print(document), variables };
          const { data, errors } = await engine.execute(request, contextOf(operation));
          return outcomeOf(data, errors);
        } catch (error) {
          return { data: 'refused', errors: [String(error)] };
        }
      }),
    theirs: (document, variableValues) =>
      named(async (operation) => {
        const contextValue: Asked = { operation };
        const { data, errors = [] } = await execute({
          schema: served.reference,
          document,
          variableValues,
          contextValue,
        });
        return outcomeOf(data, errors);
      }),
  };
};
