import { Readable } from 'node:stream';
import { Agent, request } from 'undici';

/** One notification as it goes over the wire. */
export interface Parcel {
  readonly to: string;
  /** POST when absent. */
  readonly method?: 'POST' | 'PUT' | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent byte for byte as UTF-8; an empty one is none. */
  readonly body: string;
}

export type Failure = 'timeout' | 'unreachable' | 'cut';

/** What became of one try: the status of an answer, or why there was none. */
export type Answered = { readonly status: number } | { readonly failure: Failure };

/** Tries at once; the others wait for their turn, which does not count as the receiver's time. */
const AT_ONCE = 32;

export interface Courier {
  /** Never throws. `cut`: stops in the middle of the body. */
  post(parcel: Parcel, limitMs: number, cut?: boolean): Promise<Answered>;
  /** Ends every try that is under way. */
  close(): Promise<void>;
}

const CUT = new Error('cut');

/** Half of the body and then nothing more. */
const half = (body: Buffer): Readable =>
  Readable.from(
    (async function* () {
      yield body.subarray(0, Math.floor(body.length / 2));
      throw CUT;
    })(),
  );

/** Lets so many go on at once. Gives what says that one is done. */
const turnstile = (atOnce: number): (() => Promise<() => void>) => {
  let free = atOnce;
  const queue: (() => void)[] = [];
  const done = (): void => {
    const next = queue.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return async () => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => queue.push(resolve));
    return done;
  };
};

const bring = async (agent: Agent, parcel: Parcel, limitMs: number, cut: boolean): Promise<Answered> => {
  const { to, method = 'POST', headers, body } = parcel;
  const signal = AbortSignal.timeout(limitMs);
  const bytes = Buffer.from(body);
  try {
    const answer = await request(to, {
      dispatcher: agent,
      method,
      signal,
      headers: { ...headers, 'content-length': String(bytes.length) },
      body: cut ? half(bytes) : bytes,
    });
    await answer.body.dump();
    return { status: answer.statusCode };
  } catch (error) {
    if (error === CUT) return { failure: 'cut' };
    return { failure: signal.aborted ? 'timeout' : 'unreachable' };
  }
};

/** Brings notifications to whoever asked for them; each answer is thrown away except for its status. */
export const openCourier = (): Courier => {
  const agent = new Agent({ connections: AT_ONCE });
  const turn = turnstile(AT_ONCE);
  return {
    post: async (parcel, limitMs, cut = false) => {
      const done = await turn();
      try {
        return await bring(agent, parcel, limitMs, cut);
      } finally {
        done();
      }
    },
    close: () => agent.destroy(),
  };
};
