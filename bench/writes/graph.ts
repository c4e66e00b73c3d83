import { Agent, request } from 'undici';

export interface Answer<T> {
  readonly data: T;
  /** Codes of the errors that came with it. */
  readonly errors: readonly string[];
}

interface Body<T> {
  readonly data?: T | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

/** Longer than the product lets a mutation wait. */
const PATIENCE_MS = 40_000;

/** The graph from outside, over HTTP. */
export class Graph {
  readonly #url: () => string;
  readonly #agent: Agent;

  /** `url` is asked for every time: a product that was started again may be elsewhere. */
  constructor(url: () => string, connections: number) {
    this.#url = url;
    this.#agent = new Agent({ connections, headersTimeout: PATIENCE_MS, bodyTimeout: PATIENCE_MS });
  }

  /** @throws when there is no answer of a graph: nobody listens, the connection broke off, the signal was aborted */
  async ask<T>(query: string, variables: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<Answer<T>> {
    const { statusCode, body } = await request(this.#url(), {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query, variables }),
      dispatcher: this.#agent,
      ...(signal === undefined ? {} : { signal }),
    });
    const { data, errors = [] } = (await body.json()) as Body<T>;
    if (statusCode !== 200 || data === undefined)
      throw new Error(`The graph did not answer: ${statusCode} ${errors[0]?.extensions?.code ?? ''}.`);
    return { data: data as T, errors: errors.map(({ extensions }) => extensions?.code ?? 'UNKNOWN') };
  }

  close(): Promise<void> {
    return this.#agent.close();
  }
}
