import { Random } from '../../random.ts';
import { addEntityInterface, addInterfaces, addUnions } from './abstract.ts';
import { addLeaf, addObject, Builder, newField, SHARED } from './builder.ts';
import { addFeatures } from './features.ts';
import { finish } from './finish.ts';
import type { Feature, Model } from './model.ts';

const SUBGRAPHS = ['alder', 'birch', 'cedar', 'dogwood', 'elm', 'fir'];

export interface GenerateOptions {
  /** Features to leave out. */
  readonly without?: readonly Feature[];
}

/** A graph over three to six subgraphs, with as many of Federation 2's features as fit; the same for the same seed. */
export const generate = (seed: number, { without = [] }: GenerateOptions = {}): Model => {
  const random = new Random(seed);
  const model: Model = {
    subgraphs: SUBGRAPHS.slice(0, 3 + random.below(4)),
    objects: new Map(),
    interfaces: new Map(),
    unions: new Map(),
    enums: new Map([
      ['Mood', ['CALM', 'GLAD', 'GRIM']],
      ['Tone', ['LOUD', 'SOFT']],
    ]),
    scalars: ['Stamp', 'Json'],
    inputs: new Map([
      [
        'Filter',
        [
          { name: 'least', type: 'Int', fallback: '2' },
          { name: 'words', type: '[String!]' },
          { name: 'order', type: 'Order' },
          { name: 'stamp', type: 'Stamp' },
        ],
      ],
      [
        'Order',
        [
          { name: 'by', type: 'String!' },
          { name: 'tone', type: 'Tone', fallback: 'LOUD' },
          { name: 'orders', type: '[[Order]]' },
        ],
      ],
    ]),
    extras: new Map(),
    features: new Map(),
  };
  const builder = new Builder(model, random, new Set(without));
  addObject(builder, 'Query', 'root');
  addEntities(builder);
  addEntityInterface(builder);
  addInterfaces(builder);
  addUnions(builder);
  addValues(builder);
  addReferences(builder);
  addRoots(builder);
  addFeatures(builder);
  finish(builder);
  return model;
};

const addEntities = (builder: Builder): void => {
  const { model, random } = builder;
  addObject(builder, 'Spot', 'value');
  const spot = model.objects.get('Spot');
  if (spot !== undefined) {
    newField(spot, 'zone', 'String!');
    newField(spot, 'slot', 'Int!');
  }
  const count = 4 + random.below(3);
  for (let i = 0; i < count; i++) addEntity(builder, `E${i}`);
};

/** Further keys of an entity, beside its id. */
const KEYS = [
  { fields: 'code', feature: 'multiple keys', of: { code: 'String!' } },
  { fields: 'region number', feature: 'compound key', of: { region: 'String!', number: 'Int!' } },
  { fields: 'spot { zone slot }', feature: 'nested key', of: { spot: 'Spot!' } },
  { fields: 'parent { id } rank', feature: 'nested key through an entity', of: { parent: 'E0!', rank: 'Int!' } },
  { fields: 'secret', feature: 'inaccessible key', of: { secret: 'ID!' } },
] as const;

const addEntity = (builder: Builder, name: string): void => {
  const { model, random } = builder;
  const type = addObject(builder, name, 'entity');
  newField(type, 'id', 'ID!');
  type.keys.push('id');
  const [owner = '', ...others] = builder.some(model.subgraphs, 2 + random.below(3));
  builder.key(type, owner, { fields: 'id', resolvable: true });
  for (const { fields, feature, of } of builder.some(KEYS, random.below(3))) {
    if (builder.without.has(feature) || (feature === 'nested key through an entity' && name === 'E0')) continue;
    for (const [field, fieldType] of Object.entries(of)) newField(type, field, fieldType);
    const secret = type.fields.get('secret');
    if (secret !== undefined) secret.hidden = true;
    type.keys.push(fields);
    builder.key(type, owner, { fields, resolvable: true });
    builder.note('multiple keys');
    builder.note(feature);
  }
  for (const subgraph of others)
    for (const fields of builder.some(type.keys, random.chance(0.3) ? 2 : 1)) {
      builder.key(type, subgraph, { fields, resolvable: true });
    }
  const most = 3 + random.below(4);
  for (let i = 0; i < most; i++) addLeaf(builder, type);
};

