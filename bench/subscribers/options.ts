import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { count, OptionError } from '../command.ts';

export const USAGE = `Usage: npm run bench:subscribers [-- OPTIONS]

  --subscribers N     by graphql-ws, 1000 by default; one more stops reading
  --events N          that each of them gets, 10000 by default
  --via process|http  where the subgraphs run, process by default; by http their stream comes by graphql-ws
  --completed         every event is completed from the subgraph that owns the patient
  --window N          events that may be published before the slowest subscriber has them, 256 by default
  --rate N            publishes so many events a second instead, whoever is behind
  --out FILE          where the figures go as JSON, bench/results/subscribers.json by default
  --profile FOLDER    writes a CPU profile of the gateway's process into it
`;

export interface Options {
  readonly subscribers: number;
  readonly events: number;
  readonly via: 'process' | 'http';
  readonly completed: boolean;
  readonly window: number;
  readonly rate: number | undefined;
  readonly out: string;
  readonly profile: string | undefined;
}

const parsed = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        subscribers: { type: 'string', default: '1000' },
        events: { type: 'string', default: '10000' },
        via: { type: 'string', default: 'process' },
        completed: { type: 'boolean', default: false },
        window: { type: 'string', default: '256' },
        rate: { type: 'string' },
        out: { type: 'string', default: join(import.meta.dirname, '..', 'results', 'subscribers.json') },
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
  const { via } = values;
  if (via !== 'process' && via !== 'http') throw new OptionError('--via must be process or http.');
  return {
    // the gateway has 5,000 places for connections that stay
    subscribers: count('subscribers', values.subscribers, 4_000),
    events: count('events', values.events, 1_000_000),
    via,
    completed: values.completed,
    // beyond it the buffers in front of a client would be full, and then those of the subgraph
    window: count('window', values.window, 900),
    rate: values.rate === undefined ? undefined : count('rate', values.rate, 1_000_000),
    out: values.out,
    profile: values.profile,
  };
};
