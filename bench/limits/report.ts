import type { Flood } from './floods.ts';
import { type Cell, isRight } from './measure.ts';

/** Milliseconds that a refusal may take, in the median. */
export const MOST_MS = 20;
/** What memory may grow by in a hundred rounds: a collection comes when it comes. */
const MOST_GROWTH = 32 * 2 ** 20;
/** The longest that anybody else may wait meanwhile. */
const MOST_WAIT_MS = 250;

const codes = (all: readonly (string | null)[]): string => all.map((code) => code ?? 'answered').join(' or ');
const ms = (value: number): string => value.toFixed(1);
const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);

/** Rows as lines of text, as wide as they have to be. */
const aligned = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((text, i) => text.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

export const limitLines = (cells: readonly Cell[]): readonly string[] =>
  aligned([
    ['limit', 'way', 'at the limit', 'one above', 'min ms', 'median', 'max'],
    ...cells.map((cell) => [
      cell.limit,
      cell.way,
      codes(cell.atLimit),
      codes(cell.above),
      ...[cell.min, cell.median, cell.max].map(ms),
    ]),
  ]);

export const floodLines = (floods: readonly Flood[]): readonly string[] =>
  aligned([
    ['flood', 'answered', 'median ms', 'max', 'MB before', 'after', '/live at most ms'],
    ...floods.map((flood) => [
      flood.name,
      flood.codes.join(' or '),
      ...[flood.median, flood.max].map(ms),
      ...[flood.before, flood.after].map(megabytes),
      ms(flood.live),
    ]),
  ]);

/** What is not as it has to be; a sentence each. */
export const faultsOf = (cells: readonly Cell[], floods: readonly Flood[]): readonly string[] => [
  ...cells
    .filter((cell) => !isRight(cell))
    .map(
      ({ limit, way, expected }) => `${limit} by ${way}: not answered at the limit, or not refused with ${expected}.`,
    ),
  ...cells
    .filter(({ median }) => median > MOST_MS)
    .map(({ limit, way }) => `${limit} by ${way}: the refusal takes more than ${MOST_MS} ms.`),
  ...floods
    .filter(({ before, after }) => after > before + MOST_GROWTH)
    .map(({ name }) => `${name}: memory is not flat.`),
  ...floods
    .filter(({ live }) => live > MOST_WAIT_MS)
    .map(({ name }) => `${name}: /live took more than ${MOST_WAIT_MS} ms meanwhile.`),
  ...floods.filter(({ codes: all }) => all.includes('answered')).map(({ name }) => `${name}: was answered.`),
];
