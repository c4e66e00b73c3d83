import { describe, expect, it } from 'vitest';
import { recordId } from '../schema/ids.ts';
import { draftFor, newSource } from '../test/store/databases.ts';
import { DAY_MS, ended, idsOf, onEveryDatabase, saved } from '../test/store/suite.ts';
import type { WriteDraft } from './index.ts';

onEveryDatabase('submitting', (desk) => {
  describe('submit', () => {
    it('gives back what was handed in, and the same later', async () => {
      const draft = draftFor(desk.source, {
        callerPatient: recordId(desk.source, 'Patient', '7'),
        patient: recordId(desk.source, 'Patient', '7'),
        input: { patient: '7', note: 'a "quoted" \u0000 \ud800 note' },
      });
      const { write, isNew, match } = await desk.journal.submit(draft);
      const { input, ...rest } = draft;
      expect({ write, isNew, match }).toEqual({
        write: {
          ...rest,
          id: write.id,
          state: 'QUEUED',
          attempts: [],
          submittedAt: new Date(desk.clock.now()).toISOString(),
          forced: false,
        },
        isNew: true,
        match: true,
      });
      expect(await desk.journal.get(write.id)).toEqual(write);
      expect((await desk.claimOne()).input).toEqual(input);
    });

    it.each<{
      readonly title: string;
      readonly given: Partial<WriteDraft>;
      readonly isNew: boolean;
      readonly match: boolean;
    }>([
      { title: 'finds the write of a key', given: {}, isNew: false, match: true },
      {
        title: 'takes no notice of the order of keys',
        given: { input: { slot: '12', patient: '7' } },
        isNew: false,
        match: true,
      },
      { title: 'tells other input', given: { input: { patient: '8', slot: '12' } }, isNew: false, match: false },
      { title: 'keeps callers apart', given: { caller: 'another' }, isNew: true, match: true },
      { title: 'keeps kinds apart', given: { kind: 'cancelAppointment' }, isNew: true, match: true },
      { title: 'takes another key', given: { idempotencyKey: 'another' }, isNew: true, match: true },
      { title: 'takes a dry run beside it', given: { dryRun: true }, isNew: true, match: true },
    ])('$title', async ({ given, isNew, match }) => {
      const draft = draftFor(desk.source);
      const first = await desk.journal.submit(draft);
      const second = await desk.journal.submit({ ...draft, ...given });
      expect({ isNew: second.isNew, match: second.match }).toEqual({ isNew, match });
      expect(second.write.id === first.write.id).toBe(!isNew);
    });

    it('tells another source under the same key', async () => {
      const draft = draftFor(desk.source);
      await desk.journal.submit(draft);
      expect(await desk.journal.submit({ ...draft, source: newSource() })).toMatchObject({
        isNew: false,
        match: false,
      });
    });

    it('records one write when one key comes fifty times at once', async () => {
      const draft = draftFor(desk.source);
      const answers = await Promise.all(Array.from({ length: 50 }, () => desk.journal.submit(draft)));
      expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
      expect(new Set(idsOf(answers.map(({ write }) => write))).size).toBe(1);
      expect((await desk.journal.list({ sources: [desk.source], first: 10 })).writes).toHaveLength(1);
    });

    it('leaves the key of a dry run free, and its row unlisted', async () => {
      const draft = draftFor(desk.source);
      const rehearsed = await desk.journal.submit({ ...draft, dryRun: true });
      const again = await desk.journal.submit({ ...draft, dryRun: true });
      const real = await desk.journal.submit(draft);
      expect([rehearsed, again, real].map(({ isNew }) => isNew)).toEqual([true, true, true]);
      expect(idsOf((await desk.journal.list({ sources: [desk.source], first: 10 })).writes)).toEqual([real.write.id]);
      expect((await desk.journal.get(rehearsed.write.id))?.dryRun).toBe(true);
    });

    it('takes a document of ten megabytes', async () => {
      const content = 'QUJD'.repeat(3_500_000);
      await desk.submit({ kind: 'saveDocument', input: { content } });
      expect(((await desk.claimOne()).input as { content: string }).content === content).toBe(true);
    });
  });

  describe('after seven days', () => {
    it.each([
      { at: 7 * DAY_MS - 1, state: 'IN_DOUBT', free: false },
      { at: 7 * DAY_MS, state: 'IN_DOUBT', free: true },
      { at: 8 * DAY_MS, state: 'QUEUED', free: false },
    ])('the key of a write that is $state is free after $at ms: $free', async ({ at, state, free }) => {
      const draft = draftFor(desk.source);
      const first = await desk.journal.submit(draft);
      await desk.claim();
      if (state === 'IN_DOUBT') await desk.journal.settle(first.write.id, 'one', ended(state));
      desk.clock.pass(at);
      const second = await desk.journal.submit(draft);
      expect(second.isNew).toBe(free);
      expect((await desk.journal.get(first.write.id))?.state).toBe(state);
      expect((await desk.journal.submit(draft)).write.id).toBe(second.write.id);
    });

    it('a key that comes fifty times at once makes one write again', async () => {
      const draft = draftFor(desk.source);
      const { write } = await desk.journal.submit(draft);
      await desk.claim();
      await desk.journal.settle(write.id, 'one', ended('IN_DOUBT'));
      desk.clock.pass(7 * DAY_MS);
      const answers = await Promise.all(Array.from({ length: 50 }, () => desk.journal.submit(draft)));
      expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
      expect(new Set(idsOf(answers.map(({ write }) => write))).size).toBe(1);
    });

    it('what was settled for good is removed, and nothing else', async () => {
      const gone = [
        await desk.settledAs(saved()),
        await desk.settledAs(ended('REJECTED')),
        await desk.settledAs(ended('DEAD')),
        await desk.settledAs(ended('DISCARDED')),
      ];
      const kept = [await desk.settledAs(ended('IN_DOUBT')), (await desk.submit()).id];
      const [dead] = gone.slice(-2);
      await desk.journal.retry(dead ?? '');
      await desk.claim();
      await desk.journal.departs(dead ?? '', 'one', 'POST');
      await desk.journal.settle(dead ?? '', 'one', ended('DEAD'));
      desk.clock.pass(7 * DAY_MS - 1);
      await desk.store.purge();
      expect(
        await Promise.all([...gone, ...kept].map(async (id) => (await desk.journal.get(id)) !== undefined)),
      ).not.toContain(false);
      kept.push(await desk.settledAs(saved()));
      desk.clock.pass(1);
      expect(await desk.store.purge()).toBeGreaterThanOrEqual(gone.length);
      expect(await Promise.all(gone.map((id) => desk.journal.get(id)))).toEqual(gone.map(() => undefined));
      expect(await Promise.all(kept.map(async (id) => (await desk.journal.get(id)) !== undefined))).not.toContain(
        false,
      );
    });
  });
});
