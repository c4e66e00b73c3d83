import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices as composeByApollo } from '@apollo/composition';
import { parse } from 'graphql';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { compose } from '../../gateway/composition.ts';
import { askOver, type Gateway, gatewayProcess } from './process.ts';
import { type Received, type SubgraphModule, serve } from './serve.ts';

export type { Raw, Received, SubgraphModule } from './serve.ts';

/** What a client is answered; `data` and `errors` as they stand in the JSON. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by tests, each in its own way
  readonly data?: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly errors?: any[];
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly extensions?: any;
}

export interface Federation {
  ask(
    query: string,
    variables?: object,
    more?: { readonly operationName?: string; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<Answer>;
  /** By graphql-ws. */
  subscribe(query: string, variables?: object): AsyncIterableIterator<Pick<Answer, 'data' | 'errors'>>;
  /** What each subgraph was sent, in order. Set a list's length to 0 to begin anew. */
  readonly received: Readonly<Record<string, Received[]>>;
  /** The supergraph. */
  readonly sdl: string;
  /** Of the gateway's `/graphql`. */
  readonly url: string;
  close(): Promise<void>;
}

export interface FederateOptions {
  /** Which library composes; the product's own by default. */
  readonly composition?: 'apollo';
  /** Further arguments of the `gateway` command. */
  readonly args?: readonly string[];
}

const composedByApollo = (subgraphs: readonly { name: string; sdl: string; url: string }[]): string => {
  const { supergraphSdl, errors } = composeByApollo(
    subgraphs.map(({ name, sdl, url }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (supergraphSdl !== undefined) return supergraphSdl;
  throw new Error(`The subgraphs do not compose:\n${errors?.map(({ message }) => message).join('\n')}`);
};

/** The command over a supergraph: introspection is on, and subgraphs' own errors are shown. */
const startGateway = async (sdl: string, args: readonly string[]): Promise<Gateway> => {
  const folder = await mkdtemp(join(tmpdir(), 'federation-'));
  const file = join(folder, 'supergraph.graphql');
  try {
    await writeFile(file, sdl);
    return await gatewayProcess([
      ...['--supergraph', file, '--port', '0', '--explorer', '--subgraph-errors', 'shown'],
      ...args,
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
};

const subscribe = (url: string, query: string, variables: object): ReturnType<Federation['subscribe']> => {
  const client = createClient({
    url: url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  const events = client.iterate({ query, variables: { ...variables } }) as ReturnType<Federation['subscribe']>;
  const end = events.return?.bind(events);
  events.return = async (value) => {
    const done = (await end?.(value)) ?? { done: true, value };
    await client.dispose();
    return done;
  };
  return events;
};

/**
 * Serves each subgraph on a port of its own, composes them, and starts the gateway over them.
 * @throws Error when the subgraphs do not compose, or the gateway does not start.
 */
export const federate = async (
  subgraphs: readonly SubgraphModule[],
  { composition, args = [] }: FederateOptions = {},
): Promise<Federation> => {
  const served = await Promise.all(subgraphs.map(serve));
  const closeSubgraphs = () => Promise.all(served.map((one) => one.close()));
  try {
    const parts = subgraphs.map(({ name, typeDefs }, i) => ({ name, sdl: typeDefs, url: served[i]?.url ?? '' }));
    const sdl = composition === 'apollo' ? composedByApollo(parts) : compose(parts);
    const gateway = await startGateway(sdl, args);
    return {
      ask: askOver(gateway.url),
      subscribe: (query, variables = {}) => subscribe(gateway.url, query, variables),
      received: Object.fromEntries(served.map(({ name, received }) => [name, received])),
      sdl,
      url: gateway.url,
      close: async () => {
        await gateway.close();
        await closeSubgraphs();
      },
    };
  } catch (failure) {
    await closeSubgraphs();
    throw failure;
  }
};
