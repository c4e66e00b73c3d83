import { GraphError } from '../../../schema/errors.ts';
import type { Call } from '../../../upstream/call.ts';
import { TokenKeeper } from '../../../upstream/token.ts';
import { UnityRefusal } from './refusal.ts';

/** Unity forgets a token after 20 idle minutes; one that idled for 15 is replaced before it is used. */
export const LONGEST_IDLE_MS = 15 * 60_000;

const isOver = (thrown: unknown): boolean => thrown instanceof UnityRefusal && thrown.refusal === 'session';

/**
 * One source's session: a token with the EHR user bound to it, opened when first needed and shared by all calls.
 * `open` signs in and gives the token.
 */
export class Session {
  readonly #keeper: TokenKeeper;
  readonly #now: () => number;
  readonly #source: string;
  #usedAt = 0;

  constructor(source: string, open: (call: Call) => Promise<string>, now: () => number, elapsed?: () => number) {
    this.#source = source;
    this.#now = now;
    const usableUntil = (): number => this.#usedAt + LONGEST_IDLE_MS;
    const signIn = async (call: Call) => {
      const value = await this.#signIn(open, call);
      this.#usedAt = now();
      return {
        value,
        // every use prolongs it
        get expiresAt() {
          return usableUntil();
        },
        renewAt: Number.POSITIVE_INFINITY,
      };
    };
    this.#keeper = new TokenKeeper(signIn, now, elapsed);
  }

  /**
   * Runs `use` with a token. If Unity says that the session is over, the call did not run: it is repeated once with a
   * new token, whatever it does.
   */
  async with<T>(use: (token: string) => Promise<T>, call: Call): Promise<T> {
    const token = await this.#keeper.get(call);
    try {
      return await this.#used(use, token);
    } catch (thrown) {
      if (!isOver(thrown)) throw thrown;
      const renewed = await this.#keeper.renewed(token, call);
      if (renewed === undefined) throw thrown;
      return this.#used(use, renewed);
    }
  }

  async #used<T>(use: (token: string) => Promise<T>, token: string): Promise<T> {
    const result = await use(token);
    this.#usedAt = this.#now();
    this.#keeper.accepted(token);
    return result;
  }

  /**
   * Whatever Unity refuses while signing in concerns the credentials; a source that is down stays that. A session that is
   * over before its user was bound to it is opened once more.
   */
  async #signIn(open: (call: Call) => Promise<string>, call: Call): Promise<string> {
    try {
      return await open(call).catch((thrown: unknown) => {
        if (isOver(thrown)) return open(call);
        throw thrown;
      });
    } catch (thrown) {
      if (thrown instanceof UnityRefusal && thrown.refusal !== 'server')
        throw new GraphError('UNAUTHENTICATED_AT_VENDOR', { source: this.#source });
      throw thrown;
    }
  }

  /** The token to retire when the process drains. */
  get token(): string | undefined {
    return this.#keeper.held;
  }
}
