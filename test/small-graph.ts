import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { WebSocket } from 'ws';
import { compose } from '../gateway/composition.ts';
import { Engine } from '../gateway/engine.ts';
import { localSubgraph } from '../gateway/local.ts';
import { type RunningServer, type ServerOptions, startServer } from '../gateway/server.ts';
import type { OperationContext } from '../schema/context.ts';
import { GraphError } from '../schema/errors.ts';

/** A graph of one subgraph, for tests of the ways into the gateway. */
const SDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@shareable"])
  input Box { box: Box boxes: [Box!] text: String }
  type Tree { tree: Tree trees: [Tree!]! name: String! }
  type Tick { n: Int! pad: String! }
  type Query {
    word: String!
    echo(text: String, box: Box): String
    sum(of: [Int!] = []): Int!
    tree: Tree!
    seen(header: String!): String
    wait(ms: Int!): String
    fails: String
    missing: String
  }
  type Mutation { add(n: Int!): Int! }
  type Subscription {
    ticks(upTo: Int!, size: Int = 0): Tick!
    never: Int
    breaks: Int
    spoilt: Int
    refused: Int
  }`;

const TREE = { name: 'root', tree: null, trees: [] };

export interface SmallGraph {
  readonly server: RunningServer;
  /** `http://127.0.0.1:PORT/graphql` */
  readonly url: string;
  readonly state: { sum: number; started: number; ended: number; aborted: number };
  ask(body: unknown, headers?: Record<string, string>): Promise<Answered>;
  close(): Promise<void>;
}

export interface Answered {
  readonly status: number;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by tests, each in its own way
  readonly body: any;
}

export const answered = async (response: Response): Promise<Answered> => {
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    body: text === '' ? undefined : JSON.parse(text),
  };
};

type State = SmallGraph['state'];

const resolversOf = (state: State) => {
  const events = <T>(next: () => AsyncGenerator<T>, resolve: (event: T) => unknown = (event) => event) => ({
    subscribe: async function* () {
      state.started++;
      try {
        yield* next();
      } finally {
        state.ended++;
      }
    },
    resolve,
  });
  return {
    Query: {
      word: () => 'word',
      echo: (_: unknown, { text }: { text?: string }) => text,
      sum: (_: unknown, { of }: { of: readonly number[] }) => of.reduce((sum, n) => sum + n, 0),
      tree: () => TREE,
      seen: (_: unknown, { header }: { header: string }, { headers }: OperationContext) => headers[header],
      wait: (_: unknown, { ms }: { ms: number }, { signal }: OperationContext) => {
        state.started++;
        signal.addEventListener('abort', () => state.aborted++);
        return wait(ms, 'waited', { signal });
      },
      fails: () => {
        throw new Error('the secret is 42');
      },
      missing: () => {
        throw new GraphError('NOT_FOUND');
      },
    },
    Mutation: {
      add: (_: unknown, { n }: { n: number }) => {
        state.sum += n;
        return state.sum;
      },
    },
    Subscription: {
      ticks: {
        subscribe: async function* (_: unknown, { upTo, size }: { upTo: number; size: number }) {
          state.started++;
          const pad = 'x'.repeat(size);
          try {
            for (let n = 1; n <= upTo; n++) yield { ticks: { n, pad } };
          } finally {
            state.ended++;
          }
        },
      },
      never: {
        subscribe: async function* (_: unknown, _arguments: unknown, { signal }: OperationContext) {
          state.started++;
          await once(signal, 'abort');
          state.ended++;
          yield* [];
        },
      },
      breaks: events(async function* () {
        yield 1;
        throw new GraphError('SOURCE_UNAVAILABLE');
      }),
      spoilt: events(
        async function* () {
          yield* [1, 2, 3];
        },
        (n) => {
          if (n === 2) throw new GraphError('TIMEOUT');
          return n;
        },
      ),
      refused: {
        subscribe: () => {
          throw new GraphError('FORBIDDEN');
        },
      },
    },
  };
};

export const startSmallGraph = async (options: Partial<ServerOptions> = {}): Promise<SmallGraph> => {
  const state: State = { sum: 0, started: 0, ended: 0, aborted: 0 };
  const schema = buildSubgraphSchema([{ typeDefs: parse(SDL), resolvers: resolversOf(state) as never }]);
  const subgraph = { name: 'small', sdl: SDL, schema, contextFor: (context: OperationContext) => context };
  const server = await startServer({
    engine: new Engine(compose([subgraph]), [localSubgraph(subgraph)]),
    host: '127.0.0.1',
    port: 0,
    explorer: true,
    explorerRoot: 'nowhere',
    now: Date.now,
    authenticate: () => ({ subject: 'test', scopes: ['*'], sources: 'all' }),
    ready: () => true,
    ...options,
  });
  const url = `${server.url}/graphql`;
  return {
    server,
    url,
    state,
    ask: async (body, headers = {}) =>
      answered(
        await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
      ),
    close: () => server.close(),
  };
};

/** The address of a GET request. */
export const address = (url: string, parameters: Readonly<Record<string, unknown>>): string => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    search.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  return `${url}?${search}`;
};

export type Ask = (graph: SmallGraph, request: object) => Promise<unknown>;

/** Every way in, and the payload that it brings: an answer or a refusal. */
export const WAYS: readonly (readonly [string, Ask])[] = [
  ['POST', async (graph, request) => (await graph.ask(request)).body],
  ['GET', async (graph, request) => (await answered(await fetch(address(graph.url, { ...request })))).body],
  [
    'event stream',
    async (graph, request) => {
      const response = await fetch(graph.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify(request),
      });
      const text = await response.text();
      return JSON.parse(/event: next\ndata: (.*)/.exec(text)?.[1] ?? text);
    },
  ],
  [
    'WebSocket',
    (graph, request) =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(graph.url.replace('http', 'ws'), 'graphql-transport-ws');
        socket.on('error', reject);
        socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
        socket.on('message', (data) => {
          const { type, payload } = JSON.parse(String(data));
          if (type === 'connection_ack')
            socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: '', ...request } }));
          else {
            socket.close();
            resolve(type === 'error' ? { errors: payload } : payload);
          }
        });
      }),
  ],
];

/** The code of the first error of an answer, if it has one. */
export const codeOf = (body: unknown): unknown => (body as Answered['body']).errors?.[0]?.extensions?.code;
