import { Kind } from 'graphql';
import type { Random } from '../../random.ts';
import { selectionOf } from './data.ts';
import {
  type Argument,
  type Feature,
  type Field,
  type InterfaceType,
  type Key,
  type Model,
  membersOf,
  named,
  type ObjectType,
  type Place,
} from './model.ts';

export const ALWAYS: Place = { directives: [], asked: 'always' };
export const SHARED: Place = { directives: ['@shareable'], asked: 'always' };
export const EXTERNAL: Place = { directives: ['@external'], asked: 'never' };

const LEAVES = ['Int', 'String', 'Float', 'Boolean', 'ID', 'Mood', 'Stamp', 'Json'];
const ARGUMENTS: readonly Argument[] = [
  { name: 'n', type: 'Int', fallback: '3' },
  { name: 'most', type: 'Int' },
  { name: 'text', type: 'String', fallback: '"a \\"b\\""' },
  { name: 'mood', type: 'Tone', fallback: 'LOUD' },
  { name: 'must', type: 'Int!' },
  { name: 'ids', type: '[ID!]' },
  { name: 'filter', type: 'Filter' },
  { name: 'by', type: 'Order', fallback: '{ by: "name", tone: SOFT }' },
  { name: 'stamp', type: 'Stamp' },
];

interface FieldOptions extends Partial<Pick<Field, 'requires' | 'needs' | 'nobody' | 'made' | 'args' | 'fails'>> {
  readonly name?: string;
  readonly place?: Place;
}

/** Puts a graph together so that it composes: whatever a subgraph names, it also defines. */
export class Builder {
  readonly model: Model;
  readonly random: Random;
  readonly without: ReadonlySet<Feature>;
  #names = 0;

  constructor(model: Model, random: Random, without: ReadonlySet<Feature>) {
    this.model = model;
    this.random = random;
    this.without = without;
  }

  note(feature: Feature): void {
    this.model.features.set(feature, (this.model.features.get(feature) ?? 0) + 1);
  }

  name(prefix: string): string {
    this.#names += 1;
    return `${prefix}${this.#names}`;
  }

  entities(): ObjectType[] {
    return [...this.model.objects.values()].filter(({ kind }) => kind === 'entity');
  }

  /** Subgraphs that can be asked for an entity, and name it by themselves. */
  homes(type: ObjectType): string[] {
    return [...type.at].flatMap(([subgraph, keys]) =>
      keys.some(({ resolvable }) => resolvable) && !type.closed.has(subgraph) ? [subgraph] : [],
    );
  }

  some<T>(list: readonly T[], most: number): T[] {
    const left = [...list];
    const taken: T[] = [];
    while (left.length > 0 && taken.length < most) taken.push(...left.splice(this.random.below(left.length), 1));
    return taken;
  }

  leaf(): string {
    const type = this.random.pick(LEAVES);
    if (type === 'Stamp' || type === 'Json') this.note('custom scalar');
    return type;
  }

  wrap(type: string, nullable = false): string {
    const shapes = nullable
      ? ['T', 'T', '[T]', '[T]!', '[[T]]']
      : ['T', 'T', 'T!', '[T]', '[T!]', '[T!]!', '[[T!]!]', '[[T]]!'];
    const shape = this.random.pick(shapes);
    if (shape.includes('[[')) this.note('nested list');
    return shape.replace('T', type);
  }

