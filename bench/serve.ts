import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';

/** What a contender's process is told on its command line. */
export interface Assignment {
  readonly workload: string;
  /** Where the remote subgraphs are; without it the contender runs them in its own process. */
  readonly subgraphs: string | undefined;
  readonly port: number;
  /** Which form of a contender that has several. */
  readonly variant: string | undefined;
}

export const assignment = (): Assignment => {
  const { values } = parseArgs({
    options: {
      workload: { type: 'string' },
      subgraphs: { type: 'string' },
      port: { type: 'string', default: '0' },
      variant: { type: 'string' },
    },
  });
  if (values.workload === undefined) throw new Error('Say which --workload.');
  return { ...values, workload: values.workload, port: Number(values.port) } as Assignment;
};

/** The header by which connections of the load are told apart: they stand for as many callers. */
export const CALLER = 'x-caller';

/** What the bench and its child processes tell each other. */
export type Question = 'usage' | 'stop';
export interface Usage {
  /** Bytes of memory now. */
  readonly rss: number;
  /** Milliseconds of processor time since the process began, of all its threads. */
  readonly cpuMs: number;
}
export type Telling = { readonly url: string } | Usage;

/** Says where this process answers, tells its usage when asked, and ends with the bench or when told to. */
export const announce = (url: string): void => {
  const tell = (telling: Telling): void => {
    process.send?.(telling);
  };
  if (process.send === undefined) process.stdout.write(`${url}\n`);
  const end = (): never => process.exit(0);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);
  process.on('disconnect', end);
  process.on('message', (question: Question) => {
    if (question === 'stop') end();
    const { user, system } = process.cpuUsage();
    tell({ rss: process.memoryUsage.rss(), cpuMs: (user + system) / 1_000 });
  });
  tell({ url });
};

/** Starts a server on the loopback address. */
export const listen = async (server: Server, port: number): Promise<string> => {
  // as behind a load balancer: connections stay
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

export interface GraphRequest {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** The barest server there is for those that bring none: node:http, a body read and parsed, an answer written. */
export const serveBarely = async (
  answer: (request: GraphRequest) => string | Promise<string>,
  port: number,
): Promise<string> => {
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const body = Buffer.from(await answer(JSON.parse(Buffer.concat(chunks).toString('utf8')) as GraphRequest));
      response.writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'content-length': String(body.length),
      });
      response.end(body);
    });
  };
  return `${await listen(createServer(listener), port)}/graphql`;
};
