import { parse, validate } from 'graphql';
import { contextOf } from './context.ts';
import { TEXT_LIST } from './operations.ts';
import { type Engine, KINDS, type Kind, WEEK, type World } from './world.ts';

/** Types and keys of records, as they stand in ids behind the source: the same at every source of a kind. */
export type Keys = Readonly<Record<Kind, readonly string[]>>;

const DISCOVER = `query ($id: ID!, $from: DateTime!, $to: DateTime!) { source(id: $id) { practitioners { nodes { id } } locations { id }
  appointments(search: { from: $from, to: $to }, first: 50) { nodes { id patient { id } } } } }`;
const CHART = `query ($id: ID!) { patient(id: $id) { id observations(first: 3) { nodes { id } } claims(first: 3) { nodes { id } } } }`;

/** Every id in an answer, without its source. */
const idsIn = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    name === 'id' && typeof part === 'string' ? [part] : idsIn(part),
  );
};

/** The engine itself refuses nothing: a text that the graph does not know would fail anywhere. */
const checkTexts = ({ schema }: Engine): void => {
  for (const text of [...TEXT_LIST, DISCOVER, CHART]) {
    const [fault] = validate(schema, parse(text));
    if (fault !== undefined) throw new Error(`An operation is not one of this graph: ${fault.message}`);
  }
};

/** What the first source of a kind has, its people and some of their records: the others have the same keys. */
const keysOf = async (kind: Kind, world: World, engine: Engine): Promise<readonly string[]> => {
  const first = world.sources.find((one) => one.kind === kind);
  if (first === undefined) return [];
  const ask = async (text: string, variables: Record<string, unknown>): Promise<string[]> => {
    const context = contextOf(world.now);
    const { data, errors } = await engine.execute({ document: parse(text), text, variables }, context);
    if (errors.length > 0) throw new Error(`The keys cannot be found: ${errors[0]?.message}`);
    return idsIn(data);
  };
  const found = await ask(DISCOVER, { id: first.id, ...WEEK });
  const charts = await Promise.all(found.filter((id) => id.includes('/Patient/')).map((id) => ask(CHART, { id })));
  return [...new Set([...found, ...charts.flat()])]
    .filter((id) => id.includes('/'))
    .map((id) => id.slice(id.indexOf('/') + 1));
};

/** What there is to ask for, read by a product that nobody has sabotaged. */
export const findKeys = async (world: World): Promise<Keys> => {
  const { engine, close } = await world.start();
  try {
    checkTexts(engine);
    const found = await Promise.all(KINDS.map(async (kind) => [kind, await keysOf(kind, world, engine)] as const));
    return Object.fromEntries(found) as unknown as Keys;
  } finally {
    await close();
  }
};
