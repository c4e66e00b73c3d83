import { GraphError } from '../schema/errors.ts';
import { Breaker, OPEN_MS } from './breaker.ts';
import { SourceCache } from './cache.ts';
import type { Call } from './call.ts';
import { Exchange, ExchangeFailed, type Failure } from './exchange.ts';
import { Gate } from './gate.ts';
import { CallHealth } from './health.ts';
import type { SourceRate } from './rate.ts';
import type { Answer, OutboundRequest } from './request.ts';
import { RetryBudget, retrying } from './retry.ts';
import { processState, type SharedState } from './shared-state.ts';
import type { SourceSettings } from './source.ts';
import { verdictByStatus } from './verdict.ts';

/** A probe's time-out: with the breaker's pause, a source that hung is back within 5 seconds of its recovery. */
const PROBE_MS = 2_500;
/** A probe of a slow source gets so many times as long as its answers usually take. */
const PROBE_PATIENCE = 1.5;
/** An attempt that its operation's end cut off says that the source is slow if it had at least this long. */
const TELLING_MS = 2_000;
/** Timers of the same time fire so far apart. */
const TIMERS_MS = 20;

/** What became of one attempt. */
interface Attempt {
  /** `void` says nothing of the source's health. */
  readonly kind: 'answered' | 'throttled' | 'failed' | 'void';
  readonly result: Answer | GraphError;
  readonly isTimeout?: boolean;
  readonly retryAfterSeconds?: number;
}

export interface UpstreamOptions {
  /** Monotonic, milliseconds. */
  readonly elapsed?: () => number;
  /** From 0 to 1, 1 excluded. */
  readonly random?: () => number;
}

/**
 * The only way out of the process, one per source. A call waits for its turn, fair between callers, as long as the
 * source's limits and the operation's deadline say; reads that fail are repeated within a budget; a source that is down
 * is not asked. Answers of every status are returned; what a status means is the vendor's business (see `statusError`).
 * @throws GraphError TIMEOUT, SOURCE_UNAVAILABLE, RATE_LIMITED or BAD_VENDOR_ANSWER when there is no complete answer.
 */
export class Upstream {
  readonly cache: SourceCache;
  readonly health: CallHealth;
  readonly #source: SourceSettings;
  readonly #exchange: Exchange;
  readonly #rate: SourceRate;
  readonly #gate: Gate;
  readonly #breaker: Breaker;
  readonly #budget = new RetryBudget();
  readonly #elapsed: () => number;
  readonly #random: () => number;
  /** Aborted some time after the source went down, for the reads that hang on it since before. */
  #up = new AbortController();

  constructor(
    source: SourceSettings,
    now: () => number,
    state: SharedState = processState(),
    { elapsed = () => performance.now(), random = Math.random }: UpstreamOptions = {},
  ) {
    this.#source = source;
    this.#elapsed = elapsed;
    this.#random = random;
    const staleMs = source.cache.staleSeconds * 1000;
    this.cache = new SourceCache({ source: source.id, now, store: state.cache, staleMs });
    this.#exchange = new Exchange(source);
    this.#rate = state.rates.of(source.id, source.limits);
    this.#gate = new Gate(source.id, source.limits.concurrency, this.#rate, elapsed);
    this.#breaker = new Breaker(elapsed, () => this.#down());
    this.health = new CallHealth(
      () => this.#breaker.state,
      () => this.#rate.leftToday,
    );
  }

  async send(request: OutboundRequest, call: Call): Promise<Answer> {
    const until = this.#elapsed() + call.deadline - call.now();
    const once = (): Promise<Attempt> => this.#once(request, call, until);
    const limits = { until, signal: call.signal, elapsed: this.#elapsed, random: this.#random };
    const { result } = await (request.retry === 'read' ? retrying(once, this.#budget, limits) : once());
    if (result instanceof GraphError) throw result;
    return result;
  }

  async #once(request: OutboundRequest, call: Call, until: number): Promise<Attempt> {
    this.#refuseWhileDown();
    return this.#gate.run(call, until, () => {
      this.#refuseWhileDown();
      return this.#breaker.run((isProbe) => this.#attempt(request, call, until, isProbe));
    });
  }

