import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Question } from './questions.ts';

/** One operation as its client saw it. */
export interface Outcome {
  readonly kind: string;
  readonly ms: number;
  /** Codes of the errors that came with the answer or in a source's outcome; `HTTP` for no answer of the graph's. */
  readonly errors: readonly string[];
}

/** Longer than the product's own deadline. */
const PATIENCE_MS = 60_000;

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

/** Claims over everybody, and what else a vendor does not offer, are no failure of a call. */
const EXPECTED = new Set(['UNSUPPORTED_BY_VENDOR']);

const outcomeCodes = (data: Answer['data']): readonly string[] =>
  Object.values(data ?? {}).flatMap((field) => {
    const { outcomes = [] } = (field ?? {}) as { outcomes?: readonly { error: { code: string } | null }[] };
    return outcomes.flatMap(({ error }) => (error === null ? [] : [error.code]));
  });

/** Clients of the graph, each with a connection of its own. */
export class Clients {
  readonly #pool: Pool;
  readonly #path: string;

  constructor(url: string, connections: number) {
    const { origin, pathname } = new URL(url);
    this.#pool = new Pool(origin, { connections, headersTimeout: PATIENCE_MS, bodyTimeout: PATIENCE_MS });
    this.#path = pathname;
  }

  async ask({ kind, query, variables }: Question, from = performance.now()): Promise<Outcome> {
    try {
      const { statusCode, body } = await this.#pool.request({
        method: 'POST',
        path: this.#path,
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors = [] } = (await body.json()) as Answer;
      const codes = [...errors.map(({ extensions }) => extensions?.code ?? 'UNKNOWN'), ...outcomeCodes(data)];
      const failures = codes.filter((code) => !EXPECTED.has(code));
      return { kind, ms: performance.now() - from, errors: statusCode === 200 ? failures : ['HTTP', ...failures] };
    } catch {
      return { kind, ms: performance.now() - from, errors: ['HTTP'] };
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** So many clients, each asking as soon as it is answered, until the questions are at an end. */
export const closedLoop = async (
  clients: Clients,
  count: number,
  next: () => Question | undefined,
): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  const client = async (): Promise<void> => {
    for (let question = next(); question !== undefined; question = next()) outcomes.push(await clients.ask(question));
  };
  await Promise.all(Array.from({ length: count }, client));
  return outcomes;
};

/** So many questions a second, whoever is still waiting; times count from when a question was due. */
export const openLoop = async (
  clients: Clients,
  perSecond: number,
  seconds: number,
  next: () => Question,
): Promise<readonly Outcome[]> => {
  const from = performance.now();
  const asked: Promise<Outcome>[] = [];
  for (let i = 0; i < perSecond * seconds; i++) {
    const due = from + (i * 1_000) / perSecond;
    const ahead = due - performance.now();
    if (ahead > 0) await wait(ahead);
    asked.push(clients.ask(next(), due));
  }
  return Promise.all(asked);
};
