import { describe, expect, it } from 'vitest';
import type { CommandKind } from '../schema/commands.ts';
import { recordId } from '../schema/ids.ts';
import { draftFor, newSource } from '../test/store/databases.ts';
import { ended, idsOf, onEveryDatabase, saved, UNKNOWN } from '../test/store/suite.ts';

onEveryDatabase('reading', (desk) => {
  describe('settled', () => {
    it('gives the write when it is settled, at once when it was', async () => {
      const { id } = await desk.submit();
      await desk.claim();
      const waiting = desk.journal.settled(id, new AbortController().signal);
      const target = recordId(desk.source, 'Appointment', '9');
      await desk.journal.settle(id, 'one', saved(target));
      expect(await waiting).toEqual(await desk.journal.get(id));
      expect(await desk.journal.settled(id, AbortSignal.abort())).toMatchObject({ state: 'CONFIRMED', target });
    });

    it('gives it as it stands when the signal aborts', async () => {
      const { id } = await desk.submit();
      const enough = new AbortController();
      const waiting = desk.journal.settled(id, enough.signal);
      enough.abort();
      expect(await waiting).toMatchObject({ state: 'QUEUED' });
    });
  });

  describe('onWork', () => {
    it('calls for what is submitted, settled, retried and let go, for these sources and until it is ended', async () => {
      let rung = 0;
      const end = desk.journal.onWork([newSource(), desk.source], () => rung++);
      const counted: number[] = [];
      const count = async (work: () => Promise<unknown>) => {
        const before = rung;
        await work();
        counted.push(rung - before);
      };
      let id = '';
      await count(async () => ({ id } = await desk.submit()));
      await count(() => desk.claim());
      await count(() => desk.journal.departs(id, 'one', 'POST'));
      await count(() => desk.journal.postpone(id, 'one', desk.clock.now() + 1_000, true));
      desk.clock.pass(1_000);
      await desk.claim();
      await count(() => desk.journal.settle(id, 'one', ended('DEAD')));
      await count(() => desk.journal.retry(id));
      await count(() => desk.journal.discard(id, 'Enough.'));
      await count(() => desk.journal.submit(draftFor(newSource())));
      end();
      await count(() => desk.submit());
      expect(counted).toEqual([1, 0, 0, 0, 1, 1, 1, 0, 0]);
    });
  });

  describe('list', () => {
    it('is newest first, in pages', async () => {
      const ids: string[] = [];
      for (let n = 0; n < 5; n++) ids.unshift((await desk.submit()).id);
      const found: string[] = [];
      const more: boolean[] = [];
      for (let before: string | undefined; ; ) {
        const page = await desk.journal.list({
          sources: [desk.source],
          first: 2,
          ...(before === undefined ? {} : { before }),
        });
        found.push(...idsOf(page.writes));
        more.push(page.hasNextPage);
        before = page.writes.at(-1)?.id;
        if (!page.hasNextPage) break;
      }
      expect(found).toEqual(ids);
      expect(more).toEqual([true, true, false]);
      expect(await desk.journal.list({ first: 2, before: 'no id' })).toEqual({ writes: [], hasNextPage: false });
    });

    it('shows only what is asked for', async () => {
      const patient = recordId(desk.source, 'Patient', '7');
      const about = await desk.submit({ patient });
      const made = await desk.settledAs(saved(patient), { kind: 'createPatient', input: {} });
      const doubt = await desk.settledAs(ended('IN_DOUBT'));
      const ids = async (filter: object) =>
        idsOf((await desk.journal.list({ sources: [desk.source], first: 10, ...filter })).writes);
      expect(await ids({})).toEqual([doubt, made, about.id]);
      expect(await ids({ patient })).toEqual([made, about.id]);
      expect(await ids({ states: ['IN_DOUBT', 'DEAD'] })).toEqual([doubt]);
      expect(await ids({ states: [] })).toEqual([]);
      expect(await ids({ sources: [] })).toEqual([]);
      expect(await ids({ states: ['CONFIRMED'], patient })).toEqual([made]);
    });
  });

  it.each<{ readonly kind: CommandKind; readonly input: object; readonly made: boolean }>([
    { kind: 'bookAppointment', input: {}, made: true },
    { kind: 'recordObservation', input: {}, made: true },
    { kind: 'recordObservation', input: { corrects: '1' }, made: false },
    { kind: 'cancelAppointment', input: {}, made: false },
  ])('counts the target of $kind $input as made by it: $made', async ({ kind, input, made }) => {
    const target = recordId(desk.source, 'Appointment', '9');
    const id = await desk.settledAs(saved(target), { kind, input, lane: 'patient:1' });
    expect([
      ...(await desk.journal.madeByOthers(UNKNOWN, [target, recordId(desk.source, 'Appointment', '8')])),
    ]).toEqual(made ? [target] : []);
    expect([...(await desk.journal.madeByOthers(id, [target]))]).toEqual([]);
    expect(await desk.journal.laneOf(target)).toBe('patient:1');
    expect(await desk.journal.laneOf(recordId(desk.source, 'Appointment', '8'))).toBeUndefined();
  });
});
