import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeCause } from '../../../store/changes.ts';
import { openStore, type Store } from '../../../store/index.ts';
import { Random } from '../../../test/random.ts';
import { all } from '../../../test/store/changes.ts';
import type { Noticed } from './feed.ts';
import { noticed, Visits } from './fixture/visits.ts';
import { SILENT } from './meter.ts';
import { recordChanges } from './record.ts';

const SEED = Number(process.env.SEED ?? 261_121);

let store: Store;
let mercy: Visits;
beforeAll(() => {
  store = openStore({ kind: 'memory' });
});
beforeEach(() => {
  mercy = new Visits();
  mercy.visits.set('7', { status: 'BOOKED', versionId: '1' });
});
afterAll(() => store.close());

const record = (some: readonly Noticed[], more: { cause?: ChangeCause; since?: string } = {}): Promise<void> =>
  recordChanges(
    some,
    { source: mercy.source, changes: store.changes, meter: SILENT, cause: 'POLL', ...more },
    mercy.call(),
  );

/** What the stream tells of the source. */
const rows = async () => (await all(store.changes, undefined)).filter(({ source }) => source === mercy.id);
const told = async () => (await rows()).map(({ key, kind, fingerprint }) => `${key} ${kind} ${fingerprint}`);
const version = (key: string, versionId: number): void => {
  mercy.visits.set(key, { status: 'BOOKED', versionId: `${versionId}` });
};
/** Only while the next reading is under way. */
const duringNext = (happens: () => void | Promise<void>): void => {
  mercy.meanwhile = async () => {
    mercy.meanwhile = () => {};
    await happens();
  };
};

