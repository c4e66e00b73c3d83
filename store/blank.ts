import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';

/** The build's place, from the sources as well as from the built files. */
const PLACES = [join(import.meta.dirname, 'blank.tar'), join(import.meta.dirname, '..', 'dist', 'store', 'blank.tar')];
const BUILT = import.meta.dirname.endsWith(join('dist', 'store')) ? PLACES[0] : PLACES[1];

/** An empty database as PGlite makes it, which takes seconds each time; the build makes one for all. */
const read = async (): Promise<Blob | undefined> => {
  const place = PLACES.find((one) => existsSync(one));
  return place === undefined ? undefined : new Blob([await readFile(place)]);
};

/** A new database: from the build's, or, where there is none of this version, made anew. */
export const createBlank = async (folder?: string): Promise<PGlite> => {
  const loadDataDir = await read();
  if (loadDataDir !== undefined)
    try {
      return await PGlite.create({ loadDataDir, ...(folder === undefined ? {} : { dataDir: folder }) });
    } catch {
      // another version's: the slow way is always right
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    }
  return PGlite.create(folder);
};

/** Makes the build's database. To be called by the build, and by the tests' set-up where nothing was built. */
export const buildBlank = async (): Promise<void> => {
  if (BUILT === undefined) return;
  const pglite = await PGlite.create();
  const dump = await pglite.dumpDataDir('none');
  await pglite.close();
  await mkdir(dirname(BUILT), { recursive: true });
  const unfinished = `${BUILT}.${process.pid}`;
  await writeFile(unfinished, Buffer.from(await dump.arrayBuffer()));
  await rename(unfinished, BUILT);
};

export const isBlankBuilt = (): boolean => PLACES.some((one) => existsSync(one));
