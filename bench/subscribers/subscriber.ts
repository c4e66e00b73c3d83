import { WebSocket } from 'ws';

/** How a subscription ended: by `complete`, by an error's code, or since its connection was closed with that code. */
export type Ending = string | number;

/** What a subscriber does with what it gets. */
export interface Taking {
  /** The message of an event. */
  next(message: Buffer): void;
  over(how: Ending): void;
}

interface Message {
  readonly type: string;
  /** Of an error. */
  readonly payload?: readonly { readonly extensions?: { readonly code?: string } }[];
}

/** Events begin like this: the id that `subscribe` gives them, then their type. */
const NEXT = Buffer.from('{"id":"1","type":"next"');

const isNext = (message: Buffer): boolean => message.compare(NEXT, 0, NEXT.length, 0, NEXT.length) === 0;

/** A subscription by the protocol graphql-transport-ws, with no more around it than a measurement needs. */
export class Subscriber {
  readonly #socket: WebSocket;
  #over = false;

  constructor(url: string, query: string, taking: Taking, headers: Readonly<Record<string, string>> = {}) {
    const socket = new WebSocket(url, 'graphql-transport-ws', {
      headers,
      perMessageDeflate: false,
      skipUTF8Validation: true,
    });
    this.#socket = socket;
    const over = (how: Ending): void => {
      if (this.#over) return;
      this.#over = true;
      taking.over(how);
    };
    socket.on('open', () => socket.send('{"type":"connection_init"}'));
    socket.on('message', (message: Buffer) => {
      if (isNext(message)) return taking.next(message);
      const { type, payload } = JSON.parse(message.toString('utf8')) as Message;
      if (type === 'connection_ack') socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query } }));
      if (type === 'complete') over(type);
      if (type === 'error') over(payload?.[0]?.extensions?.code ?? type);
    });
    socket.on('error', () => undefined);
    socket.on('close', (code) => over(code));
  }

  /** Reads nothing more: what comes stays with the operating system, and then with the server. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.terminate();
  }
}
