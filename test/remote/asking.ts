import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { parse } from 'graphql';
import type { Operation } from '../../gateway/plan.ts';
import { Flights } from '../../gateway/remote/flight.ts';
import { type RemoteOptions, RemoteSubgraph } from '../../gateway/remote/subgraph.ts';
import type { OperationContext } from '../../schema/context.ts';
import { contextOf } from '../harness.ts';

/** What is sent to a subgraph, as a plan has it. */
export const operationOf = (source: string): Operation => ({
  subgraph: 'odd',
  text: source,
  document: parse(source),
  variables: [],
});

export const contextWith = (more: Partial<OperationContext> = {}): OperationContext => ({ ...contextOf([]), ...more });

export interface Asked {
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

/** A subgraph that answers as a test says, on a port of this machine. */
export interface OddServer {
  readonly url: string;
  /** What it was asked, in order. */
  readonly asked: readonly Asked[];
  /** Requests whose connection was closed before they were answered. */
  readonly brokenOff: () => number;
  readonly sockets: () => number;
  /** Destroys the connections that are open. */
  cut(): void;
  close(): Promise<void>;
}

export type Answerer = (response: ServerResponse, asked: Asked, count: number) => void;

export const startOddServer = async (answer: Answerer, port = 0): Promise<OddServer> => {
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  let brokenOff = 0;
  const listener: RequestListener = async (request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) brokenOff += 1;
    });
    const one = { body: await text(request), headers: request.headers };
    asked.push(one);
    answer(response, one, asked.length);
  };
  const server = createServer((request, response) => {
    Promise.resolve(listener(request, response)).catch(() => response.destroy());
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    asked,
    brokenOff: () => brokenOff,
    sockets: () => sockets.size,
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
};

export const remote = (url: string, more: Partial<RemoteOptions> = {}): RemoteSubgraph =>
  new RemoteSubgraph({ name: 'odd', url, flights: new Flights(), ...more });

/** Waits, up to ten seconds, until something holds. */
export const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  const end = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('It did not come to hold within ten seconds.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
