import { describe, expect, it } from 'vitest';
import type { SourceId } from '../../schema/ids.ts';
import { newSource } from '../../test/store/databases.ts';
import { onEveryDatabase, UNKNOWN } from '../../test/store/suite.ts';

const MS = 1_000;

onEveryDatabase('the inbox', (desk) => {
  const changes = () => desk.store.changes;
  const event = (id: string) => ({ source: desk.source, event: id, content: { about: id } });
  const hold = async (worker = 'one', most = 10) =>
    (await changes().held(desk.source, worker, most, MS)).map((held) => held.event);
  const done = async (worker = 'one') => {
    const held = await changes().held(desk.source, worker, 10, MS);
    await changes().done(held.map(({ id }) => id));
  };

  it('takes each event of a source in once, also within a batch', async () => {
    expect(await changes().receive([event('b'), event('a'), { ...event('b'), content: 'again' }])).toEqual([
      true,
      true,
      false,
    ]);
    expect(await changes().receive([event('c'), event('a')])).toEqual([true, false]);
    expect(await changes().receive([{ ...event('a'), source: newSource() }])).toEqual([true]);
    expect(await changes().receive([])).toEqual([]);
  });

  it('gives them out oldest first, with what they are about', async () => {
    const contents = [{ patient: '7', odd: '\u0000 "é' }, null, ['x'], undefined];
    for (const [n, content] of contents.entries()) await changes().receive([{ ...event(`${9 - n}`), content }]);
    const held = await changes().held(desk.source, 'one', 10, MS);
    expect(held.map((one) => [one.event, one.content])).toEqual([
      ['9', contents[0]],
      ['8', null],
      ['7', ['x']],
      ['6', null],
    ]);
    expect(held[0]).toMatchObject({ source: desk.source, receivedAt: new Date(desk.clock.now()).toISOString() });
  });

  it('keeps the order of a batch, and gives out no more than asked for', async () => {
    await changes().receive(['c', 'a', 'd', 'b'].map((id) => event(id)));
    expect(await hold('one', 3)).toEqual(['c', 'a', 'd']);
    expect(await hold('one', 3)).toEqual(['b']);
  });

  it('gives an event to one worker at a time, and again when that one died', async () => {
    await changes().receive([event('a'), event('b')]);
    expect(await hold('one')).toEqual(['a', 'b']);
    desk.clock.pass(MS - 1);
    expect(await hold('two')).toEqual([]);
    desk.clock.pass(1);
    expect(await hold('two')).toEqual(['a', 'b']);
    expect(await hold('one')).toEqual([]);
  });

  it('never gives out again what was dealt with, nor takes it in', async () => {
    await changes().receive([event('a'), event('b')]);
    await done();
    await changes().done([UNKNOWN]);
    await changes().done([]);
    desk.clock.pass(MS);
    expect(await hold()).toEqual([]);
    expect(await changes().receive([event('a'), event('b'), event('c')])).toEqual([false, false, true]);
  });

  it('takes an event in once, and gives it out once, however many come at the same moment', async () => {
    const ids = Array.from({ length: 40 }, (_, n) => `${n}`);
    const batches = [ids, ids.toReversed(), ids, ids.toReversed()].map((batch) => batch.map((id) => event(id)));
    const taken = await Promise.all(batches.map((batch) => changes().receive(batch)));
    expect(taken.flat().filter(Boolean)).toHaveLength(ids.length);
    const held = await Promise.all(Array.from({ length: 8 }, (_, n) => hold(`worker ${n}`, 7)));
    const rest = await hold('last', 100);
    expect([...held.flat(), ...rest].toSorted()).toEqual(ids.toSorted());
  });

  describe('onReceive', () => {
    it('calls back with the source of what was new, until it is ended', async () => {
      const heard: SourceId[] = [];
      const other = newSource();
      const end = changes().onReceive((source) => heard.push(source));
      await changes().receive([event('a'), event('b'), { ...event('c'), source: other }]);
      expect(heard).toEqual([desk.source, other]);
      await changes().receive([event('a')]);
      await done();
      end();
      await changes().receive([event('d')]);
      expect(heard.filter((source) => source === desk.source)).toHaveLength(1);
    });

    it('calls back when somebody died with an event', async () => {
      await changes().receive([event('a')]);
      await hold('one');
      const again = new Promise<void>((resolve) => {
        const end = changes().onReceive((source) => {
          if (source !== desk.source) return;
          end();
          resolve();
        });
      });
      desk.clock.pass(MS);
      await again;
      expect(await hold('two')).toEqual(['a']);
    });
  });
});

onEveryDatabase('leases', (desk) => {
  const changes = () => desk.store.changes;

  it('have one holder at a time, until they run out or are given back', async () => {
    const name = `poll ${desk.source}`;
    const steps: readonly [string, boolean, number?][] = [
      ['one', true],
      ['two', false],
      ['one', true, MS - 1],
      ['one', true, MS - 1], // kept
      ['two', false, 1],
      ['two', true], // it ran out
      ['one', false],
    ];
    const got: boolean[] = [];
    for (const [holder, , pass = 0] of steps) {
      got.push(await changes().lease(name, holder, MS));
      desk.clock.pass(pass);
    }
    expect(got).toEqual(steps.map(([, is]) => is));
    await changes().release(name, 'one');
    expect(await changes().lease(name, 'one', MS)).toBe(false);
    await changes().release(name, 'two');
    expect(await changes().lease(name, 'one', MS)).toBe(true);
    expect(await changes().lease(`${name} too`, 'two', MS)).toBe(true);
  });

  it('go to one of many who want them at the same moment', async () => {
    for (let round = 0; round < 10; round++) {
      const name = `${round} ${desk.source}`;
      const got = await Promise.all(Array.from({ length: 8 }, (_, n) => changes().lease(name, `${n}`, MS)));
      expect(got.filter(Boolean)).toHaveLength(1);
    }
  });
});
