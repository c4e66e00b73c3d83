import type { Commit } from '../../sandbox/ledger.ts';
import type { Submitted } from './clients.ts';
import type { Row } from './journal.ts';
import { type Case, type Finding, finding, judge, judgeEnds, judgeLine, standings } from './judge.ts';
import { isSlot, type Trace, traceOf } from './traces.ts';

export interface Doubt {
  readonly key: string;
  readonly kind: string;
  readonly reason: string;
  /** Whether the vendor has it after all. */
  readonly exists: boolean;
}

export interface Verdict {
  readonly findings: readonly Finding[];
  /** Writes of the journal by their state. */
  readonly states: Readonly<Record<string, number>>;
  readonly refusals: Readonly<Record<string, number>>;
  /** Confirmed writes with a warning, by the field that it is about. */
  readonly warnings: Readonly<Record<string, number>>;
  readonly inDoubt: readonly Doubt[];
  readonly commits: number;
  /** Steps towards bookings that came to nothing: open time that nobody booked. */
  readonly slotsLeft: number;
}

export interface Evidence {
  readonly submitted: readonly Submitted[];
  readonly rows: readonly Row[];
  /** By source, in the order in which they were committed. */
  readonly commits: Readonly<Record<string, readonly Commit[]>>;
}

const tally = (names: readonly string[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

/** Whose trace it is. @throws when two writes mean the same: then nothing could be told */
const ownersOf = (submitted: readonly Submitted[]): ReadonlyMap<Trace, Submitted> => {
  const owners = new Map<Trace, Submitted>();
  for (const write of submitted)
    for (const trace of [write.leaves, ...write.besides]) {
      const name = `${write.source} ${trace}`;
      const other = owners.get(name);
      // two bookings may want one time, and so would open one slot
      if (other !== undefined && !isSlot(trace))
        throw new Error(`Two writes leave the same: ${other.key}, ${write.key}.`);
      owners.set(name, write);
    }
  return owners;
};

/** Rows of the journal that no client asked for, or that it has twice. */
const strayRows = (rows: readonly Row[], submitted: readonly Submitted[]): readonly Finding[] => {
  const keys = new Map(submitted.map((write) => [write.key, write]));
  const seen = new Set<string>();
  return rows.flatMap(({ idempotencyKey: key, kind, state }): Finding[] => {
    const write = keys.get(key);
    if (write === undefined)
      return [{ fault: 'ghost', source: 'journal', kind, key, detail: `nobody asked; ${state}` }];
    if (seen.has(key)) return [finding('doubled', { write }, 'recorded twice')];
    seen.add(key);
    return [];
  });
};

const doubtOf = ({ write: { key, kind }, row, done }: Case): Doubt => ({
  ...{ key, kind, reason: row?.reason ?? 'no reason is given', exists: done.length > 0 },
});

/** Holds what clients were told against what the vendors committed and what the journal says at the end. */
export const check = ({ submitted, rows, commits }: Evidence): Verdict => {
  const owners = ownersOf(submitted);
  const byKey = new Map(rows.map((row) => [row.idempotencyKey, row]));
  const done = new Map<Submitted, Commit[]>(submitted.map((write) => [write, []]));
  const beside = new Map<Submitted, Commit[]>(submitted.map((write) => [write, []]));
  const ghosts: Finding[] = [];
  for (const [source, list] of Object.entries(commits))
    for (const commit of list) {
      const trace = traceOf(commit);
      const owner = owners.get(`${source} ${trace}`);
      if (owner === undefined)
        ghosts.push({
          fault: 'ghost',
          source,
          kind: commit.call,
          detail: `nobody asked: ${commit.kind} ${commit.type}`,
        });
      else (owner.leaves === trace ? done : beside).get(owner)?.push(commit);
    }
  const cases = submitted.map(
    (write): Case => ({
      write,
      row: byKey.get(write.key),
      done: done.get(write) ?? [],
      beside: beside.get(write) ?? [],
    }),
  );
  const lines = [...Map.groupBy(cases, ({ write }) => `${write.source} ${write.line}`).values()];
  return {
    findings: [
      ...cases.flatMap(judge),
      ...lines.flatMap(judgeLine),
      ...judgeEnds(cases, standings(commits)),
      ...strayRows(rows, submitted),
      ...ghosts,
    ],
    states: tally(rows.map(({ state }) => state)),
    refusals: tally(submitted.flatMap((write) => write.told.flatMap(({ code }) => code ?? []))),
    warnings: tally(rows.flatMap(({ kind, warnings }) => warnings.map(({ path }) => `${kind} ${path.join('.')}`))),
    inDoubt: cases.filter(({ row }) => row?.state === 'IN_DOUBT').map(doubtOf),
    commits: Object.values(commits).reduce((sum, list) => sum + list.length, 0),
    slotsLeft: Object.values(commits).reduce((sum, list) => sum + slotsLeft(list), 0),
  };
};

/** Times that were opened and that nobody was ever booked at. */
const slotsLeft = (commits: readonly Commit[]): number => {
  const left = new Map<string, number>();
  for (const commit of commits) {
    const [kind, ...parts] = traceOf(commit).split('|');
    if (kind === 'slot') left.set(parts.join('|'), commit.kind === 'created' ? 1 : 0);
    if (kind === 'visit') left.set(parts.slice(1, 3).join('|'), 0);
  }
  return [...left.values()].reduce((sum, one) => sum + one, 0);
};

/** The largest share of writes that may be left to a person. */
export const MOST_IN_DOUBT = 0.005;

/** Why a run is red, a line each; nothing when it is green. */
export const faultsOf = (
  { findings, inDoubt }: Pick<Verdict, 'findings' | 'inDoubt'>,
  writes: number,
): readonly string[] => {
  const counts = Object.entries(tally(findings.map(({ fault }) => fault)));
  return [
    ...counts.map(([fault, count]) => `${count} ${fault}`),
    ...(inDoubt.length > writes * MOST_IN_DOUBT ? [`${inDoubt.length} of ${writes} in doubt`] : []),
  ];
};
