import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** Milliseconds for a supergraph to be read: the largest take seconds. */
const PROBE_MS = 60_000;

/**
 * Can the planner read this supergraph? Asked in a process of its own: where some are wrong, the planner does not throw
 * but ends its process, with words of the supergraph.
 */
export const canBePlanned = async (supergraph: string): Promise<boolean> => {
  const child = spawn(process.execPath, [import.meta.filename], {
    stdio: ['pipe', 'ignore', 'ignore'],
    timeout: PROBE_MS,
  });
  child.stdin.on('error', () => undefined); // it may end before it has read everything
  child.stdin.end(supergraph);
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
};

if (import.meta.main) {
  const { QueryPlanner } = await import('@graphql-hive/router-query-planner');
  new QueryPlanner(await text(process.stdin));
}
