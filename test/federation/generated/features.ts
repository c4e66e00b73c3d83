import { ALWAYS, type Builder, SHARED } from './builder.ts';
import { type Feature, type Field, named, type ObjectType, WRITES } from './model.ts';
import { addProvides } from './provides.ts';
import { addRequires } from './requires.ts';

/** Each feature some times, at places that are drawn. */
export const addFeatures = (builder: Builder): void => {
  const times = (feature: Feature, most: number, add: (builder: Builder) => void): void => {
    if (builder.without.has(feature)) return;
    const count = builder.random.below(most + 1);
    for (let i = 0; i < count; i++) add(builder);
  };
  times('nullability that differs', 2, addDiffering);
  times('value type merged from two subgraphs', 2, addMerged);
  times('@override', 3, addOverride);
  times('reference to nobody', 3, addNobody);
  times('nullable key', 1, addNullableKey);
  times('@requires', 12, addRequires);
  times('@provides', 8, addProvides);
  times('input intersection', 1, addExtraInput);
  times('enum union', 1, addExtraValue);
  times('mutation', 1, addMutations);
};

/** Entities that two subgraphs or more can be asked for. */
const spread = (builder: Builder): ObjectType[] => builder.entities().filter((type) => builder.homes(type).length > 1);

const pickSpread = (builder: Builder): { type: ObjectType; one: string; other: string } | undefined => {
  const types = spread(builder);
  if (types.length === 0) return undefined;
  const type = builder.random.pick(types);
  const [one = '', other = ''] = builder.some(builder.homes(type), 2);
  return { type, one, other };
};

const addDiffering = (builder: Builder): void => {
  const found = pickSpread(builder);
  if (found === undefined) return;
  const { type, one, other } = found;
  const leaf = builder.leaf();
  const field = builder.field(type, leaf, [one, other], { made: `${leaf}!`, fails: undefined });
  field.at.set(one, { ...SHARED, type: `${leaf}!` });
  builder.note('nullability that differs');
};

/** A type without a key of which two subgraphs have different fields: both have to be asked for the same object. */
const addMerged = (builder: Builder): void => {
  const found = pickSpread(builder);
  const query = builder.model.objects.get('Query');
  if (found === undefined || query === undefined) return;
  const { type, one, other } = found;
  const name = builder.name('W');
  const merged: ObjectType = {
    name,
    kind: 'value',
    fields: new Map(),
    at: new Map([one, other].map((subgraph) => [subgraph, []])),
    implements: new Map(),
    keys: [],
    closed: new Set(builder.model.subgraphs),
  };
  for (const subgraphs of [[one, other], [one], [one], [other], [other]])
    builder.field(merged, builder.wrap(builder.leaf()), subgraphs, { place: ALWAYS });
  builder.model.objects.set(name, merged);
  const parent = builder.random.chance(0.3) ? query : type;
  builder.field(parent, builder.wrap(name), [one, other], { place: SHARED });
  builder.note('value type merged from two subgraphs');
};

/** Fields that are in one subgraph alone, without directives, and no key. */
export const plainFields = (type: ObjectType): Field[] =>
  [...type.fields.values()].filter(({ name, at, hidden, nobody, needs }) => {
    const [place] = [...at.values()];
    const isKey = type.keys.some((fields) => fields.split(/\W+/).includes(name));
    return (
      at.size === 1 &&
      place?.directives.length === 0 &&
      !isKey &&
      !hidden &&
      nobody === undefined &&
      needs === undefined
    );
  });

const addOverride = (builder: Builder): void => {
  const found = pickSpread(builder);
  if (found === undefined) return;
  const { type, one: to } = found;
  const fields = plainFields(type).filter(
    ({ type: of, at, requires }) =>
      !at.has(to) &&
      requires === undefined &&
      ![...at.values()].some(({ provides }) => provides !== undefined) &&
      builder.homes(type).includes([...at.keys()][0] ?? '') &&
      builder.canDefine(to, named(of)),
  );
  const [field] = builder.some(fields, 1);
  const from = field?.at.keys().next().value;
  if (field === undefined || from === undefined) return;
  const progressive = builder.random.chance(0.3) && !builder.without.has('@override progressive');
  const label = progressive ? `, label: "percent(${builder.random.pick([0, 30, 100])})"` : '';
  field.at.set(to, { directives: [`@override(from: "${from}"${label})`], asked: 'always' });
  if (!progressive) field.at.set(from, { directives: [], asked: 'never' });
  builder.define(to, named(field.type));
  builder.note('@override');
  if (progressive) builder.note('@override progressive');
};

