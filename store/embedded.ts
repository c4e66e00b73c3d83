import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { type Dialect, Kysely, PGliteDialect } from 'kysely';
import { createBlank } from './blank.ts';
import { orStoreError } from './error.ts';
import { lockFolder } from './lock.ts';
import type { Tables } from './tables.ts';

/** What is done with a database before anybody else may use it. */
export type Prepare = (db: Kysely<Tables>) => Promise<void>;

export interface Opening {
  readonly dialect: Dialect;
  /** Lets go of what the dialect does not know of. Once the database is closed. */
  release(): Promise<void>;
}

/** PostgreSQL in this process, in memory or in a folder; it opens at its first use. */
export const embedded = (folder: string | undefined, prepare: Prepare): Opening => {
  let unlock = (): void => {};
  return {
    dialect: new PGliteDialect({
      pglite: async () => {
        unlock = folder === undefined ? unlock : lockFolder(folder);
        try {
          return await open(folder, prepare);
        } catch (thrown) {
          unlock();
          unlock = () => {};
          throw thrown;
        }
      },
    }),
    release: async () => unlock(),
  };
};

/** A folder gets its database whole or not at all: what a killed process left half made is thrown away. */
const inFolder = async (folder: string): Promise<PGlite> => {
  const place = join(folder, 'database');
  if (!existsSync(place)) {
    const unfinished = join(folder, 'unfinished');
    await rm(unfinished, { recursive: true, force: true });
    await (await createBlank(unfinished)).close();
    await rename(unfinished, place);
  }
  return PGlite.create(place);
};

const open = async (folder: string | undefined, prepare: Prepare): Promise<PGlite> => {
  const pglite = await orStoreError('corrupt', () => (folder === undefined ? createBlank() : inFolder(folder)));
  try {
    await prepare(new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) }));
    return pglite;
  } catch (thrown) {
    await pglite.close();
    throw thrown;
  }
};
