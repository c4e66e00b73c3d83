import { describe, expect, it } from 'vitest';
import { draftFor, newSource } from '../test/store/databases.ts';
import { ended, idsOf, LEASE_MS, onEveryDatabase, saved } from '../test/store/suite.ts';
import { ClaimLost } from './index.ts';

onEveryDatabase('claiming', (desk) => {
  describe('claim', () => {
    it('gives the first of each lane, in the order of submission, and the next when that is settled', async () => {
      const a1 = await desk.submit({ lane: 'a' });
      const b1 = await desk.submit({ lane: 'b' });
      const a2 = await desk.submit({ lane: 'a' });
      expect(idsOf(await desk.claim())).toEqual([a1.id, b1.id]);
      expect(await desk.claim()).toEqual([]);
      await desk.journal.settle(a1.id, 'one', saved());
      expect(idsOf(await desk.claim('two'))).toEqual([a2.id]);
    });

    it('gives no more than asked for, and only of the sources asked for', async () => {
      const first = await desk.submit();
      await desk.submit();
      await desk.journal.submit(draftFor(newSource()));
      expect(idsOf(await desk.claim('one', 1))).toEqual([first.id]);
      expect(await desk.claim('two', 10)).toHaveLength(1);
    });

    it('keeps lanes of the same name at two sources apart', async () => {
      const other = newSource();
      await desk.submit({ lane: 'a' });
      await desk.journal.submit(draftFor(other, { lane: 'a' }));
      expect(await desk.journal.claim({ worker: 'one', sources: [desk.source, other], most: 10 })).toHaveLength(2);
    });

    it('lets dry runs stand outside the lanes', async () => {
      const first = await desk.submit({ lane: 'a' });
      const dry = await desk.submit({ lane: 'a', dryRun: true });
      const second = await desk.submit({ lane: 'a', dryRun: true });
      expect(idsOf(await desk.claim())).toEqual([first.id, dry.id, second.id]);
    });

    it('gives a write away when its claim was not renewed, and not before', async () => {
      const { id } = await desk.submit();
      await desk.claim('one');
      desk.clock.pass(LEASE_MS - 1);
      expect(await desk.claim('two')).toEqual([]);
      expect(await desk.journal.renew('one', [id])).toEqual([id]);
      desk.clock.pass(LEASE_MS - 1);
      expect(await desk.claim('two')).toEqual([]);
      desk.clock.pass(1);
      expect(idsOf(await desk.claim('two'))).toEqual([id]);
      expect(await desk.journal.renew('one', [id])).toEqual([]);
    });

    it('gives nobody what he has in hand, and renews what nobody took', async () => {
      const { id } = await desk.submit();
      await desk.claim('one');
      desk.clock.pass(LEASE_MS);
      expect(await desk.claim('one', 10, [id])).toEqual([]);
      expect(await desk.journal.renew('one', [id])).toEqual([id]);
      expect(await desk.claim('two')).toEqual([]);
    });

    it('finishes what was abandoned before an earlier write that was sent on its way again', async () => {
      const earlier = await desk.settledAs(ended('REJECTED'), { lane: 'a' });
      const { id } = await desk.submit({ lane: 'a' });
      await desk.claim('one');
      await desk.journal.retry(earlier);
      expect(await desk.claim('two')).toEqual([]);
      desk.clock.pass(LEASE_MS);
      expect(idsOf(await desk.claim('two'))).toEqual([id]);
      await desk.journal.settle(id, 'two', saved());
      expect(idsOf(await desk.claim('two'))).toEqual([earlier]);
    });

    it('gives every write to exactly one of many claimers', async () => {
      for (let n = 0; n < 60; n++) await desk.submit({ lane: `lane ${n % 40}` });
      const got = await Promise.all(Array.from({ length: 20 }, (_, worker) => desk.claim(`worker ${worker}`, 5)));
      expect(new Set(idsOf(got.flat())).size).toBe(got.flat().length);
      expect(got.flat()).toHaveLength(40);
    });
  });

  describe('postpone', () => {
    it.each([
      { mayHaveLeft: true, state: 'IN_FLIGHT' },
      { mayHaveLeft: false, state: 'QUEUED' },
    ])('holds a write and its lane back until the moment, $state', async ({ mayHaveLeft, state }) => {
      const { id } = await desk.submit({ lane: 'a' });
      await desk.submit({ lane: 'a' });
      await desk.claim();
      await desk.journal.postpone(id, 'one', desk.clock.now() + 5_000, mayHaveLeft);
      expect((await desk.journal.get(id))?.state).toBe(state);
      desk.clock.pass(4_999);
      expect(await desk.claim('two')).toEqual([]);
      desk.clock.pass(1);
      expect(idsOf(await desk.claim('two'))).toEqual([id]);
    });

    it('is what nextDue tells, until something is due earlier', async () => {
      const due = () => desk.journal.nextDue([desk.source]);
      expect(await due()).toBeUndefined();
      const { id } = await desk.submit({ lane: 'a' });
      await desk.submit({ lane: 'a' });
      expect(await due()).toBe(desk.clock.now());
      await desk.claim();
      expect(await due()).toBe(desk.clock.now() + LEASE_MS);
      await desk.journal.postpone(id, 'one', desk.clock.now() + 60_000, true);
      expect(await due()).toBe(desk.clock.now() + 60_000);
      await desk.submit({ lane: 'b' });
      expect(await due()).toBe(desk.clock.now());
    });
  });

  describe('relane', () => {
    it('moves a write to the head of an empty lane and keeps the claim', async () => {
      const { id } = await desk.submit({ lane: 'appointment:1' });
      await desk.claim();
      const later = await desk.submit({ lane: 'patient:1' });
      expect(await desk.journal.relane(id, 'one', 'patient:1')).toBe(true);
      expect(await desk.claim('two')).toEqual([]);
      expect((await desk.journal.get(id))?.lane).toBe('patient:1');
      await desk.journal.settle(id, 'one', saved());
      expect(idsOf(await desk.claim('two'))).toEqual([later.id]);
    });

    it('lets nothing pass a write whose patient is not known before that is told, and then all but the same patient’s', async () => {
      const { id } = await desk.submit({ lane: 'appointment:1' });
      const same = await desk.submit({ lane: 'patient:1' });
      const other = await desk.submit({ lane: 'patient:2' });
      const alike = await desk.submit({ lane: 'appointment:2' });
      expect(idsOf(await desk.claim())).toEqual([id]);
      expect(await desk.claim('two')).toEqual([]);
      let rung = 0;
      const end = desk.journal.onWork([desk.source], () => rung++);
      expect(await desk.journal.relane(id, 'one', 'patient:1')).toBe(true);
      end();
      expect(rung).toBe(1);
      expect(idsOf(await desk.claim('two'))).toEqual([other.id, alike.id]);
      await desk.journal.settle(id, 'one', saved());
      expect(idsOf(await desk.claim('two'))).toEqual([same.id]);
    });

    it('holds nobody up by a write that could not be taken up at once', async () => {
      const { id } = await desk.submit({ lane: 'appointment:1' });
      const other = await desk.submit({ lane: 'patient:2' });
      await desk.claim();
      await desk.journal.postpone(id, 'one', desk.clock.now() + 1, false);
      expect(idsOf(await desk.claim('two'))).toEqual([other.id]);
    });

    it.each([{ earlierIs: 'open' }, { earlierIs: 'claimed' }])(
      'lets go behind an earlier one that is $earlierIs',
      async ({ earlierIs }) => {
        const earlier = await desk.submit({ lane: 'patient:1' });
        const { id } = await desk.submit({ lane: 'appointment:1' });
        await desk.claim();
        if (earlierIs === 'open') await desk.journal.postpone(earlier.id, 'one', desk.clock.now(), false);
        let rung = 0;
        const end = desk.journal.onWork([desk.source], () => rung++);
        expect(await desk.journal.relane(id, 'one', 'patient:1')).toBe(false);
        end();
        expect(rung).toBe(1);
        await expect(desk.journal.departs(id, 'one', 'POST')).rejects.toBeInstanceOf(ClaimLost);
        if (earlierIs === 'open') expect(idsOf(await desk.claim('two'))).toEqual([earlier.id]);
        await desk.journal.settle(earlier.id, earlierIs === 'open' ? 'two' : 'one', saved());
        expect(idsOf(await desk.claim('two'))).toEqual([id]);
      },
    );

    it('lets go behind a later one that is under way, and is next', async () => {
      const { id } = await desk.submit({ lane: 'appointment:1' });
      await desk.claim();
      desk.clock.pass(1);
      await desk.journal.postpone(id, 'one', desk.clock.now(), false);
      const later = await desk.submit({ lane: 'patient:1' });
      const last = await desk.submit({ lane: 'patient:1' });
      await desk.claim();
      expect(await desk.journal.relane(id, 'one', 'patient:1')).toBe(false);
      expect(await desk.claim('two')).toEqual([]);
      await desk.journal.settle(later.id, 'one', saved());
      expect(idsOf(await desk.claim('two'))).toEqual([id]);
      await desk.journal.settle(id, 'two', saved());
      expect(idsOf(await desk.claim('two'))).toEqual([last.id]);
    });
  });
});