/** A field that names entities of which its subgraph has only a key, some of which do not exist. */
const addNobody = (builder: Builder): void => {
  const { model, random } = builder;
  const query = model.objects.get('Query');
  const type = random.pick(builder.entities());
  const subgraphs = model.subgraphs.filter(
    (subgraph) =>
      builder.canDefine(subgraph, type.name) && !type.at.get(subgraph)?.some(({ resolvable }) => resolvable),
  );
  if (query === undefined || subgraphs.length === 0) return;
  const subgraph = random.pick(subgraphs);
  const parents = builder.entities().filter((parent) => builder.homes(parent).includes(subgraph));
  const parent = random.chance(0.5) ? query : random.pick([query, ...parents]);
  builder.field(parent, random.pick([type.name, `[${type.name}]!`, `[${type.name}!]!`]), [subgraph], { nobody: [] });
  builder.note('reference to nobody');
};

/** A subgraph that can be asked only by a key that some entities do not have. */
const addNullableKey = (builder: Builder): void => {
  const { model, random } = builder;
  const types = builder.entities().filter(({ name, at }) => name.startsWith('E') && at.size < model.subgraphs.length);
  const [type] = builder.some(types, 1);
  const [owner] = type === undefined ? [] : builder.homes(type);
  if (type === undefined || owner === undefined) return;
  const subgraph = random.pick(model.subgraphs.filter((name) => !type.at.has(name)));
  type.fields.set('alias', { name: 'alias', type: 'String', args: [], at: new Map() });
  // no key where it is not needed: a planner may take any key, and this one is not always there
  type.fields.get('alias')?.at.set(owner, SHARED);
  type.closed.add(subgraph);
  builder.key(type, subgraph, { fields: 'alias', resolvable: true });
  for (let i = 0; i < 2; i++) builder.field(type, builder.wrap(builder.leaf()), [subgraph], { needs: 'alias' });
  builder.note('nullable key');
};

/** An input of two subgraphs, with a field that one of them alone has: clients do not see it. */
const addExtraInput = (builder: Builder): void => {
  const query = builder.model.objects.get('Query');
  const [one = '', other = ''] = builder.some(builder.model.subgraphs, 2);
  if (query === undefined) return;
  const args = [{ name: 'filter', type: 'Filter' }];
  for (const subgraph of [one, other]) builder.field(query, builder.wrap('Int'), [subgraph], { args });
  builder.model.extras.set('Filter', new Map([[one, 'extra: Int']]));
  builder.note('input intersection');
};

/** An enum of answers, with a value that one subgraph alone has: clients see it. */
const addExtraValue = (builder: Builder): void => {
  const query = builder.model.objects.get('Query');
  const subgraph = builder.random.pick(builder.model.subgraphs);
  if (query === undefined) return;
  builder.field(query, 'Mood', [subgraph]);
  builder.model.extras.set('Mood', new Map([[subgraph, 'WILD']]));
  builder.note('enum union');
};

/** Writes that answer with all that the operation has written so far, in several subgraphs. */
const addMutations = (builder: Builder): void => {
  const { model, random } = builder;
  const at = new Map(model.subgraphs.map((subgraph) => [subgraph, []]));
  const type: ObjectType = {
    name: 'Mutation',
    kind: 'root',
    fields: new Map(),
    at,
    implements: new Map(),
    keys: [],
    closed: new Set(),
  };
  model.objects.set('Mutation', type);
  for (let i = 0; i < 4; i++) {
    const subgraph = random.pick(model.subgraphs);
    const [target] = builder.some(
      builder.entities().filter(({ name }) => builder.canDefine(subgraph, name)),
      1,
    );
    builder.field(type, '[String!]!', [subgraph], {
      name: `${WRITES}${i}`,
      args: [{ name: 'n', type: 'Int', fallback: '1' }],
      fails: undefined,
    });
    if (target !== undefined) builder.field(type, target.name, [subgraph]);
  }
  builder.note('mutation');
};
