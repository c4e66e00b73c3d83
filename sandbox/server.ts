import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

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
}

/**
 * A misbehaviour. `match` is a part of the call's name or of the request's path, query or body (everything when absent);
 * `times` how often it strikes (for ever when absent).
 */
export type Fault = { readonly match?: string; times?: number } & (
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string; readonly body?: string }
  | { readonly kind: 'body'; readonly body: string; readonly contentType?: string }
  /** `mix-up`: answers with what the last call of the same name was answered, as a broken cache in between would. */
  | { readonly kind: 'hang' | 'reset' | 'truncate' | 'expire-token' | 'mix-up' }
);

export interface Simulator {
  readonly name: string;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Names of the calls received since the last reset, sign-ins included, in order. */
  readonly calls: readonly string[];
  reset(): void;
  /** Adds a misbehaviour; the same as `POST /_control/faults`. */
  fault(fault: Fault): void;
  close(): Promise<void>;
}

const LARGEST_REQUEST = 64 * 1024 * 1024;

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

const json = (status: number, body: unknown): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/**
 * Puts a behaviour on a port of this machine (0: any free one), with control routes beside it:
 * `GET|DELETE /_control/calls`, `POST|DELETE /_control/faults`. Control requests are not counted.
 */
export const listen = async (behaviour: Behaviour, port = 0): Promise<Simulator> => {
  const calls: string[] = [];
  let faults: Fault[] = [];
  const lastReplies = new Map<string, Reply>();
  const sockets = new Set<Socket>();

  const striking = (name: string, request: Received): Fault[] =>
    faults.filter((fault) => {
      const { match } = fault;
      const hit =
        match === undefined ||
        [name, `${request.path}?${request.query}`, request.body].some((text) => text.includes(match));
      if (!hit || fault.times === 0) return false;
      if (fault.times !== undefined) fault.times -= 1;
      return true;
    });

  const control = (request: Received): Reply => {
    const key = `${request.method} ${request.path}`;
    if (key === 'GET /_control/calls') return json(200, { total: calls.length, calls });
    if (key === 'DELETE /_control/calls') {
      calls.length = 0;
      return json(200, { total: 0 });
    }
    if (key === 'POST /_control/faults') {
      faults.push(JSON.parse(request.body) as Fault);
      return json(201, { faults });
    }
    if (key === 'DELETE /_control/faults') {
      faults = [];
      return json(200, { faults });
    }
    return json(404, { error: 'no such control route' });
  };

  const send = (response: ServerResponse, reply: Reply, truncated: boolean): void => {
    const body = Buffer.from(reply.body);
    response.writeHead(reply.status, { ...reply.headers, 'content-length': String(body.length) });
    if (!truncated) {
      response.end(body);
      return;
    }
    response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
  };

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await read(incoming);
    if (request.path.startsWith('/_control/')) return send(response, control(request), false);
    const name = behaviour.callName(request);
    calls.push(name);
    const active = striking(name, request);
    for (const fault of active) {
      if (fault.kind === 'delay') await wait(fault.ms);
      if (fault.kind === 'hang') return;
      if (fault.kind === 'reset') {
        incoming.socket.destroy();
        return;
      }
      if (fault.kind === 'expire-token') behaviour.expireTokens();
      if (fault.kind === 'status')
        return send(
          response,
          {
            status: fault.status,
            headers: {
              'content-type': 'text/html',
              ...(fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter }),
            },
            body: fault.body ?? '<html><body><h1>Out of order</h1></body></html>',
          },
          false,
        );
      if (fault.kind === 'body')
        return send(
          response,
          { status: 200, headers: { 'content-type': fault.contentType ?? 'text/html' }, body: fault.body },
          false,
        );
    }
    const earlier = active.some((fault) => fault.kind === 'mix-up') ? lastReplies.get(name) : undefined;
    const reply = earlier ?? (await behaviour.handle(request));
    lastReplies.set(name, reply);
    send(
      response,
      reply,
      active.some((fault) => fault.kind === 'truncate'),
    );
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
  return {
    name: behaviour.name,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    reset: () => {
      calls.length = 0;
      faults = [];
    },
    fault: (fault) => {
      faults.push({ ...fault });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
};
