import { GraphError } from '../../../schema/errors.ts';
import type { Changes } from '../../../store/changes.ts';
import { StoreError } from '../../../store/error.ts';
import { type Call, ownCall } from '../../../upstream/call.ts';
import type { ConnectedSource } from '../sources.ts';
import type { Feed, FeedPage, Noticed } from './feed.ts';
import { Lease } from './lease.ts';
import type { ChangeMeter } from './meter.ts';
import { type Recording, recordOthers } from './record.ts';

/** One reading of a feed, with the records that it names. */
const READING_MS = 30_000;
/** The share of a source's calls a day that asking for changes may take. */
const SHARE = 0.25;
const DAY_MS = 86_400_000;
/** How long one process watches a source before another may, if it says nothing. */
const LEASE_MS = 15_000;
/** Pauses after a failure: doubled up to the longest. */
const LONGEST_PAUSE_MS = 60_000;
/** How long a record that cannot be read holds its feed up; then it is left out. */
const GIVEN_UP_MS = 3_600_000;

interface WatcherOptions {
  readonly source: ConnectedSource;
  readonly feed: Feed;
  /** The pause between two readings. */
  readonly everyMs: number;
  /** Calls of one reading of all feeds of the source together, when nothing changed. */
  readonly calls: number;
  readonly changes: Changes;
  readonly meter: ChangeMeter;
  /** Names this process among all that share the stream. */
  readonly worker: string;
  readonly now: () => number;
}

/** How often a feed is read: as often as it wants, as long as all feeds leave the source's calls to those who ask. */
export const intervalOf = (everyMs: number, calls: number, perDay: number): number =>
  Math.max(everyMs, (calls * DAY_MS) / (perDay * SHARE));

const codeOf = (thrown: unknown): string => {
  if (thrown instanceof GraphError) return thrown.code;
  return thrown instanceof StoreError ? 'STORE_UNAVAILABLE' : 'INTERNAL_SERVER_ERROR';
};

/**
 * Reads one feed of one source again and again and appends what changed to the stream; one process at a time, over all
 * that share it. What fails is read again from the same place.
 */
export class Watcher {
  readonly #options: WatcherOptions;
  readonly #interval: number;
  readonly #lease: Lease;
  readonly #ended = new AbortController();
  #failures = 0;
  /** The place after which records cannot be read, which, and since when that is known. */
  #stuck: { readonly place: string; readonly since: number; readonly unread: ReadonlySet<string> } | undefined;
  #running: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: WatcherOptions) {
    const { source, feed, everyMs, calls, changes, worker } = options;
    this.#options = options;
    this.#interval = intervalOf(everyMs, calls, source.settings.limits.perDay);
    this.#lease = new Lease(changes, `watch ${source.id} ${feed.name}`, worker, Math.max(LEASE_MS, this.#interval * 3));
    this.#wakeIn(0);
  }

  #wakeIn(ms: number): void {
    if (this.#ended.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#running = this.#look();
    }, ms).unref();
  }

  async #look(): Promise<void> {
    const { source, feed, meter } = this.#options;
    try {
      const mine = await this.#lease.take();
      if (!mine) meter.elsewhere(source.id, feed.name);
      const more = mine && (await this.#lease.during(() => this.#read()));
      this.#failures = 0;
      this.#wakeIn(more ? 0 : this.#interval);
    } catch (thrown) {
      if (this.#ended.signal.aborted) return;
      // the vendor or the store failed: the same place is read again
      this.#failures += 1;
      meter.failed(source.id, feed.name, codeOf(thrown), this.#failures);
      this.#wakeIn(Math.min(this.#interval * 2 ** this.#failures, Math.max(LONGEST_PAUSE_MS, this.#interval)));
    }
  }

  /** False when another process watches by now, since the lease could not be kept: it may have read further. */
  async #moveTo(place: string): Promise<boolean> {
    const { source, feed, changes } = this.#options;
    if (!(await this.#lease.keep())) return false;
    await changes.append([], { source: source.id, feed: feed.name, place });
    return true;
  }

  /** True when there is more at once. */
  async #read(): Promise<boolean> {
    const { source, feed, changes, meter, now } = this.#options;
    const call = {
      ...ownCall(READING_MS, now),
      signal: AbortSignal.any([this.#ended.signal, AbortSignal.timeout(READING_MS)]),
    };
    const place = await changes.place(source.id, feed.name);
    if (place === undefined) {
      const isBegun = await this.#moveTo(await feed.begin(call));
      return isBegun && feed.calls === 0; // one that asks nobody when nothing is due loses nothing by being read at once
    }
    const begun = now();
    const since = await changes.mark();
    const page = await feed.read(place, call);
    await this.#record(page, place, { source, changes, meter, cause: 'POLL', since }, call);
    // only now: what was told of the page and is noticed again after a failure is no change
    if (page.place !== place && !(await this.#moveTo(page.place))) return false;
    if (!page.more) meter.caughtUp(source.id, feed.name, begun);
    return page.more;
  }

  /**
   * A record that cannot be read holds its feed's place, and none of the other records. After an hour it is left out, so
   * that what comes after it is not held up for ever.
   */
  async #record({ noticed }: FeedPage, place: string, recording: Recording, call: Call): Promise<void> {
    const { source, meter, now } = this.#options;
    const stuck = this.#stuck?.place === place ? this.#stuck : undefined;
    const isUnread = ({ type, key }: Noticed): boolean => stuck?.unread.has(`${type}/${key}`) ?? false;
    const others = noticed.filter((one) => !isUnread(one));
    const unread = await recordOthers(
      noticed.filter(isUnread),
      recording,
      call,
      await recordOthers(others, recording, call),
    );
    this.#stuck = undefined;
    const [first] = unread;
    if (first === undefined) return;
    const since = stuck?.since ?? now();
    if (now() - since < GIVEN_UP_MS) {
      this.#stuck = { place, since, unread: new Set(unread.map(({ noticed: { type, key } }) => `${type}/${key}`)) };
      throw first.failure;
    }
    for (const _ of unread) meter.gaveUp(source.id);
  }

  /** Ends the reading under way; another process may watch at once. */
  async close(): Promise<void> {
    this.#ended.abort();
    clearTimeout(this.#timer);
    await this.#running;
    await this.#lease.release();
  }
}
