import { afterEach, describe, expect, it } from 'vitest';
import { closeAll } from '../fixtures/server.ts';
import { served } from './fixture/served.ts';

afterEach(closeAll);

const MINUTE = 60_000;
const EVERY_MS = 30_000;
const COUNT = 5;

/** Subscriptions that their server gives up whenever it is asked to begin anew, read for so long; how the readings ended. */
const givenUp = async (which: (criteria: string) => boolean = () => true) => {
  const { feed, call, kept, clock, asked } = await served({ topics: [] });
  let place = await feed.begin(call);
  const read = async (ms: number, status = 'error'): Promise<readonly string[]> => {
    const ended: string[] = [];
    for (let passed = 0; passed < ms; passed += EVERY_MS) {
      for (const one of kept.values()) one.status = which(one.criteria) ? status : 'active';
      clock.now += EVERY_MS;
      try {
        ({ place } = await feed.read(place, call));
        ended.push('read');
      } catch (thrown) {
        ended.push((thrown as { code: string }).code);
      }
    }
    return ended;
  };
  return { read, asked, clock, kept };
};

describe('a server that gives up', () => {
  it('is asked to begin anew at once, and then less and less often', async () => {
    const { read, asked } = await givenUp();
    await read(EVERY_MS);
    expect(asked('PUT')).toBe(COUNT);
    await read(60 * MINUTE);
    expect(asked('PUT')).toBe(8 * COUNT);
  });

  it('everything fails the feed, unless it is asked just now', async () => {
    const { read } = await givenUp();
    expect(await read(3 * MINUTE)).toEqual([
      'read',
      'SOURCE_UNAVAILABLE',
      'read',
      ...['SOURCE_UNAVAILABLE', 'SOURCE_UNAVAILABLE', 'SOURCE_UNAVAILABLE'],
    ]);
  });

  it('some of them does not fail the feed', async () => {
    const { read } = await givenUp((criteria) => criteria === 'Appointment?');
    expect(new Set(await read(10 * MINUTE))).toEqual(new Set(['read']));
  });

  it('is asked at once again when it had begun anew', async () => {
    const { read, asked } = await givenUp();
    await read(10 * MINUTE);
    expect(await read(EVERY_MS, 'active')).toEqual(['read']);
    const before = asked('PUT');
    await read(EVERY_MS);
    expect(asked('PUT')).toBe(before + COUNT);
  });

  it('is not asked more often when their time is over as well', async () => {
    const { read, asked, clock } = await givenUp();
    await read(60 * MINUTE);
    clock.now += 48 * 60 * MINUTE;
    const before = asked('PUT');
    await read(15 * MINUTE);
    expect(asked('PUT')).toBe(before + COUNT);
  });
});
