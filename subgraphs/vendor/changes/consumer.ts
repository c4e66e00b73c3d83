import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorCode } from '../../../schema/enums.ts';
import { GraphError } from '../../../schema/errors.ts';
import type { Changes, HeldEvent } from '../../../store/changes.ts';
import { StoreError } from '../../../store/error.ts';
import { ownCall } from '../../../upstream/call.ts';
import type { ConnectedSource } from '../sources.ts';
import { FailedEvents } from './failed.ts';
import type { ChangeMeter } from './meter.ts';
import type { Push } from './push.ts';
import { recordChanges } from './record.ts';

/** Events that are dealt with together: many vendors tell of so many records by few calls. */
const MOST_TOGETHER = 100;
/** At others each takes a call: no more together than a source allows in so many seconds. */
const SECONDS_TOGETHER = 5;
/** How long the first of them waits for others: what happens at one moment is often told by several, and read once. */
const GATHER_MS = 25;
/** And where there were others a moment ago: many at once cost little more than one. */
const BUSY_GATHER_MS = 100;
const MOMENT_MS = 1_000;
/** What fails comes again when this is over. */
const HOLD_MS = 15_000;
/** For all that is done with events while they are held, and with one of them alone. */
const BATCH_MS = 12_000;
const ALONE_MS = 6_000;
/** So many failures in a row are the vendor's, and no event's. */
const MOST_IN_A_ROW = 5;
/** Failures that say nothing of an event. */
const OF_THE_SOURCE: ReadonlySet<ErrorCode> = new Set(['RATE_LIMITED', 'UNAUTHENTICATED_AT_VENDOR']);
/** Pauses after failures that are no event's: doubled up to the longest. */
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** Who fails when it is so old is given up: the source's feeds tell what it was about. */
const GIVEN_UP_MS = 3_600_000;

interface ConsumerOptions {
  readonly source: ConnectedSource;
  readonly push: Push;
  readonly changes: Changes;
  readonly meter: ChangeMeter;
  /** Names this process among all that share the inbox. */
  readonly worker: string;
  readonly now: () => number;
}

/**
 * Brings the events that one source delivered into the stream, one batch after the other, oldest first. What fails stays
 * in the inbox and is tried again: an event that fails others alone and later and later, and after pauses while it is the
 * vendor that fails. Any number of processes may share the inbox.
 */
export class Consumer {
  readonly #options: ConsumerOptions;
  readonly #most: number;
  readonly #failed: FailedEvents;
  readonly #ended = new AbortController();
  readonly #endListening: () => void;
  #running: Promise<void> | undefined;
  #again = false;
  #pause: NodeJS.Timeout | undefined;
  #pauses = 0;
  #dealtAt = Number.NEGATIVE_INFINITY;
  #inARow = 0;

  constructor(options: ConsumerOptions) {
    this.#options = options;
    const { changes, source, now } = options;
    this.#most = Math.min(MOST_TOGETHER, Math.max(1, source.settings.limits.perSecond * SECONDS_TOGETHER));
    this.#failed = new FailedEvents(now);
    this.#endListening = changes.onReceive((id) => {
      if (id === source.id) this.#pump();
    });
    this.#pump();
  }

  #pump(): void {
    this.#again = true;
    if (this.#running !== undefined || !this.#goesOn) return;
    this.#running = this.#take().finally(() => {
      this.#running = undefined;
      if (this.#again) this.#pump(); // somebody rang when it had just ended
    });
  }

  get #goesOn(): boolean {
    return this.#pause === undefined && !this.#ended.signal.aborted;
  }

  async #take(): Promise<void> {
    const { changes, source, worker } = this.#options;
    try {
      while (this.#again && this.#goesOn) {
        this.#again = false;
        const busy = performance.now() - this.#dealtAt < MOMENT_MS;
        await sleep(busy ? BUSY_GATHER_MS : GATHER_MS, undefined, { ref: false, signal: this.#ended.signal });
        const events = await changes.held(source.id, worker, this.#most, HOLD_MS);
        if (events.length === this.#most) this.#again = true; // there may be more
        if (events.length === 0) continue;
        await this.#deal(events);
        this.#dealtAt = performance.now();
      }
    } catch {
      this.#rest(); // the store cannot be reached, or it was closed: what is held comes again by itself
    }
  }

  #rest(): void {
    if (!this.#goesOn) return;
    const ms = Math.min(PAUSE_MS * 2 ** this.#pauses, LONGEST_PAUSE_MS);
    this.#pauses += 1;
    this.#inARow = 0;
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#pump();
    }, ms).unref();
  }

  /** All together; if that fails one by one, and so those that failed before. @throws StoreError */
  async #deal(events: readonly HeldEvent[]): Promise<void> {
    const { now } = this.#options;
    const until = now() + BATCH_MS;
    const fresh = events.filter(({ id }) => !this.#failed.has(id));
    const told = fresh.length > 1 && (await this.#told(fresh, BATCH_MS));
    const alone = events.filter(({ id }) => !this.#failed.rests(id) && (!told || this.#failed.has(id)));
    for (const [n, event] of alone.entries()) {
      const rest = alone.slice(n);
      const ms = Math.min(ALONE_MS, until - now());
      if (this.#goesOn && ms <= 0) return rest.forEach(({ id }) => void this.#failed.suspect(id));
      if (this.#goesOn && (await this.#told([event], ms))) continue;
      if (!this.#goesOn) return this.#leave(rest); // it is not the event that failed
      this.#failed.add(event.id);
      await this.#leave([event]);
    }
  }

  /** Whether what these events are about is in the stream, and they are dealt with. @throws StoreError */
  async #told(events: readonly HeldEvent[], ms: number): Promise<boolean> {
    const { push, changes, source, meter, now } = this.#options;
    const call = { ...ownCall(ms, now), signal: AbortSignal.any([this.#ended.signal, AbortSignal.timeout(ms)]) };
    const contents = events.map(({ content }) => content);
    try {
      const since = await changes.mark();
      const noticed = await push.noticed(contents, call);
      await recordChanges(noticed, { source, changes, meter, cause: 'WEBHOOK', since }, call);
    } catch (thrown) {
      if (thrown instanceof StoreError) throw thrown;
      this.#inARow += 1;
      const isOfTheSource = thrown instanceof GraphError && OF_THE_SOURCE.has(thrown.code);
      if (isOfTheSource || this.#inARow >= MOST_IN_A_ROW) this.#rest();
      return false;
    }
    this.#inARow = 0;
    this.#pauses = 0;
    await this.#done(events);
    for (const { receivedAt } of events) meter.took(source.id, now() - Date.parse(receivedAt));
    return true;
  }

  async #done(events: readonly HeldEvent[]): Promise<void> {
    await this.#options.changes.done(events.map(({ id }) => id));
    for (const { id } of events) this.#failed.forget(id);
  }

  /** Leaves what failed to be held again, if it is not too old. @throws StoreError */
  async #leave(events: readonly HeldEvent[]): Promise<void> {
    const { meter, source, now } = this.#options;
    if (this.#ended.signal.aborted) return;
    const old = events.filter(({ receivedAt }) => now() - Date.parse(receivedAt) > GIVEN_UP_MS);
    if (old.length === 0) return;
    await this.#done(old);
    for (const _ of old) meter.gaveUp(source.id);
  }

  /** Ends what is under way; what is held is held again by whoever comes, when its time is over. */
  async close(): Promise<void> {
    this.#ended.abort();
    this.#endListening();
    clearTimeout(this.#pause);
    await this.#running;
  }
}
