import { ALWAYS, type Builder, EXTERNAL, giveMembers } from './builder.ts';
import { type Feature, type Field, type InterfaceType, membersOf, named, type ObjectType } from './model.ts';
import { asks } from './places.ts';

interface Part {
  readonly text: string;
  readonly features: readonly Feature[];
  /** Makes the subgraph's definitions agree. */
  readonly settle: () => void;
}

/** A computed field: its subgraph needs fields of the entity that others have. */
export const addRequires = (builder: Builder): void => {
  const { model, random } = builder;
  const m = model.interfaces.get('M');
  if (m !== undefined && random.chance(0.15) && !builder.without.has('@interfaceObject with @requires'))
    onInterfaceObject(builder, m);
  else onEntity(builder);
};

const onEntity = (builder: Builder): void => {
  const { random } = builder;
  const simple = builder.without.has('@requires of a type with several keys');
  const types = builder
    .entities()
    .filter((type) => builder.homes(type).length > 0 && !(simple && type.keys.length > 1));
  if (types.length === 0) return;
  const type = random.pick(types);
  const subgraph = random.pick(builder.homes(type));
  const parts = [...type.fields.values()].flatMap((field) => part(builder, subgraph, type, field) ?? []);
  const allowed = parts.filter(({ features }) => !features.some((feature) => builder.without.has(feature)));
  const chosen = builder.some(allowed, 1 + random.below(3));
  if (chosen.length === 0) return;
  for (const { settle } of chosen) settle();
  if (type.keys.length > 1) builder.note('@requires of a type with several keys');
  for (const feature of new Set(chosen.flatMap(({ features }) => features))) builder.note(feature);
  const requires = chosen.map(({ text }) => text).join(' ');
  builder.field(type, resultOf(builder, subgraph), [subgraph], { requires });
};

const resultOf = (builder: Builder, subgraph: string): string => {
  const { random } = builder;
  const entity = random.pick(builder.entities()).name;
  return builder.wrap(random.chance(0.25) && builder.canDefine(subgraph, entity) ? entity : builder.leaf());
};

const onInterfaceObject = (builder: Builder, type: InterfaceType): void => {
  const [subgraph] = builder.some(
    [...type.at].flatMap(([name, how]) => (how === 'object' ? [name] : [])),
    1,
  );
  const title = type.fields.get('title');
  if (subgraph === undefined || title === undefined) return;
  title.at.set(subgraph, EXTERNAL);
  const field = builder.field(type, builder.wrap(builder.leaf()), [subgraph], { requires: 'title' });
  giveMembers(builder, type, field);
  builder.note('@interfaceObject with @requires');
};

/** Does it never fail, and is it asked for somewhere? */
const isSafe = ({ fails, nobody, needs }: Field): boolean =>
  fails === undefined && nobody === undefined && needs === undefined;

const part = (builder: Builder, subgraph: string, type: ObjectType, field: Field): Part | undefined => {
  const here = field.at.get(subgraph);
  const free = here === undefined || here.directives.includes('@external');
  if (!isSafe(field) || !free || field.name === 'id' || asks(field).length === 0) return undefined;
  const call = literalCall(builder, field);
  const features: Feature[] = ['@requires'];
  if (call !== '') features.push('@requires with arguments');
  if (field.type.includes('[')) features.push('@requires a list');
  if (field.requires !== undefined) features.push('@requires what is computed');
  const target = named(field.type);
  if (!builder.canDefine(subgraph, target)) return undefined;
  const mark = (): void => {
    builder.define(subgraph, target);
    if (here === undefined) field.at.set(subgraph, EXTERNAL);
  };
  const below = selection(builder, subgraph, target, asks(field));
  if (below === undefined) return undefined;
  if (below.text === '')
    return leafPart(builder, type, field, { text: `${field.name}${call}`, features, settle: mark });
  return {
    text: `${field.name}${call} ${below.text}`,
    features: [...features, ...below.features],
    settle: () => {
      mark();
      below.settle();
    },
  };
};

