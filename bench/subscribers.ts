import { OptionError } from './command.ts';
import { writeResults } from './results.ts';
import type { Flatness } from './subscribers/memory.ts';
import { type Options, readOptions, USAGE } from './subscribers/options.ts';
import { type Measured, run } from './subscribers/run.ts';

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** What the gateway says to a client that takes nothing from a full buffer. */
const TOO_SLOW = '4290';

const faultsOf = ({ subscribers, events }: Options, { outcome, stopped, flatness }: Measured): readonly string[] => [
  ...(outcome.lost > 0 ? ['Events were lost.'] : []),
  ...(outcome.doubled > 0 ? ['Events came twice.'] : []),
  ...(outcome.wrong > 0 ? ['Messages came that are not the events asked for, or not in order.'] : []),
  ...(outcome.right !== subscribers * events || outcome.completed !== subscribers
    ? ['Not every subscriber got every event and the end.']
    : []),
  ...(flatness?.flat === false ? ['Memory is not flat after the first minute.'] : []),
  ...(stopped.closed === TOO_SLOW ? [] : [`The reader that stopped was not closed with ${TOO_SLOW}.`]),
];

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MB`;

const countsOf = (counts: Readonly<Record<string, number>>): string => {
  const all = Object.entries(counts).map(([name, count]) => `${count} x ${name}`);
  return all.length === 0 ? '' : ` (${all.join(', ')})`;
};

const memoryLine = ({ from, seconds, before, last, flat }: Flatness): string =>
  `memory: ${seconds.toFixed(0)} s after the first ${from.toFixed(0)} s ${megabytes(before.rss)}, heap ${megabytes(before.heap)}; last ${seconds.toFixed(0)} s ${megabytes(last.rss)}, heap ${megabytes(last.heap)}: ${flat ? 'flat' : 'not flat'}`;

const linesOf = ({ outcome, stopped, flatness, ...figures }: Measured): readonly string[] => {
  const { seconds, messages, messagesPerSecond, cpuMicros } = figures;
  const after =
    stopped.givenUpAfter === null ? 'never given up' : `given up after ${stopped.givenUpAfter.toFixed(1)} s`;
  return [
    `${messages} messages in ${seconds.toFixed(0)} s: ${messagesPerSecond.toFixed(0)} a second${cpuMicros === null ? '' : `; ${cpuMicros.toFixed(1)} µs of the gateway's processor time each`}`,
    `lost ${outcome.lost}, doubled ${outcome.doubled}, wrong ${outcome.wrong}${countsOf(outcome.spoilt)}; subscribers that got the end ${outcome.completed}${countsOf(outcome.ended)}`,
    flatness === undefined ? 'memory: not judged, the run took less than half a minute' : memoryLine(flatness),
    `the reader that stopped: ${after}, closed with ${stopped.closed}`,
  ];
};

const main = async (options: Options): Promise<void> => {
  const { subscribers, events, via, completed } = options;
  print(
    `${subscribers} subscribers and one that stops reading, ${events} events each, subgraphs ${via === 'http' ? 'over HTTP' : 'in the process'}${completed ? ', every event completed from another subgraph' : ''}`,
  );
  const measured = await run(options, print);
  for (const line of linesOf(measured)) print(line);
  const faults = faultsOf(options, measured);
  for (const fault of faults) print(fault);
  const { out, profile: _, ...settings } = options;
  await writeResults(out, { settings, ...measured, faults });
  if (faults.length > 0) process.exitCode = 1;
};

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) print(USAGE);
  else await main(options);
} catch (failure) {
  if (!(failure instanceof OptionError)) throw failure;
  process.stderr.write(`${failure.message}\n\n${USAGE}`);
  process.exitCode = 1;
}
