export type Vendor = 'unity' | 'athenanet' | 'fhir';

/** How many rows of one type went where, and why the others did not. */
export interface TypeReport {
  readonly type: string;
  readonly lines: number;
  readonly loaded: Readonly<Record<Vendor, number>>;
  /** For each vendor: loaded and left together are the lines. */
  readonly left: readonly { readonly reason: string; readonly count: number; readonly from: readonly Vendor[] }[];
}

export interface LoadReport {
  readonly types: readonly TypeReport[];
  /** How rows were fitted into a system that cannot say exactly what they say. */
  readonly notes: readonly { readonly note: string; readonly count: number }[];
}

interface Row {
  lines: number;
  readonly loaded: Record<Vendor, number>;
  readonly left: Map<string, { count: number; readonly from: readonly Vendor[] }>;
}

const ALL: readonly Vendor[] = ['unity', 'athenanet', 'fhir'];
/** The two systems that get the people as a Practice and not as FHIR. */
const OTHERS: readonly Vendor[] = ['unity', 'athenanet'];

/** Counts while loading. Reasons and notes are fixed sentences: nothing of a row's content stands in them. */
export class Tally {
  readonly #rows = new Map<string, Row>();
  readonly #notes = new Map<string, number>();

  line(type: string): void {
    this.#row(type).lines += 1;
  }

  /** A row that the FHIR server has. */
  served(type: string): void {
    this.#row(type).loaded.fhir += 1;
  }

  /** A row that the Practice has. */
  kept(type: string): void {
    for (const vendor of OTHERS) this.#row(type).loaded[vendor] += 1;
  }

  /** A row that no simulator has. */
  left(type: string, reason: string): void {
    this.#leave(type, reason, 1, ALL);
  }

  /** Rows that the FHIR server has and the Practice has not. */
  omitted(type: string, reason: string, count = 1): void {
    this.#leave(type, reason, count, OTHERS);
  }

  note(note: string, count = 1): void {
    if (count > 0) this.#notes.set(note, (this.#notes.get(note) ?? 0) + count);
  }

  report(): LoadReport {
    return {
      types: [...this.#rows]
        .sort(([one], [other]) => one.localeCompare(other, 'en'))
        .map(([type, { lines, loaded, left }]) => ({
          type,
          lines,
          loaded: { ...loaded },
          left: [...left].map(([reason, { count, from }]) => ({ reason, count, from })),
        })),
      notes: [...this.#notes].map(([note, count]) => ({ note, count })),
    };
  }

  #row(type: string): Row {
    const row = this.#rows.get(type) ?? { lines: 0, loaded: { unity: 0, athenanet: 0, fhir: 0 }, left: new Map() };
    this.#rows.set(type, row);
    return row;
  }

  #leave(type: string, reason: string, count: number, from: readonly Vendor[]): void {
    const { left } = this.#row(type);
    const known = left.get(reason) ?? { count: 0, from };
    known.count += count;
    left.set(reason, known);
  }
}

/** Takes rows that a vendor's system turned out to have no place for out of what was loaded into it. */
export const withoutPlace = (
  report: LoadReport,
  vendor: Vendor,
  type: string,
  reason: string,
  count: number,
): LoadReport =>
  count === 0
    ? report
    : {
        ...report,
        types: report.types.map((row) =>
          row.type === type
            ? {
                ...row,
                loaded: { ...row.loaded, [vendor]: row.loaded[vendor] - count },
                left: [...row.left, { reason, count, from: [vendor] }],
              }
            : row,
        ),
      };

const grouped = (count: number): string => count.toLocaleString('en-US');

/** The report as lines for a person to read. */
export const describeLoad = ({ types, notes }: LoadReport): string[] => [
  ...types.flatMap(({ type, lines, loaded, left }) => [
    `${type}: ${grouped(lines)} in the files; ${ALL.map((vendor) => `${vendor} ${grouped(loaded[vendor])}`).join(', ')}`,
    ...left.map(({ reason, count, from }) => `  ${grouped(count)} not in ${from.join(', ')}: ${reason}`),
  ]),
  ...notes.map(({ note, count }) => `${grouped(count)} ${note}`),
];
