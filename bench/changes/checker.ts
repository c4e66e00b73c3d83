import type { Version } from './kinds.ts';

/** A version that came to be at the vendor. Instants are milliseconds since 1970, of one machine's clock. */
export interface Made extends Version {
  readonly at: number;
}

/** An event as a subscriber got it. */
export interface Told extends Version {
  /** The graph's id of the record. */
  readonly id: string;
  readonly cursor: string;
  readonly cause: string;
  /** When it was appended to the stream. */
  readonly at: number;
  readonly gotAt: number;
}

/** A record as a query showed it; version -1: it was not in a list that has to hold it. */
export interface Read extends Version {
  readonly askedAt: number;
  readonly answeredAt: number;
}

/**
 * - `missing`: a version that was neither told nor followed by a newer one that was
 * - `late`: it was told, or a newer one was, but not in time
 * - `doubled`: the same event twice, or the same version twice though there was nothing else to tell
 * - `backward`: an older version after a newer one
 * - `unmade`: a version that the vendor did not have then
 * - `renamed`: one record under two ids
 * - `stale`: a query showed an older version than a subscriber had been told before
 */
export type FindingKind = 'missing' | 'late' | 'doubled' | 'backward' | 'unmade' | 'renamed' | 'stale';

export interface Finding {
  readonly kind: FindingKind;
  readonly record: string;
  readonly version: number;
}

/** How long it took until a version, or a newer one, was told. */
export interface Arrival {
  readonly record: string;
  readonly cause: string;
  readonly ms: number;
}

export interface ToldVerdict {
  readonly findings: readonly Finding[];
  readonly arrivals: readonly Arrival[];
  /** Versions that were followed by a newer one before they could be told. */
  readonly collapsed: number;
  /** Events of versions that an earlier event had shown already, since it was read after it was noticed. */
  readonly ahead: number;
  /** Events of records that nobody had changed, as far as the bench knows, by source and type. */
  readonly others: Readonly<Record<string, number>>;
}

const byRecord = <T extends Version>(list: readonly T[]): ReadonlyMap<string, readonly T[]> =>
  Map.groupBy(list, ({ record }) => record);

const twice = (told: readonly Told[]): readonly Finding[] => {
  const seen = new Set<string>();
  return told.flatMap(({ cursor, record, version }) => {
    const known = seen.has(cursor);
    seen.add(cursor);
    return known ? [{ kind: 'doubled' as const, record, version }] : [];
  });
};

/** One record's events, in the order in which they came. */
const story = (made: readonly Made[], told: readonly Told[]) => {
  const findings: Finding[] = [];
  const note = (kind: FindingKind, { record, version }: Version): void => {
    findings.push({ kind, record, version });
  };
  const bornAt = new Map(made.map(({ version, at }) => [version, at]));
  let before = Math.min(...bornAt.keys()) - 1;
  let ahead = 0;
  /** Versions that no event has shown so far, for each of which there may be one that showed a newer one. */
  let spare = 0;
  for (const one of told) {
    const born = bornAt.get(one.version);
    if (born === undefined || born > one.gotAt) note('unmade', one);
    else if (one.version < before) note('backward', one);
    else if (one.version > before) {
      spare += one.version - before - 1;
      before = one.version;
    } else if (spare > 0) {
      spare -= 1;
      ahead += 1;
    } else note('doubled', one);
  }
  const [first] = told;
  for (const one of told) if (first !== undefined && one.id !== first.id) note('renamed', one);
  return { findings, ahead };
};

const arrivalsOf = (made: readonly Made[], told: readonly Told[], withinMs: number) => {
  const findings: Finding[] = [];
  const arrivals: Arrival[] = [];
  for (const { record, version, at } of made) {
    const by = told.find((one) => one.version >= version);
    if (by === undefined) findings.push({ kind: 'missing', record, version });
    else {
      arrivals.push({ record, cause: by.cause, ms: by.gotAt - at });
      if (by.gotAt - at > withinMs) findings.push({ kind: 'late', record, version });
    }
  }
  return { findings, arrivals };
};

/** Holds what one subscriber was told against what came to be; each list in the order in which it happened. */
export const checkTold = (made: readonly Made[], told: readonly Told[], withinMs: number): ToldVerdict => {
  const tellings = byRecord(told);
  const records = byRecord(made);
  const findings: Finding[] = [...twice(told)];
  const arrivals: Arrival[] = [];
  let [collapsed, ahead] = [0, 0];
  const once = new Set<string>();
  for (const [record, versions] of records) {
    const own = (tellings.get(record) ?? []).filter(({ cursor }) => !once.has(cursor) && once.add(cursor));
    const arrived = arrivalsOf(versions, own, withinMs);
    const told = story(versions, own);
    findings.push(...arrived.findings, ...told.findings);
    arrivals.push(...arrived.arrivals);
    ahead += told.ahead;
    const shown = new Set(own.map(({ version }) => version));
    collapsed += versions.filter(({ version }) => !shown.has(version)).length;
  }
  const others: Record<string, number> = {};
  for (const { record, id } of told) {
    if (records.has(record)) continue;
    const name = id.split('/').slice(0, 2).join('/');
    others[name] = (others[name] ?? 0) + 1;
  }
  const missing = findings.filter(({ kind }) => kind === 'missing').length;
  return { findings, arrivals, collapsed: collapsed - missing, ahead, others };
};

export interface ReadVerdict {
  readonly findings: readonly Finding[];
  /** Answers about records that were told of longer ago than the grace: those that could be stale. */
  readonly after: number;
  /** Older ones than were told, within the grace. */
  readonly early: number;
}

/** The newest version that was told by each of these moments. */
const newestBy = (told: readonly Told[]) => {
  let newest = Number.NEGATIVE_INFINITY;
  const steps = told.map(({ gotAt, version }) => {
    newest = Math.max(newest, version);
    return { gotAt, newest };
  });
  return (moment: number): number => steps.findLast(({ gotAt }) => gotAt <= moment)?.newest ?? -1;
};

/** Holds what queries showed against what a subscriber had been told before they were asked. */
export const checkReads = (
  made: readonly Made[],
  told: readonly Told[],
  reads: readonly Read[],
  graceMs: number,
): ReadVerdict => {
  const findings: Finding[] = [];
  const tellings = byRecord(told);
  const records = byRecord(made);
  let [after, early] = [0, 0];
  for (const [record, own] of byRecord(reads)) {
    const newest = newestBy(tellings.get(record) ?? []);
    const bornAt = new Map((records.get(record) ?? []).map(({ version, at }) => [version, at]));
    for (const { version, askedAt, answeredAt } of own) {
      const long = newest(askedAt - graceMs);
      if (long >= 0) after += 1;
      if (version < long) findings.push({ kind: 'stale', record, version });
      else if (version < newest(askedAt)) early += 1;
      if (version > 0 && !((bornAt.get(version) ?? Number.POSITIVE_INFINITY) <= answeredAt))
        findings.push({ kind: 'unmade', record, version });
    }
  }
  return { findings, after, early };
};

export const counted = (findings: readonly Finding[]): Readonly<Partial<Record<FindingKind, number>>> =>
  Object.fromEntries([...Map.groupBy(findings, ({ kind }) => kind)].map(([kind, all]) => [kind, all.length]));
