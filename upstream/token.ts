import { GraphError } from '../schema/errors.ts';
import { type Call, ownCall } from './call.ts';

/** A token, and the instants (milliseconds since the epoch) from which a new one is fetched, and from which it is dead. */
export interface Token {
  readonly value: string;
  readonly renewAt: number;
  readonly expiresAt: number;
}

/** A new token is fetched this long before the end, or in the last fifth of shorter lives: time for some attempts. */
const EARLY_MS = 120_000;
/** A token that ends within this time, or within a twentieth of its life, is not sent: it might die on the way. */
const ON_THE_WAY_MS = 15_000;

/** When a token of this life, asked for at `startedAt`, is to be renewed and when it is dead. */
export const lifeOf = (seconds: number, startedAt: number): Pick<Token, 'renewAt' | 'expiresAt'> => {
  const life = seconds * 1000;
  return {
    renewAt: startedAt + life - Math.min(EARLY_MS, life / 5),
    expiresAt: startedAt + life - Math.min(ON_THE_WAY_MS, life / 20),
  };
};

/** What one fetch may take, all its attempts and its place in the queue included: as long as the longest operation. */
const FETCH_MS = 30_000;

const FIRST_PAUSE_MS = 500;
/** Between fetches for which calls wait: they go on within this time once the vendor's system is back. */
const LONGEST_PAUSE_MS = 1_000;
/** Between fetches that nobody waits for, and where credentials are refused, which locks accounts at some vendors. */
const LONGEST_PATIENT_PAUSE_MS = 60_000;

interface Failure {
  readonly error: unknown;
  /** On the monotonic clock. */
  readonly at: number;
  /** How many there were in a row. */
  readonly count: number;
}

/**
 * One source's token: fetched when first needed, shared by all calls, renewed by one fetch at a time however many calls
 * wait. While the present token lives, no call waits for the next one, nor sees that fetching it failed. After a failure
 * the vendor is left alone for a growing pause, in which calls without a token get that failure.
 */
export class TokenKeeper {
  #current: Token | undefined;
  /** Whether the vendor has taken the present token. */
  #isAccepted = false;
  #fetching: Promise<Token> | undefined;
  #failure: Failure | undefined;
  readonly #fetch: (call: Call) => Promise<Token>;
  readonly #now: () => number;
  readonly #elapsed: () => number;

  /** `now` is the clock by which tokens live, `elapsed` a monotonic one for pauses. */
  constructor(
    fetch: (call: Call) => Promise<Token>,
    now: () => number,
    elapsed: () => number = () => performance.now(),
  ) {
    this.#fetch = fetch;
    this.#now = now;
    this.#elapsed = elapsed;
  }

  /** @throws what the fetch failed with, and GraphError TIMEOUT when the operation ends before the fetch does. */
  async get(call: Call): Promise<string> {
    const token = this.#current;
    const now = this.#now();
    if (token !== undefined && now < token.expiresAt) {
      if (now >= token.renewAt && !this.#isPausing('alive')) this.#renew(call).catch(() => undefined);
      return token.value;
    }
    if (this.#fetching === undefined && this.#failure !== undefined && this.#isPausing('dead'))
      throw this.#failure.error;
    return (await whileWanted(this.#renew(call), call)).value;
  }

  /**
   * The token with which to repeat a call whose token the vendor refused: the present one if that is another, else a new
   * one. `undefined` when the vendor keeps refusing tokens that it has just given: renewing again would not help.
   */
  async renewed(refused: string, call: Call): Promise<string | undefined> {
    if (this.#current?.value !== refused) return this.get(call);
    if (!this.#isAccepted) {
      if (this.#isPausing('dead')) return undefined;
      this.#failed(new GraphError('UNAUTHENTICATED_AT_VENDOR'));
    }
    this.#current = undefined;
    return (await whileWanted(this.#renew(call), call)).value;
  }

  /** Notes that the vendor has taken a token. */
  accepted(value: string): void {
    if (this.#isAccepted || this.#current?.value !== value) return;
    this.#isAccepted = true;
    this.#failure = undefined;
  }

  /** The token in use, if any: to be retired when the process drains. */
  get held(): string | undefined {
    return this.#current?.value;
  }

  /** The fetch under way, or a new one: a call of the source's own, which no client's leaving ends. */
  #renew(call: Call): Promise<Token> {
    this.#fetching ??= this.#fetch(ownCall(FETCH_MS, call.now, call.record))
      .then(
        (token) => {
          this.#current = token;
          this.#isAccepted = false;
          return token;
        },
        (thrown: unknown) => {
          this.#failed(thrown);
          throw thrown;
        },
      )
      .finally(() => {
        this.#fetching = undefined;
      });
    return this.#fetching;
  }

  #failed(error: unknown): void {
    this.#failure = { error, at: this.#elapsed(), count: (this.#failure?.count ?? 0) + 1 };
  }

  #isPausing(present: 'alive' | 'dead'): boolean {
    return this.#failure !== undefined && this.#elapsed() < this.#failure.at + pauseAfter(this.#failure, present);
  }
}

const pauseAfter = ({ error, count }: Failure, present: 'alive' | 'dead'): number => {
  const known = error instanceof GraphError ? error : undefined;
  const isPatient = present === 'alive' || known?.code === 'UNAUTHENTICATED_AT_VENDOR';
  const growing = Math.min(FIRST_PAUSE_MS * 2 ** (count - 1), isPatient ? LONGEST_PATIENT_PAUSE_MS : LONGEST_PAUSE_MS);
  // without a status it is not the vendor who asks for time: a source that is down is watched by its breaker
  const askedMs = known?.status === undefined ? 0 : (known.retryAfterSeconds ?? 0) * 1000;
  const asked = Math.min(askedMs, LONGEST_PATIENT_PAUSE_MS);
  return Math.max(growing, asked);
};

/** What others go on waiting for, until this operation ends. */
const whileWanted = <T>(work: Promise<T>, call: Call): Promise<T> =>
  new Promise((resolve, reject) => {
    const leave = (): void => reject(new GraphError('TIMEOUT'));
    if (call.signal.aborted) leave();
    call.signal.addEventListener('abort', leave, { once: true });
    work.then(resolve, reject).finally(() => call.signal.removeEventListener('abort', leave));
  });
