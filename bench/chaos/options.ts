import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { count, OptionError } from '../command.ts';
import type { Times } from './product.ts';
import { SABOTAGES } from './sabotage.ts';

export const USAGE = `Usage: npm run bench:chaos [-- OPTIONS]

  Reads through the product while 5 % of all attempts at the vendors are answered 500, 5 % hang and 2 % are cut, and
  records change; compares every value answered with what the vendors held. Then with one vendor down, and then with
  rules of the product broken, which must be noticed. Ends with 1 unless all that is so.

  --reads N            of the run under faults, 10000 by default
  --clients N          that read at once, 48 by default
  --timeout N          milliseconds of one attempt, 3000 by default; an operation has five times as long
  --seed N             of people, faults, operations and changes, 1 by default
  --only PART,...      of faults, down, sabotage; all by default
  --sabotage NAME      only the run under faults, with one rule broken: ${SABOTAGES.join(', ')}
  --history FILE       where every operation goes with its times and its answer, bench/results/chaos.jsonl.gz by default
  --out FILE           where the figures go as JSON, bench/results/chaos.json by default
`;

const PARTS = ['faults', 'down', 'sabotage'] as const;
/** Answers are old after 2 seconds and gone after 7, so that in a run of a minute or two old ones would show. */
const timesOf = (timeoutMs: number): Times => ({
  timeoutMs,
  ttlSeconds: 2,
  staleSeconds: 5,
  deadlineMs: 5 * timeoutMs,
});
/** The command line. @throws OptionError */
export const optionsOf = (args: string[]) => {
  const parsed = () => {
    try {
      return parseArgs({
        args,
        options: {
          reads: { type: 'string', default: '10000' },
          clients: { type: 'string', default: '48' },
          timeout: { type: 'string', default: '3000' },
          seed: { type: 'string', default: '1' },
          only: { type: 'string', default: PARTS.join() },
          sabotage: { type: 'string' },
          history: { type: 'string', default: join(import.meta.dirname, '..', 'results', 'chaos.jsonl.gz') },
          out: { type: 'string', default: join(import.meta.dirname, '..', 'results', 'chaos.json') },
          help: { type: 'boolean', default: false },
        },
      }).values;
    } catch {
      throw new OptionError('An option is unknown or incomplete.');
    }
  };
  const { only, sabotage, ...values } = parsed();
  const named = SABOTAGES.find((one) => one === sabotage);
  if (sabotage !== undefined && named === undefined)
    throw new OptionError(`--sabotage must be of ${SABOTAGES.join(', ')}.`);
  const parts = only.split(',');
  if (parts.some((part) => !(PARTS as readonly string[]).includes(part)))
    throw new OptionError(`--only must be of ${PARTS.join(', ')}.`);
  return {
    ...values,
    parts: named === undefined ? parts : ['faults'],
    sabotage: named,
    reads: count('reads', values.reads, 10_000_000),
    clients: count('clients', values.clients, 1_000),
    times: timesOf(count('timeout', values.timeout, 120_000)),
    seed: count('seed', values.seed, 1_000_000_000),
  };
};

export type Options = ReturnType<typeof optionsOf>;
