import QuickLRU from 'quick-lru';
import { Weighed } from '../weighed.ts';
import { type PersistedOperations, sha256 } from './operations-file.ts';
import { malformed, type Refusal, refuse } from './refusal.ts';

/** What of a request names its document. */
export interface Naming {
  readonly query?: string | null | undefined;
  /** GraphQL over HTTP's persisted documents. */
  readonly documentId?: unknown;
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
}

export interface PersistedOptions {
  /** Only these are run; without them, any. */
  readonly operations?: PersistedOperations | undefined;
  /** What becomes of others: refused, or run and told. */
  readonly onUnknownOperation?: 'refuse' | 'log' | undefined;
  /** Takes a line for the operator. */
  readonly tell: (line: string) => void;
}

/** Texts that clients have registered by hash: an application's few hundred, of a few KB each. */
const MOST_TEXTS = 1_000;
const MOST_BYTES = 16 * 1024 * 1024;
/** Hashes told to the operator; who reads more than these has a list to make first. */
const MOST_TOLD = 1_000;

const HASH = /^[0-9a-f]{64}$/;

/** The hash of an automatic persisted query, if there is one. */
const hashOf = (extensions: Naming['extensions']): string | undefined | Refusal => {
  const named = extensions?.persistedQuery;
  if (named === undefined || named === null) return undefined;
  if (typeof named !== 'object') return malformed('extensions.persistedQuery must be an object.');
  const { version, sha256Hash } = named as { version?: unknown; sha256Hash?: unknown };
  if (version !== 1) return malformed('extensions.persistedQuery.version must be 1.');
  if (typeof sha256Hash !== 'string' || !HASH.test(sha256Hash))
    return malformed('extensions.persistedQuery.sha256Hash must be a SHA-256 in lower-case hexadecimal digits.');
  return sha256Hash;
};

/** Finds a request's text: written out, by a persisted document's id, or by an automatic persisted query's hash. */
export class Persisted {
  readonly #options: PersistedOptions;
  readonly #registered = new Weighed<string>({ entries: MOST_TEXTS, weight: MOST_BYTES });
  readonly #told = new QuickLRU<string, true>({ maxSize: MOST_TOLD });

  constructor(options: PersistedOptions) {
    this.#options = options;
  }

  /** The text to run, or why there is none. */
  textOf(naming: Naming): string | Refusal {
    const hash = hashOf(naming.extensions);
    if (typeof hash === 'object') return hash;
    const { documentId } = naming;
    if (documentId !== undefined && documentId !== null && typeof documentId !== 'string')
      return malformed('documentId must be text.');
    // by WebSocket a request has to have a query, so that an empty one stands for none
    const query = naming.query || undefined;
    const id = documentId ?? hash;
    if (query === undefined) return id === undefined ? malformed('The request names no query.') : this.#byId(id);
    if (typeof documentId === 'string') return malformed('The request names both a query and a documentId.');
    if (hash !== undefined && sha256(query) !== hash)
      return malformed('extensions.persistedQuery.sha256Hash is not the SHA-256 of the query.');
    return this.#allowed(query, hash);
  }

  #byId(id: string): string | Refusal {
    const { operations, onUnknownOperation } = this.#options;
    const known = operations?.byId.get(id);
    if (known !== undefined) return known;
    if (operations !== undefined && onUnknownOperation !== 'log') return NOT_PERSISTED;
    const registered = this.#registered.get(id.replace(/^sha256:/, ''));
    return registered === undefined ? NOT_FOUND : this.#allowed(registered, undefined);
  }

  #allowed(query: string, hash: string | undefined): string | Refusal {
    const { operations, onUnknownOperation } = this.#options;
    if (operations !== undefined && !operations.texts.has(query)) {
      if (onUnknownOperation !== 'log') return NOT_PERSISTED;
      this.#tell(hash ?? sha256(query));
    }
    if (hash !== undefined) this.#registered.set(hash, query, query.length * 2);
    return query;
  }

  #tell(hash: string): void {
    if (this.#told.has(hash)) return;
    this.#told.set(hash, true);
    this.#options.tell(`An operation was run that is not among the persisted ones: sha256 ${hash}`);
  }
}

const NOT_PERSISTED = refuse('OPERATION_NOT_PERSISTED', 'Only persisted operations are run here.');
/**
 * Clients of automatic persisted queries go by this very message and take a status of 4xx for a failure, in which they
 * would not send the text: Apollo Server answers 200, and so the protocol has it.
 */
const NOT_FOUND = refuse('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound', { status: 200, always: true });
