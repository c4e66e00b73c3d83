import { describe, expect, it } from 'vitest';
import { Random } from '../../test/random.ts';
import { all, changeOf } from '../../test/store/changes.ts';
import { DAY_MS, onEveryDatabase } from '../../test/store/suite.ts';
import type { ChangeDraft, ChangeLinks, ChangeRow } from '../changes.ts';
import { LINKS, linksOf } from './links.ts';

const SEED = Number(process.env.SEED ?? 261_121);
const P1: ChangeLinks = { patient: '1', practitioner: '5' };
const P2: ChangeLinks = { patient: '1', practitioner: '6' };
const CODES: ChangeLinks = { patient: '1', codes: ['a "b"\u0000', 'c'] };

/** What the stream must tell of a draft, after what it told last of the record. */
const expectedOf = (draft: ChangeDraft, last: ChangeLinks = {}): ChangeLinks & { former?: ChangeLinks } => {
  const links = draft.kind === 'DELETED' ? { ...linksOf(last), ...linksOf(draft) } : linksOf(draft);
  const differ = LINKS.filter(
    (link) => last[link] !== undefined && JSON.stringify(last[link]) !== JSON.stringify(links[link]),
  );
  const former: ChangeLinks = Object.fromEntries(differ.map((link) => [link, last[link]]));
  return { ...links, ...(differ.length === 0 ? {} : { former }) };
};

const shown = ({ former, ...row }: ChangeRow) => ({ ...linksOf(row), ...(former === undefined ? {} : { former }) });

onEveryDatabase('what subscribers choose by', (desk) => {
  const changes = () => desk.store.changes;
  let version = 0;
  const visit = (links: ChangeLinks | 'gone', more: Partial<ChangeDraft> = {}): ChangeDraft =>
    changeOf(desk.source, 'a', {
      type: 'Appointment',
      fingerprint: `${++version}`,
      ...(links === 'gone' ? { kind: 'DELETED' } : links),
      ...more,
    });

  describe.each([
    { how: 'one by one', inOne: false },
    { how: 'in one batch', inOne: true },
  ])('$how', ({ inOne }) => {
    it.each<{ of: string; had: readonly (ChangeLinks | 'gone')[]; gets: ChangeDraft; tells: object }>([
      { of: 'a new record', had: [], gets: visit(P1), tells: P1 },
      { of: 'what stays', had: [P1], gets: visit(P1), tells: P1 },
      { of: 'what is left', had: [P1], gets: visit(P2), tells: { ...P2, former: { practitioner: '5' } } },
      {
        of: 'what is lost',
        had: [P1],
        gets: visit({ patient: '1' }),
        tells: { patient: '1', former: { practitioner: '5' } },
      },
      { of: 'what is gained', had: [{ patient: '1' }], gets: visit(P1), tells: P1 },
      {
        of: 'what is left and taken up again',
        had: [P1, P2],
        gets: visit(P1),
        tells: { ...P1, former: { practitioner: '6' } },
      },
      { of: 'codes', had: [CODES], gets: visit({ codes: ['c'] }), tells: { codes: ['c'], former: CODES } },
      { of: 'a deletion', had: [P1], gets: visit('gone'), tells: P1 },
      { of: 'the deletion of what nobody knew', had: [], gets: visit('gone'), tells: {} },
      { of: 'what is gone twice', had: [P1, 'gone'], gets: visit('gone'), tells: P1 },
      { of: 'a deletion with codes', had: [CODES], gets: visit('gone'), tells: CODES },
      { of: 'a deletion after a move', had: [P1, P2], gets: visit('gone'), tells: P2 },
      { of: 'a deletion after a loss', had: [P1, { patient: '1' }], gets: visit('gone'), tells: { patient: '1' } },
      {
        of: 'a deletion that says something itself',
        had: [P1],
        gets: visit('gone', { patient: '2' }),
        tells: { patient: '2', practitioner: '5', former: { patient: '1' } },
      },
      { of: 'what is back', had: [P1, 'gone'], gets: visit(P2), tells: { ...P2, former: { practitioner: '5' } } },
    ])('are told of $of', async ({ had, gets, tells }) => {
      const start = await changes().end();
      const drafts = [...had.map((links) => visit(links)), { ...gets, source: desk.source, fingerprint: 'new' }];
      for (const batch of inOne ? [drafts] : drafts.map((draft) => [draft])) await changes().append(batch);
      const rows = await changes().after(start, 9);
      expect(rows).toHaveLength(drafts.length);
      expect(rows.slice(-1).map(shown)).toEqual([tells]);
    });
  });

  it('are those of the last change that was told: what says the same has none', async () => {
    const told = visit(P1);
    await changes().append([told]);
    await changes().append([{ ...told, practitioner: '6' }]);
    await changes().appendRead([{ ...told, practitioner: '7' }], await changes().mark());
    const late = await changes().appendRead([visit(CODES)], '0');
    expect(late.rows).toEqual([]);
    expect((await changes().append([visit(P2)])).map(shown)).toEqual([{ ...P2, former: { practitioner: '5' } }]);
  });

  it('are kept of a record that is there longer than its changes, and of one that is gone as long as those', async () => {
    await changes().append([visit(P1), visit(P1, { key: 'b' }), visit('gone', { key: 'b' })]);
    desk.clock.pass(7 * DAY_MS);
    await desk.store.purge();
    const rows = await changes().append([visit('gone'), visit('gone', { key: 'b' })]);
    expect(rows.map(shown)).toEqual([P1, {}]);
  });

  it('are kept through deletions of one batch', async () => {
    await changes().append([visit(P1)]);
    const rows = await changes().append([visit('gone'), visit('gone'), visit('gone', { patient: '2' }), visit('gone')]);
    const moved = { patient: '2', practitioner: '5' };
    expect(rows.map(shown)).toEqual([P1, P1, { ...moved, former: { patient: '1' } }, moved]);
    expect((await changes().append([visit('gone')])).map(shown)).toEqual([moved]);
  });

  it(`are right in the order of the stream, whoever appends at the same moment (SEED=${SEED})`, async () => {
    const random = new Random(SEED);
    const drafts = new Map<string, ChangeDraft>();
    const some = (): ChangeDraft => {
      const draft = visit(
        {
          ...(random.chance(0.7) ? { patient: random.pick(['1', '2']) } : {}),
          ...(random.chance(0.7) ? { practitioner: random.pick(['5', '6']) } : {}),
          ...(random.chance(0.5) ? { codes: [random.pick(['c', 'd'])] } : {}),
        },
        { key: random.pick(['a', 'b', 'c', 'd']), kind: random.chance(0.3) ? 'DELETED' : 'UPDATED' },
      );
      drafts.set(draft.fingerprint, draft);
      return draft;
    };
    const start = await changes().end();
    const appended = await Promise.all(
      Array.from({ length: 60 }, () => changes().append(Array.from({ length: 1 + random.below(5) }, some))),
    );
    const rows = await all(changes(), start);
    const given = new Map(appended.flat().map((row) => [row.cursor, row]));
    expect(rows).toEqual(rows.map(({ cursor }) => given.get(cursor)));
    const last = new Map<string, ChangeLinks>();
    for (const row of rows) {
      const draft = drafts.get(row.fingerprint);
      expect(draft).toBeDefined();
      expect(shown(row)).toEqual(expectedOf(draft ?? row, last.get(row.key)));
      last.set(row.key, linksOf(row));
    }
    expect(rows.filter(({ former }) => former !== undefined).length).toBeGreaterThan(20);
  });
});