  async #attempt(request: OutboundRequest, call: Call, until: number, isProbe: boolean): Promise<Attempt> {
    const isRead = request.retry === 'read';
    if (!isRead && !(await this.#mayDepart(request, call))) return { kind: 'void', result: this.#keptBack() };
    const started = this.#elapsed();
    const { timeoutMs } = this.#source;
    const patience =
      isProbe && isRead ? Math.max(PROBE_MS, (this.health.usualMs ?? 0) * PROBE_PATIENCE) : Number.POSITIVE_INFINITY;
    const allowed = Math.max(1, Math.min(timeoutMs, patience, until - started));
    const down = isRead ? this.#up.signal : undefined;
    let attempt: Attempt;
    try {
      const answer = await this.#exchange.send(request, { timeoutMs: allowed, signal: call.signal, down });
      attempt = this.#read(answer, request, call.now());
    } catch (thrown) {
      attempt = this.#failed(thrown, this.#elapsed() - started, until);
    }
    this.#note(attempt, request, call, this.#elapsed() - started);
    return attempt;
  }

  /** Nothing leaves that could not be written down before. */
  async #mayDepart(request: OutboundRequest, call: Call): Promise<boolean> {
    try {
      await call.departures?.departs(request.name);
      return true;
    } catch {
      return false;
    }
  }

  #keptBack(): GraphError {
    return new GraphError('SOURCE_UNAVAILABLE', { source: this.#source.id, message: 'The request was not sent.' });
  }

  /** What an answer says of the source. */
  #read(answer: Answer, request: OutboundRequest, now: number): Attempt {
    const verdict = request.verdict?.(answer) ?? verdictByStatus(answer, now);
    if (verdict.remaining !== undefined) this.#rate.told(verdict.remaining);
    if (verdict.kind === 'throttled') this.#rate.throttled(verdict.retryAfterSeconds);
    return { ...verdict, result: answer };
  }

  /** What the lack of an answer says: nothing, when the attempt was cut off before the source had its time. */
  #failed(thrown: unknown, elapsedMs: number, until: number): Attempt {
    if (thrown instanceof GraphError) return { kind: 'void', result: thrown };
    const failure = thrown instanceof ExchangeFailed ? thrown.failure : 'broken';
    const [kind, code] = FAILURES[failure];
    const result = new GraphError(code, { source: this.#source.id, cause: thrown });
    // an operation's signal ends it as well when its client leaves as when its time is over
    const isTimeout = failure === 'slow' || (failure === 'left' && this.#elapsed() > until - TIMERS_MS);
    if (!isTimeout) return { kind, result };
    const hadItsTime = elapsedMs > Math.min(this.#source.timeoutMs, TELLING_MS) - TIMERS_MS;
    return { kind: hadItsTime ? 'failed' : 'void', result, isTimeout };
  }

  #note({ kind, result }: Attempt, request: OutboundRequest, call: Call, elapsedMs: number): void {
    if (kind !== 'void') this.health.note(kind === 'failed', elapsedMs);
    if (request.retry !== 'read') call.departures?.returned(request.name, result, Math.round(elapsedMs));
    call.record({
      source: this.#source.id,
      call: request.name,
      ms: Math.round(elapsedMs),
      ...(result instanceof GraphError ? {} : { status: result.status }),
      cache: 'MISS',
    });
  }

  #refuseWhileDown(): void {
    if (this.#breaker.refusedMs > 0) throw this.#unavailable();
  }

  #unavailable(): GraphError {
    const seconds = Math.max(1, Math.ceil(this.#breaker.refusedMs / 1000));
    return new GraphError('SOURCE_UNAVAILABLE', { source: this.#source.id, retryAfterSeconds: seconds });
  }

  /** Who waits for a source that is down is told at once; reads that hang on it make room for the probe. */
  #down(): void {
    const before = this.#up;
    this.#up = new AbortController();
    setTimeout(() => before.abort(), OPEN_MS).unref();
    this.#gate.flush(this.#unavailable());
  }

  /** Waits for the attempts that are under way; nobody waits for a turn any longer. */
  async close(): Promise<void> {
    this.#gate.close();
    await this.#exchange.close();
  }
}

const FAILURES: Readonly<Record<Failure, readonly ['answered' | 'failed' | 'void', GraphError['code']]>> = {
  slow: ['failed', 'TIMEOUT'],
  left: ['void', 'TIMEOUT'],
  'given-up': ['void', 'SOURCE_UNAVAILABLE'],
  broken: ['failed', 'SOURCE_UNAVAILABLE'],
  oversized: ['answered', 'BAD_VENDOR_ANSWER'],
  garbled: ['answered', 'BAD_VENDOR_ANSWER'],
};
