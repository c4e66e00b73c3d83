import { createClient } from 'graphql-sse';
import { Pool } from 'undici';
import { failed } from './failure.ts';
import type { EventQueue } from './queue.ts';
import { GREETING_MS, LARGEST_EVENT, type Subscriber, type Subscription } from './subscription.ts';

/** A blank line ends an event, whatever ends its lines. */
const BLANK = ['\n\n', '\r\r', '\r\n\r\n'] as const;

/** The bytes of an event stream, up to `LARGEST_EVENT` without the end of an event. Throws at the stream's end. */
async function* bounded(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let since = 0;
  let last = Buffer.alloc(0);
  for await (const chunk of body) {
    const seen = Buffer.concat([last, chunk]);
    const end = Math.max(...BLANK.map((blank) => seen.lastIndexOf(blank)));
    since = end < 0 ? since + chunk.length : seen.length - end;
    if (since > LARGEST_EVENT) throw failed('large');
    last = Buffer.from(chunk.subarray(-3));
    yield chunk;
  }
  // the library waits for ever when a stream ends before it is waited for
  throw failed('ended');
}

/**
 * Subscribes by graphql-sse's distinct connections mode: one POST whose answer is a stream of events. A stream that
 * breaks off ends with an error: nothing is resumed, since events may have been missed.
 */
export class EventStreamSubscriber implements Subscriber {
  readonly #pool: Pool;
  readonly #path: string;

  constructor(url: string) {
    const { origin, pathname, search } = new URL(url);
    this.#path = pathname + search;
    // a connection of its own for each subscription; a stream may be quiet for as long as nothing happens
    this.#pool = new Pool(origin, {
      allowH2: false,
      connect: { timeout: GREETING_MS },
      headersTimeout: GREETING_MS,
      bodyTimeout: 0,
    });
  }

  start({ query, variables, headers }: Subscription, queue: EventQueue<unknown>): () => void {
    let refused = false; // the library keeps only the text of what went wrong
    const client = createClient({
      url: this.#path,
      headers: { ...headers },
      retryAttempts: 0,
      fetchFn: async (_path: string, init: RequestInit) => {
        const stream = await this.#open(init);
        refused = stream === 'refused';
        return stream;
      },
    });
    const stop = client.subscribe(
      { query, variables: { ...variables } },
      {
        next: (event) => queue.push(event),
        error: (thrown) => queue.end(failed(refused ? 'refused' : 'ended', thrown)),
        complete: () => queue.end(),
      },
    );
    return () => {
      stop();
      client.dispose();
    };
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  /** What the library needs of a `fetch`, without its inflating: undici's would unpack without a limit. */
  async #open({ headers, body, signal }: RequestInit): Promise<unknown> {
    const answer = await this.#pool.request({
      path: this.#path,
      method: 'POST',
      headers: { ...(headers as Record<string, string>), 'accept-encoding': 'identity' },
      body: String(body),
      ...(signal === null || signal === undefined ? {} : { signal }),
    });
    const { statusCode, body: stream } = answer;
    // graphql-sse's own server says `none`
    const plain = /^(identity|none)$/i.test(String(answer.headers['content-encoding'] ?? 'identity'));
    if (statusCode === 200 && plain && /^text\/event-stream\b/i.test(String(answer.headers['content-type'])))
      return { ok: true, status: statusCode, body: bounded(stream) };
    stream.on('error', () => undefined).destroy();
    if (statusCode < 500) return 'refused'; // the library finds no stream in it
    throw failed('ended');
  }
}
