import { cpus, totalmem } from 'node:os';
import type { Contender } from './contenders.ts';
import type { Wrong } from './equality.ts';
import { peerVersions } from './install.ts';
import type { Measured } from './measure.ts';
import type { Options, Via } from './options.ts';

export interface Table {
  readonly workload: string;
  readonly title: string;
  readonly via: Via;
  readonly answerBytes: number;
  readonly rows: readonly Row[];
}

/** A measured contender, and its requests a second as a multiple of others'; null where those were not measured. */
export interface Row extends Measured {
  readonly toBestPeer: number | null;
  readonly toPlain: number | null;
  readonly toStringify: number | null;
}

export const rowsOf = (measured: readonly Measured[], contenders: readonly Contender[]): readonly Row[] => {
  const speed = (name: string): number | undefined =>
    measured.find(({ contender }) => contender === name)?.requestsPerSecond;
  const peers = contenders.flatMap(({ name, role }) => (role === 'peer' ? [speed(name) ?? 0] : []));
  const ratio = (own: number, other: number | undefined): number | null =>
    other === undefined || other === 0 ? null : own / other;
  return measured.map((one) => ({
    ...one,
    toBestPeer: ratio(one.requestsPerSecond, peers.length === 0 ? undefined : Math.max(...peers)),
    toPlain: ratio(one.requestsPerSecond, speed('plain')),
    toStringify: ratio(one.requestsPerSecond, speed('stringify')),
  }));
};

const COLUMNS = ['requests/s', 'p50 ms', 'p99 ms', 'cpu ms', 'memory MB', 'x best peer', 'x graphql-js', 'x stringify'];

const cells = (row: Row): readonly string[] => {
  const times = (value: number | null): string => (value === null ? '' : value.toFixed(2));
  return [
    row.requestsPerSecond.toFixed(0),
    row.p50.toFixed(1),
    row.p99.toFixed(1),
    row.cpuMs.toFixed(2),
    (row.rss / 2 ** 20).toFixed(0),
    times(row.toBestPeer),
    times(row.toPlain),
    times(row.toStringify),
  ];
};

const VIA: Readonly<Record<Via, string>> = { process: 'subgraphs in the process', http: 'subgraphs over HTTP' };

/** A table as lines of text. */
export const tableLines = (table: Table, contenders: readonly Contender[]): readonly string[] => {
  const label = (name: string): string => contenders.find((one) => one.name === name)?.label ?? name;
  const first = Math.max(...contenders.map((one) => one.label.length)) + 2;
  const line = (head: string, rest: readonly string[]): string =>
    head.padEnd(first) + rest.map((text, i) => text.padStart((COLUMNS[i] ?? '').length + 2)).join('');
  return [
    `${table.workload}, ${VIA[table.via]}: ${table.title} (${(table.answerBytes / 1_000).toFixed(1)} KB)`,
    line('', COLUMNS),
    ...table.rows.map(
      (row) => line(label(row.contender), cells(row)) + (row.failed > 0 ? `  ${row.failed} failed` : ''),
    ),
  ];
};

/** Who was wrong, how often and where first; a line for each contender. */
export const wrongLines = (wrong: readonly Wrong[], contenders: readonly Contender[]): readonly string[] => {
  if (wrong.length === 0) return ['All answers were equal.'];
  return contenders.flatMap(({ name, label }) => {
    const own = wrong.filter(({ contender }) => contender === name);
    const places = own.map(
      ({ workload, via, operation, path }) =>
        `    ${workload}, ${via}, ${operation === 'measured' ? 'the measured operation' : `check ${operation}`}: ${path}`,
    );
    return own.length === 0 ? [] : [`Wrong: ${label}`, ...places];
  });
};

/** What the figures depend on. */
export const surroundings = async () => ({
  date: new Date().toISOString(),
  machine: {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    platform: process.platform,
  },
  node: process.version,
  peers: await peerVersions(),
});

export const settingsOf = ({ seconds, warmUp, rounds, connections, callers }: Options) => ({
  seconds,
  warmUp,
  rounds,
  connections,
  callers,
});
