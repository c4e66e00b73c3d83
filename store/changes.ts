import type { ChangeCause, ChangedType, ChangeKind } from '../schema/changes.ts';
import type { SourceId } from '../schema/ids.ts';

export type { ChangeCause, ChangedType, ChangeKind };

/** Whose a record is, who gives the care, and what it is about: what subscribers choose by. */
export interface ChangeLinks {
  readonly patient?: string;
  readonly practitioner?: string;
  /** Codes of an observation. */
  readonly codes?: readonly string[];
}

/**
 * A change of a record, as whoever noticed it hands it in. Keys are those of the source. A deletion may leave out the
 * links: they are those of the last change then.
 */
export interface ChangeDraft extends ChangeLinks {
  readonly source: SourceId;
  readonly type: ChangedType;
  readonly key: string;
  readonly kind: ChangeKind;
  readonly cause: ChangeCause;
  /**
   * What the record says now: its version, or a digest of its content. A change that says what the last one of the same
   * record said is none.
   */
  readonly fingerprint: string;
}

/** One change in the stream of the deployment. */
export interface ChangeRow extends ChangeDraft {
  /** Opaque, of this deployment's one order: whoever has read up to it has missed nothing before it. */
  readonly cursor: string;
  /** Instant at which it was recorded. */
  readonly at: string;
  /** What the last change of the record had of these, where this one has something else or nothing. */
  readonly former?: ChangeLinks;
}

/** What became of changes that a reading told: what was new of them, and what was left out since it may be older. */
export interface AppendedReading {
  readonly rows: readonly ChangeRow[];
  /** Those of records that were appended, or said again, since the reading began. */
  readonly overtaken: readonly ChangeDraft[];
}

/** Where one of a source's feeds was read to, in the vendor's own terms. */
export interface FeedPlace {
  readonly source: SourceId;
  readonly feed: string;
  readonly place: string;
}

/** An event that a vendor handed in, before anything is done with it. */
export interface InboxEvent {
  readonly source: SourceId;
  /** The vendor's id of the event: the same one is taken in once. */
  readonly event: string;
  /** JSON: what the event is about, ids only. */
  readonly content: unknown;
}

export interface HeldEvent extends InboxEvent {
  readonly id: string;
  readonly receivedAt: string;
}

/**
 * The durable stream of changes: append-only, in one order, kept `keepDays`. Any number of processes may share it.
 * Everything that is told is told after it is committed. Every method fails with a StoreError when the database does.
 */
export interface Changes {
  /**
   * Appends what is new, in the given order and at once; what says the same as the last change of its record is left
   * out. `place`: committed together with it, so that a feed is never read past what is not in the stream. Gives what was
   * appended. All others wait for it: who has thousands hands them in one batch after the other.
   */
  append(drafts: readonly ChangeDraft[], place?: FeedPlace): Promise<readonly ChangeRow[]>;
  /** Where the stream stands for whoever begins to read records now: what is appended from here on may overtake it. */
  mark(): Promise<string>;
  /**
   * Appends what records said in a reading that began after a mark. A record that somebody else has appended since, or
   * found as it is, is left out and given back: this reading may be the older one, and has to be made anew. What says the
   * same as the last change is never overtaken.
   */
  appendRead(drafts: readonly ChangeDraft[], mark: string): Promise<AppendedReading>;
  /**
   * At most so many changes after a cursor, and never more than 1,000, oldest first; from the beginning of what is kept
   * when it is absent.
   * @throws CursorTooOld when changes after it were removed already, or it is none of this deployment
   */
  after(cursor: string | undefined, most: number): Promise<readonly ChangeRow[]>;
  /** The cursor after everything that is in the stream now. */
  end(): Promise<string>;
  /**
   * The fingerprints that the last changes of these records had, however old; a deletion is forgotten when nobody has
   * said so for as long as changes are kept.
   */
  last(source: SourceId, type: ChangedType, keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** When the last change of each source was recorded, however old. */
  lastAt(sources: readonly SourceId[]): Promise<ReadonlyMap<SourceId, string>>;
  /** Calls back when something was, or may have been, appended, in any process. Returns what ends it. */
  onAppend(listener: () => void): () => void;
  /**
   * Tells each change that another process appends from now on, in order, before `after` gives it to anybody in this
   * process. Returns what ends it.
   */
  onElsewhere(listener: (row: ChangeRow) => Promise<void>): () => void;

  place(source: SourceId, feed: string): Promise<string | undefined>;
  /**
   * Takes or keeps the lease of a name for one holder: true as long as nobody else has it. It ends `ms` after it was last
   * kept.
   */
  lease(name: string, holder: string, ms: number): Promise<boolean>;
  release(name: string, holder: string): Promise<void>;

  /** Takes in events; false for each that is there already. Durable when it returns. */
  receive(events: readonly InboxEvent[]): Promise<readonly boolean[]>;
  /**
   * Events of a source that nobody has dealt with and nobody holds, at most so many and never more than 1,000, oldest
   * first; each is held by the worker for `ms`, and not given out again before, not even to the same worker.
   */
  held(source: SourceId, worker: string, most: number, ms: number): Promise<readonly HeldEvent[]>;
  /** They are dealt with. Their ids are remembered as long as the stream is kept. */
  done(ids: readonly string[]): Promise<void>;
  /** Calls back when events of a source were taken in, in any process, and while there are some that nobody holds. */
  onReceive(listener: (source: SourceId) => void): () => void;
}

/** What a subscriber missed cannot be told any more: it must read anew what it shows, and go on from `end`. */
export class CursorTooOld extends Error {
  override readonly name = 'CursorTooOld';
  constructor() {
    super('The changes after this cursor are no longer kept.');
  }
}
