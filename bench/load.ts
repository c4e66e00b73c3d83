import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { count, OptionError, runBench } from './command.ts';
import { figureLines } from './load/report.ts';
import { LIMITS, runScenario } from './load/run.ts';
import { type Load, SCENARIOS, type Scenario } from './load/scenarios.ts';
import { writeResults } from './results.ts';
import { Vendors } from './vendors/process.ts';

const NAMES = SCENARIOS.map(({ name }) => name);

const USAGE = `Usage: npm run bench:load [-- OPTIONS]

  --scenario NAME,...  of ${NAMES.join(', ')}; all by default
  --clients N          that ask at once, 50 by default
  --operations N       of a mixed scenario, 10000 by default
  --per-second N       requests of the paced scenario, 100 by default
  --seconds N          of the paced scenario, 60 by default
  --people N           at each vendor, 700 by default; the pages are of all of them, two a page
  --seed N             decides what is asked, 1 by default
  --out FILE           where the figures go as JSON, bench/results/load.json by default
  --profile FOLDER     writes a CPU profile of the product's process into it
`;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

interface Options extends Load {
  readonly scenarios: readonly Scenario[];
  readonly people: number;
  readonly out: string;
  readonly profile: string | undefined;
}

const main = async ({ scenarios, out, people, profile, ...load }: Options): Promise<void> => {
  print(`Every source is configured with ${JSON.stringify(LIMITS)}; each scenario has a product of its own.`);
  const vendors = await Vendors.start(people);
  try {
    const results = [];
    for (const scenario of scenarios) {
      print(`\n${scenario.name}: ${scenario.title(load)}; a call is given up after ${scenario.timeoutMs} ms`);
      const figures = await runScenario(scenario, vendors, load, profile);
      for (const line of figureLines(figures)) print(line);
      const faults = scenario.faultsOf(figures);
      for (const fault of faults) print(`  ${fault}`);
      results.push({ scenario: scenario.name, title: scenario.title(load), ...figures, faults });
    }
    const settings = { ...load, people, limits: LIMITS };
    print('');
    await writeResults(out, { settings, results });
    if (results.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
  } finally {
    await vendors.stop();
  }
};

const scenariosOf = (given: string | undefined): readonly Scenario[] => {
  const names = given?.split(',') ?? NAMES;
  if (names.some((name) => !NAMES.includes(name))) throw new OptionError(`--scenario must be of ${NAMES.join(', ')}.`);
  return SCENARIOS.filter(({ name }) => names.includes(name));
};

const optionsOf = (args: string[]): Options | undefined => {
  const { values } = parseArgs({
    args,
    options: {
      scenario: { type: 'string' },
      clients: { type: 'string', default: '50' },
      operations: { type: 'string', default: '10000' },
      'per-second': { type: 'string', default: '100' },
      seconds: { type: 'string', default: '60' },
      people: { type: 'string', default: '700' },
      seed: { type: 'string', default: '1' },
      out: { type: 'string', default: join(import.meta.dirname, 'results', 'load.json') },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    scenarios: scenariosOf(values.scenario),
    clients: count('clients', values.clients, 1_000),
    operations: count('operations', values.operations, 10_000_000),
    perSecond: count('per-second', values['per-second'], 10_000),
    seconds: count('seconds', values.seconds, 86_400),
    people: count('people', values.people, 10_000),
    seed: count('seed', values.seed, 2 ** 31),
    out: values.out,
    profile: values.profile,
  };
};

await runBench(USAGE, optionsOf, main);
