import type { ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import type { ExecutionResult } from 'graphql';
import { print } from 'graphql-sse';

/** Streams at once; each takes a file descriptor, and its gateway has one of them for each of its clients' subscriptions. */
const MOST_STREAMS = 10_000;

/** Milliseconds between signs of life: a gateway takes three times as much silence for the end. */
const PING_MS = 12_000;

/** Milliseconds that a gateway may leave a full connection as it is before it is cut off. */
const STALLED_MS = 60_000;

/** Events in a row until other work gets its turn. */
const BURST = 8;

const PING = ':\n\n';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // a connection that is kept for a next request would keep a stopping service from closing
  connection: 'close',
};

/** Resolves when there is room again, or nobody to write to. */
const drained = (raw: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const stalled = setTimeout(() => raw.destroy(), STALLED_MS);
    const go = (): void => {
      clearTimeout(stalled);
      raw.off('drain', go).off('close', go);
      resolve();
    };
    raw.once('drain', go).once('close', go);
    if (raw.destroyed) go();
  });

/**
 * Subscriptions by GraphQL over server-sent events, in the distinct connections mode of graphql-sse: one request, one
 * stream. Events are taken from their source only while the connection has room for them.
 */
export class EventStreams {
  readonly #open = new Set<AbortController>();

  get isFull(): boolean {
    return this.#open.size >= MOST_STREAMS;
  }

  /** Writes what is told until it ends, the gateway goes, or `drain`; the signal aborts with the stream. */
  async answer(raw: ServerResponse, tell: (signal: AbortSignal) => AsyncIterable<object>): Promise<void> {
    const over = new AbortController();
    const end = (): void => over.abort();
    raw.once('close', end);
    this.#open.add(over);
    raw.writeHead(200, HEADERS);
    raw.write(PING); // the gateway learns at once that it is heard
    const pings = setInterval(() => raw.destroyed || raw.writableNeedDrain || raw.write(PING), PING_MS);
    let written = 0;
    try {
      for await (const event of tell(over.signal)) {
        if (over.signal.aborted || raw.destroyed) break;
        if (!raw.write(print({ event: 'next', data: event as ExecutionResult }))) await drained(raw);
        else if (++written % BURST === 0) await setImmediate();
      }
      if (!over.signal.aborted && !raw.destroyed) raw.write(print({ event: 'complete', data: null }));
    } finally {
      clearInterval(pings);
      this.#open.delete(over);
      if (!raw.destroyed) raw.end();
      end();
    }
  }

  /** Ends all of them, without saying that they are complete: there may be more to tell. */
  drain(): void {
    for (const over of this.#open) over.abort();
  }
}
