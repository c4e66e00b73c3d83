import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { SourceId } from '../../schema/ids.ts';
import type { Changes } from '../../store/index.ts';
import type { Random } from '../random.ts';
import { all } from './changes.ts';

/** Lets a process of tests write until it is killed at any moment, so many times; gives the lines that it told. */
export const killed = async (
  command: readonly string[],
  rounds: number,
  random: Random,
): Promise<readonly string[]> => {
  const acknowledged: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'close');
    let text = '';
    const enough = 1 + random.below(120);
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk;
        if (text.split('\n').length > enough) resolve();
      });
    });
    await sleep(random.below(30)); // anywhere in a statement
    child.kill('SIGKILL');
    await ended;
    acknowledged.push(...text.split('\n').slice(0, -1));
  }
  return acknowledged;
};

/** Lets a process append until it is killed; gives the keys that it was told are there. */
export const killAppenders = (given: readonly string[], random: Random): Promise<readonly string[]> =>
  killed(['test/store/appender.ts', ...given], 4, random);

/** Everything acknowledged is there once and in its order, and the place of each feed is that of its last change. */
export const expectNothingLost = async (changes: Changes, source: SourceId, acknowledged: readonly string[]) => {
  const rows = await all(changes, undefined);
  const keys = rows.filter((row) => row.source === source).map(({ key }) => key);
  expect(acknowledged.length).toBeGreaterThan(3);
  expect(acknowledged.filter((key) => !keys.includes(key))).toEqual([]);
  const feeds = Map.groupBy(keys, (key) => key.split(' ')[0] ?? '');
  for (const [feed, ofFeed] of feeds) {
    expect(ofFeed).toEqual(ofFeed.map((_, n) => `${feed} ${n + 1}`));
    expect(await changes.place(source, feed)).toBe(`${ofFeed.length}`);
  }
};