/** Objects without a key: plain, one in another, with an entity, with an interface. */
const addValues = (builder: Builder): void => {
  const { random } = builder;
  const targets: Readonly<Record<string, () => string | undefined>> = {
    V0: () => undefined,
    V1: () => builder.wrap('V0'),
    V2: () => builder.wrap(random.pick(builder.entities()).name),
    V3: () => builder.wrap(random.pick(['I0', 'U0']), true),
  };
  for (const [name, target] of Object.entries(targets)) {
    if (name === 'V2' && builder.without.has('entity in a value type')) continue;
    if (name === 'V3' && builder.without.has('interface in a value type')) continue;
    const type = addObject(builder, name, 'value');
    for (let i = 0; i < 2 + random.below(2); i++) builder.field(type, builder.wrap(builder.leaf()), []);
    const of = target();
    if (of !== undefined) builder.field(type, of, []);
  }
};

/** What a subgraph may name: an entity, an interface, a union or a value type. */
const targetIn = (builder: Builder, subgraphs: readonly string[]): string | undefined => {
  const { model, random } = builder;
  const can = (names: Iterable<string>): string[] =>
    [...names].filter((name) => subgraphs.every((subgraph) => builder.canDefine(subgraph, name)));
  const kinds = [
    can(builder.entities().map(({ name }) => name)),
    can(model.interfaces.keys()),
    can(model.unions.keys()),
    can([...model.objects.values()].flatMap(({ name, kind }) => (kind === 'value' && name !== 'Spot' ? [name] : []))),
  ].filter((list) => list.length > 0);
  const name = kinds.length === 0 ? undefined : random.pick(random.pick(kinds));
  if (name !== undefined) noteTarget(builder, name);
  return name;
};

const noteTarget = (builder: Builder, name: string): void => {
  if (name.startsWith('V')) builder.note('shareable value type');
  if (name === 'V2') builder.note('entity in a value type');
  if (name === 'V3') builder.note('interface in a value type');
};

const isAbstract = ({ model }: Builder, name: string): boolean => model.interfaces.has(name) || model.unions.has(name);

const addReferences = (builder: Builder): void => {
  const { random } = builder;
  for (const type of builder.entities()) {
    const most = 2 + random.below(3);
    for (let i = 0; i < most; i++) {
      const homes = builder.homes(type);
      const subgraphs = builder.some(homes, random.chance(0.2) ? 2 : 1);
      const target = targetIn(builder, subgraphs);
      if (target === undefined) continue;
      if (subgraphs.length > 1) builder.note('shareable field');
      builder.field(type, builder.wrap(target, isAbstract(builder, target)), subgraphs);
    }
  }
};

const addRoots = (builder: Builder): void => {
  const { model, random } = builder;
  const query = model.objects.get('Query');
  if (query === undefined) return;
  for (const subgraph of model.subgraphs) {
    builder.field(query, builder.wrap(builder.leaf()), [subgraph]);
    for (let i = 0; i < 3; i++) {
      const target = targetIn(builder, [subgraph]);
      if (target !== undefined) builder.field(query, builder.wrap(target, isAbstract(builder, target)), [subgraph]);
    }
  }
  for (const type of builder.entities()) {
    const home = builder.homes(type)[0];
    if (home !== undefined) builder.field(query, `[${type.name}!]!`, [home], { fails: undefined });
  }
  for (let i = 0; i < 2; i++) {
    const subgraphs = builder.some(model.subgraphs, 2 + random.below(2));
    const target = random.chance(0.3) ? builder.leaf() : targetIn(builder, subgraphs);
    if (target === undefined) continue;
    builder.field(query, builder.wrap(target, isAbstract(builder, target)), subgraphs, { place: SHARED });
    builder.note('shared root field');
  }
};
