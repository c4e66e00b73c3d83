import { once } from 'node:events';
import { request } from 'node:http';
import { Worker } from 'node:worker_threads';
import { Pool } from 'undici';
import type { Child } from '../child.ts';
import { aliased, DOUBLED } from './cases.ts';

/** What a request that means harm has cost. */
export interface Flood {
  readonly name: string;
  /** How each was answered: its code, or `cut` for a connection that was closed while the body was still being sent. */
  readonly codes: readonly string[];
  readonly median: number;
  readonly max: number;
  /** Bytes of resident memory before the rounds and after them. */
  readonly before: number;
  readonly after: number;
  /** The longest that /live took meanwhile. */
  readonly live: number;
}

export const ROUNDS = 100;
/** Rounds ahead: as many as fill what the gateway keeps of documents, refused ones too, with the longest of these. */
const WARM_UP = 300;
const LARGE = 40 * 1024 * 1024;
const PART = Buffer.alloc(64 * 1024, ' ');

type Send = (round: number) => Promise<string>;

const query =
  (pool: Pool, text: string): Send =>
  async (round) => {
    const { body } = await pool.request({
      path: '/graphql',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `${text} #${round}` }),
    });
    const { errors } = (await body.json()) as {
      readonly errors?: readonly { readonly extensions: { code: string } }[];
    };
    return errors?.[0]?.extensions.code ?? 'answered';
  };

/** Sends a body in parts for as long as anybody takes them. */
const pour = (url: string, headers: Readonly<Record<string, string>>): Promise<string> =>
  new Promise((resolve) => {
    const asked = request(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
    });
    let code = 'cut';
    asked.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('error', () => undefined);
      response.on('end', () => {
        code =
          (JSON.parse(text) as { errors: readonly { extensions: { code: string } }[] }).errors[0]?.extensions.code ??
          'none';
        asked.destroy();
      });
    });
    asked.on('error', () => undefined);
    asked.on('close', () => resolve(code));
    const more = (left: number): void => {
      if (left <= 0) asked.end();
      else if (!asked.destroyed) asked.write(PART, () => more(left - PART.length));
    };
    more(LARGE);
  });

/** Asks /live all the time from a thread of its own; the end of it says how long the longest answer took. */
const watchLive = async (url: string): Promise<() => Promise<number>> => {
  const watcher = new Worker(new URL('./live.ts', import.meta.url), { workerData: url });
  await once(watcher, 'message');
  return async () => {
    const longest = once(watcher, 'message');
    watcher.postMessage('end');
    return Number((await longest)[0]);
  };
};

const flood = async (name: string, gateway: Child, send: Send): Promise<Flood> => {
  for (let round = 0; round < WARM_UP; round++) await send(round);
  const before = (await gateway.usage()).rss;
  const live = await watchLive(gateway.url);
  const codes = new Set<string>();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now();
    codes.add(await send(WARM_UP + round));
    times.push(performance.now() - from);
  }
  times.sort((a, b) => a - b);
  return {
    name,
    codes: [...codes],
    median: times[ROUNDS / 2] ?? 0,
    max: times.at(-1) ?? 0,
    before,
    live: await live(),
    after: (await gateway.usage()).rss,
  };
};

/** Sends each flood a hundred times, one after the other. */
export const measureFloods = async (gateway: Child): Promise<readonly Flood[]> => {
  const pool = new Pool(gateway.url);
  try {
    return [
      await flood('10,000 aliases', gateway, query(pool, aliased(10_000))),
      await flood('2^25 fragment doublings', gateway, query(pool, DOUBLED)),
      await flood('40 MB with content-length', gateway, () => pour(gateway.url, { 'content-length': String(LARGE) })),
      await flood('40 MB without', gateway, () => pour(gateway.url, { 'transfer-encoding': 'chunked' })),
    ];
  } finally {
    await pool.destroy();
  }
};
