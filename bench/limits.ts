import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Child, startChild } from './child.ts';
import { measureFloods } from './limits/floods.ts';
import { measureLimits } from './limits/measure.ts';
import { faultsOf, floodLines, limitLines } from './limits/report.ts';
import { waysInto } from './limits/ways.ts';
import { writeResults } from './results.ts';

const USAGE = `Usage: npm run bench:limits [-- --out FILE]

  --out FILE  where the figures go as JSON, bench/results/limits.json by default
`;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const GATEWAY = join(import.meta.dirname, 'limits', 'gateway.ts');

const measure = async (children: Child[]) => {
  const start = async (...args: string[]): Promise<Child> => {
    const child = await startChild(GATEWAY, args);
    children.push(child);
    return child;
  };
  const open = await start();
  const persisted = await start('--persisted');
  const ways = await waysInto(open.url, persisted.url);
  const limits = await measureLimits(ways);
  for (const line of limitLines(limits)) print(line);
  for (const way of ways) await way.close();
  // in a process that has kept nothing of all these documents
  const floods = await measureFloods(await start());
  print('');
  for (const line of floodLines(floods)) print(line);
  return { limits, floods };
};

const main = async (out: string): Promise<void> => {
  const children: Child[] = [];
  try {
    const figures = await measure(children);
    const faults = faultsOf(figures.limits, figures.floods);
    print('');
    for (const fault of faults) print(fault);
    await writeResults(out, { ...figures, faults });
    if (faults.length > 0) process.exitCode = 1;
  } finally {
    await Promise.all(children.map((child) => child.stop()));
  }
};

const optionsOf = (args: string[]) => {
  try {
    return parseArgs({
      args,
      options: {
        out: { type: 'string', default: join(import.meta.dirname, 'results', 'limits.json') },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch {
    return undefined;
  }
};

const options = optionsOf(process.argv.slice(2));
if (options === undefined) {
  process.stderr.write(`An option is unknown or incomplete.\n\n${USAGE}`);
  process.exitCode = 1;
} else if (options.help) print(USAGE);
else await main(options.out);
