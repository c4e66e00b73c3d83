import { randomUUID } from 'node:crypto';
import type { SourceId } from '../../schema/ids.ts';
import { CLOCKS, type RateClocks, type RateLimits, type Rates, type SourceRate, type Turn } from '../rate.ts';
import type { RedisLink } from '../redis.ts';
import { ProcessRate } from './process.ts';
import { RESERVE, THROTTLE } from './script.ts';
import { WINDOW_MS } from './starts.ts';

/** A process that has sent nothing for so long no longer counts as one that shares a source's rate. */
const PROCESS_MS = 60_000;
/**
 * So long a process that cannot reach Redis starts nothing: the others may still be told that they have the whole rate.
 * After it, Redis is taken to be away for all of them.
 */
const PATIENCE_MS = 2_000;
/** Between two looks whether Redis is there again. */
const LOOK_MS = 100;
/** Processes notice within this time that Redis is back: so long none relies on the others having noticed. */
const UNSURE_MS = 5_000;
/** As many processes are taken to be there when Redis has never told: more than small deployments run. */
const ASSUMED_PROCESSES = 4;

type Asked = [closed: number, inMs: number, used: number, processes: number];

/**
 * One source's rate, counted by all processes together. Without Redis each process keeps to its part of the rate: slower,
 * but not more than the source allows.
 */
class SharedRate implements SourceRate {
  readonly #limits: RateLimits;
  readonly #redis: Pick<RedisLink, 'ask'>;
  readonly #keys: string[];
  readonly #process: string;
  readonly #elapsed: () => number;
  /** What this process counts: all of it while Redis answers, its part of it otherwise. */
  readonly #own: ProcessRate;
  #processes = ASSUMED_PROCESSES;
  #awaySince: number | undefined;
  #unsureUntil = Number.NEGATIVE_INFINITY;
  #pausedUntil = Number.NEGATIVE_INFINITY;

  constructor(limits: RateLimits, redis: Pick<RedisLink, 'ask'>, keys: string[], process: string, clocks: RateClocks) {
    this.#limits = limits;
    this.#redis = redis;
    this.#keys = keys;
    this.#process = process;
    this.#elapsed = clocks.elapsed;
    this.#own = new ProcessRate(limits, clocks);
  }

  async reserve(): Promise<Turn> {
    const { perSecond, perDay } = this.#limits;
    const args = [perSecond, perDay, WINDOW_MS, this.#process, PROCESS_MS].map(String);
    const asked = (await this.#eval(RESERVE, args)) as Asked | undefined;
    return asked === undefined ? this.#alone() : this.#together(asked);
  }

  #alone(): Turn {
    const now = this.#elapsed();
    this.#awaySince ??= now;
    if (now >= this.#unsureUntil && now - this.#awaySince < PATIENCE_MS) return { kind: 'closed', inMs: LOOK_MS };
    this.#unsureUntil = now + UNSURE_MS;
    return this.#own.take(this.#processes);
  }

  #together([closed, inMs, used, processes]: Asked): Turn {
    const now = this.#elapsed();
    this.#awaySince = undefined;
    this.#processes = processes;
    this.#own.used(closed === 1 ? used : used - 1);
    this.#pausedUntil = closed === 1 ? now + inMs : Number.NEGATIVE_INFINITY;
    if (closed === 1) return { kind: 'closed', inMs };
    const own = this.#own.take(now < this.#unsureUntil ? processes : 1);
    this.#own.used(used);
    return own.kind === 'closed' || own.inMs > inMs ? own : { kind: 'start', inMs };
  }

  earliestMs(ahead: number): number {
    return Math.max(this.pausedMs, this.#own.earliestMs(ahead));
  }

  get pausedMs(): number {
    return Math.max(0, this.#pausedUntil - this.#elapsed(), this.#own.pausedMs);
  }

  throttled(retryAfterSeconds: number | undefined): void {
    const pauseMs = this.#own.throttled(retryAfterSeconds);
    // the other processes learn of it with their next reservation
    void this.#eval(THROTTLE, [String(Math.ceil(pauseMs))]);
  }

  told(remaining: number): void {
    this.#own.told(remaining);
  }

  get leftToday(): number {
    return this.#own.leftToday;
  }

  #eval(script: string, args: string[]): Promise<unknown> {
    return this.#redis.ask((client) => client.eval(script, { keys: this.#keys, arguments: args }));
  }
}

/** Rates that all processes with the same Redis and prefix count together. */
export class SharedRates implements Rates {
  readonly #redis: Pick<RedisLink, 'ask'>;
  readonly #prefix: string;
  readonly #clocks: RateClocks;
  readonly #process = randomUUID();
  readonly #sources = new Map<SourceId, SharedRate>();

  constructor(redis: Pick<RedisLink, 'ask'>, prefix: string, clocks: RateClocks = CLOCKS) {
    this.#redis = redis;
    this.#prefix = prefix;
    this.#clocks = clocks;
  }

  of(source: SourceId, limits: RateLimits): SourceRate {
    const known = this.#sources.get(source);
    if (known !== undefined) return known;
    // braces: the keys of one source lie together in a cluster
    const keys = ['starts', 'state', 'processes'].map((name) => `${this.#prefix}rate:{${source}}:${name}`);
    const rate = new SharedRate(limits, this.#redis, keys, this.#process, this.#clocks);
    this.#sources.set(source, rate);
    return rate;
  }
}
