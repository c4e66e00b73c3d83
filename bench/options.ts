import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { count, OptionError } from './command.ts';
import { CONTENDERS, type Contender } from './contenders.ts';
import { WORKLOADS } from './prepare.ts';

export const USAGE = `Usage: npm run bench:gateway [-- OPTIONS]

  --workload NAME,...  of ${WORKLOADS.join(', ')}; all by default
  --via KIND,...       of process, http: where the subgraphs run; both by default
  --only NAME,...      of ${CONTENDERS.map(({ name }) => name).join(', ')}; all by default
  --seconds N          of one measurement, 2 by default
  --warm-up N          seconds before the first one, 2 by default
  --rounds N           measurements of each, in turn, 3 by default
  --connections N      that ask at once, 8 by default
  --callers each|one   is every connection a caller of its own (the default), or are they all the same?
  --out FILE           where the figures go as JSON, bench/results/gateway.json by default
  --fresh              records the product's answers anew, even if its supergraph is the same
  --profile FOLDER     writes a CPU profile of every contender's process into it
`;

export type Via = 'process' | 'http';

export interface Options {
  readonly workloads: readonly string[];
  readonly vias: readonly Via[];
  readonly contenders: readonly Contender[];
  readonly seconds: number;
  readonly warmUp: number;
  readonly rounds: number;
  readonly connections: number;
  readonly callers: 'each' | 'one';
  readonly out: string;
  readonly fresh: boolean;
  readonly profile: string | undefined;
}

const some = <T extends string>(option: string, given: string | undefined, known: readonly T[]): readonly T[] => {
  if (given === undefined) return known;
  const names = given.split(',');
  if (names.some((name) => !(known as readonly string[]).includes(name)))
    throw new OptionError(`--${option} must be of ${known.join(', ')}.`);
  return known.filter((name) => names.includes(name));
};

const parsed = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        workload: { type: 'string' },
        via: { type: 'string' },
        only: { type: 'string' },
        seconds: { type: 'string', default: '2' },
        'warm-up': { type: 'string', default: '2' },
        rounds: { type: 'string', default: '3' },
        connections: { type: 'string', default: '8' },
        callers: { type: 'string', default: 'each' },
        out: { type: 'string', default: join(import.meta.dirname, 'results', 'gateway.json') },
        fresh: { type: 'boolean', default: false },
        profile: { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch {
    throw new OptionError('An option is unknown or incomplete.');
  }
};

/** The command line; undefined when only help was asked for. @throws OptionError */
export const readOptions = (args: readonly string[]): Options | undefined => {
  const values = parsed(args);
  if (values.help === true) return undefined;
  const names = some(
    'only',
    values.only,
    CONTENDERS.map(({ name }) => name),
  );
  return {
    workloads: some('workload', values.workload, WORKLOADS),
    vias: some('via', values.via, ['process', 'http'] as const),
    contenders: CONTENDERS.filter(({ name }) => names.includes(name)),
    seconds: count('seconds', values.seconds, 600),
    warmUp: count('warm-up', values['warm-up'], 600),
    rounds: count('rounds', values.rounds, 99),
    connections: count('connections', values.connections, 1_000),
    callers: some('callers', values.callers, ['each', 'one'] as const)[0] ?? 'each',
    out: values.out,
    fresh: values.fresh,
    profile: values.profile,
  };
};
