import { expect, it } from 'vitest';
import { newSource } from '../test/store/databases.ts';
import { ended, LEASE_MS, onEveryDatabase, saved, UNKNOWN } from '../test/store/suite.ts';
import { ClaimLost } from './index.ts';

onEveryDatabase('a person', (desk) => {
  type Start =
    | 'QUEUED'
    | 'claimed'
    | 'abandoned'
    | 'IN_FLIGHT'
    | 'postponed'
    | 'CONFIRMED'
    | 'REJECTED'
    | 'IN_DOUBT'
    | 'DEAD'
    | 'DISCARDED'
    | 'dry run'
    | 'refused dry run';

  const startAt = async (start: Start): Promise<string> => {
    if (start === 'CONFIRMED') return desk.settledAs(saved());
    if (start === 'REJECTED' || start === 'IN_DOUBT' || start === 'DEAD' || start === 'DISCARDED')
      return desk.settledAs(ended(start));
    if (start === 'refused dry run') return desk.settledAs(ended('REJECTED'), { dryRun: true });
    const { id } = await desk.submit({ dryRun: start === 'dry run' });
    if (start === 'QUEUED' || start === 'dry run') return id;
    await desk.claim();
    if (start === 'abandoned') desk.clock.pass(LEASE_MS);
    if (start === 'IN_FLIGHT') await desk.journal.departs(id, 'one', 'POST');
    if (start === 'postponed') await desk.journal.postpone(id, 'one', desk.clock.now(), true);
    return id;
  };

  it.each<{ readonly start: Start; readonly retried: boolean; readonly discarded: boolean }>([
    { start: 'QUEUED', retried: false, discarded: true },
    { start: 'claimed', retried: false, discarded: false },
    { start: 'abandoned', retried: false, discarded: true },
    { start: 'IN_FLIGHT', retried: false, discarded: false },
    { start: 'postponed', retried: false, discarded: false },
    { start: 'CONFIRMED', retried: false, discarded: false },
    { start: 'REJECTED', retried: true, discarded: true },
    { start: 'IN_DOUBT', retried: true, discarded: true },
    { start: 'DEAD', retried: true, discarded: true },
    { start: 'DISCARDED', retried: false, discarded: false },
    { start: 'dry run', retried: false, discarded: false },
    { start: 'refused dry run', retried: false, discarded: false },
  ])(
    'may send a write that is $start on its way again: $retried, give it up: $discarded',
    async ({ start, retried, discarded }) => {
      const first = await startAt(start);
      const before = await desk.journal.get(first);
      const retry = await desk.journal.retry(first);
      expect(retry?.state).toBe(retried ? 'QUEUED' : undefined);
      expect(retry).toEqual(
        retried
          ? { ...before, state: 'QUEUED', outcome: undefined, settledAt: undefined, forced: start === 'IN_DOUBT' }
          : undefined,
      );
      if (!retried) expect(await desk.journal.get(first)).toEqual(before);

      desk.source = newSource();
      const second = await startAt(start);
      const discard = await desk.journal.discard(second, 'It was a test.');
      expect(discard?.outcome).toEqual(discarded ? { kind: 'discarded', reason: 'It was a test.' } : undefined);
      expect(discard?.state).toBe(discarded ? 'DISCARDED' : undefined);
      if (discarded) {
        expect(await desk.claim('two')).toEqual([]);
        await expect(desk.journal.departs(second, 'one', 'POST')).rejects.toBeInstanceOf(ClaimLost);
      }
    },
  );

  it('forces one departure, not a second', async () => {
    const id = await desk.settledAs(ended('IN_DOUBT'));
    await desk.journal.retry(id);
    const forced = await desk.claimOne();
    await desk.journal.departs(id, 'one', 'POST');
    await desk.journal.postpone(id, 'one', desk.clock.now(), true);
    expect([forced.forced, (await desk.claimOne()).forced]).toEqual([true, false]);
  });

  it.each([UNKNOWN, '', 'no id', "'; drop table writes"])('learns nothing of an unknown id: %j', async (id) => {
    const { journal } = desk;
    const nothing = await Promise.all([
      journal.get(id),
      journal.retry(id),
      journal.discard(id, 'Gone.'),
      journal.settled(id, new AbortController().signal),
    ]);
    expect(nothing).toEqual([undefined, undefined, undefined, undefined]);
  });
});
