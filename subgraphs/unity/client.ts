import { GraphError } from '../../schema/errors.ts';
import type { Origin } from '../../upstream/cache/question.ts';
import type { SourceCache } from '../../upstream/cache.ts';
import type { Call } from '../../upstream/call.ts';
import type { SourceSettings } from '../../upstream/source.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { freshMs } from '../vendor/questions.ts';
import type { WriteCall } from '../vendor/writes/writer.ts';
import { type ActionName, guideParameters, magicArguments, type Values } from './actions.ts';
import { type FoldedTable, fold, type Kept, keptAs, unfold } from './kept.ts';
import { mergedRow, type Row, type Table } from './payload.ts';
import { GuideTransport } from './transport/guide.ts';
import { MagicTransport } from './transport/magic.ts';
import { statusRefusal, UnityRefusal } from './transport/refusal.ts';
import type { Transport } from './transport/transport.ts';

export const DIALECTS = ['magic-soap', 'run-request'] as const;
export type Dialect = (typeof DIALECTS)[number];

/** An action outside the licence is not asked for again this long; licences change, and one client saw this for a dead token. */
const UNLICENSED_MS = 60 * 60_000;

/** What an action gave. */
export interface Answer {
  readonly tables: readonly Table[];
  /** Where it comes from, if it may be one that was kept. */
  readonly on?: Origin;
}

/** Unity's actions for one source, in the source's dialect. */
export class UnityClient {
  readonly dialect: Dialect;
  readonly #source: SourceSettings;
  readonly #transport: Transport;
  readonly #cache: SourceCache;
  readonly #now: () => number;
  readonly #unlicensedUntil = new Map<ActionName, number>();
  /** Answers within one call: what it asks for twice is fetched once. Goes away with the call. */
  readonly #asked = new WeakMap<Call, Map<string, Promise<Answer>>>();
  /** Kept answers as tables again, as long as the cache holds the same object. */
  readonly #unfolded = new WeakMap<readonly FoldedTable[], readonly Table[]>();

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
    this.#cache = upstream.cache;
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
   * Runs a reading action. Equal calls that come meanwhile share its answer; one that serves many questions is kept as
   * long as records of its type may be shown again. Within an operation an answer stands. The call of a write is
   * answered by the vendor, now: what it asks about changes by its own doing, and others' doings are what it must see.
   * @throws GraphError UNSUPPORTED_BY_VENDOR when dialect or licence do not have the action, VALIDATION for values that
   * XML cannot carry, otherwise as the transport does.
   */
  async run<A extends ActionName>(action: A, values: Values<A>, call: Call): Promise<Answer> {
    if (!this.offers(action)) throw this.#unsupported();
    if (Object.values<string>(values).some((value) => /[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.test(value)))
      throw new GraphError('VALIDATION', { message: 'Control characters are not allowed.' });
    const asked = this.#asked.get(call) ?? new Map<string, Promise<Answer>>();
    this.#asked.set(call, asked);
    // questions that send the same are the same
    const sent = this.dialect === 'run-request' ? guideParameters(action, values) : magicArguments(action, values);
    const key = JSON.stringify([action, sent]);
    const running = asked.get(key);
    if (running !== undefined) return running;
    const live = call.departures !== undefined;
    const kept = live ? undefined : keptAs(action, values);
    const answer =
      kept === undefined
        ? this.#ask(action, values, call)
        : this.#through(kept, key, (own) => this.#ask(action, values, own), call);
    asked.set(key, answer);
    const forget = (): unknown => asked.delete(key);
    answer.then(live ? forget : undefined, forget);
    return answer;
  }

  /**
   * Runs an action that saves, once, and gives the row that tells of it.
   * @throws GraphError as `run`; UnityRefusal for a refusal, after which nothing was saved; BAD_VENDOR_ANSWER where that
   * is not sure, or nothing tells of it.
   */
  async save<A extends ActionName>(action: A, values: Values<A>, call: WriteCall): Promise<Row> {
    if (!this.offers(action)) throw this.#unsupported();
    try {
      const row = mergedRow(await this.#licensed(action, values, call));
      const refused = statusRefusal(row, this.#source.id);
      if (refused !== undefined) throw refused;
      if (row.size > 0) return row;
    } catch (thrown) {
      if (!(thrown instanceof UnityRefusal) || thrown.refusal !== 'other' || thrown.said.certain) throw thrown;
    }
    throw new GraphError('BAD_VENDOR_ANSWER', { source: this.#source.id });
  }

  async #through({ type, tags }: Kept, key: string, ask: (call: Call) => Promise<Answer>, call: Call): Promise<Answer> {
    const fetch = async (own: Call): Promise<readonly FoldedTable[]> => {
      const { tables } = await ask(own);
      const folded = tables.map(fold);
      this.#unfolded.set(folded, tables);
      return folded;
    };
    const { value, on } = await this.#cache.told('answer', key, freshMs(type, this.#source.cache), call, fetch, tags);
    const tables = this.#unfolded.get(value) ?? value.map(unfold);
    this.#unfolded.set(value, tables);
    return { tables, on };
  }

  async #ask(action: ActionName, values: Readonly<Record<string, string>>, call: Call): Promise<Answer> {
    return { tables: await this.#licensed(action, values, call) };
  }

  /** A refusal is remembered; those that are under way meanwhile are refused each, which takes less time than one by one. */
  async #licensed(action: ActionName, values: Readonly<Record<string, string>>, call: Call): Promise<readonly Table[]> {
    try {
      return await this.#transport.run(action, values, call);
    } catch (thrown) {
      if (thrown instanceof UnityRefusal && thrown.refusal === 'licence')
        this.#unlicensedUntil.set(action, this.#now() + UNLICENSED_MS);
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
  let refused: unknown;
  for (const way of ways) {
    try {
      return await way();
    } catch (thrown) {
      if (!(thrown instanceof GraphError) || thrown.code !== 'UNSUPPORTED_BY_VENDOR') throw thrown;
      refused = thrown;
    }
  }
  throw refused ?? new GraphError('UNSUPPORTED_BY_VENDOR');
};
