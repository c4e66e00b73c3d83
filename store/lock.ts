import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from './error.ts';

const SQLITE_BUSY = 5; // https://sqlite.org/rescode.html

/**
 * Takes a folder for this process, and makes it where there is none; gives back what lets go of it, however
 * often it is called. Node itself has no
 * lock on files: SQLite's is one of the operating system, which ends with the process however that dies.
 * @throws StoreError `locked` at once when a running process has it, `corrupt` when it cannot be written to
 */
export const lockFolder = (folder: string): (() => void) => {
  let lock: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    lock = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
    lock.exec('pragma locking_mode = exclusive; begin exclusive');
  } catch (thrown) {
    lock?.close();
    const busy = thrown instanceof Error && 'errcode' in thrown && thrown.errcode === SQLITE_BUSY;
    throw new StoreError(busy ? 'locked' : 'corrupt', thrown);
  }
  const held = lock;
  return () => {
    if (held.isOpen) held.close();
  };
};
