import { type Call, shared } from './call.ts';

/** A token and the instant (milliseconds since the epoch) from which it is no longer used. */
export interface Token {
  readonly value: string;
  readonly expiresAt: number;
}

/** Renew this long before the vendor's expiry, so that a call does not carry a token that dies on the way. */
const EARLY_MS = 60_000;

/**
 * One source's token: fetched when first needed, shared by all calls, renewed early or when the vendor refuses it,
 * by one fetch at a time however many calls wait.
 */
export class TokenKeeper {
  #current: Token | undefined;
  #fetching: Promise<Token> | undefined;
  readonly #fetch: (call: Call) => Promise<Token>;
  readonly #now: () => number;

  constructor(fetch: (call: Call) => Promise<Token>, now: () => number) {
    this.#fetch = fetch;
    this.#now = now;
  }

  async get(call: Call): Promise<string> {
    const left = this.#current === undefined ? 0 : this.#current.expiresAt - this.#now();
    if (this.#current !== undefined && left > 0) return this.#current.value;
    this.#fetching ??= this.#fetch(shared(call))
      .then((token) => (this.#current = token))
      .finally(() => (this.#fetching = undefined));
    return (await this.#fetching).value;
  }

  /** Forgets a token that the vendor refused. Harmless when another call has already renewed it. */
  refused(value: string): void {
    if (this.#current?.value === value) this.#current = undefined;
  }

  /** The token in use, if any: to be retired when the process drains. */
  get held(): string | undefined {
    return this.#current?.value;
  }
}

/** When a token of this life, in seconds, should stop being used. */
export const expiryOf = (seconds: number, now: number): number => {
  const life = seconds * 1000;
  return now + Math.max(life - EARLY_MS, life / 2);
};
