import { createHash } from 'node:crypto';
import { Pool } from 'undici';
import { type RawData, WebSocket } from 'ws';
import { LIMITS } from '../../gateway/limits.ts';
import type { Asked } from './cases.ts';

/** What came of a request, and how long that took. */
export interface Came {
  /** The first error's code, or how the connection was closed; null for data. */
  readonly code: string | null;
  readonly ms: number;
}

/** A way into the gateway; undefined where a request does not fit into it. */
export interface Way {
  readonly name: string;
  ask(asked: Asked): Promise<Came | undefined>;
  /** Sends a body, or a message, of so many bytes. */
  fill?(bytes: number): Promise<Came>;
  /** Asks by an address of so many characters. */
  stretch?(characters: number): Promise<Came>;
  close(): Promise<void>;
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const codeOf = (answer: unknown): string | null => {
  const { errors } = answer as { readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[] };
  return errors === undefined ? null : (errors[0]?.extensions?.code ?? 'none');
};

/** An answer as a stream of events has it, or as it comes without one. */
const answerOf = (text: string): unknown => JSON.parse(/^event: next\ndata: (.*)$/m.exec(text)?.[1] ?? text);

const PATH = '/graphql';
const JSON_TYPE = { 'content-type': 'application/json' };
const STREAM_TYPE = { accept: 'text/event-stream' };

const timed = async (pool: Pool, options: Omit<Parameters<Pool['request']>[0], 'path'> & { path?: string }) => {
  const from = performance.now();
  const { body } = await pool.request({ path: PATH, ...options });
  const text = await body.text();
  return { code: codeOf(answerOf(text)), ms: performance.now() - from };
};

/** A query of so many bytes as JSON: a variable that nobody declares fills it up. */
const filled = (bytes: number, query: object): string => {
  const json = JSON.stringify({ ...query, variables: { x: '' } });
  return json.replace('"x":""', () => `"x":"${'a'.repeat(bytes - json.length)}"`);
};

const WORD = '{ word }';

const post = (name: string, url: string, headers: Record<string, string>, name_: (asked: Asked) => object): Way => {
  const pool = new Pool(url);
  const send = (body: string): Promise<Came> =>
    timed(pool, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body });
  return {
    name,
    ask: (asked) => send(JSON.stringify(name_(asked))),
    fill: (bytes) => send(filled(bytes, name_({ query: WORD }))),
    close: () => pool.destroy(),
  };
};

const get = (url: string): Way => {
  const pool = new Pool(url);
  const send = (path: string): Promise<Came> => timed(pool, { method: 'GET', path });
  return {
    name: 'GET',
    ask: async ({ query, variables }) => {
      const search = new URLSearchParams({ query });
      if (variables !== undefined) search.set('variables', JSON.stringify(variables));
      const path = `${PATH}?${search}`;
      return path.length > LIMITS.urlLength ? undefined : send(path);
    },
    stretch: (characters) => send(`${PATH}?${new URLSearchParams({ query: WORD, x: '' })}`.padEnd(characters, 'a')),
    close: () => pool.destroy(),
  };
};

const opened = (url: string): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}${PATH}`, 'graphql-transport-ws');
    socket.once('error', reject);
    socket.once('open', () => socket.send('{"type":"connection_init"}'));
    socket.once('message', () => {
      socket.off('error', reject);
      // whoever is closed with a code hears of it by `close`
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });

/** From the message until its answer, or until the connection is closed; opening it is not counted. */
const say = (socket: WebSocket, message: string): Promise<Came> =>
  new Promise((resolve) => {
    const from = performance.now();
    const end = (code: string | null): void => {
      socket.off('message', hear);
      socket.off('close', closed);
      resolve({ code, ms: performance.now() - from });
    };
    const hear = (data: RawData): void => {
      const { type, payload } = JSON.parse(String(data)) as { readonly type: string; readonly payload: unknown };
      if (type === 'next') end(codeOf(payload));
      if (type === 'error') end(codeOf({ errors: payload }));
    };
    const closed = (code: number): void => end(String(code));
    socket.on('message', hear);
    socket.on('close', closed);
    socket.send(message);
  });

const webSocket = async (url: string): Promise<Way> => {
  const socket = await opened(url);
  let asked = 0;
  const subscribe = (payload: object): string => JSON.stringify({ id: `${asked++}`, type: 'subscribe', payload });
  return {
    name: 'WebSocket',
    ask: (request) => say(socket, subscribe(request)),
    fill: async (bytes) => {
      const other = await opened(url);
      const empty = subscribe({ query: WORD, variables: { x: '' } });
      const came = await say(
        other,
        empty.replace('"x":""', () => `"x":"${'a'.repeat(bytes - empty.length)}"`),
      );
      other.terminate();
      return came;
    },
    close: async () => socket.terminate(),
  };
};

/** Every way in; `persisted` is where only operations of a file are run. */
export const waysInto = async (url: string, persisted: string): Promise<readonly Way[]> => [
  post('POST', url, {}, (asked) => asked),
  get(url),
  post('persisted', persisted, {}, ({ query, ...asked }) => ({ documentId: hashOf(query), ...asked })),
  post('event stream', url, STREAM_TYPE, (asked) => asked),
  await webSocket(url),
];
