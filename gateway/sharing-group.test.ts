import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Group } from './sharing.ts';

describe('what a group keeps', () => {
  const { signal } = new AbortController();
  const startGroup = (members: number) => {
    let made = 0;
    let emptied = 0;
    const group = new Group<number>(() => emptied++);
    for (let i = 0; i < members; i++) group.enter();
    const take = (event: number) => group.take(String(event), signal, async () => ++made);
    return { group, take, emptied: () => emptied };
  };

  it('is forgotten when every member has had it', async () => {
    const { take } = startGroup(2);
    expect([await take(1), await take(1)]).toEqual([1, 1]);
    expect(await take(1)).toBe(2);
  });

  it('is forgotten when those have left who have not had it', async () => {
    const { group, take } = startGroup(3);
    expect([await take(1), await take(1)]).toEqual([1, 1]);
    group.leave();
    expect(await take(1)).toBe(2);
  });

  it.each([
    [63, 1],
    [64, 66],
  ])('is there for a member who is %i events behind as the answer number %i', async (behind, answer) => {
    const { take } = startGroup(2);
    for (let event = 0; event <= behind; event++) await take(event);
    if (behind === 64) expect(await take(behind)).toBe(65);
    expect(await take(0)).toBe(answer);
  });

  it('is given up for members who left just before they came for it', async () => {
    const { group } = startGroup(2);
    let isGivenUp = false;
    await group.take('1', AbortSignal.abort(), async (over) => {
      await setImmediate();
      isGivenUp = over.aborted;
      return 1;
    });
    expect(isGivenUp).toBe(true);
  });

  it('is nothing once all have left', () => {
    const { group, emptied } = startGroup(2);
    group.leave();
    expect(emptied()).toBe(0);
    group.leave();
    expect(emptied()).toBe(1);
  });
});
