import { describe, expect, it } from 'vitest';
import { recordId, sourceId } from '../schema/ids.ts';
import { DAY_MS, ended, LEASE_MS, onEveryDatabase, saved } from '../test/store/suite.ts';
import { ClaimLost, type Settlement } from './index.ts';

onEveryDatabase('an attempt', (desk) => {
  describe('an attempt', () => {
    it('is noted before it leaves and when it came back', async () => {
      const { id } = await desk.submit();
      await desk.claim();
      const startedAt = new Date(desk.clock.now()).toISOString();
      expect(await desk.journal.departs(id, 'one', 'POST /appointments')).toBe(1);
      const open = { number: 1, startedAt, vendorCall: 'POST /appointments', outcome: 'open' };
      expect(await desk.journal.get(id)).toMatchObject({ state: 'IN_FLIGHT', attempts: [open] });
      await desk.journal.returned(id, 1, { durationMs: 12.5, outcome: 'no answer' });
      expect(await desk.journal.departs(id, 'one', 'PUT /appointments/{id}')).toBe(2);
      expect((await desk.journal.get(id))?.attempts).toEqual([
        { ...open, durationMs: 12.5, outcome: 'no answer' },
        { number: 2, startedAt, vendorCall: 'PUT /appointments/{id}', outcome: 'open' },
      ]);
    });

    it('is refused, like all else, to a worker that lost the write', async () => {
      const { id } = await desk.submit();
      await desk.claim('one');
      desk.clock.pass(LEASE_MS);
      await desk.claim('two');
      const { journal } = desk;
      for (const refused of [
        () => journal.departs(id, 'one', 'POST'),
        () => journal.keep(id, 'one', { slot: '1' }),
        () => journal.relane(id, 'one', 'another'),
      ])
        await expect(refused()).rejects.toBeInstanceOf(ClaimLost);
      expect(await journal.settle(id, 'one', saved())).toBe(false);
      await journal.postpone(id, 'one', desk.clock.now() + DAY_MS, false);
      expect(await journal.get(id)).toMatchObject({
        state: 'QUEUED',
        attempts: [],
        lane: expect.not.stringMatching('another'),
      });
      expect(await journal.renew('two', [id])).toEqual([id]);
      expect(await journal.settle(id, 'two', saved())).toBe(true);
      await expect(journal.departs(id, 'two', 'POST')).rejects.toBeInstanceOf(ClaimLost);
      expect(await journal.settle(id, 'two', ended('DEAD'))).toBe(false);
    });

    it('renews the claim by departing', async () => {
      const { id } = await desk.submit();
      await desk.claim('one');
      desk.clock.pass(LEASE_MS - 1);
      await desk.journal.departs(id, 'one', 'POST');
      desk.clock.pass(LEASE_MS - 1);
      expect(await desk.claim('two')).toEqual([]);
    });

    it('keeps things for later ones', async () => {
      const { id } = await desk.submit();
      await desk.claim('one');
      await desk.journal.keep(id, 'one', { slot: '5', opened: 'yes' });
      await desk.journal.keep(id, 'one', { slot: '6' });
      await desk.journal.postpone(id, 'one', desk.clock.now(), true);
      expect((await desk.claimOne('two')).progress).toEqual({ slot: '6', opened: 'yes' });
    });
  });

  describe('leftAt', () => {
    const departed = async () => {
      const { id } = await desk.submit();
      await desk.claim('one');
      await desk.journal.departs(id, 'one', 'POST');
      return { id, at: desk.clock.now() };
    };

    it('is absent when nothing left', async () => {
      await desk.submit();
      expect(await desk.claimOne('one')).not.toHaveProperty('leftAt');
      desk.clock.pass(LEASE_MS);
      expect(await desk.claimOne('two')).not.toHaveProperty('leftAt');
    });

    it('is the end of the claim for a request that nobody saw coming back', async () => {
      const { at } = await departed();
      desk.clock.pass(LEASE_MS + 5_000);
      expect((await desk.claimOne('two')).leftAt).toBe(at + LEASE_MS);
    });

    it('is when the last request came back, or was given up, and stays so however often it is looked for', async () => {
      const { id, at } = await departed();
      desk.clock.pass(700);
      await desk.journal.returned(id, 1, { durationMs: 700, outcome: 'no answer' });
      desk.clock.pass(300);
      await desk.journal.postpone(id, 'one', desk.clock.now() + 1_000, true);
      desk.clock.pass(1_000);
      expect((await desk.claimOne('two')).leftAt).toBe(at + 700);
      await desk.journal.postpone(id, 'two', desk.clock.now() + 1_000, true);
      desk.clock.pass(1_000);
      expect((await desk.claimOne('two')).leftAt).toBe(at + 700);
      desk.clock.pass(LEASE_MS);
      expect((await desk.claimOne('three')).leftAt).toBe(at + 700);
    });

    it('is the letting go when nothing was noted as come back', async () => {
      const { id, at } = await departed();
      desk.clock.pass(400);
      await desk.journal.postpone(id, 'one', desk.clock.now(), true);
      expect((await desk.claimOne('two')).leftAt).toBe(at + 400);
    });

    it('is forgotten when the vendor surely has nothing', async () => {
      const { id } = await departed();
      await desk.journal.returned(id, 1, { durationMs: 1, outcome: 'answered 429' });
      await desk.journal.postpone(id, 'one', desk.clock.now(), false);
      expect(await desk.journal.get(id)).toMatchObject({ state: 'QUEUED' });
      expect(await desk.claimOne('two')).not.toHaveProperty('leftAt');
    });

    it.each<{ readonly settlement: Settlement; readonly kept: boolean }>([
      { settlement: ended('REJECTED'), kept: false },
      { settlement: ended('REJECTED', recordId(sourceId('x'), 'Appointment', '1')), kept: true },
      { settlement: ended('IN_DOUBT'), kept: true },
      { settlement: ended('DEAD'), kept: true },
    ])('of a retried $settlement.state write is kept: $kept', async ({ settlement, kept }) => {
      const { id } = await departed();
      await desk.journal.settle(id, 'one', settlement);
      await desk.journal.retry(id);
      expect((await desk.claimOne('two')).leftAt !== undefined).toBe(kept);
    });
  });
});
