import { LIMITS } from '../../gateway/limits.ts';

/** A request as all ways carry it. */
export interface Asked {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** A limit: what just keeps to it, what passes it by one, and with which code that is refused. */
export interface Case {
  readonly limit: string;
  readonly code: string;
  readonly most: Asked;
  readonly more: Asked;
}

const times = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, i) => make(i)).join(' ');

const deep = (levels: number): string => `{ ${'tree { '.repeat(levels - 1)}name${' }'.repeat(levels)}`;
export const aliased = (count: number): string => `{ ${times(count, (i) => `a${i}: word`)} }`;
const directed = (count: number): string => `{ word ${times(count, () => '... @include(if: true) { word }')} }`;
const summed = (items: number): string => `{ sum(of: [${times(items, () => '1')}]) }`;

/** Five fields with a list each: nine tokens a field beside its items, and two braces. */
const tokens = (count: number): string => {
  const items = count - 2 - 5 * 9;
  const lengths = Array.from({ length: 5 }, (_, i) => Math.floor((items + i) / 5));
  return `{ ${lengths.map((length, i) => `a${i}: sum(of: [${times(length, () => '1')}])`).join(' ')} }`;
};

const LEVELS = 10;
/** Fragments that spread the one before in two places. */
const DOUBLING = times(LEVELS + 1, (i) =>
  i === 0
    ? 'fragment F0 on Tree { name }'
    : `fragment F${i} on Tree { name tree { ...F${i - 1} } trees { ...F${i - 1} } }`,
);
const sizeOf = (level: number): number => (level === 0 ? 1 : 5 + 2 * sizeOf(level - 1));
/** So many selections, of which only a few are written out. */
const selecting = (count: number): string => {
  let left = count;
  const fields: string[] = [];
  for (let level = LEVELS; level >= 0; level--)
    for (const size = sizeOf(level) + 2; left >= size; left -= size)
      fields.push(`a${fields.length}: tree { ...F${level} }`);
  return `{ ${fields.join(' ')} ${times(left, () => 'word')} } ${DOUBLING}`;
};

/** So many selections of one name that there are as many pairs of them as may be, and one more. */
const repeated = (pairs: number): number => Math.floor((1 + Math.sqrt(1 + 8 * pairs)) / 2);

const nested = (levels: number): unknown => (levels === 1 ? {} : { box: nested(levels - 1) });
const BOX = 'query($box: Box) { echo(box: $box) }';
const SUM = 'query($of: [Int!]) { sum(of: $of) }';
const ones = (count: number): readonly number[] => Array(count).fill(1);

/** Variables that nobody declares travel all the same: lists of a thousand, which count as a value each, too. */
const holding = (values: number): Asked => {
  const lists: (readonly number[])[] = [];
  for (let left = values - 1; left > 0; left -= 1_000) lists.push(ones(Math.min(left, 1_000) - 1));
  return { query: '{ word }', variables: { lists } };
};

const by = (limit: string, code: string, make: (count: number) => Asked, most: number): Case => ({
  limit: `${limit} (${most})`,
  code,
  most: make(most),
  more: make(most + 1),
});
const query = (make: (count: number) => string) => (count: number) => ({ query: make(count) });

/** Limits of what is asked: they hold whichever way it comes. */
export const CASES: readonly Case[] = [
  by('depth', 'DEPTH_LIMIT', query(deep), LIMITS.depth),
  by('aliases', 'ALIAS_LIMIT', query(aliased), LIMITS.aliases),
  by('directives', 'DIRECTIVE_LIMIT', query(directed), LIMITS.directives),
  by('tokens', 'TOKEN_LIMIT', query(tokens), LIMITS.tokens),
  by('selections', 'SELECTION_LIMIT', query(selecting), LIMITS.selections),
  by(
    'the same field',
    'SELECTION_LIMIT',
    query((count) => `{ ${times(count, () => 'word')} }`),
    repeated(LIMITS.repeats),
  ),
  by('items of a list', 'LIST_LIMIT', query(summed), LIMITS.listItems),
  by(
    'items of a variable',
    'LIST_LIMIT',
    (count) => ({ query: SUM, variables: { of: ones(count) } }),
    LIMITS.listItems,
  ),
  by('values in variables', 'VARIABLE_LIMIT', holding, LIMITS.variableValues),
  by(
    'levels of variables',
    'VARIABLE_LIMIT',
    (count) => ({ query: BOX, variables: { box: nested(count) } }),
    LIMITS.nesting,
  ),
];

/** The same request with another text each time, since what came of a text is kept. */
export const anew = ({ query: text, ...asked }: Asked, round: number): Asked => ({
  query: `${text} #${round}`,
  ...asked,
});

/** 2^25 selections by fragments that each spread the next one twice. */
export const DOUBLED = `{ ...F0 } ${times(25, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)} fragment F25 on Query { word }`;
