import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** What a product may take to answer what has begun and to sign off. */
const STOP_MS = 20_000;

/** Tells a process to stop, and waits until it has. */
export const stopped = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await gone;
  clearTimeout(timer);
};
