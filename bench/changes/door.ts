import { createServer, type IncomingHttpHeaders, type IncomingMessage, request as open, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, request } from 'undici';
import type { Random } from '../../sandbox/population/random.ts';

type Headers = Readonly<Record<string, string>>;

/** A delivery that a stranger makes of one that he saw, and what became of it. */
interface Forgery {
  readonly headers: Headers;
  readonly body: Buffer;
}

const SECRET = /authorization|signature/i;
/** What a proxy does not hand on. */
const OWN: ReadonlySet<string> = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive']);
const ANSWER_MS = 10_000;
const CONNECTIONS = 256;
const UNAVAILABLE = 503;

const isSigned = (headers: Headers): boolean => Object.keys(headers).some((name) => /signature/i.test(name));

/** Another last character. */
const altered = (text: string): string => `${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`;

const withSecrets = (headers: Headers, change: (value: string) => string | undefined): Headers =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      const changed = SECRET.test(name) ? change(value) : value;
      return changed === undefined ? [] : [[name, changed]];
    }),
  );

/** Who sends a secret along and signs nothing cannot tell another body from his own. */
const FORGERIES: Readonly<Record<string, (headers: Headers, body: Buffer) => Forgery | undefined>> = {
  stripped: (headers, body) => ({ headers: withSecrets(headers, () => undefined), body }),
  guessed: (headers, body) => ({ headers: withSecrets(headers, altered), body }),
  tampered: (headers, body) => {
    const text = body.toString('utf8');
    const other = text.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10));
    return isSigned(headers) && other !== text ? { headers, body: Buffer.from(other) } : undefined;
  },
  truncated: (headers, body) =>
    body.length < 2 ? undefined : { headers, body: body.subarray(0, Math.floor(body.length / 2)) },
};

const headersOf = (headers: IncomingHttpHeaders): Headers =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      OWN.has(name) || value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );

const isAccepted = (status: number): boolean => status >= 200 && status < 300;

/**
 * Stands between the vendors and the product, as a proxy of its deployment does. It hands deliveries on, sends forged ones
 * beside them, and can have the product killed right after it accepted one: the vendor is told that it was accepted.
 */
export class Door {
  /** Deliveries that were handed on, by the status that they got; 503 also where nobody answered. */
  readonly answered: Record<string, number> = {};
  /** Forged deliveries, and those of them that were accepted, by what was forged. */
  readonly forged: Record<string, number> = {};
  readonly accepted: Record<string, number> = {};
  /** Deliveries whose connection broke off on the way. */
  cut = 0;
  /** The share of deliveries that a forged one comes before. */
  forging = 0;
  readonly #server: Server;
  readonly #agent = new Agent({ connections: CONNECTIONS, headersTimeout: ANSWER_MS, bodyTimeout: ANSWER_MS });
  readonly #chance: Random;
  #target: URL | undefined;
  #onAccepted: (() => Promise<void>) | undefined;

  private constructor(chance: Random) {
    this.#chance = chance;
    this.#server = createServer((incoming, response) => {
      void this.#hand(incoming).then(
        (status) => response.writeHead(status).end(),
        () => response.destroy(),
      );
    });
  }

  static async open(chance: Random): Promise<Door> {
    const door = new Door(chance);
    await new Promise<void>((resolve) => door.#server.listen(0, '127.0.0.1', resolve));
    return door;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Where the product is, or that it is nowhere. */
  leadTo(url: string | undefined): void {
    this.#target = url === undefined ? undefined : new URL(url);
  }

  /** Does that right after the next delivery is accepted, and before the vendor hears of it. */
  onNextAccepted(work: () => Promise<void>): void {
    this.#onAccepted = work;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#agent.close();
  }

  async #hand(incoming: IncomingMessage): Promise<number> {
    const { url: path = '/', headers: given } = incoming;
    const headers = headersOf(given);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
    } catch (thrown) {
      this.cut += 1;
      this.#break(path, { ...headers, 'content-length': String(given['content-length']) }, Buffer.concat(chunks));
      throw thrown;
    }
    const body = Buffer.concat(chunks);
    if (this.#chance.chance(this.forging)) await this.#forge(path, headers, body);
    const status = await this.#post(path, { headers, body });
    this.answered[status] = (this.answered[status] ?? 0) + 1;
    if (!isAccepted(status)) return status;
    const work = this.#onAccepted;
    this.#onAccepted = undefined;
    await work?.();
    return status;
  }

  async #forge(path: string, headers: Headers, body: Buffer): Promise<void> {
    const kind = this.#chance.pick(Object.keys(FORGERIES));
    const forgery = FORGERIES[kind]?.(headers, body);
    if (forgery === undefined || this.#target === undefined) return;
    const status = await this.#post(path, forgery);
    this.forged[kind] = (this.forged[kind] ?? 0) + 1;
    if (isAccepted(status)) this.accepted[kind] = (this.accepted[kind] ?? 0) + 1;
  }

  async #post(path: string, { headers, body }: Forgery): Promise<number> {
    if (this.#target === undefined) return UNAVAILABLE;
    try {
      const answer = await request(new URL(path, this.#target), {
        ...{ method: 'POST', headers, body, dispatcher: this.#agent },
      });
      await answer.body.dump();
      return answer.statusCode;
    } catch {
      return UNAVAILABLE; // it was killed
    }
  }

  /** The product sees a delivery break off as the door did. */
  #break(path: string, headers: Headers, begun: Buffer): void {
    if (this.#target === undefined) return;
    const broken = open(new URL(path, this.#target), { method: 'POST', headers });
    broken.on('error', () => undefined);
    broken.write(begun, () => broken.destroy());
  }
}