/** Sometimes a field that is required is hidden from clients. */
const leafPart = (builder: Builder, type: ObjectType, field: Field, part: Part): Part => {
  const { model, random } = builder;
  const isCommon = [...model.interfaces.values()].some(({ fields }) => fields.has(field.name));
  const isKey = type.keys.some((fields) => fields.split(/\W+/).includes(field.name));
  if (isCommon || isKey || !random.chance(0.3) || builder.without.has('@requires what is inaccessible')) return part;
  return {
    ...part,
    features: [...part.features, '@requires what is inaccessible'],
    settle: () => {
      part.settle();
      field.hidden = true;
    },
  };
};

/** What is selected below a required field: nothing of a leaf, some of a value, an entity or an abstract type's members. */
const selection = (builder: Builder, subgraph: string, target: string, owners: readonly string[]): Part | undefined => {
  const { model } = builder;
  const object = model.objects.get(target);
  if (object !== undefined) return objectSelection(builder, subgraph, object);
  if (!model.interfaces.has(target) && !model.unions.has(target))
    return { text: '', features: [], settle: () => undefined };
  const keyed = model.interfaces.get(target);
  if (keyed !== undefined && builder.isKeyed(keyed)) return undefined;
  const parts = membersOf(model, target).flatMap((name) => {
    const member = model.objects.get(name);
    if (member === undefined || ![subgraph, ...owners].every((one) => member.at.has(one))) return [];
    const inner = builder.canDefine(subgraph, name) ? objectSelection(builder, subgraph, member) : undefined;
    return inner === undefined ? [] : [{ name, inner }];
  });
  // an interface's implementations in a subgraph are known at the end: only those that it names by id are sure
  if (parts.length === 0 || model.interfaces.has(target)) return undefined;
  return {
    text: `{ ${parts.map(({ name, inner }) => `... on ${name} ${inner.text}`).join(' ')} }`,
    features: ['@requires an abstract type'],
    settle: () => {
      for (const { inner } of parts) inner.settle();
    },
  };
};

const objectSelection = (builder: Builder, subgraph: string, type: ObjectType): Part | undefined => {
  const safe = [...type.fields.values()].filter(
    (field) =>
      isSafe(field) &&
      asks(field).length > 0 &&
      isLeaf(builder, field) &&
      (type.kind === 'value' ? !type.closed.has(subgraph) : field.name !== 'id' || type.at.has(subgraph)),
  );
  const chosen = builder.some(type.kind === 'value' && type.at.size === 0 ? [] : safe, 1 + builder.random.below(2));
  if (chosen.length === 0) return undefined;
  return {
    text: `{ ${chosen.map((field) => `${field.name}${literalCall(builder, field)}`).join(' ')} }`,
    features: [type.kind === 'value' ? '@requires nested' : '@requires through an entity'],
    settle: () => {
      for (const field of chosen)
        if (!field.at.has(subgraph)) field.at.set(subgraph, type.kind === 'value' ? ALWAYS : EXTERNAL);
    },
  };
};

const isLeaf = ({ model }: Builder, { type }: Field): boolean =>
  !model.objects.has(named(type)) && !model.interfaces.has(named(type)) && !model.unions.has(named(type));

const LITERALS: Readonly<Record<string, readonly string[]>> = {
  n: ['7', 'null'],
  most: ['1', '2'],
  text: ['"x"'],
  mood: ['SOFT', 'LOUD'],
  must: ['4', '5'],
  ids: ['["a", "b"]', '[]'],
  filter: ['{ words: ["w"], order: { by: "y" } }'],
  by: ['{ by: "z" }'],
  stamp: ['"now"'],
};

const literalCall = ({ random }: Builder, { args }: Field): string => {
  const given = args.flatMap(({ name, type }) =>
    type.endsWith('!') || random.chance(0.5) ? [`${name}: ${random.pick(LITERALS[name] ?? ['null'])}`] : [],
  );
  return given.length === 0 ? '' : `(${given.join(', ')})`;
};
