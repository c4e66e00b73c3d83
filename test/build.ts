import { spawnSync } from 'node:child_process';
import { buildBlank, isBlankBuilt } from '../store/blank.ts';

/** tsc's exit code when it found faults and wrote its output all the same; finding them is `npm run check`'s work. */
const WRITTEN_WITH_FAULTS = 2;

/** Builds the process once for all tests that start it as `dist/main.js`, and the database that their stores begin with. */
export const setup = async (): Promise<void> => {
  const { status, stdout } = spawnSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json'], { encoding: 'utf8' });
  if (status !== 0 && status !== WRITTEN_WITH_FAULTS) throw new Error(`The process cannot be built.\n${stdout}`);
  if (!isBlankBuilt()) await buildBlank();
};