describe('what is recorded', () => {
  /**
   * Every change is noticed by one who begins to read after it, and takes any time for it; now and then the record comes
   * with the notice, perhaps long before it is dealt with.
   */
  it(`never goes back to an older version, and ends with the newest (SEED=${SEED})`, async () => {
    const random = new Random(SEED);
    const now = new Map(['1', '2', '3'].map((key) => [key, 0]));
    const slowly = async (): Promise<void> => {
      for (let turns = random.below(random.chance(0.2) ? 60 : 4); turns > 0; turns--) await turn();
    };
    mercy.meanwhile = slowly;
    const watch = async (): Promise<void> => {
      for (let step = 0; step < 12; step++) {
        const changed = [...now].filter(() => random.chance(0.6));
        for (const [key, last] of changed) {
          now.set(key, last + 1);
          version(key, last + 1);
        }
        const more = random.chance(0.5) ? { since: await store.changes.mark() } : {};
        const some = changed.map(([key]) => noticed(key, random.chance(0.5) ? { found: mercy.found(key) } : {}));
        await slowly();
        // what is overtaken too often is handed in again
        while (
          await record(some, more).then(
            () => false,
            () => true,
          )
        );
      }
    };
    await Promise.all([0, 1, 2, 3, 4].map(watch));
    const found = Map.groupBy(await rows(), ({ key }) => key);
    expect([...found.keys()].toSorted()).toEqual([...now.keys()]);
    for (const [key, some] of found) {
      const versions = some.map(({ fingerprint }) => Number(fingerprint));
      expect(versions).toEqual(versions.toSorted((one, other) => one - other));
      expect(versions.at(-1)).toBe(now.get(key));
      expect(versions.length).toBeGreaterThan(3);
    }
  });

  it('ends with what a record says that says again what it said before', async () => {
    const says = (status: string): void => void mercy.visits.set('7', { status });
    says('BOOKED');
    await record([noticed('7')]);
    says('ARRIVED');
    duringNext(async () => {
      says('BOOKED');
      await record([noticed('7')]);
    });
    await record([noticed('7')]);
    expect(mercy.reads).toHaveLength(4);
    expect(await told()).toHaveLength(1);
  });

  it('is read again only where it was overtaken', async () => {
    version('8', 1);
    duringNext(async () => {
      version('7', 2);
      await record([noticed('7')]);
      version('7', 3);
    });
    await record([noticed('7'), noticed('8')]);
    expect(mercy.reads).toEqual([['7', '8'], ['7'], ['7']]);
    expect(await told()).toEqual(['7 UPDATED 2', '8 UPDATED 1', '7 UPDATED 3']);
  });

  it('is given up, to be handed in again, when it is overtaken again and again', async () => {
    let last = 1;
    let nested = false;
    mercy.meanwhile = async () => {
      if (nested) return;
      nested = true;
      last += 1;
      version('7', last);
      await record([noticed('7')]);
      nested = false;
    };
    await expect(record([noticed('7')])).rejects.toMatchObject({ code: 'VERSION_CONFLICT', source: mercy.id });
    expect(mercy.reads).toHaveLength(10); // five of its own, each overtaken by one of another
    expect(await told()).toEqual(['2', '3', '4', '5', '6'].map((one) => `7 UPDATED ${one}`));
  });

  it.each([
    { it: 'what came with its notice', with: async () => ({ since: await store.changes.mark() }), reads: [] },
    { it: 'the record when nobody knows since when', with: async () => ({}), reads: [['7']] },
  ])('takes $it', async ({ with: given, reads }) => {
    const more = await given();
    await record([noticed('7', { found: mercy.found('7') })], more);
    expect(await told()).toEqual(['7 UPDATED 1']);
    expect(mercy.reads).toEqual(reads);
  });

  it('is read when what came with its notice was overtaken before it was dealt with', async () => {
    const since = await store.changes.mark();
    const late = noticed('7', { found: mercy.found('7') });
    version('7', 2);
    await record([noticed('7')]);
    await record([late], { since });
    expect(await told()).toEqual(['7 UPDATED 2']);
  });

  it('is of those whose the record was, when it is gone, though nobody says it', async () => {
    await record([noticed('7')]);
    mercy.visits.delete('7');
    await record([noticed('7')]);
    const links = { patient: '1', practitioner: '2' };
    expect(await rows()).toMatchObject([
      { kind: 'UPDATED', ...links },
      { kind: 'DELETED', ...links },
    ]);
    expect((await rows()).filter(({ former }) => former !== undefined)).toEqual([]);
  });

  it.each<{ it: string; cause: ChangeCause; kind?: 'DELETED'; known: boolean; tells: readonly string[] }>([
    { it: 'a hint of a record that nobody ever saw', cause: 'WEBHOOK', known: false, tells: [] },
    { it: 'a hint of a known record', cause: 'WEBHOOK', known: true, tells: ['7 DELETED gone'] },
    { it: 'word of its end', cause: 'WEBHOOK', kind: 'DELETED', known: false, tells: ['7 DELETED gone'] },
    { it: 'a poll', cause: 'POLL', known: false, tells: ['7 DELETED gone'] },
  ])('tells of a record that is not there, after $it: $tells', async ({ cause, kind, known, tells }) => {
    if (known) await record([noticed('7')]);
    const before = await told();
    mercy.visits.delete('7');
    await record([noticed('7', kind === undefined ? {} : { kind })], { cause });
    expect((await told()).slice(before.length)).toEqual(tells);
  });

  it('is created once, and again after its end', async () => {
    for (const state of [1, 2, undefined, 3]) {
      if (state === undefined) mercy.visits.delete('7');
      else version('7', state);
      await record([noticed('7', { kind: 'CREATED' })]);
    }
    expect(await told()).toEqual(['7 CREATED 1', '7 UPDATED 2', '7 DELETED gone', '7 CREATED 3']);
  });

  it('is not shown as a client read it before the change, not even while the change was being read', async () => {
    await mercy.cache.set('Appointment', '7', 'before', 60_000, ['Appointment/7']);
    const seen: unknown[] = [];
    duringNext(async () => {
      seen.push(await mercy.cache.get('Appointment', '7'));
      await mercy.cache.set('Appointment', '7', 'meanwhile', 60_000, ['Appointment/7']);
    });
    await record([noticed('7')]);
    expect([...seen, await mercy.cache.get('Appointment', '7')]).toEqual([undefined, undefined]);
  });

  it('is counted', async () => {
    const counted: unknown[] = [];
    const meter = { ...SILENT, appended: (...given: readonly unknown[]) => counted.push(given) };
    const recording = { source: mercy.source, changes: store.changes, meter, cause: 'WEBHOOK' } as const;
    await recordChanges([noticed('7')], recording, mercy.call());
    await recordChanges([noticed('7')], recording, mercy.call());
    expect(counted).toEqual([[mercy.id, 'Appointment', 'WEBHOOK']]);
  });
});
