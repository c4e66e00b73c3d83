import type { RecordId, SourceId } from '../schema/ids.ts';
import { departs, keep, postpone, returned, settle } from './attempts.ts';
import { claim, nextDue, relane, renew } from './claims.ts';
import { discard, retry } from './decisions.ts';
import { Door } from './door.ts';
import type { Ground } from './ground.ts';
import { isRowId, timeOrderedIds } from './ids.ts';
import {
  ClaimLost,
  type ClaimOptions,
  type Journal,
  type Settlement,
  type WriteDraft,
  type WriteFilter,
} from './journal.ts';
import { get, laneOf, list, madeByOthers } from './reading.ts';
import { submit } from './submission.ts';
import { Waiting } from './waiting.ts';

export interface WriteLogSettings {
  readonly leaseMs: number;
  /** How long an idempotency key stands for its write. */
  readonly keepMs: number;
  /** Whether nothing is there before the first write, so that nobody need open the database to look. */
  readonly blank: boolean;
}

/** The journal on the store's tables. */
export class WriteLog implements Journal {
  readonly leaseMs: number;
  readonly #keepMs: number;
  readonly #door: Door;
  readonly #ground: Ground;
  readonly #newId: () => string;
  readonly #waiting: Waiting;

  constructor(ground: Ground, { leaseMs, keepMs, blank }: WriteLogSettings) {
    this.leaseMs = leaseMs;
    this.#keepMs = keepMs;
    this.#door = new Door(ground, { blank, passes: (thrown) => thrown instanceof ClaimLost });
    this.#ground = ground;
    this.#newId = timeOrderedIds(ground.now);
    this.#waiting = new Waiting(ground);
  }

  /** Whether nothing was ever submitted. */
  get isBlank(): boolean {
    return this.#door.isBlank;
  }

  submit(draft: WriteDraft) {
    return this.#door.record((ground) => submit(ground, this.#newId(), this.#keepMs, draft));
  }

  get(id: string) {
    return this.#door.look(undefined, async (ground) => (isRowId(id) ? get(ground, id) : undefined));
  }

  list(filter: WriteFilter) {
    const { before } = filter;
    const nothing = { writes: [], hasNextPage: false };
    return this.#door.look(nothing, async (ground) =>
      before === undefined || isRowId(before) ? list(ground, filter) : nothing,
    );
  }

  claim(options: ClaimOptions) {
    return this.#door.look([], (ground) => claim(ground, this.leaseMs, options));
  }

  renew(worker: string, ids: readonly string[]) {
    return this.#door.look([], (ground) => renew(ground, this.leaseMs, worker, ids));
  }

  relane(id: string, worker: string, lane: string) {
    return this.#door.ask((ground) => relane(ground, id, worker, lane));
  }

  departs(id: string, worker: string, vendorCall: string) {
    return this.#door.ask((ground) => departs(ground, this.leaseMs, id, worker, vendorCall));
  }

  returned(id: string, attempt: number, came: { readonly durationMs: number; readonly outcome: string }) {
    return this.#door.ask((ground) => returned(ground, id, attempt, came));
  }

  keep(id: string, worker: string, progress: Readonly<Record<string, string>>) {
    return this.#door.ask((ground) => keep(ground, id, worker, progress));
  }

  postpone(id: string, worker: string, until: number, mayHaveLeft: boolean) {
    return this.#door.ask((ground) => postpone(ground, id, worker, until, mayHaveLeft));
  }

  settle(id: string, worker: string, settlement: Settlement) {
    return this.#door.ask((ground) => settle(ground, id, worker, settlement));
  }

  retry(id: string) {
    return this.#door.look(undefined, async (ground) =>
      isRowId(id) && (await retry(ground, id)) ? get(ground, id) : undefined,
    );
  }

  discard(id: string, reason: string) {
    return this.#door.look(undefined, async (ground) =>
      isRowId(id) && (await discard(ground, id, reason)) ? get(ground, id) : undefined,
    );
  }

  async settled(id: string, signal: AbortSignal) {
    return this.#waiting.until(
      id,
      signal,
      () => this.get(id),
      (write) => write?.settledAt !== undefined,
    );
  }

  laneOf(target: RecordId) {
    return this.#door.look(undefined, (ground) => laneOf(ground, target));
  }

  madeByOthers(id: string, targets: readonly RecordId[]) {
    return this.#door.look<ReadonlySet<RecordId>>(new Set(), (ground) => madeByOthers(ground, id, targets));
  }

  onWork(sources: readonly SourceId[], listener: () => void) {
    return this.#ground.bell.onSources(sources, listener);
  }

  nextDue(sources: readonly SourceId[]) {
    return this.#door.look(undefined, (ground) => nextDue(ground, sources));
  }

  /** Whatever is asked from now on fails, and so does whoever waits. */
  close(): void {
    this.#door.close();
    this.#waiting.close();
    this.#ground.bell.ringAll();
  }
}
