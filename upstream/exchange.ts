import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { Agent, type Dispatcher } from 'undici';
import { GraphError } from '../schema/errors.ts';
import { guardedConnector } from './network.ts';
import type { Answer, OutboundRequest } from './request.ts';
import type { SourceSettings } from './source.ts';

/** Larger answers are refused, packed or unpacked: the largest real ones (a day's schedule with patients) are below 8 MiB. */
const LARGEST_ANSWER = 16 * 1024 * 1024;

/**
 * Why an attempt brought no answer. `slow`: its time is over; `left`: nobody wants it any longer; `given-up`: the source
 * counts as down; `broken`: no connection, or one that ended early; `oversized`, `garbled`: an answer that is none.
 */
export type Failure = 'slow' | 'left' | 'given-up' | 'broken' | 'oversized' | 'garbled';

export class ExchangeFailed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure, cause: unknown) {
    super(failure, { cause });
    this.failure = failure;
  }
}

/** What ends an attempt early. */
export interface Ends {
  readonly timeoutMs: number;
  /** The operation's: its client has left, or its time is over. */
  readonly signal: AbortSignal;
  /** The source's: it counts as down. */
  readonly down: AbortSignal | undefined;
}

type Unpack = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

/** RFC 9110 means zlib by `deflate`; some servers send it bare. A zlib header's low nibble is 8. */
const inflateEither: Unpack = (bytes, options) =>
  ((bytes[0] ?? 0) & 0x0f) === 8 ? promisify(inflate)(bytes, options) : promisify(inflateRaw)(bytes, options);

const UNPACK: Readonly<Record<string, Unpack>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: inflateEither,
  br: promisify(brotliDecompress),
};

/** One source's connections, and one request and its complete answer over them: bounded in time and size. */
export class Exchange {
  readonly #source: SourceSettings;
  readonly #agent: Agent;

  constructor(source: SourceSettings) {
    this.#source = source;
    this.#agent = new Agent({
      connections: source.limits.concurrency,
      connect: guardedConnector(source.allowPrivateNetwork),
      maxResponseSize: LARGEST_ANSWER,
      // an attempt's own time-out counts from its first byte to its last
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /**
   * Sends a request once, and follows no redirect.
   * @throws ExchangeFailed, and GraphError as it is when our own rules keep the request from being sent.
   */
  async send(request: OutboundRequest, ends: Ends): Promise<Answer> {
    const controller = new AbortController();
    let ended: Failure | undefined;
    const end = (failure: Failure): void => {
      ended ??= failure;
      controller.abort();
    };
    const left = (): void => end('left');
    const down = (): void => end('given-up');
    const timer = setTimeout(() => end('slow'), ends.timeoutMs);
    ends.signal.addEventListener('abort', left);
    ends.down?.addEventListener('abort', down);
    if (ends.signal.aborted) left();
    try {
      return await this.#exchange(request, controller.signal);
    } catch (thrown) {
      if (thrown instanceof GraphError || thrown instanceof ExchangeFailed) throw thrown;
      throw new ExchangeFailed(ended ?? failureOf(thrown), thrown);
    } finally {
      clearTimeout(timer);
      ends.signal.removeEventListener('abort', left);
      ends.down?.removeEventListener('abort', down);
    }
  }

  async #exchange(request: OutboundRequest, signal: AbortSignal): Promise<Answer> {
    const url = new URL(/^https?:/i.test(request.url) ? request.url : this.#source.baseUrl + request.url);
    const body = typeof request.body === 'function' ? await request.body() : request.body;
    const response = await this.#agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: request.method as Dispatcher.HttpMethod,
      headers: { 'accept-encoding': 'gzip, deflate, br', ...request.headers },
      ...(body === undefined ? {} : { body }),
      signal,
    });
    const headers = Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), headerValue(value)]),
    );
    const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
    const bytes = await response.body.bytes();
    return { status: response.statusCode, headers, text: UTF8.decode(await unpacked(bytes, encoding)) };
  }

  /** Waits for the attempts that are under way. */
  async close(): Promise<void> {
    await this.#agent.close();
  }
}

/** Leaves a byte order mark out. */
const UTF8 = new TextDecoder();

const headerValue = (value: string | string[] | undefined): string =>
  Array.isArray(value) ? value.join(', ') : (value ?? '');

const unpacked = async (bytes: Uint8Array, encoding: string): Promise<Uint8Array> => {
  if (bytes.length === 0 || encoding === '' || encoding === 'identity') return bytes;
  const unpack = UNPACK[encoding];
  if (unpack === undefined) throw new ExchangeFailed('garbled', undefined);
  try {
    return await unpack(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), { maxOutputLength: LARGEST_ANSWER });
  } catch (thrown) {
    const oversized = (thrown as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
    throw new ExchangeFailed(oversized ? 'oversized' : 'garbled', thrown);
  }
};

const failureOf = (thrown: unknown): Failure => {
  const { code = '' } = thrown as { code?: string };
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return 'oversized';
  return /TIMEOUT|TIMEDOUT/.test(code) ? 'slow' : 'broken';
};
