import { LIMITS } from '../../gateway/limits.ts';
import { type Asked, anew, CASES, type Case } from './cases.ts';
import type { Came, Way } from './ways.ts';

/** Rounds that are not counted, and rounds that are. */
const WARM_UP = 5;
const ROUNDS = 20;

/** What a limit costs by one way. */
export interface Cell {
  readonly limit: string;
  readonly way: string;
  /** Codes that came of what keeps to the limit, and of what passes it; null for an answer. */
  readonly atLimit: readonly (string | null)[];
  readonly above: readonly (string | null)[];
  /** The code with which what passes it has to be refused. */
  readonly expected: string;
  /** Milliseconds of a refusal. */
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Texts that are persisted: those of all cases in all rounds, each its own, and the one that bodies are filled around. */
export const persistedTexts = (): readonly string[] => [
  '{ word }',
  ...Array.from({ length: ROUNDS + WARM_UP }, (_, round) =>
    CASES.flatMap(({ most, more }) => [most, more].map((asked) => anew(asked, round).query)),
  ).flat(),
];

interface Try {
  readonly limit: string;
  readonly expected: string;
  readonly most: (round: number) => Promise<Came | undefined>;
  readonly more: (round: number) => Promise<Came | undefined>;
}

const cellOf = async ({ limit, expected, most, more }: Try, way: Way): Promise<Cell | undefined> => {
  const atLimit = new Set<string | null>();
  const above = new Set<string | null>();
  const times: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const kept = await most(round);
    const passed = await more(round);
    if (kept === undefined || passed === undefined) return undefined;
    atLimit.add(kept.code);
    above.add(passed.code);
    if (round >= WARM_UP) times.push(passed.ms);
  }
  times.sort((a, b) => a - b);
  const [min = 0, median = 0, max = 0] = [times[0], times[ROUNDS / 2], times.at(-1)];
  return { limit, way: way.name, atLimit: [...atLimit], above: [...above], expected, min, median, max };
};

const triesOf = (way: Way): readonly Try[] => {
  const { fill, stretch } = way;
  const ask = (asked: Asked) => (round: number) => way.ask(anew(asked, round));
  const asked = ({ limit, code, most, more }: Case): Try => ({
    limit,
    expected: code,
    most: ask(most),
    more: ask(more),
  });
  const bytes = LIMITS.bodyBytes;
  return [
    ...CASES.map(asked),
    ...(fill === undefined
      ? []
      : [
          {
            limit: `body (${bytes} bytes)`,
            // frames that are too large are the WebSocket protocol's own matter
            expected: way.name === 'WebSocket' ? '1009' : 'BODY_LIMIT',
            most: () => fill(bytes),
            more: () => fill(bytes + 1),
          },
        ]),
    ...(stretch === undefined
      ? []
      : [
          {
            limit: `address (${LIMITS.urlLength})`,
            expected: 'URL_LIMIT',
            most: () => stretch(LIMITS.urlLength),
            more: () => stretch(LIMITS.urlLength + 1),
          },
        ]),
  ];
};

/** Tries every limit by every way that it fits into. */
export const measureLimits = async (ways: readonly Way[]): Promise<readonly Cell[]> => {
  const cells: Cell[] = [];
  for (const way of ways)
    for (const one of triesOf(way)) {
      const cell = await cellOf(one, way);
      if (cell !== undefined) cells.push(cell);
    }
  return cells;
};

/** Answered at the limit, and above it refused with the one code that it should be. */
export const isRight = ({ atLimit, above, expected }: Cell): boolean =>
  atLimit.length === 1 && atLimit[0] === null && above.length === 1 && above[0] === expected;
