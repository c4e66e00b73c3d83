import { ALWAYS, addLeaf, addObject, type Builder, giveMembers, newField } from './builder.ts';
import { type InterfaceType, named } from './model.ts';

/** An interface that is an entity, in one subgraph with all its types, in others as an object. */
export const addEntityInterface = (builder: Builder): void => {
  const { model, random } = builder;
  if (builder.without.has('@interfaceObject') || random.chance(0.2)) return;
  const [home = '', ...rest] = builder.some(model.subgraphs, model.subgraphs.length);
  const objects = rest.slice(0, 1 + random.below(2));
  const type: InterfaceType = { name: 'M', members: [], fields: new Map(), at: new Map(), declared: new Map() };
  newField(type, 'id', 'ID!');
  for (const subgraph of [home, ...objects]) type.fields.get('id')?.at.set(subgraph, ALWAYS);
  model.interfaces.set('M', type);
  type.at.set(home, 'keyed');
  const common = { name: 'title', of: builder.wrap('String') };
  builder.field(type, common.of, [home], { name: common.name, args: [], fails: undefined });
  for (const name of ['M0', 'M1', 'M2'].slice(0, 2 + random.below(2))) {
    const member = addObject(builder, name, 'entity');
    type.members.push(name);
    newField(member, 'id', 'ID!');
    member.keys.push('id');
    const extra = rest.filter((subgraph) => !objects.includes(subgraph));
    for (const subgraph of [home, ...(extra.length > 0 && random.chance(0.5) ? [random.pick(extra)] : [])])
      builder.key(member, subgraph, { fields: 'id', resolvable: true });
    builder.field(member, common.of, [home], { name: common.name, args: [], fails: undefined });
    for (let i = 0; i < 3; i++) addLeaf(builder, member);
  }
  for (const subgraph of objects) {
    type.at.set(subgraph, 'object');
    builder.note('@interfaceObject');
    for (let i = 0; i < 2; i++) {
      const of = random.chance(0.4) ? builder.wrap('M') : builder.wrap(builder.leaf());
      const field = builder.field(type, of, [subgraph]);
      giveMembers(builder, type, field);
    }
  }
};

export const addInterfaces = (builder: Builder): void => {
  const { model, random } = builder;
  const candidates = [...model.objects.values()].flatMap(({ name, kind }) => (kind === 'entity' ? [name] : []));
  const one = addInterface(builder, 'I0', builder.some(candidates, 2 + random.below(3)), undefined);
  const able = one.members.filter((name) => [...one.at.keys()].every((subgraph) => builder.canDefine(subgraph, name)));
  if (able.length > 0 && random.chance(0.6) && !builder.without.has('interface of an interface'))
    addInterface(builder, 'I1', builder.some(able, 2), one);
  if (random.chance(0.5)) addInterface(builder, 'I2', builder.some(candidates, 2), undefined);
};

const addInterface = (
  builder: Builder,
  name: string,
  members: string[],
  parent: InterfaceType | undefined,
): InterfaceType => {
  const { model, random } = builder;
  const type: InterfaceType = { name, members, fields: new Map(parent?.fields), at: new Map(), declared: new Map() };
  if (parent !== undefined) type.parent = parent.name;
  model.interfaces.set(name, type);
  for (const subgraph of parent?.at.keys() ?? []) builder.define(subgraph, name);
  if (parent === undefined) newField(type, 'id', 'ID!');
  for (let i = 0; i < 1 + random.below(3); i++) {
    const leaf = builder.leaf();
    const of = random.chance(0.3) ? name : random.chance(0.3) ? `[${leaf}]` : leaf;
    const common = builder.field(type, of, []);
    for (const member of members) addCommon(builder, type, common.name, member);
  }
  return type;
};

const addCommon = (builder: Builder, type: InterfaceType, name: string, member: string): void => {
  const { model, random } = builder;
  const object = model.objects.get(member);
  const common = type.fields.get(name);
  if (object === undefined || common === undefined) return;
  const narrower = random.chance(0.3) && !builder.without.has('interface with a covariant field');
  const target = common.type === type.name && narrower ? random.pick(type.members) : undefined;
  const of = target ?? (narrower && common.type !== type.name ? `${common.type}!` : common.type);
  const homes = builder.homes(object).filter((subgraph) => builder.canDefine(subgraph, named(of)));
  const [home] = builder.some(homes, 1);
  if (home === undefined) throw new Error('No subgraph can have it.');
  if (of !== common.type) builder.note('interface with a covariant field');
  if (common.type === type.name) builder.define(home, type.name);
  if (target !== undefined) builder.define(home, target, true);
  builder.field(object, of, [home], { name, args: common.args });
};

export const addUnions = (builder: Builder): void => {
  const { model, random } = builder;
  const entities = builder.entities().map(({ name }) => name);
  for (let i = 0; i < 2; i++)
    model.unions.set(`U${i}`, { name: `U${i}`, members: builder.some(entities, 2 + random.below(3)), at: new Map() });
};
