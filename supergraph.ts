import { readFile, writeFile } from 'node:fs/promises';
import { compose } from './gateway/composition.ts';
import { Cursors } from './schema/cursor.ts';
import { buildSubgraphs } from './subgraphs/index.ts';

/** Where the composed graph is kept for readers, clients and other routers. */
export const SUPERGRAPH_FILE = 'schema/supergraph.graphql';

/** The subgraphs as composition sees them: their types do not depend on any source. */
export const subgraphSdls = async (): Promise<readonly { readonly name: string; readonly sdl: string }[]> =>
  buildSubgraphs([], { now: Date.now, cursors: new Cursors('no cursors are made here') });

/** The supergraph that the code composes to. */
export const composeSupergraph = async (): Promise<string> => `${compose(await subgraphSdls()).trimEnd()}\n`;

const run = async (): Promise<void> => {
  const composed = await composeSupergraph();
  const same = (await readFile(SUPERGRAPH_FILE, 'utf8').catch(() => '')) === composed;
  if (!same) await writeFile(SUPERGRAPH_FILE, composed);
  process.stdout.write(same ? `${SUPERGRAPH_FILE} is up to date\n` : `${SUPERGRAPH_FILE} is written anew\n`);
};

if (import.meta.main) await run();
