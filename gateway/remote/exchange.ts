import { brotliDecompress, type CompressCallback, gunzip, inflate, type ZlibOptions } from 'node:zlib';
import type { Dispatcher, Pool } from 'undici';
import type { GraphError } from '../../schema/errors.ts';
import { failed } from './failure.ts';

/** A complete answer over HTTP, of any status. */
export interface Reply {
  readonly status: number;
  readonly text: string;
}

export interface Sending {
  readonly path: string;
  readonly headers: string[];
  readonly body: string;
  /** Milliseconds from now until it is given up. */
  readonly timeoutMs: number;
  /** Bytes of the answer, packed and unpacked. */
  readonly maxBytes: number;
  /** May it be sent again when the connection was closed before anything came back? */
  readonly repeatable: boolean;
}

export type Done = (failure: GraphError | undefined, reply: Reply | undefined) => void;

/** Errors of a connection that was closed at the other end. */
const CLOSED: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

type Unpack = (bytes: Buffer, options: Pick<ZlibOptions, 'maxOutputLength'>, callback: CompressCallback) => void;

const UNPACK: Readonly<Record<string, Unpack>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: inflate,
  br: brotliDecompress,
};

/**
 * One POST and its answer, bounded in time and size, on undici's lowest level: neither streams nor signals are made for
 * it. Redirects are not followed. Calls `done` once.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #pool: Pool;
  readonly #sending: Sending;
  readonly #done: Done;
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #over = false;
  #again: boolean;
  #status = 0;
  #encoding: string | undefined;
  #size = 0;
  #chunks: Buffer[] = [];

  constructor(pool: Pool, sending: Sending, done: Done) {
    this.#pool = pool;
    this.#sending = sending;
    this.#done = done;
    this.#again = sending.repeatable;
    this.#timer = setTimeout(() => this.#fail(failed('slow')), sending.timeoutMs);
    this.#send();
  }

  /** Gives it up; its connection is closed, so that the subgraph learns of it. */
  abort(): void {
    this.#fail(failed('slow'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(GIVEN_UP);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    this.#again = false;
    if (status < 200) return; // the answer is still to come
    this.#status = status;
    const encoding = headers['content-encoding'];
    if (typeof encoding === 'string' && encoding !== 'identity') this.#encoding = encoding.trim().toLowerCase();
    if (Number(headers['content-length']) > this.#sending.maxBytes) this.#fail(failed('large'));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over) return;
    this.#size += chunk.length;
    if (this.#size > this.#sending.maxBytes) this.#fail(failed('large'));
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#over) return;
    const [first = EMPTY] = this.#chunks;
    const bytes = this.#chunks.length <= 1 ? first : Buffer.concat(this.#chunks, this.#size);
    this.#chunks = [];
    if (this.#encoding === undefined) this.#finish(undefined, bytes);
    else this.#unpack(this.#encoding, bytes);
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#over) return;
    const { code = '' } = error as { code?: string };
    if (this.#again && CLOSED.has(code)) {
      this.#again = false;
      this.#send();
      return;
    }
    if (code === 'UND_ERR_CONNECT_TIMEOUT') this.#fail(failed('slow', error));
    else this.#fail(failed(this.#status === 0 ? 'unreachable' : 'broken', error));
  }

  #send(): void {
    const { path, headers, body } = this.#sending;
    try {
      this.#pool.dispatch({ path, method: 'POST', headers, body }, this);
    } catch (error) {
      this.#fail(failed('unreachable', error));
    }
  }

  #unpack(encoding: string, bytes: Buffer): void {
    const unpack = Object.hasOwn(UNPACK, encoding) ? UNPACK[encoding] : undefined;
    if (unpack === undefined) this.#fail(failed('unreadable'));
    unpack?.(bytes, { maxOutputLength: this.#sending.maxBytes }, (error, unpacked) => {
      if (error === null) return this.#finish(undefined, unpacked);
      const { code } = error as { code?: string };
      this.#fail(failed(code === 'ERR_BUFFER_TOO_LARGE' ? 'large' : 'unreadable'));
    });
  }

  #fail(failure: GraphError): void {
    if (this.#over) return;
    this.#finish(failure, EMPTY);
    this.#controller?.abort(GIVEN_UP);
  }

  #finish(failure: GraphError | undefined, bytes: Buffer): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#chunks = [];
    if (failure === undefined) this.#done(undefined, { status: this.#status, text: bytes.toString('utf8') });
    else this.#done(failure, undefined);
  }
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const EMPTY = Buffer.alloc(0);

const GIVEN_UP = new Error('The request was given up.');
