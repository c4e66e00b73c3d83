import { setImmediate } from 'node:timers/promises';
import { createClient } from 'graphql-sse';
import { Pool } from 'undici';
import { type Failure, failed } from './failure.ts';
import type { EventQueue } from './queue.ts';
import { GREETING_MS, LARGEST_EVENT, type Subscriber, type Subscription } from './subscription.ts';

/** A blank line ends an event, whatever ends its lines. */
const BLANK = ['\n\n', '\r\r', '\r\n\r\n'] as const;

/** Milliseconds of silence after which a stream of our own is over: three of its signs of life. */
const SILENCE_MS = 36_000;

/**
 * The bytes of an event stream, up to `LARGEST_EVENT` without the end of an event; `room` says when to read on. Throws at
 * the stream's end.
 */
async function* bounded(
  body: AsyncIterable<Buffer>,
  room: () => Promise<void> | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  let since = 0;
  let last = Buffer.alloc(0);
  for await (const chunk of body) {
    const seen = Buffer.concat([last, chunk]);
    const end = Math.max(...BLANK.map((blank) => seen.lastIndexOf(blank)));
    since = end < 0 ? since + chunk.length : seen.length - end;
    if (since > LARGEST_EVENT) throw failed('large');
    last = Buffer.from(chunk.subarray(-3));
    yield chunk;
    await room();
  }
  // the library waits for ever when a stream ends before it is waited for
  throw failed('ended');
}

export interface EventStreamOptions {
  /**
   * Is it a service of this project? Then silence is noticed, since it gives signs of life, and a client that takes its
   * time is waited for, since it holds its events back.
   */
  readonly own?: boolean;
  /** How long such a service may give none. */
  readonly silenceMs?: number;
}

/**
 * Subscribes by graphql-sse's distinct connections mode: one POST whose answer is a stream of events. A stream that
 * breaks off ends with an error: nothing is resumed, since events may have been missed.
 */
export class EventStreamSubscriber implements Subscriber {
  readonly #pool: Pool;
  readonly #path: string;
  readonly #own: boolean;

  constructor(url: string, { own = false, silenceMs = SILENCE_MS }: EventStreamOptions = {}) {
    this.#own = own;
    const { origin, pathname, search } = new URL(url);
    this.#path = pathname + search;
    // a connection of its own for each subscription; others' streams may be quiet for as long as nothing happens
    this.#pool = new Pool(origin, {
      allowH2: false,
      connect: { timeout: GREETING_MS },
      headersTimeout: GREETING_MS,
      bodyTimeout: own ? silenceMs : 0,
    });
  }

  start({ query, variables, headers }: Subscription, queue: EventQueue<unknown>): () => void {
    let failure: Failure = 'ended'; // the library keeps only the text of what went wrong
    const room = async (): Promise<void> => {
      await setImmediate(); // what was read goes through the library first
      await queue.room();
    };
    const client = createClient({
      url: this.#path,
      headers: { ...headers },
      retryAttempts: 0,
      fetchFn: async (_path: string, init: RequestInit) => {
        const stream = await this.#open(init, this.#own ? room : () => undefined);
        if (typeof stream === 'string') failure = stream;
        return stream;
      },
    });
    const stop = client.subscribe(
      { query, variables: { ...variables } },
      {
        next: (event) => queue.push(event),
        error: (thrown) => queue.end(failed(failure, thrown)),
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
  async #open(
    { headers, body, signal }: RequestInit,
    room: () => Promise<void> | undefined,
  ): Promise<Failure | object> {
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
      return { ok: true, status: statusCode, body: bounded(stream, room) };
    stream.on('error', () => undefined).destroy();
    // the library finds no stream in these
    if (statusCode === 401 && this.#own) return 'distrusting';
    if (statusCode < 500) return 'refused';
    throw failed('ended');
  }
}
