import { WebSocket } from 'ws';

/** What a portal asks for. */
export interface Shown {
  readonly field: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Types of the field's variables: `($sources: [ID!])`. */
  readonly types: string;
  readonly names: readonly string[];
}

/** A client that shows changes, loses its connection, and goes on from the last cursor that it has seen. */
export class Portal {
  readonly got: string[] = [];
  /** Codes of errors, and of connections that the server closed. */
  readonly refused: unknown[] = [];
  readonly #shown: Shown;
  readonly #from: string;
  #socket: WebSocket | undefined;

  constructor(shown: Shown, from: string) {
    this.#shown = shown;
    this.#from = from;
  }

  connect(url: string): void {
    this.cut();
    const socket = new WebSocket(url, 'graphql-transport-ws');
    this.#socket = socket;
    socket.on('open', () => socket.send('{"type":"connection_init"}'));
    socket.on('error', () => undefined);
    socket.on('message', (message) => {
      if (this.#socket !== socket) return;
      const { type, payload } = JSON.parse(String(message));
      if (type === 'connection_ack')
        socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: this.#request() }));
      if (type === 'next') this.got.push(payload.data[this.#shown.field].cursor);
      if (type === 'error') this.refused.push(payload[0].extensions.code);
    });
  }

  /** Whatever is on its way is lost. */
  cut(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.terminate();
  }

  #request(): object {
    const { field, types, names, variables } = this.#shown;
    const given = [...names, 'after'].map((name) => `${name}: $${name}`).join(', ');
    return {
      query: `subscription(${types} $after: String) { ${field}(${given}) { cursor kind source { id } } }`,
      variables: { ...variables, after: this.got.at(-1) ?? this.#from },
    };
  }
}
