import type { CommandKind, WriteOutcome } from '../schema/commands.ts';
import type { WriteState } from '../schema/enums.ts';
import type { RecordId, SourceId } from '../schema/ids.ts';

/**
 * Begins the lane of a write whose patient is not known before it is taken up. What is submitted after it waits until
 * then, so that each patient's order is kept.
 */
export const UNKNOWN_PATIENT = 'appointment:';

/** The lane of a patient's writes. */
export const patientLane = (patient: string): string => `patient:${patient}`;

/** A write as a client hands it in. */
export interface WriteDraft {
  /** Who asks: the caller's subject. A key belongs to one caller and kind. */
  readonly caller: string;
  /** The only patient for whom this caller may write, when the caller is a patient. */
  readonly callerPatient?: RecordId;
  readonly kind: CommandKind;
  readonly idempotencyKey: string;
  readonly source: SourceId;
  /** Writes of one lane at a source are carried out one after the other, in the order in which they came. */
  readonly lane: string;
  /** Whom it is about, where that is known beforehand. */
  readonly patient?: RecordId;
  /** A member of `Commands`, as JSON. */
  readonly input: unknown;
  /** A dry run is never sent, and its key stays free for the real write. */
  readonly dryRun: boolean;
}

/** One write as the journal has it, without its input: a list of documents would be gigabytes. */
export interface WriteRow extends Omit<WriteDraft, 'input'> {
  /** Opaque; grows with the time of submission. */
  readonly id: string;
  readonly state: WriteState;
  readonly attempts: readonly AttemptRow[];
  /** Instants. */
  readonly submittedAt: string;
  readonly settledAt?: string;
  /** What became of it, when it is settled. */
  readonly outcome?: WriteOutcome;
  /** The record that it wrote, or that stands at the vendor. */
  readonly target?: RecordId;
  /** A person decided that it may be sent again though nobody can look it up. Once: a departure uses it up. */
  readonly forced: boolean;
}

export interface AttemptRow {
  /** From 1. */
  readonly number: number;
  readonly startedAt: string;
  /** Absent while nothing came back. */
  readonly durationMs?: number;
  readonly vendorCall: string;
  /** `answered 200`, `no answer: TIMEOUT`, `not sent`: fixed words, nothing of a person. `open` while nothing came back. */
  readonly outcome: string;
}

/** A write that one worker has for itself, until it lets go or stops renewing its claim. */
export interface ClaimedWrite extends WriteRow {
  readonly input: unknown;
  readonly worker: string;
  /**
   * When a request of it may last have been under way, milliseconds since the epoch: when the last one that departed
   * came back or was given up; the end of the claim for one whose process died, or the opening of an embedded store.
   * Absent when nothing of it left, or the vendor surely has nothing of it. What is not at the vendor some time after
   * this never was.
   */
  readonly leftAt?: number;
  /** What earlier attempts kept for later ones. */
  readonly progress: Readonly<Record<string, string>>;
}

export interface ClaimOptions {
  /** Names the process; unique among all that share the journal. */
  readonly worker: string;
  readonly sources: readonly SourceId[];
  /** At most so many. */
  readonly most: number;
  /** What the worker has in hand: never given to it a second time, even when its claim on them ran out. */
  readonly holding?: readonly string[];
}

export type Settlement =
  | { readonly state: 'CONFIRMED'; readonly outcome: WriteOutcome; readonly target?: RecordId }
  | {
      readonly state: 'REJECTED' | 'IN_DOUBT' | 'DEAD' | 'DISCARDED';
      readonly outcome: WriteOutcome;
      readonly target?: RecordId;
    };

export interface WriteFilter {
  readonly states?: readonly WriteState[];
  readonly sources?: readonly SourceId[];
  /** Only writes about this patient. */
  readonly patient?: RecordId;
  readonly first: number;
  /** Only those submitted before this one: lists are newest first. */
  readonly before?: string;
}

/**
 * The durable log of writes: a row stands here before the first byte leaves for a vendor. Everything that is told is
 * told after it is committed. Any number of processes may share it. Moments that go in and out are of the caller's
 * clock, whatever the database's own says. Every method fails with a StoreError when the database does.
 */
