import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { dirname } from 'node:path';

/** Writes what a bench found to a file, with the day, the machine and Node's version before it, and says where. */
export const writeResults = async (out: string, found: object): Promise<void> => {
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, memoryBytes: totalmem() };
  const result = { date: new Date().toISOString(), machine, node: process.version, ...found };
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, `${JSON.stringify(result, undefined, 2)}\n`);
  process.stdout.write(`Written to ${out}\n`);
};
