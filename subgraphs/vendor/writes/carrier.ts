import type { Changes } from '../../../store/changes.ts';
import type { ClaimedWrite, Journal } from '../../../store/journal.ts';
import type { ChangeMeter } from '../changes/meter.ts';
import type { ConnectedSource } from '../sources.ts';
import { carry } from './carry.ts';
import { MOST_AT_ONCE, WRITE_TIMES, type WriteTimes } from './limits.ts';
import { Work } from './work.ts';

/** How long the carrier waits after the journal failed it, and between two looks when more is due than it may take. */
const AGAIN_MS = 250;
/** Renewals within one lease: two may fail before the claim is lost. */
const RENEWALS = 3;
/** Longer timers overflow. */
const LONGEST_SLEEP_MS = 3_600_000;

interface CarrierOptions {
  readonly source: ConnectedSource;
  readonly prefix: string;
  readonly journal: Journal;
  /** Where what a write made is told; nowhere when absent. */
  readonly changes?: Changes;
  /** Who counts what is told; nobody when absent. */
  readonly meter?: ChangeMeter;
  /** Names this process among all that share the journal. */
  readonly worker: string;
  readonly now: () => number;
  readonly times?: Partial<WriteTimes>;
}

/**
 * Carries out the writes of one source: takes them from the journal as they fall due, works on several at a time, never on
 * two of one lane, and gives up at once what it loses to another process. What is under way when it closes is finished if
 * that takes no longer than `drainMs`; the rest is taken up by whoever opens the journal next.
 */
export class Carrier {
  readonly #options: CarrierOptions;
  readonly #times: WriteTimes;
  readonly #held = new Map<string, AbortController>();
  readonly #carried = new Set<Promise<void>>();
  readonly #endWork: () => void;
  #pumping: Promise<void> | undefined;
  #again = false;
  #closed = false;
  #wake: NodeJS.Timeout | undefined;
  #renewal: NodeJS.Timeout | undefined;
  /** When the journal was last asked, with success, to renew what is held; or when the first of it was claimed. */
  #renewedAt = 0;

  constructor(options: CarrierOptions) {
    this.#options = options;
    this.#times = { ...WRITE_TIMES, ...options.times };
    const { journal, source } = options;
    this.#endWork = journal.onWork([source.id], () => this.#pump());
    this.#pump();
  }

  /** Takes what is due, and sleeps until the next is. */
  #pump(): void {
    this.#again = true;
    if (this.#pumping !== undefined || this.#closed) return;
    this.#pumping = this.#take().finally(() => {
      this.#pumping = undefined;
      if (this.#again) this.#pump(); // somebody rang when it had just ended
    });
  }

  async #take(): Promise<void> {
    try {
      // whoever rings while it looks for the next due moment is heard too
      while (this.#again && !this.#closed) {
        this.#again = false;
        const free = MOST_AT_ONCE - this.#held.size;
        if (free > 0 && (await this.#claim(free)) === free) this.#again = true;
        if (!this.#again) await this.#sleep();
      }
    } catch {
      this.#again = false;
      this.#wakeIn(AGAIN_MS); // the journal cannot be reached
    }
  }

  async #claim(most: number): Promise<number> {
    const { journal, worker, source } = this.#options;
    const holding = [...this.#held.keys()];
    const claimed = await journal.claim({ worker, sources: [source.id], most, holding });
    for (const write of claimed) this.#begin(write);
    return claimed.length;
  }

  async #sleep(): Promise<void> {
    if (this.#held.size >= MOST_AT_ONCE) return; // the next to end wakes it
    const due = await this.#options.journal.nextDue([this.#options.source.id]);
    if (due !== undefined) this.#wakeIn(Math.max(due - this.#options.now(), AGAIN_MS));
  }

  #wakeIn(ms: number): void {
    clearTimeout(this.#wake);
    if (this.#closed) return;
    this.#wake = setTimeout(() => this.#pump(), Math.min(ms, LONGEST_SLEEP_MS)).unref();
  }

  #begin(write: ClaimedWrite): void {
    const held = new AbortController();
    this.#held.set(write.id, held);
    if (this.#renewal === undefined) this.#renewedAt = this.#options.now();
    this.#renewal ??= setInterval(() => void this.#renew(), this.#options.journal.leaseMs / RENEWALS).unref();
    const carried = this.#carry(write, held.signal).finally(() => {
      this.#held.delete(write.id);
      this.#carried.delete(carried);
      if (this.#held.size === 0) {
        clearInterval(this.#renewal);
        this.#renewal = undefined;
      }
      this.#pump();
    });
    this.#carried.add(carried);
  }

  async #carry(write: ClaimedWrite, signal: AbortSignal): Promise<void> {
    const { journal, worker } = this.#options;
    const work = new Work({ ...this.#options, write, times: this.#times, signal });
    try {
      const ending = await carry(work);
      if (ending === 'waits') return;
      if (ending.kind === 'settle') await journal.settle(write.id, worker, ending.settlement);
      else await journal.postpone(write.id, worker, ending.until, ending.mayHaveLeft);
    } catch {
      // it could not be written down, or belongs to another process by now: the claim ends by itself, and whoever
      // claims it next looks up what became of it
    }
  }

  /** What is lost to another process is given up at once; so is everything when the journal is silent for a lease. */
  async #renew(): Promise<void> {
    const ids = [...this.#held.keys()];
    if (ids.length === 0) return;
    const { journal, worker, now } = this.#options;
    const asked = now();
    try {
      const kept = new Set(await journal.renew(worker, ids));
      this.#renewedAt = Math.max(this.#renewedAt, asked);
      for (const id of ids) if (!kept.has(id)) this.#held.get(id)?.abort();
    } catch {
      if (now() - this.#renewedAt >= journal.leaseMs) this.#abandon();
    }
  }

  #abandon(): void {
    for (const held of this.#held.values()) held.abort();
  }

  /** Takes no more, and waits for what is under way, and for what was just being taken. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#endWork();
    clearTimeout(this.#wake);
    const over = Promise.withResolvers<void>();
    const late = setTimeout(() => {
      this.#abandon();
      over.resolve();
    }, this.#times.drainMs);
    await Promise.race([this.#pumping, over.promise]);
    await Promise.all(this.#carried);
    clearTimeout(late);
    clearInterval(this.#renewal);
  }
}
