import { expect, it } from 'vitest';
import { changeOf, told } from '../../test/store/changes.ts';
import { DAY_MS, onEveryDatabase } from '../../test/store/suite.ts';

onEveryDatabase('forgetting changes', (desk) => {
  const changes = () => desk.store.changes;
  const TOO_OLD = { name: 'CursorTooOld' };

  it('removes what is older than it is kept, and says so to exactly those who missed it', async () => {
    const start = await changes().end();
    const old = await changes().append(['1', '2', '3'].map((key) => changeOf(desk.source, key)));
    desk.clock.pass(DAY_MS);
    const young = await changes().append(['4', '5'].map((key) => changeOf(desk.source, key)));
    desk.clock.pass(6 * DAY_MS - 1);
    await desk.store.purge();
    expect(await changes().after(start, 9)).toEqual([...old, ...young]);
    desk.clock.pass(1);
    expect(await desk.store.purge()).toBe(3);
    for (const cursor of [start, old[0]?.cursor, old[1]?.cursor])
      await expect(changes().after(cursor, 1)).rejects.toMatchObject(TOO_OLD);
    expect(await changes().after(old[2]?.cursor, 9)).toEqual(young);
    expect(await changes().after(undefined, 9)).toEqual(young);
    desk.clock.pass(DAY_MS);
    expect(await desk.store.purge()).toBe(2);
    for (const cursor of [old[2]?.cursor, young[0]?.cursor])
      await expect(changes().after(cursor, 1)).rejects.toMatchObject(TOO_OLD);
    expect(await changes().end()).toBe(young[1]?.cursor);
    expect(await changes().after(young[1]?.cursor, 9)).toEqual([]);
    expect(await changes().after(undefined, 9)).toEqual([]);
    const [next] = await changes().append([changeOf(desk.source, '6')]);
    expect(await changes().after(young[1]?.cursor, 9)).toEqual([next]);
  });

  it('removes many, and no change before an older one that is kept', async () => {
    await changes().append(Array.from({ length: 2_500 }, (_, n) => changeOf(desk.source, `${n}`)));
    desk.clock.pass(2 * DAY_MS);
    const [kept] = await changes().append([changeOf(desk.source, 'kept')]);
    desk.clock.pass(-2 * DAY_MS); // the clock was set back
    const behind = await changes().append([changeOf(desk.source, 'behind')]);
    desk.clock.pass(8 * DAY_MS);
    expect(await desk.store.purge()).toBeGreaterThanOrEqual(2_500);
    expect(await changes().after(undefined, 9)).toEqual([kept, ...behind]);
  });

  it('knows longer what records said, and forgets those that are no more', async () => {
    await changes().append([
      changeOf(desk.source, 'there'),
      changeOf(desk.source, 'gone', { kind: 'DELETED' }),
      changeOf(desk.source, 'back', { kind: 'DELETED' }),
      changeOf(desk.source, 'back', { fingerprint: '2' }),
    ]);
    const at = new Date(desk.clock.now()).toISOString();
    desk.clock.pass(7 * DAY_MS);
    await desk.store.purge();
    const known = await changes().last(desk.source, 'Patient', ['there', 'gone', 'back']);
    expect(known).toEqual(
      new Map([
        ['there', '1'],
        ['back', '2'],
      ]),
    );
    expect(await changes().lastAt([desk.source])).toEqual(new Map([[desk.source, at]]));
    const again = ['there', 'gone'].map((key) => changeOf(desk.source, key));
    expect(told(await changes().append(again))).toEqual(['gone 1']);
  });

  it('remembers events as long as changes are kept, and those that nobody dealt with for ever', async () => {
    const events = ['done', 'open'].map((event) => ({ source: desk.source, event, content: {} }));
    const [first] = await changes()
      .receive(events)
      .then(() => changes().held(desk.source, 'one', 1, 1_000));
    await changes().done([first?.id ?? '']);
    desk.clock.pass(7 * DAY_MS - 1);
    await desk.store.purge();
    expect(await changes().receive(events)).toEqual([false, false]);
    desk.clock.pass(1);
    await desk.store.purge();
    expect(await changes().receive(events)).toEqual([true, false]);
  });
});
