import type { Commit } from '../../sandbox/ledger.ts';
import type { Submitted, Told } from './clients.ts';
import { isSettled, type Row } from './journal.ts';
import { isSlot, traceOf } from './traces.ts';

/**
 * What a run can be found to have done wrong.
 *
 * - `lost`: acknowledged, and the vendor does not have it though it is said to be confirmed, or nobody knows it any more.
 * - `doubled`: one write was carried out more than once, or recorded more than once.
 * - `ghost`: the vendor has what nobody asked for, or what its client was told was refused.
 * - `unsettled`: it is still on its way when everything should be over.
 * - `untrue`: a client was told something else than the journal says.
 * - `order`: writes of one line were carried out in another order than that of their turns.
 * - `refused`: nothing is wrong with it, and it was refused or given up.
 * - `final`: a record does not stand as its last confirmed write left it.
 */
export type Fault = 'lost' | 'doubled' | 'ghost' | 'unsettled' | 'untrue' | 'order' | 'final' | 'refused';

export interface Finding {
  readonly fault: Fault;
  readonly source: string;
  readonly kind: string;
  /** The idempotency key, where it is about a write. */
  readonly key?: string;
  readonly detail: string;
}

/** A write with everything that is known of it. */
export interface Case {
  readonly write: Submitted;
  readonly row: Row | undefined;
  /** Commits that carried it out, and those of steps beside it. */
  readonly done: readonly Commit[];
  readonly beside: readonly Commit[];
}

export const finding = (
  fault: Fault,
  { write: { source, kind, key } }: Pick<Case, 'write'>,
  detail: string,
): Finding => ({
  ...{ fault, source, kind, key, detail },
});

/** A client may be told that a write is pending whatever becomes of it; all else must be what the journal says. */
const contradicts = ({ kind, write }: Told, state: Row['state']): boolean => {
  if (kind === 'saved') return state !== 'CONFIRMED';
  return kind === 'refused' && write !== undefined && state === 'CONFIRMED';
};

const told = (write: Submitted): string => write.told.map(({ kind, code }) => code ?? kind).join(', ') || 'nothing';

const GIVEN_UP: ReadonlySet<Row['state']> = new Set(['REJECTED', 'DEAD', 'DISCARDED']);

/** A refusal, by its code, that nothing gave reason for. */
const needless = ({ write, row }: Case): string | undefined => {
  const refusal = write.told.find(({ kind, code }) => kind === 'refused' && code !== write.mayGet);
  const code = refusal?.code ?? row?.error?.code;
  const isOver = row !== undefined && GIVEN_UP.has(row.state);
  if (refusal === undefined && (!isOver || (code !== undefined && code === write.mayGet))) return undefined;
  return `${code ?? ''} ${refusal?.faults ?? ''}; ${row === undefined ? 'not recorded' : attemptsOf(row)}`;
};

/** What is wrong with one write, looked at alone. */
export const judge = (one: Case): readonly Finding[] => {
  const { write, row, done } = one;
  const times = done.length;
  const findings: Finding[] = [];
  if (new Set(write.told.flatMap(({ write: id }) => id ?? [])).size > 1)
    findings.push(finding('doubled', one, 'one key was answered with two writes'));
  if (times > 1) findings.push(finding('doubled', one, `carried out ${times} times, by ${callsOf(done)}`));
  const refusal = needless(one);
  if (refusal !== undefined) findings.push(finding('refused', one, refusal));
  if (row === undefined) {
    const acknowledged = write.told.some(({ kind }) => kind !== 'refused');
    if (acknowledged) findings.push(finding('lost', one, 'acknowledged, and not in the journal'));
    else if (times > 0)
      findings.push(finding('ghost', one, `told ${told(write)}, not in the journal, and carried out`));
    return findings;
  }
  if (!isSettled(row)) findings.push(finding('unsettled', one, row.state));
  if (row.state === 'CONFIRMED' && times === 0)
    findings.push(finding('lost', one, `confirmed, and not at the vendor; ${attemptsOf(row)}`));
  if (row.state !== 'CONFIRMED' && row.state !== 'IN_DOUBT' && isSettled(row) && times > 0)
    findings.push(finding('ghost', one, `${row.state} ${row.error?.code ?? ''}, and carried out; ${attemptsOf(row)}`));
  const wrong = write.told.find((one) => contradicts(one, row.state));
  if (wrong !== undefined) findings.push(finding('untrue', one, `told ${wrong.code ?? wrong.kind}, is ${row.state}`));
  return findings;
};

const callsOf = (commits: readonly Commit[]): string =>
  commits.map(({ call, number }) => `${call} #${number}`).join(', ');
const attemptsOf = ({ attempts }: Row): string =>
  attempts.map(({ vendorCall, outcome }) => `${vendorCall}: ${outcome}`).join(', ') || 'no attempts';

/** Commits of one line, each with its turn, as they came. Open time is left out: two of a line may want the same. */
const turnsOf = (line: readonly Case[]) =>
  line
    .flatMap(({ write, done, beside }) =>
      [...done, ...beside].map((commit) => ({ turn: write.turn, number: commit.number, commit, write })),
    )
    .filter(({ commit }) => commit.type !== 'Slot')
    .sort((one, other) => one.number - other.number);

/** The order in which one line was carried out. */
export const judgeLine = (line: readonly Case[]): readonly Finding[] => {
  const turns = turnsOf(line);
  const late = turns.find(({ turn }, i) => turn < (turns[i - 1]?.turn ?? 0));
  return late === undefined ? [] : [finding('order', late, `carried out after a later one, by ${late.commit.call}`)];
};

/** How often records stand as each write left them, when all is over. */
export const standings = (commits: Readonly<Record<string, readonly Commit[]>>): ReadonlyMap<string, number> => {
  const last = new Map<string, string>();
  for (const [source, list] of Object.entries(commits))
    for (const commit of list) {
      const trace = traceOf(commit);
      if (!isSlot(trace)) last.set(`${source} ${commit.type} ${commit.id}`, `${source} ${trace}`);
    }
  const counts = new Map<string, number>();
  for (const trace of last.values()) counts.set(trace, (counts.get(trace) ?? 0) + 1);
  return counts;
};

/** What a confirmed write left stands, once, until another confirmed write replaced it; then it stands no longer. */
export const judgeEnds = (cases: readonly Case[], standing: ReadonlyMap<string, number>): readonly Finding[] => {
  const replacing = Map.groupBy(cases, ({ write: { source, replaces = '' } }) => `${source} ${replaces}`);
  return cases.flatMap((one) => {
    const { source, leaves } = one.write;
    const later = (replacing.get(`${source} ${leaves}`) ?? []).map(({ row }) => row?.state);
    const isOpen = later.some((state) => state === 'IN_DOUBT' || state === 'QUEUED' || state === 'IN_FLIGHT');
    if (one.row?.state !== 'CONFIRMED' || one.done.length === 0 || isOpen) return [];
    const expected = later.includes('CONFIRMED') ? 0 : 1;
    const found = standing.get(`${source} ${leaves}`) ?? 0;
    if (found === expected) return [];
    return [finding('final', one, `${found} records stand as it left them, in place of ${expected}`)];
  });
};
