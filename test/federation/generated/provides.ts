import type { Builder } from './builder.ts';
import { type Field, type InterfaceType, named, type ObjectType, type Place } from './model.ts';
import { asks } from './places.ts';

const PROVIDED: Place = { directives: ['@external'], asked: 'provided' };

/** A field below which its subgraph answers what is otherwise another's. */
export const addProvides = (builder: Builder): void => {
  const { model, random } = builder;
  const sources = [...model.objects.values()].flatMap((type) =>
    type.kind === 'value' || type.closed.size > 0
      ? []
      : [...type.fields.values()].flatMap((field) => source(builder, field) ?? []),
  );
  if (sources.length === 0) return;
  const { field, subgraph } = random.pick(sources);
  const place = field.at.get(subgraph);
  const target = named(field.type);
  const abstract = model.interfaces.get(target)?.members ?? model.unions.get(target)?.members;
  const made = abstract === undefined ? provided(builder, subgraph, target, 0) : onMembers(builder, subgraph, abstract);
  if (made === undefined || place === undefined) return;
  field.at.set(subgraph, { ...place, provides: made.text });
  builder.note('@provides');
  if (made.nested) builder.note('@provides nested');
  if (abstract !== undefined) builder.note('@provides on a member of an abstract type');
  if (field.type.includes('[')) builder.note('@provides in a list');
};

/** A field that one subgraph alone answers, and that leads to entities. */
const source = ({ model, without }: Builder, field: Field): { field: Field; subgraph: string } | undefined => {
  const [subgraph, another] = asks(field);
  const place = field.at.get(subgraph ?? '');
  const free = field.at.size === 1 && place?.directives.length === 0 && place.provides === undefined;
  if (subgraph === undefined || another !== undefined || !free || field.nobody !== undefined) return undefined;
  const target = named(field.type);
  const type = model.interfaces.get(target);
  if (type !== undefined && [...type.at.values()].includes('keyed')) return undefined;
  const isAbstract = type !== undefined || model.unions.has(target);
  if (isAbstract && without.has('@provides on a member of an abstract type')) return undefined;
  return isAbstract || model.objects.get(target)?.kind === 'entity' ? { field, subgraph } : undefined;
};

const onMembers = (
  builder: Builder,
  subgraph: string,
  members: readonly string[],
): { text: string; nested: boolean } | undefined => {
  const present = members.filter((name) => {
    const at = builder.model.objects.get(name);
    return at?.at.has(subgraph) === true && !at.closed.has(subgraph) && at.fields.get('id')?.at.has(subgraph) === true;
  });
  const parts = builder.some(present, 2).flatMap((name) => {
    const made = provided(builder, subgraph, name, 1);
    return made === undefined ? [] : [`... on ${name} { ${made.text} }`];
  });
  return parts.length === 0 ? undefined : { text: parts.join(' '), nested: false };
};

const provided = (
  builder: Builder,
  subgraph: string,
  name: string,
  depth: number,
): { text: string; nested: boolean } | undefined => {
  const type = builder.model.objects.get(name);
  if (type === undefined || !type.at.has(subgraph)) return undefined;
  const parts = builder.some(candidates(builder, type, subgraph), 2).flatMap((field) => {
    const target = builder.model.objects.get(named(field.type));
    if (target === undefined) {
      share(field, subgraph);
      return [{ text: field.name, nested: false }];
    }
    if (depth > 0 || !builder.canDefine(subgraph, target.name) || builder.without.has('@provides nested')) return [];
    builder.define(subgraph, target.name);
    const below =
      target.kind === 'value'
        ? valueFields(builder, target)
        : provided(builder, subgraph, target.name, depth + 1)?.text;
    if (below === undefined || below === '') return [];
    share(field, subgraph);
    return [{ text: `${field.name} { ${below} }`, nested: true }];
  });
  if (parts.length === 0) return undefined;
  return { text: parts.map(({ text }) => text).join(' '), nested: parts.some(({ nested }) => nested) };
};

/** All of a value type, down to its leaves. */
const valueFields = (builder: Builder, type: ObjectType): string =>
  [...type.fields.values()]
    .flatMap((field) => {
      const target = builder.model.objects.get(named(field.type));
      if (builder.model.interfaces.has(named(field.type)) || builder.model.unions.has(named(field.type))) return [];
      if (field.args.length > 0) return [];
      if (target === undefined) return [field.name];
      const below = target.kind === 'value' ? valueFields(builder, target) : '';
      return below === '' ? [] : [`${field.name} { ${below} }`];
    })
    .join(' ');

/** Fields that the subgraph does not have by itself, and that may be shared. */
const candidates = ({ model }: Builder, type: ObjectType, subgraph: string): Field[] =>
  [...type.fields.values()].filter((field) => {
    const here = field.at.get(subgraph);
    const free = here === undefined || here.asked === 'provided' || here.directives.includes('@external');
    const elsewhere = [...field.at].filter(([name]) => name !== subgraph).map(([, place]) => place);
    const plain = elsewhere.every(({ directives }) =>
      directives.every((one) => one === '@shareable' || one === '@external'),
    );
    const target = named(field.type);
    const simple = !model.interfaces.has(target) && !model.unions.has(target) && !isKey(type, field);
    const own = [...model.interfaces.values()].some(
      (one: InterfaceType) => one.name === 'M' && one.fields.has(field.name),
    );
    return (
      free &&
      plain &&
      simple &&
      !own &&
      asks(field).length > 0 &&
      field.args.length === 0 &&
      field.requires === undefined &&
      field.needs === undefined &&
      field.nobody === undefined &&
      !model.objects.get(target)?.closed.size
    );
  });

const isKey = (type: ObjectType, { name }: Field): boolean =>
  type.keys.some((fields) => fields.split(/\W+/).includes(name)) || name === 'alias';

const share = (field: Field, subgraph: string): void => {
  for (const [name, place] of field.at)
    if (name !== subgraph && place.asked === 'always' && !place.directives.includes('@shareable'))
      field.at.set(name, { ...place, directives: [...place.directives, '@shareable'] });
  field.at.set(subgraph, PROVIDED);
};
