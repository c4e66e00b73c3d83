import { createClient } from '@redis/client';
import type { Secret } from './source.ts';

/** A Redis beside the process answers within 1 ms; what takes longer than this is done without it. */
const COMMAND_MS = 250;
/** How long nothing is asked of a Redis that failed, so that not every read waits for it. */
const REST_MS = 500;
const MOST_RECONNECT_MS = 1000;
/** A connection on which nothing was answered for so long is given up when it fails again. */
const SILENT_MS = 3000;
/** Commands that may wait for their answers; a Redis that falls further behind is no help. */
const MOST_WAITING = 20_000;

const clientOf = (url: string) =>
  createClient({
    url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MOST_WAITING,
    maintNotifications: 'disabled',
    socket: {
      connectTimeout: 2000,
      reconnectStrategy: (tries) => Math.min(50 * 2 ** Math.min(tries, 5), MOST_RECONNECT_MS),
    },
  });

export type RedisClient = ReturnType<typeof clientOf>;

/** The Redis that processes share. It may stop at any time: whoever asks it must know what to do without it. */
export class RedisLink {
  readonly client: RedisClient;
  readonly #monotonic: () => number;
  #restUntil = 0;
  #answeredAt = 0;

  constructor(url: Secret, monotonic: () => number = () => performance.now()) {
    this.#monotonic = monotonic;
    this.client = clientOf(url.reveal());
    this.client.on('error', () => this.#rest()); // it reconnects by itself
    this.client.on('ready', () => {
      this.#answeredAt = this.#monotonic();
    });
  }

  /** Connects; when Redis is not there, it goes on trying in the background. */
  async open(): Promise<void> {
    const connecting = this.client.connect().then(
      () => undefined,
      () => undefined,
    );
    await Promise.race([connecting, new Promise((done) => setTimeout(done, COMMAND_MS).unref())]);
  }

  /** The commands' answer, or `undefined` when Redis cannot give it now. Never throws. */
  async ask<T>(work: (client: RedisClient) => Promise<T>): Promise<T | undefined> {
    if (!this.isUp) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      // a turn of the loop later, so that an answer that has come in while we were busy still counts
      timer = setTimeout(() => setImmediate(() => reject(new Error('late'))), COMMAND_MS);
    });
    try {
      const answer = await Promise.race([work(this.client), late]);
      this.#answeredAt = this.#monotonic();
      return answer;
    } catch {
      this.#rest();
      if (this.client.isReady && this.#monotonic() - this.#answeredAt > SILENT_MS) this.#reconnect();
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Is it worth asking now? */
  get isUp(): boolean {
    return this.client.isReady && this.#monotonic() >= this.#restUntil;
  }

  /** Gives up a connection that is open and says nothing. */
  #reconnect(): void {
    this.#answeredAt = this.#monotonic();
    this.client.destroy();
    this.client.connect().catch(() => undefined);
  }

  #rest(): void {
    this.#restUntil = this.#monotonic() + REST_MS;
  }

  async close(): Promise<void> {
    if (this.client.isOpen) this.client.destroy();
  }
}