  #args(): Argument[] {
    if (!this.random.chance(0.3)) return [];
    this.note('arguments');
    const args = this.some(ARGUMENTS, 1 + this.random.below(2));
    if (args.some(({ type }) => type === 'Filter' || type === 'Order')) this.note('input object');
    return args;
  }

  /** A new field of a type in some subgraphs. */
  field(type: ObjectType | InterfaceType, of: string, subgraphs: readonly string[], options: FieldOptions = {}): Field {
    const { name = this.name('f'), place = subgraphs.length > 1 ? SHARED : ALWAYS, ...more } = options;
    const list = of.startsWith('[');
    const fails = this.random.chance(of.endsWith('!') ? 0.08 : 0.2)
      ? this.random.pick(['whole', list ? 'items' : 'whole'] as const)
      : undefined;
    const field: Field = { name, type: of, args: this.#args(), fails, at: new Map(), ...more };
    if (field.fails !== undefined) this.note(field.fails === 'items' ? 'failing item' : 'failing field');
    type.fields.set(name, field);
    for (const subgraph of subgraphs) {
      field.at.set(subgraph, { ...place });
      this.define(subgraph, named(of));
    }
    return field;
  }

  /** May a subgraph name a type? */
  canDefine(subgraph: string, name: string, seen = new Set<string>()): boolean {
    if (seen.has(name)) return true;
    seen.add(name);
    const object = this.model.objects.get(name);
    if (object?.kind === 'value')
      return [...object.fields.values()].every(({ type }) => this.canDefine(subgraph, named(type), seen));
    if (object !== undefined) return !object.closed.has(subgraph) && !this.#standsFor(subgraph, name);
    const type = this.model.interfaces.get(name);
    if (type !== undefined && this.isKeyed(type))
      return type.at.has(subgraph) || type.members.every((member) => !this.model.objects.get(member)?.at.has(subgraph));
    const lists =
      type === undefined ? [membersOf(this.model, name)] : this.#related(type).map(({ members }) => members);
    return lists.every((list) => list[0] === name || list.some((member) => this.canDefine(subgraph, member)));
  }

  /** An interface with those that it implements or that implement it. */
  #related(type: InterfaceType): InterfaceType[] {
    return [...this.model.interfaces.values()].filter(
      ({ name, parent }) => name === type.name || name === type.parent || parent === type.name,
    );
  }

  /** Does a subgraph have an interface of the type as an object? */
  #standsFor(subgraph: string, name: string): boolean {
    return [...this.model.interfaces.values()].some(({ members, at }) => {
      const how = at.get(subgraph);
      return members.includes(name) && (how === 'object' || how === 'stub');
    });
  }

  isKeyed(type: InterfaceType): boolean {
    return [...type.at.values()].some((how) => how === 'keyed');
  }

  /** Makes a subgraph define a type that it names. */
  define(subgraph: string, name: string, byId = false): void {
    const object = this.model.objects.get(name);
    if (object?.kind === 'value') this.#defineValue(subgraph, object);
    else if (object !== undefined) this.#defineEntity(subgraph, object, byId);
    const type = this.model.interfaces.get(name);
    if (type !== undefined) this.#defineInterface(subgraph, type);
    const union = this.model.unions.get(name);
    if (union === undefined || union.at.has(subgraph)) return;
    union.at.set(subgraph, []);
    this.#defineMembers(subgraph, union.members, false);
  }

  #defineValue(subgraph: string, type: ObjectType): void {
    if (type.at.has(subgraph)) return;
    type.at.set(subgraph, []);
    for (const field of type.fields.values()) {
      field.at.set(subgraph, ALWAYS);
      this.define(subgraph, named(field.type));
    }
  }

  #defineEntity(subgraph: string, type: ObjectType, byId: boolean): void {
    const keys = type.at.get(subgraph);
    if (keys !== undefined) {
      if (byId && type.fields.get('id')?.at.get(subgraph)?.asked !== 'always')
        this.key(type, subgraph, { fields: 'id', resolvable: keys.some(({ resolvable }) => resolvable) });
      return;
    }
    this.note('stub');
    this.key(type, subgraph, { fields: byId ? 'id' : this.random.pick(type.keys), resolvable: false });
  }

  #defineInterface(subgraph: string, type: InterfaceType): void {
    if (type.at.has(subgraph)) return;
    if (this.isKeyed(type)) {
      type.at.set(subgraph, 'stub');
      type.fields.get('id')?.at.set(subgraph, ALWAYS);
      this.note('@interfaceObject as a stub');
      return;
    }
    type.at.set(subgraph, 'interface');
    this.#defineMembers(subgraph, type.members, true);
    for (const other of this.#related(type)) this.#defineInterface(subgraph, other);
  }

  #defineMembers(subgraph: string, members: readonly string[], byId: boolean): void {
    const can = members.filter((member) => this.canDefine(subgraph, member));
    for (const member of this.some(can, 1 + this.random.below(can.length))) this.define(subgraph, member, byId);
  }

  /** Gives an entity a key in a subgraph, with all that the key names. */
  key(type: ObjectType, subgraph: string, key: Key): void {
    const keys = type.at.get(subgraph) ?? [];
    type.at.set(subgraph, keys);
    if (keys.some(({ fields }) => fields === key.fields)) return;
    keys.push(key);
    for (const node of selectionOf(key.fields).selections) {
      const field = node.kind === Kind.FIELD ? type.fields.get(node.name.value) : undefined;
      if (field === undefined) throw new Error(`${type.name} has no key ${key.fields}.`);
      field.at.set(subgraph, ALWAYS);
      const target = named(field.type);
      this.define(subgraph, target, true);
    }
  }
}

/** Gives the types of an entity interface a field that a subgraph adds to the interface as an object. */
export const giveMembers = ({ model }: Builder, type: InterfaceType, field: Field): void => {
  for (const member of type.members)
    model.objects.get(member)?.fields.set(field.name, { ...field, at: new Map(field.at) });
};

/** A new object type. */
export const addObject = ({ model }: Builder, name: string, kind: ObjectType['kind']): ObjectType => {
  const at = new Map(kind === 'root' ? model.subgraphs.map((subgraph) => [subgraph, []]) : []);
  const type: ObjectType = { name, kind, fields: new Map(), at, implements: new Map(), keys: [], closed: new Set() };
  model.objects.set(name, type);
  return type;
};

/** A field that no subgraph has yet. */
export const newField = (type: ObjectType | InterfaceType, name: string, of: string): void => {
  type.fields.set(name, { name, type: of, args: [], at: new Map() });
};

/** Fields of few names, so that types that stand beside each other share some. */
export const addLeaf = (builder: Builder, type: ObjectType): void => {
  const { random } = builder;
  const homes = builder.homes(type);
  const shared = random.chance(0.25) && homes.length > 1;
  const name = random.pick(['name', 'size', 'note', 'tags', 'flag', 'when']);
  const leaf = builder.wrap(builder.leaf());
  builder.field(type, leaf, builder.some(homes, shared ? 2 : 1), type.fields.has(name) ? {} : { name });
  if (shared) builder.note('shareable field');
};
