import type { Builder } from './builder.ts';
import { type Field, type InterfaceType, type Model, named, type ObjectType } from './model.ts';
import { asks } from './places.ts';

/** Settles what follows from where everything has come to stand: implementations, members, what is known of nobody. */
export const finish = (builder: Builder): void => {
  const { model } = builder;
  for (const type of model.interfaces.values()) for (const subgraph of type.at.keys()) declare(model, type, subgraph);
  for (const union of model.unions.values())
    for (const subgraph of union.at.keys())
      union.at.set(
        subgraph,
        union.members.filter((name) => isOpen(model.objects.get(name), subgraph)),
      );
  for (const { at } of model.unions.values()) if (differs([...at.values()])) builder.note('union over subgraphs');
  for (const type of model.interfaces.values()) {
    const present = [...type.at].flatMap(([subgraph, how]) =>
      how === 'interface' ? [presentIn(model, type, subgraph)] : [],
    );
    if (differs(present)) builder.note('interface over subgraphs');
    if (type.parent !== undefined && type.at.size > 0) builder.note('interface of an interface');
  }
  for (const type of [...model.objects.values(), ...model.interfaces.values()])
    for (const field of type.fields.values()) settle(model, field);
  const fields = [...model.objects.values()].flatMap((type) => [...type.fields.values()]);
  if (!fields.some(({ nobody }) => nobody !== undefined)) model.features.delete('reference to nobody');
};

const isOpen = (type: ObjectType | undefined, subgraph: string): boolean =>
  type?.at.has(subgraph) === true && !type.closed.has(subgraph);

const differs = (lists: readonly (readonly string[])[]): boolean => new Set(lists.map((list) => list.join())).size > 1;

const presentIn = (model: Model, type: InterfaceType, subgraph: string): string[] =>
  type.members.filter((name) => {
    const member = model.objects.get(name);
    return isOpen(member, subgraph) && member?.fields.get('id')?.at.has(subgraph) === true;
  });

const declare = (model: Model, type: InterfaceType, subgraph: string): void => {
  const how = type.at.get(subgraph);
  const names = new Set<string>();
  type.declared.set(subgraph, names);
  if (how === 'object' || how === 'stub') {
    for (const field of type.fields.values()) if (field.at.has(subgraph)) names.add(field.name);
    return;
  }
  const present = presentIn(model, type, subgraph).flatMap((name) => model.objects.get(name) ?? []);
  for (const member of present) {
    const known = member.implements.get(subgraph) ?? new Set();
    member.implements.set(subgraph, known.add(type.name));
  }
  for (const { name } of type.fields.values()) {
    const all = present.every(({ fields }) => {
      const place = fields.get(name)?.at.get(subgraph);
      return place !== undefined && !place.directives.includes('@external');
    });
    if (all && present.length > 0) names.add(name);
  }
};

const settle = (model: Model, field: Field): void => {
  const at = asks(field);
  const known = at.map((subgraph) => behind(model, named(field.type), subgraph));
  const [first, ...rest] = known;
  if (first !== undefined) field.members = first.filter((name) => rest.every((other) => other.includes(name)));
  if (field.nobody === undefined) return;
  const [subgraph = ''] = at;
  const target = model.objects.get(named(field.type));
  const answered = [...(target?.fields.values() ?? [])].filter(({ at }) => at.get(subgraph)?.asked === 'always');
  // whoever is known of somebody who is not there might be asked for through either of them: nobody says which
  const leads = answered.some(({ type }) => model.objects.has(named(type)) || model.interfaces.has(named(type)));
  if (leads) delete field.nobody;
  else field.nobody = answered.map(({ name }) => name);
};

/** The object types that a subgraph can give where it says a type. */
const behind = (model: Model, name: string, subgraph: string): readonly string[] => {
  const type = model.interfaces.get(name);
  if (type !== undefined)
    return type.at.get(subgraph) === 'interface' ? presentIn(model, type, subgraph) : type.members;
  return model.unions.get(name)?.at.get(subgraph) ?? [name];
};
