import type { SourceId } from '../../schema/ids.ts';
import {
  type AppendedReading,
  type ChangeDraft,
  type ChangedType,
  type ChangeRow,
  type Changes,
  CursorTooOld,
  type FeedPlace,
  type InboxEvent,
} from '../changes.ts';
import { Door } from '../door.ts';
import type { Ground } from '../ground.ts';
import { timeOrderedIds } from '../ids.ts';
import { append } from './append.ts';
import { fromCursor, toCursor } from './cursor.ts';
import { Elsewhere, type HeardElsewhere } from './elsewhere.ts';
import { done, dueSources, held, receive } from './inbox.ts';
import { lease, release } from './leases.ts';
import { after, end, last, lastAt, mark, placeOf, reached } from './reading.ts';
import type { Wakes } from './wakes.ts';

export interface ChangeLogSettings {
  readonly wakes: Wakes;
  /** How cursors name the database, when `blank` and this process makes it. */
  readonly epoch: string;
  /** Whether nothing is there before the first change, event or lease, so that nobody need open the database to look. */
  readonly blank: boolean;
  /** Whether other processes may append too. */
  readonly shared: boolean;
}

/** The stream of changes on the store's tables. */
export class ChangeLog implements Changes {
  readonly #door: Door;
  readonly #wakes: Wakes;
  readonly #start: string;
  readonly #newId: () => string;
  /** What other processes append, where there may be any. */
  readonly #elsewhere: Elsewhere | undefined;

  constructor(ground: Ground, { wakes, epoch, blank, shared }: ChangeLogSettings) {
    this.#door = new Door(ground, { blank, passes: (thrown) => thrown instanceof CursorTooOld });
    this.#wakes = wakes;
    this.#start = toCursor({ epoch, seq: 0 });
    this.#newId = timeOrderedIds(ground.now);
    wakes.lookBy(() => this.#look());
    const log = { after: (cursor: string, most: number) => this.#after(cursor, most), end: () => this.end() };
    this.#elsewhere = shared ? new Elsewhere(log) : undefined;
  }

  /** Whether nothing was ever recorded. */
  get isBlank(): boolean {
    return this.#door.isBlank;
  }

  async append(drafts: readonly ChangeDraft[], place?: FeedPlace): Promise<readonly ChangeRow[]> {
    if (drafts.length === 0 && place === undefined) return [];
    const { rows, seq } = await this.#door.record((ground) =>
      append(ground, drafts, place === undefined ? {} : { place }),
    );
    this.#elsewhere?.appended(rows);
    this.#wakes.appended(seq);
    return rows;
  }

  mark() {
    return this.#door.look('0', mark);
  }

  async appendRead(drafts: readonly ChangeDraft[], since: string): Promise<AppendedReading> {
    if (drafts.length === 0) return { rows: [], overtaken: [] };
    const { rows, overtaken, seq } = await this.#door.record((ground) => append(ground, drafts, { since }));
    this.#elsewhere?.appended(rows);
    this.#wakes.appended(seq);
    return { rows, overtaken };
  }

  async after(cursor: string | undefined, most: number): Promise<readonly ChangeRow[]> {
    const rows = await this.#after(cursor, most);
    const last = rows.at(-1);
    if (last !== undefined) await this.#elsewhere?.upTo(fromCursor(last.cursor).seq);
    return rows;
  }

  async #after(cursor: string | undefined, most: number): Promise<readonly ChangeRow[]> {
    const from = cursor === undefined ? undefined : fromCursor(cursor);
    if (this.isBlank && cursor !== undefined && cursor !== this.#start) throw new CursorTooOld();
    return this.#door.look([], (ground) => after(ground, from, most));
  }

  end() {
    return this.#door.look(this.#start, end);
  }

  last(source: SourceId, type: ChangedType, keys: readonly string[]) {
    return this.#door.look<ReadonlyMap<string, string>>(new Map(), (ground) => last(ground, source, type, keys));
  }

  lastAt(sources: readonly SourceId[]) {
    return this.#door.look<ReadonlyMap<SourceId, string>>(new Map(), (ground) => lastAt(ground, sources));
  }

  onAppend(listener: () => void) {
    return this.#wakes.onAppend(listener);
  }

  onElsewhere(listener: HeardElsewhere): () => void {
    const elsewhere = this.#elsewhere;
    if (elsewhere === undefined) return () => undefined;
    const ends = [elsewhere.on(listener), this.#wakes.onAppend(() => elsewhere.wake())];
    return () => {
      for (const end of ends) end();
    };
  }

  place(source: SourceId, feed: string) {
    return this.#door.look(undefined, (ground) => placeOf(ground, source, feed));
  }

  lease(name: string, holder: string, ms: number) {
    return this.#door.record((ground) => lease(ground, name, holder, ms));
  }

  release(name: string, holder: string) {
    return this.#door.look(undefined, (ground) => release(ground, name, holder));
  }

  async receive(events: readonly InboxEvent[]): Promise<readonly boolean[]> {
    if (events.length === 0) return [];
    const taken = await this.#door.record((ground) => receive(ground, this.#newId, events));
    const sources = new Set(events.filter((_, n) => taken[n]).map(({ source }) => source));
    for (const source of sources) this.#wakes.received(source);
    return taken;
  }

  held(source: SourceId, worker: string, most: number, ms: number) {
    return this.#door.look([], (ground) => held(ground, source, worker, most, ms));
  }

  done(ids: readonly string[]) {
    return this.#door.look(undefined, (ground) => done(ground, ids));
  }

  onReceive(listener: (source: SourceId) => void) {
    return this.#wakes.onReceive(listener);
  }

  /** Whatever is asked from now on fails. */
  close(): void {
    this.#door.close();
    this.#wakes.close();
  }

  async #look(): Promise<void> {
    const seq = await this.#door.look(0, reached);
    this.#wakes.appended(seq);
    await this.#elsewhere?.upTo(seq);
    for (const source of await this.#door.look([], dueSources)) this.#wakes.received(source);
  }
}
