import { GraphError } from '../../schema/errors.ts';
import type { Call } from '../../upstream/call.ts';
import type { SourceSettings } from '../../upstream/source.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { ActionName, Values } from './actions.ts';
import type { Table } from './payload.ts';
import { GuideTransport } from './transport/guide.ts';
import { MagicTransport } from './transport/magic.ts';
import { UnityRefusal } from './transport/refusal.ts';
import type { Transport } from './transport/transport.ts';

export const DIALECTS = ['magic-soap', 'run-request'] as const;
export type Dialect = (typeof DIALECTS)[number];

/** An action outside the licence is not asked for again this long; licences change, and one client saw this for a dead token. */
const UNLICENSED_MS = 60 * 60_000;

/** Unity's actions for one source, in the source's dialect. */
export class UnityClient {
  readonly dialect: Dialect;
  readonly #source: SourceSettings;
  readonly #transport: Transport;
  readonly #now: () => number;
  readonly #unlicensedUntil = new Map<ActionName, number>();
  /** The first call of each action, which learns whether it is licensed; calls that come meanwhile wait for it. */
  readonly #first = new Map<ActionName, Promise<unknown>>();
  /** Answers within one operation: what it asks for twice is fetched once. Goes away with the operation. */
  readonly #asked = new WeakMap<Call, Map<string, Promise<readonly Table[]>>>();

  /** @throws GraphError VALIDATION when the source signs in by other means. */
  constructor(source: SourceSettings, upstream: Upstream, now: () => number) {
    const { auth } = source;
    if (auth.type !== 'unity')
      throw new GraphError('VALIDATION', {
        source: source.id,
        message: 'A Unity source signs in with auth type unity.',
      });
    this.#source = source;
    this.#now = now;
    this.dialect = DIALECTS.find((dialect) => dialect === source.dialect) ?? 'magic-soap';
    this.#transport =
      this.dialect === 'run-request'
        ? new GuideTransport(source, auth, upstream, now)
        : new MagicTransport(source, auth, upstream, now);
  }

  /** Whether it makes sense to ask: the dialect has the action, and the licence has not excluded it of late. */
  offers(action: ActionName): boolean {
    return this.#transport.offers(action) && (this.#unlicensedUntil.get(action) ?? 0) <= this.#now();
  }

  /**
   * Runs a reading action; equal calls of one operation share one answer.
   * @throws GraphError UNSUPPORTED_BY_VENDOR when dialect or licence do not have the action, VALIDATION for values that
   * XML cannot carry, otherwise as the transport does.
   */
  async run<A extends ActionName>(action: A, values: Values<A>, call: Call): Promise<readonly Table[]> {
    if (!this.offers(action)) throw this.#unsupported();
    if (Object.values<string>(values).some((value) => /[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.test(value)))
      throw new GraphError('VALIDATION', { message: 'Control characters are not allowed.' });
    const asked = this.#asked.get(call) ?? new Map<string, Promise<readonly Table[]>>();
    this.#asked.set(call, asked);
    const key = JSON.stringify([action, values]);
    const running = asked.get(key);
    if (running !== undefined) return running;
    const answer = this.#ask(action, values, call);
    asked.set(key, answer);
    answer.catch(() => asked.delete(key));
    return answer;
  }

  async #ask(action: ActionName, values: Readonly<Record<string, string>>, call: Call): Promise<readonly Table[]> {
    const first = this.#first.get(action);
    if (first === undefined) {
      const attempt = this.#attempt(action, values, call);
      this.#first.set(
        action,
        attempt.catch(() => undefined),
      );
      return attempt;
    }
    await first;
    if (!this.offers(action)) throw this.#unsupported();
    return this.#attempt(action, values, call);
  }

  async #attempt(action: ActionName, values: Readonly<Record<string, string>>, call: Call): Promise<readonly Table[]> {
    try {
      return await this.#transport.run(action, values, call);
    } catch (thrown) {
      if (thrown instanceof UnityRefusal && thrown.refusal === 'licence') {
        this.#unlicensedUntil.set(action, this.#now() + UNLICENSED_MS);
        this.#first.delete(action);
      }
      throw thrown;
    }
  }

  #unsupported(): GraphError {
    return new GraphError('UNSUPPORTED_BY_VENDOR', { source: this.#source.id });
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}

/** The first of several ways that dialect and licence have; a way is skipped only for being unsupported. */
export const firstOffered = async <T>(ways: readonly (() => Promise<T>)[]): Promise<T> => {
  let refused: unknown = new GraphError('UNSUPPORTED_BY_VENDOR');
  for (const way of ways) {
    try {
      return await way();
    } catch (thrown) {
      if (!(thrown instanceof GraphError) || thrown.code !== 'UNSUPPORTED_BY_VENDOR') throw thrown;
      refused = thrown;
    }
  }
  throw refused;
};
