import { afterAll, beforeAll, beforeEach, describe, expect } from 'vitest';
import type { RecordId, SourceId } from '../../schema/ids.ts';
import {
  type ClaimedWrite,
  type Journal,
  openStore,
  type Settlement,
  type Store,
  type WriteDraft,
  type WriteRow,
} from '../../store/index.ts';
import { Clock, draftFor, folder, memory, newSource, type Place, schema, serverAnswers } from './databases.ts';

export const DAY_MS = 86_400_000;
export const LEASE_MS = 3_000;
export const UNKNOWN = '01890000-0000-7000-8000-000000000000';

export const saved = (target?: RecordId): Settlement => ({
  state: 'CONFIRMED',
  outcome: { kind: 'saved', type: 'Appointment', key: '9' },
  ...(target === undefined ? {} : { target }),
});

export const ended = (state: 'REJECTED' | 'IN_DOUBT' | 'DEAD' | 'DISCARDED', target?: RecordId): Settlement => ({
  state,
  outcome: { kind: 'doubt', reason: 'Nobody can tell.' },
  ...(target === undefined ? {} : { target }),
});

export const idsOf = (writes: readonly { readonly id: string }[]): string[] => writes.map(({ id }) => id);

/** What a test has: a store with a clock that stands still, and a source of its own. */
export class Desk {
  readonly clock = new Clock();
  source: SourceId = newSource();
  #place: Place | undefined;
  #store: Store | undefined;

  async open(make: () => Promise<Place>): Promise<void> {
    this.#place = await make();
    this.#store = openStore(this.#place.settings, this.clock);
    await this.store.ready();
  }

  async close(): Promise<void> {
    await this.#store?.close();
    await this.#place?.remove();
  }

  get store(): Store {
    if (this.#store === undefined) throw new Error('The store is not open.');
    return this.#store;
  }

  get journal(): Journal {
    return this.store.journal;
  }

  async submit(given: Partial<WriteDraft> = {}): Promise<WriteRow> {
    return (await this.journal.submit(draftFor(this.source, given))).write;
  }

  claim(worker = 'one', most = 10, holding: readonly string[] = []): Promise<readonly ClaimedWrite[]> {
    return this.journal.claim({ worker, sources: [this.source], most, holding });
  }

  /** Claims the only write that there is to claim. */
  async claimOne(worker = 'one'): Promise<ClaimedWrite> {
    const [write, ...others] = await this.claim(worker);
    expect(others).toEqual([]);
    if (write === undefined) throw new Error('Nothing to claim.');
    return write;
  }

  /** A write that ended so. */
  async settledAs(settlement: Settlement, given: Partial<WriteDraft> = {}): Promise<string> {
    const { id } = await this.submit(given);
    await this.claim();
    expect(await this.journal.settle(id, 'one', settlement)).toBe(true);
    return id;
  }

  async has(ids: readonly string[]): Promise<readonly boolean[]> {
    return Promise.all(ids.map(async (id) => (await this.journal.get(id)) !== undefined));
  }
}

const KINDS: readonly { readonly where: string; readonly make: () => Promise<Place>; readonly there: boolean }[] = [
  { where: 'in memory', make: memory, there: true },
  { where: 'in a folder', make: folder, there: true },
  { where: 'on a server', make: schema, there: await serverAnswers('the journal on PostgreSQL') },
];

/** One suite over every database that a store can stand on. */
export const onEveryDatabase = (title: string, suite: (desk: Desk) => void): void =>
  describe.each(KINDS.filter(({ there }) => there))(`${title} $where`, ({ make }) => {
    const desk = new Desk();
    beforeAll(() => desk.open(make));
    beforeEach(() => {
      desk.source = newSource();
    });
    afterAll(() => desk.close());
    suite(desk);
  });
