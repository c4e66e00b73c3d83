import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type CallLog, createCallLog, type Traffic } from './calls.ts';
import { controlOf } from './control.ts';
import { createFaults, type Fault, type Faults, type Planted, type Trouble } from './faults.ts';
import type { Happenings } from './happenings.ts';
import type { Commit, Draft } from './ledger.ts';
import type { Outbox } from './notify/outbox.ts';
import { type Random, random } from './population/random.ts';
import type { Observation } from './practice.ts';

export type { Fault, Planted } from './faults.ts';

/** One request as a simulator sees it. */
export interface Received {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A vendor's system as the sandbox plays it. */
export interface Behaviour {
  readonly name: string;
  /** What the vendor calls this request (`GET /patients`, `Magic GetPatient`): for the counters and to aim faults at. */
  callName(request: Received): string;
  handle(request: Received): Reply | Promise<Reply>;
  /** Makes every token that was handed out worthless from now on. */
  expireTokens(): void;
  /** Writes that were committed; absent where nothing can be written. */
  readonly commits?: readonly Commit[];
  /** Everything that changed at the practice, whoever changed it; absent where nothing changes. */
  readonly happenings?: Happenings;
  /** Puts a new result into a chart, as a laboratory does; absent where nothing changes. */
  report?(draft: Draft['Observation']): Observation;
  /** Sends the notifications that clients asked for; absent where there are none. */
  readonly outbox?: Outbox;
}

export interface Simulator {
  readonly name: string;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Names of the calls received since the last reset, sign-ins included, in order; only the last ones of very many. */
  readonly calls: readonly string[];
  /** How many calls there were since then, and how close together. */
  readonly traffic: Traffic;
  /** Every write that was committed, in order; `reset` does not forget them. */
  readonly commits: readonly Commit[];
  /** Sends the notifications that clients asked for; absent where there are none. */
  readonly outbox?: Outbox;
  /** Forgets the calls and takes all faults away, those of notifications too. */
  reset(): void;
  /** Adds a misbehaviour; the same as `POST /_control/faults`. */
  fault(fault: Fault): Planted;
  close(): Promise<void>;
}

const LARGEST_REQUEST = 64 * 1024 * 1024;
const DEFAULT_SEED = 1;

const read = async (request: IncomingMessage): Promise<Received> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_REQUEST) throw new Error('request too large');
    chunks.push(chunk);
  }
  const url = new URL(request.url ?? '/', 'http://localhost');
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    body: Buffer.concat(chunks).toString('utf8'),
  };
};

const send = (response: ServerResponse, reply: Reply, truncated = false): void => {
  const body = Buffer.from(reply.body);
  response.writeHead(reply.status, { ...reply.headers, 'content-length': String(body.length) });
  if (!truncated) {
    response.end(body);
    return;
  }
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
};

const outOfOrder = ({ status, retryAfter, body }: Extract<Trouble, { kind: 'status' }>): Reply => ({
  status,
  headers: { 'content-type': 'text/html', ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }) },
  body: body ?? '<html><body><h1>Out of order</h1></body></html>',
});

/** What a call gets instead of the vendor's answer: `nothing` when it is never answered. */
const spoilt = async (
  troubles: readonly Trouble[],
  behaviour: Behaviour,
  socket: Socket,
): Promise<Reply | 'nothing' | undefined> => {
  for (const trouble of troubles) {
    if (trouble.kind === 'delay') await wait(trouble.ms);
    if (trouble.kind === 'hang') return 'nothing';
    if (trouble.kind === 'reset') {
      socket.destroy();
      return 'nothing';
    }
    if (trouble.kind === 'expire-token') behaviour.expireTokens();
    if (trouble.kind === 'status') return outOfOrder(trouble);
    if (trouble.kind === 'body')
      return { status: 200, headers: { 'content-type': trouble.contentType ?? 'text/html' }, body: trouble.body };
  }
  return undefined;
};

/** What comes instead of the answer to a call that was carried out. */
const lose = (
  { how = 'reset' }: Extract<Trouble, { kind: 'lose' }>,
  socket: Socket,
  response: ServerResponse,
): void => {
  if (how === 'reset') socket.destroy();
  if (how === 'status') send(response, outOfOrder({ kind: 'status', status: 502 }));
};

/** Answers what is not for the control routes: counts it, spoils it, or lets the vendor answer. */
const answering = (behaviour: Behaviour, log: CallLog, faults: Faults) => {
  const now = (): number => performance.now();
  const lastReplies = new Map<string, Reply>();
  return async (request: Received, incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const name = behaviour.callName(request);
    const over = log.began(name, now());
    if (incoming.socket.destroyed) over(now());
    else response.once('close', () => over(now()));
    const troubles = faults.striking([name, `${request.path}?${request.query}`, request.body]);
    const instead = await spoilt(troubles, behaviour, incoming.socket);
    if (instead === 'nothing') return;
    if (instead !== undefined) return send(response, instead);
    const earlier = troubles.some(({ kind }) => kind === 'mix-up') ? lastReplies.get(name) : undefined;
    const reply = earlier ?? (await behaviour.handle(request));
    lastReplies.set(name, reply);
    const lost = troubles.find((trouble) => trouble.kind === 'lose');
    if (lost !== undefined) return lose(lost, incoming.socket, response);
    send(
      response,
      reply,
      troubles.some(({ kind }) => kind === 'truncate'),
    );
  };
};

export interface ListenOptions {
  /** 0, and when absent: any free one. */
  readonly port?: number;
  /** Decides which calls are struck by faults that strike only some. */
  readonly chance?: Random;
}

/**
 * Puts a behaviour on a port of this machine, with control routes beside it: `GET|DELETE /_control/calls`,
 * `GET|POST|DELETE /_control/faults`, `DELETE /_control/faults/<id>`, `GET /_control/commits?after=<number>`, and what control.ts
 * says about notifications. Control requests are not counted.
 */
export const listen = async (
  behaviour: Behaviour,
  { port = 0, chance = random(DEFAULT_SEED) }: ListenOptions = {},
): Promise<Simulator> => {
  const log = createCallLog();
  const faults = createFaults(chance);
  const sockets = new Set<Socket>();
  const { outbox, commits = [] } = behaviour;
  const control = controlOf({ log, faults, commits, outbox });
  const vendor = answering(behaviour, log, faults);
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await read(incoming);
    if (request.path.startsWith('/_control/')) return send(response, await control(request));
    await vendor(request, incoming, response);
  };
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch(() => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end('simulator error');
    });
  });
  // as a load balancer does: a connection that idles for a moment is not closed under the next request
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  outbox?.open();
  return {
    name: behaviour.name,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: log.names,
    traffic: log,
    commits,
    ...(outbox && { outbox }),
    reset: () => {
      log.reset();
      faults.clear();
      outbox?.reset();
    },
    fault: (fault) => faults.add(fault),
    close: async () => {
      await outbox?.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
    },
  };
};
