import { writeSync } from 'node:fs';
import { openStore } from '../../store/index.ts';
import { draftFor, newSource } from './databases.ts';

/** Submits writes to a store in a folder until it is killed; prints the id of each that was acknowledged. */
const { journal } = openStore({ kind: 'folder', path: process.argv[2] ?? '' });
const source = newSource();
const prefix = process.pid;
await Promise.all(
  Array.from({ length: 8 }, async (_, lane) => {
    for (let n = 0; ; n++) {
      const { write } = await journal.submit(draftFor(source, { idempotencyKey: `${prefix}/${lane}/${n}` }));
      writeSync(1, `${write.id}\n`);
    }
  }),
);