export interface Journal {
  /** How long a claim holds without being renewed, milliseconds. */
  readonly leaseMs: number;

  /**
   * Records a write, or finds the one that the same caller recorded under the same kind and key within the time that
   * keys are kept, or that is not settled yet. `match` is false when that one had another input or source; nothing is recorded then.
   */
  submit(draft: WriteDraft): Promise<{ readonly write: WriteRow; readonly isNew: boolean; readonly match: boolean }>;
  get(id: string): Promise<WriteRow | undefined>;
  /** Newest first, without dry runs. */
  list(filter: WriteFilter): Promise<{ readonly writes: readonly WriteRow[]; readonly hasNextPage: boolean }>;

  /**
   * Takes writes that are due: the first unsettled one of each lane, whose time has come and which nobody has. No lane
   * ever has two writes claimed at a time, whoever asks.
   */
  claim(options: ClaimOptions): Promise<readonly ClaimedWrite[]>;
  /**
   * Says that the worker still works on these. Those it lost meanwhile are not in the answer: it must stop at once. A
   * claim that ran out and that nobody took is as good as new.
   */
  renew(worker: string, ids: readonly string[]): Promise<readonly string[]>;
  /**
   * Moves a write that the worker has to another lane. True: it is the first unsettled one there, and stays claimed.
   * False: another one there is under way or came earlier; this one is let go and will be claimed in its turn.
   * @throws ClaimLost
   */
  relane(id: string, worker: string, lane: string): Promise<boolean>;
  /**
   * Notes that a request of this write leaves now, before it does, and renews the claim; gives the attempt's number.
   * Only for requests that may change something at the vendor: looking is no departure.
   * @throws ClaimLost when the worker no longer has the write: nothing may leave then
   */
  departs(id: string, worker: string, vendorCall: string): Promise<number>;
  /** Notes what came back of an attempt. */
  returned(id: string, attempt: number, came: { readonly durationMs: number; readonly outcome: string }): Promise<void>;
  /** Keeps something for later attempts, such as the key of a slot that was made for the booking. @throws ClaimLost */
  keep(id: string, worker: string, progress: Readonly<Record<string, string>>): Promise<void>;
  /**
   * Lets go of a write until a moment (milliseconds since the epoch), after which any worker may claim it.
   * `mayHaveLeft`: whether the vendor may have it already; it is IN_FLIGHT then, else QUEUED and as if it had never left.
   * Nothing happens when the worker has it no longer.
   */
  postpone(id: string, worker: string, until: number, mayHaveLeft: boolean): Promise<void>;
  /** Ends a write that the worker has. False when it has it no longer: whoever has it ends it. */
  settle(id: string, worker: string, settlement: Settlement): Promise<boolean>;

  /** A person sends a REJECTED, IN_DOUBT or DEAD write on its way again. Undefined when it is in no such state. */
  retry(id: string): Promise<WriteRow | undefined>;
  /** A person gives up a write that is not under way. Undefined when it is CONFIRMED, DISCARDED, IN_FLIGHT or claimed. */
  discard(id: string, reason: string): Promise<WriteRow | undefined>;

  /** The write as soon as it is settled, or as it stands when the signal aborts. */
  settled(id: string, signal: AbortSignal): Promise<WriteRow | undefined>;
  /** The lane of the newest write whose target is this record. */
  laneOf(target: RecordId): Promise<string | undefined>;
  /** Of these records, the ones that another write of this journal made: not those that one merely changed. */
  madeByOthers(id: string, targets: readonly RecordId[]): Promise<ReadonlySet<RecordId>>;
  /**
   * Calls back when there may be something to claim for one of the sources: one was submitted, settled, let go or sent
   * on its way again; never for a moment that was postponed to. Returns what ends it.
   */
  onWork(sources: readonly SourceId[], listener: () => void): () => void;
  /**
   * When the next write of these sources can be claimed, if nothing happens: it falls due, or its claim runs out. Past
   * when there is one now. Milliseconds since the epoch.
   */
  nextDue(sources: readonly SourceId[]): Promise<number | undefined>;
}

/** The worker no longer has the write: another one does, since its claim was not renewed in time. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
  constructor() {
    super('The claim on the write was lost.');
  }
}
