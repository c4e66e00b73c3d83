import { describe, expect, it } from 'vitest';
import { sourceId } from '../../schema/ids.ts';
import { Random } from '../../test/random.ts';
import { all, changeOf, told } from '../../test/store/changes.ts';
import { newSource } from '../../test/store/databases.ts';
import { appendAndFollow } from '../../test/store/following.ts';
import { onEveryDatabase } from '../../test/store/suite.ts';
import type { ChangeDraft } from '../index.ts';

onEveryDatabase('the stream', (desk) => {
  const changes = () => desk.store.changes;
  const drafts = (...given: readonly string[]): readonly ChangeDraft[] =>
    given.map((one) => {
      const [key = '', fingerprint = ''] = one.split(' ');
      return changeOf(desk.source, key, { fingerprint });
    });

  describe('append', () => {
    it('gives back what it appended, as it is read later', async () => {
      const start = await changes().end();
      const full: ChangeDraft = {
        source: desk.source,
        type: 'Observation',
        key: 'odd "key", {é} \\ null',
        kind: 'CREATED',
        cause: 'WEBHOOK',
        patient: '7',
        practitioner: 'NULL',
        codes: ['2345-7', 'a "b"\u0000'],
        fingerprint: '3',
      };
      const rows = await changes().append([full, changeOf(desk.source, '8')]);
      expect(rows).toMatchObject([full, changeOf(desk.source, '8')]);
      expect(rows.map(({ at }) => at)).toEqual(Array(2).fill(new Date(desk.clock.now()).toISOString()));
      expect(Object.keys(rows[1] ?? {})).not.toContain('patient');
      expect(await changes().after(start, 10)).toEqual(rows);
      expect(await changes().end()).toBe(rows[1]?.cursor);
    });

    it.each([
      { it: 'a new record', had: [], gets: ['a 1'], tells: ['a 1'] },
      { it: 'what is the same', had: ['a 1'], gets: ['a 1'], tells: [] },
      { it: 'what differs', had: ['a 1'], gets: ['a 2'], tells: ['a 2'] },
      { it: 'what it said before the last', had: ['a 1', 'a 2'], gets: ['a 1'], tells: ['a 1'] },
      { it: 'two records', had: ['a 1'], gets: ['b 1', 'a 1'], tells: ['b 1'] },
      { it: 'the given order', had: [], gets: ['b 1', 'a 1', 'c 1'], tells: ['b 1', 'a 1', 'c 1'] },
      { it: 'one twice in a batch', had: [], gets: ['a 1', 'b 1', 'a 1'], tells: ['a 1', 'b 1'] },
      { it: 'several of one record', had: [], gets: ['a 1', 'b 1', 'a 2'], tells: ['a 1', 'b 1', 'a 2'] },
      { it: 'several, the first as it was', had: ['a 1'], gets: ['a 1', 'a 2'], tells: ['a 2'] },
      { it: 'several, the last as it was', had: ['a 1'], gets: ['a 2', 'a 1'], tells: ['a 2', 'a 1'] },
      { it: 'several, both as it was', had: ['a 1'], gets: ['a 1', 'a 2', 'a 1'], tells: ['a 2', 'a 1'] },
    ])('tells of $it: $tells', async ({ had, gets, tells }) => {
      for (const one of had) await changes().append(drafts(one));
      const start = await changes().end();
      expect(told(await changes().append(drafts(...gets)))).toEqual(tells);
      expect(told(await changes().after(start, 10))).toEqual(tells);
      expect(await changes().append(drafts(gets.at(-1) ?? ''))).toEqual([]);
    });

    it('keeps records of the same key apart by source and type', async () => {
      const same = [
        changeOf(desk.source, '1'),
        changeOf(desk.source, '1', { type: 'Claim' }),
        changeOf(newSource(), '1'),
        changeOf(sourceId(`${desk.source}","Patient`), '1'),
      ];
      expect(await changes().append(same)).toHaveLength(4);
      expect(await changes().append(same)).toHaveLength(0);
    });

    it('tells of a record once when the same change comes from many at the same moment', async () => {
      for (let round = 0; round < 10; round++) {
        const draft = changeOf(desk.source, `${round}`);
        const found = await Promise.all(Array.from({ length: 8 }, () => changes().append([draft])));
        expect(found.flat()).toHaveLength(1);
      }
    });

    it('moves the place of the feed with it, even when nothing was new, and of no other', async () => {
      const at = (place: string) => ({ source: desk.source, feed: 'patients', place });
      expect(await changes().place(desk.source, 'patients')).toBeUndefined();
      const seen: unknown[] = [];
      for (const [place, ...given] of [['1', 'a 1'], ['2', 'a 1'], ['3']]) {
        await changes().append(drafts(...given), at(place ?? ''));
        seen.push(await changes().place(desk.source, 'patients'));
      }
      expect(seen).toEqual(['1', '2', '3']);
      expect(await changes().place(desk.source, 'claims')).toBeUndefined();
    });

    it('does all or nothing', async () => {
      const start = await changes().end();
      const refused = changes().append(drafts('a 1', 'nul\u0000 1'), { source: desk.source, feed: 'f', place: '1' });
      await expect(refused).rejects.toMatchObject({ name: 'StoreError', code: 'unavailable' });
      expect(await changes().after(start, 10)).toEqual([]);
      expect(await changes().place(desk.source, 'f')).toBeUndefined();
      expect(await changes().last(desk.source, 'Patient', ['a'])).toEqual(new Map());
    });

    it('takes thousands at once', async () => {
      const start = await changes().end();
      const many = Array.from({ length: 3_000 }, (_, n) => changeOf(desk.source, `${n}`));
      expect(await changes().append(many)).toHaveLength(3_000);
      expect(told(await all(changes(), start))).toEqual(told(many));
    });
  });

  describe('appendRead', () => {
    it.each([
      { it: 'a record that nobody knew', had: [], meanwhile: [], reads: ['a 1'], tells: ['a 1'] },
      { it: 'a newer reading', had: ['a 1'], meanwhile: [], reads: ['a 2'], tells: ['a 2'] },
      { it: 'what says the same', had: ['a 1'], meanwhile: [], reads: ['a 1'], tells: [] },
      { it: 'what somebody else has told, too', had: ['a 1'], meanwhile: ['a 2'], reads: ['a 2'], tells: [] },
      { it: 'an older reading', had: ['a 1'], meanwhile: ['a 2'], reads: ['a 1'], tells: [], overtaken: ['a 1'] },
      { it: 'one of a new record', had: [], meanwhile: ['a 2'], reads: ['a 1'], tells: [], overtaken: ['a 1'] },
      {
        it: 'one that was found as it is',
        had: ['a 1'],
        meanwhile: ['a 1'],
        reads: ['a 2'],
        tells: [],
        overtaken: ['a 2'],
      },
      { it: 'one of two', had: [], meanwhile: ['a 2'], reads: ['a 1', 'b 1'], tells: ['b 1'], overtaken: ['a 1'] },
      {
        it: 'all of a record',
        had: [],
        meanwhile: ['a 1'],
        reads: ['a 2', 'a 1'],
        tells: [],
        overtaken: ['a 2', 'a 1'],
      },
    ])(
      'with $it: tells $tells, and leaves out $overtaken',
      async ({ had, meanwhile, reads, tells, overtaken = [] }) => {
        await changes().append(drafts(...had));
        const mark = await changes().mark();
        await changes().appendRead(drafts(...meanwhile), await changes().mark());
        const start = await changes().end();
        const appended = await changes().appendRead(drafts(...reads), mark);
        expect(told(appended.rows)).toEqual(tells);
        expect(told(appended.overtaken)).toEqual(overtaken);
        expect(await changes().after(start, 9)).toEqual(appended.rows);
        const again = await changes().appendRead(appended.overtaken, await changes().mark());
        expect(again.overtaken).toEqual([]);
      },
    );

    it('is overtaken by what was appended without a reading', async () => {
      const mark = await changes().mark();
      await changes().append(drafts('a 2'));
      expect(await changes().appendRead(drafts('a 1'), mark)).toMatchObject({ rows: [], overtaken: drafts('a 1') });
    });

    it('never goes back, whoever reads and appends at the same moment', async () => {
      let version = 0;
      const reader = async (turns: number): Promise<void> => {
        for (let turn = 0; turn < 12; turn++) {
          const mark = await changes().mark();
          const read = drafts(`a ${version}`);
          for (let slow = 0; slow < turns; slow++) await changes().end();
          version += 1;
          await changes().appendRead(read, mark);
        }
      };
      await Promise.all([0, 1, 2, 4, 8].map(reader));
      const versions = (await all(changes(), undefined))
        .filter(({ source }) => source === desk.source)
        .map(({ fingerprint }) => Number(fingerprint));
      expect(versions).toEqual(versions.toSorted((one, other) => one - other));
      expect(versions.length).toBeGreaterThan(1);
    });
  });

  it('is in one order for all, whoever appends and reads at the same moment', async () => {
    const seed = Number(process.env.SEED ?? 261_121);
    const many = await appendAndFollow([changes()], desk.source, new Random(seed));
    console.info(`seed ${seed}: ${many} rows`);
    expect(many).toBeGreaterThan(1_500);
  });

  describe('after', () => {
    it('is in pages, of a size that is bounded', async () => {
      const start = await changes().end();
      const rows = await changes().append(Array.from({ length: 1_001 }, (_, n) => changeOf(desk.source, `${n}`)));
      expect(await changes().after(start, 2)).toEqual(rows.slice(0, 2));
      expect(await changes().after(rows[1]?.cursor, 2)).toEqual(rows.slice(2, 4));
      expect(await changes().after(start, 5_000)).toEqual(rows.slice(0, 1_000));
      expect(await changes().after(rows.at(-1)?.cursor, 2)).toEqual([]);
    });

    it.each([
      { of: 'another database', to: () => 'AbCdEfGhIjKl.1' },
      { of: 'another database, at its start', to: () => 'AbCdEfGhIjKl.0' },
      { of: 'a change that is not there yet', to: (end: string) => `${end}zz` },
      { of: 'nothing', to: () => '' },
      { of: 'no cursor', to: () => 'select 1' },
      { of: 'no number', to: (end: string) => end.replace(/\..*$/, '.00') },
      { of: 'too large a number', to: (end: string) => end.replace(/\..*$/, '.zzzzzzzzzzz') },
    ])('refuses a cursor of $of', async ({ to }) => {
      await changes().append([changeOf(desk.source, '1')]);
      await expect(changes().after(to(await changes().end()), 1)).rejects.toMatchObject({
        name: 'CursorTooOld',
        message: 'The changes after this cursor are no longer kept.',
      });
    });
  });

  it('knows what the last changes said, and when each source had one', async () => {
    await changes().append(drafts('a 1', 'b 1'));
    desk.clock.pass(1_000);
    await changes().append(drafts('a 2', 'b 1'));
    const at = new Date(desk.clock.now()).toISOString();
    desk.clock.pass(1_000);
    await changes().append(drafts('a 2'));
    expect(await changes().last(desk.source, 'Patient', ['a', 'b', 'c'])).toEqual(
      new Map([
        ['a', '2'],
        ['b', '1'],
      ]),
    );
    expect(await changes().last(desk.source, 'Claim', ['a'])).toEqual(new Map());
    expect(await changes().last(desk.source, 'Patient', [])).toEqual(new Map());
    expect(await changes().lastAt([desk.source, newSource()])).toEqual(new Map([[desk.source, at]]));
  });

  it('calls back when something was appended, until it is ended', async () => {
    let rung = 0;
    const listener = () => {
      rung++;
    };
    const ends = [changes().onAppend(listener), changes().onAppend(listener)];
    const counted: number[] = [];
    const count = async (...given: readonly string[]) => {
      const before = rung;
      await changes().append(drafts(...given));
      counted.push(rung - before);
    };
    await count('a 1', 'b 1');
    await count('a 1');
    ends[0]?.();
    ends[0]?.();
    await count('a 2');
    ends[1]?.();
    await count('a 3');
    expect(counted).toEqual([2, 0, 1, 0]);
  });
});
