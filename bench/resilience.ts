import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { count, OptionError } from './command.ts';
import { SCENARIOS, type Shown } from './resilience/scenarios.ts';

const USAGE = `Usage: npm run bench:resilience [-- OPTIONS]

  --only NAME,...  of ${Object.keys(SCENARIOS).join(', ')}; all by default
  --seconds N      of steady load where a scenario has any, 60 by default
  --reads N        with the fault mix, 10000 by default
  --seed N         which attempts fail, 1 by default
  --redis URL      for the rate that two processes share; that scenario is left out without it
  --out FILE       where the figures go as JSON, bench/results/resilience.json by default
`;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** A small generator of equal quality everywhere (mulberry32), so that a seed names a run. */
const seeded = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
};

const readOptions = (args: readonly string[]) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: Object.keys(SCENARIOS).join(',') },
      seconds: { type: 'string', default: '60' },
      reads: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      redis: { type: 'string' },
      out: { type: 'string', default: join(import.meta.dirname, 'results', 'resilience.json') },
      help: { type: 'boolean', default: false },
    },
  });
  const only = values.only.split(',');
  if (only.some((name) => SCENARIOS[name] === undefined))
    throw new OptionError(`--only must be of ${Object.keys(SCENARIOS).join(', ')}.`);
  return {
    help: values.help,
    only,
    seconds: count('seconds', values.seconds, 3_600),
    reads: count('reads', values.reads, 1_000_000),
    seed: count('seed', values.seed, 2_147_483_647),
    redis: values.redis,
    out: values.out,
  };
};

const figure = (value: number | string): string =>
  typeof value === 'string' || Number.isInteger(value) ? String(value) : value.toFixed(4);

const main = async ({ only, seconds, reads, seed, redis, out }: ReturnType<typeof readOptions>): Promise<void> => {
  const shown: Record<string, Shown> = {};
  for (const name of only) {
    const scenario = SCENARIOS[name];
    if (scenario === undefined) continue;
    print(name);
    const result = await scenario({ seconds, reads, random: seeded(seed), redis });
    shown[name] = result;
    for (const [what, value] of Object.entries(result.figures)) print(`  ${what.padEnd(34)} ${figure(value)}`);
    for (const fault of result.faults) print(`  NOT KEPT: ${fault}`);
  }
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, memoryBytes: totalmem() };
  await mkdir(dirname(out), { recursive: true });
  const file = { at: new Date().toISOString(), node: process.version, machine, seconds, reads, seed, shown };
  await writeFile(out, `${JSON.stringify(file, undefined, 2)}\n`);
  if (Object.values(shown).some(({ faults }) => faults.length > 0)) process.exitCode = 1;
};

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(USAGE);
  else await main(options);
} catch (thrown) {
  const isOption = thrown instanceof OptionError || (thrown as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  if (isOption !== true) throw thrown;
  process.stderr.write(`${(thrown as Error).message}\n${USAGE}`);
  process.exitCode = 2;
}
