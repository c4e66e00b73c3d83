import { WebSocket } from 'ws';

/** One subscription of a portal: `field` is that of the graph, without its arguments. */
export interface Wish {
  readonly field: string;
  readonly selection: string;
}

/** What a portal does with what it gets. */
export interface Taking {
  /** An event of the wish of this number, as the message that it came in. */
  next(wish: number, message: Buffer, cursor: string): void;
  /** A subscription ended with an error of this code. */
  refused(wish: number, code: string): void;
}

const CURSOR = Buffer.from('"cursor":"');
const ID = Buffer.from('{"id":"');
const NEXT = Buffer.from('","type":"next"');
const QUOTE = 0x22;
/** An address that nobody listens on for a moment is tried again. */
const AGAIN_MS = 100;

/** The wish whose event a message brings; undefined for any other message. */
const wishOf = (message: Buffer): number | undefined => {
  if (message.compare(ID, 0, ID.length, 0, ID.length) !== 0) return undefined;
  const end = message.indexOf(QUOTE, ID.length);
  if (message.compare(NEXT, 0, NEXT.length, end, end + NEXT.length) !== 0) return undefined;
  return Number(message.toString('latin1', ID.length, end));
};

const cursorOf = (message: Buffer): string => {
  const begin = message.indexOf(CURSOR) + CURSOR.length;
  return message.toString('latin1', begin, message.indexOf(QUOTE, begin));
};

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: readonly { readonly extensions?: { readonly code?: string } }[];
}

/**
 * A client with some subscriptions on one connection (graphql-transport-ws), which loses it now and then and goes on behind
 * the last cursor that it saw of each.
 */
export class Portal {
  /** The last cursor that it saw, wish by wish. */
  readonly #seen: (string | undefined)[];
  readonly #url: string;
  readonly #wishes: readonly Wish[];
  readonly #taking: Taking;
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #left = false;

  /** `after`: the cursor behind which it begins; absent: from now on. */
  constructor(url: string, wishes: readonly Wish[], taking: Taking, after?: string) {
    this.#url = url;
    this.#wishes = wishes;
    this.#taking = taking;
    this.#seen = wishes.map(() => after);
    this.#connect();
  }

  /** Breaks the connection off: whatever is on its way is lost. It comes back after so long. */
  cut(ms: number): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.terminate();
    this.#again(ms);
  }

  leave(): void {
    this.#left = true;
    clearTimeout(this.#timer);
    this.#socket?.terminate();
  }

  #again(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#left) this.#timer = setTimeout(() => this.#connect(), ms);
  }

  #connect(): void {
    const options = { perMessageDeflate: false, skipUTF8Validation: true };
    const socket = new WebSocket(this.#url, 'graphql-transport-ws', options);
    this.#socket = socket;
    socket.on('open', () => socket.send('{"type":"connection_init"}'));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#socket === socket) this.#again(AGAIN_MS);
    });
    socket.on('message', (message: Buffer) => {
      if (this.#socket === socket) this.#take(message, socket);
    });
  }

  #take(message: Buffer, socket: WebSocket): void {
    const wish = wishOf(message);
    if (wish !== undefined) {
      const cursor = cursorOf(message);
      this.#seen[wish] = cursor;
      this.#taking.next(wish, message, cursor);
      return;
    }
    const { type, id, payload } = JSON.parse(message.toString('utf8')) as Message;
    if (type === 'connection_ack') this.#subscribe(socket);
    if (type === 'error') this.#taking.refused(Number(id), payload?.[0]?.extensions?.code ?? 'UNKNOWN');
  }

  #subscribe(socket: WebSocket): void {
    for (const [i, { field, selection }] of this.#wishes.entries()) {
      const query = `subscription($after: String) { ${field}(after: $after) { cursor at kind cause ${selection} } }`;
      const after = this.#seen[i];
      const variables = after === undefined ? {} : { after };
      socket.send(JSON.stringify({ id: `${i}`, type: 'subscribe', payload: { query, variables } }));
    }
  }
}
