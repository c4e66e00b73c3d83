import { writeSync } from 'node:fs';
import { sourceId } from '../../schema/ids.ts';
import { openStore } from '../../store/index.ts';
import { changeOf } from './changes.ts';

/**
 * Appends changes of eight feeds to a store until it is killed, each together with its place; prints the key of each
 * that was acknowledged: `<feed> <number>`.
 */
const [kind = '', where = '', schema = '', source = ''] = process.argv.slice(2);
const { changes } = openStore(
  kind === 'folder' ? { kind, path: where } : { kind: 'postgres', url: { reveal: () => where }, schema },
);
await Promise.all(
  Array.from({ length: 8 }, async (_, n) => {
    const feed = `${process.pid}/${n}`;
    for (let number = 1; ; number++) {
      const key = `${feed} ${number}`;
      await changes.append([changeOf(sourceId(source), key)], {
        source: sourceId(source),
        feed,
        place: `${number}`,
      });
      writeSync(1, `${key}\n`);
    }
  }),
);
