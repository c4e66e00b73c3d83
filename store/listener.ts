import { Client, type ClientConfig } from 'pg';

const AGAIN_MS = 500;
const BEAT_MS = 10_000;

export interface Heard {
  /** What another process told. */
  told(payload: string): void;
  /** Something may have been told while nobody listened. */
  missed(): void;
}

/**
 * Hears what is told on one channel of a PostgreSQL server, on a connection of its own. A connection that is cut, or that
 * no longer answers, is made again until the listener is closed.
 */
export class Listener {
  readonly #config: ClientConfig;
  readonly #channel: string;
  readonly #heard: Heard;
  #client: Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(config: ClientConfig, channel: string, heard: Heard) {
    this.#config = { ...config, query_timeout: BEAT_MS };
    this.#channel = channel;
    this.#heard = heard;
  }

  /** Listens from when it returns. */
  async open(): Promise<void> {
    const client = new Client(this.#config);
    this.#client = client;
    client.on('notification', ({ payload = '' }) => this.#heard.told(payload));
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    try {
      await client.connect();
      await client.query(`listen ${client.escapeIdentifier(this.#channel)}`);
    } catch (thrown) {
      this.#client = undefined;
      await client.end().catch(() => {});
      throw thrown;
    }
    if (this.#closed) await client.end();
    this.#later(BEAT_MS, () => this.#beat(client));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
  }

  async #beat(client: Client): Promise<void> {
    try {
      await client.query('select 1');
      this.#later(BEAT_MS, () => this.#beat(client));
    } catch {
      this.#lost(client);
    }
  }

  #lost(client: Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    client.end().catch(() => {});
    this.#later(AGAIN_MS, () => this.#reopen());
  }

  async #reopen(): Promise<void> {
    try {
      await this.open();
    } catch {
      this.#later(AGAIN_MS, () => this.#reopen());
      return;
    }
    this.#heard.missed();
  }

  #later(ms: number, work: () => Promise<void>): void {
    clearTimeout(this.#timer);
    if (!this.#closed) this.#timer = setTimeout(() => void work(), ms).unref();
  }
}
