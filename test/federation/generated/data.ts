import {
  type FieldNode,
  GraphQLError,
  type GraphQLSchema,
  getArgumentValues,
  isAbstractType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  parseType,
  type SelectionSetNode,
  type TypeNode,
} from 'graphql';
import { type Field, fieldOf, type Key, type Model, membersOf } from './model.ts';

/** Entities of each type that exist; what is named beyond them does not. */
export const ENTITIES = 6;
const BEYOND = 2;

/** An object as resolvers hand it on: who it is, never what it holds. */
export interface Thing {
  readonly __typename: string;
  readonly id: string;
  /** Of an entity that does not exist: the fields that are known of it. */
  readonly nobody?: readonly string[] | undefined;
  /** What the gateway sent to name it. */
  readonly representation?: Readonly<Record<string, unknown>>;
  /** External fields that may be asked for here. */
  readonly provided?: SelectionSetNode | undefined;
}

export type Arguments = Readonly<Record<string, unknown>>;

/** A hash of a text (FNV-1a, then mixed), as a whole number of 32 bits. */
export const hash = (text: string): number => {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

/** JSON with keys in order, so that equal values have equal texts. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value ?? null, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );

const sets = new Map<string, SelectionSetNode>();
/** The selection that a directive's `fields` stands for. */
export const selectionOf = (fields: string): SelectionSetNode => {
  const known = sets.get(fields);
  if (known !== undefined) return known;
  const { selectionSet } = parse(`{ ${fields} }`, { noLocation: true }).definitions[0] as OperationDefinitionNode;
  sets.set(fields, selectionSet);
  return selectionSet;
};

const types = new Map<string, TypeNode>();
const typeOf = (text: string): TypeNode => {
  const known = types.get(text) ?? parseType(text, { noLocation: true });
  types.set(text, known);
  return known;
};

const isThing = (value: unknown): value is Thing =>
  typeof value === 'object' && value !== null && '__typename' in value;

/** The data of a generated graph: every value is a pure function of the object, the field and the arguments. */
export class World {
  readonly model: Model;
  /** The graph as one schema, with all that is inaccessible. */
  readonly #whole: GraphQLSchema;
  readonly #seed: number;

  constructor(model: Model, whole: GraphQLSchema, seed: number) {
    this.model = model;
    this.#whole = whole;
    this.#seed = seed;
  }

  /** A field's value where everything is known. @throws GraphQLError where the field fails. */
  value(thing: Thing, name: string, args: Arguments): unknown {
    const field = fieldOf(this.model, thing.__typename, name);
    if (thing.nobody !== undefined && !thing.nobody.includes(name)) return null;
    if (field.needs !== undefined && this.value(thing, field.needs, {}) === null) return null;
    if (field.requires === undefined) return this.make(field, thing, args, '');
    return this.make(field, thing, args, canonical(this.#read(thing, selectionOf(field.requires))));
  }

  /** A field's value, `given` being what it is computed from. */
  make(field: Field, thing: Thing, args: Arguments, given: string): unknown {
    const at = `${thing.id}.${field.name}${canonical(args)}${given === '' ? '' : hash(given).toString(36)}`;
    if (field.fails === 'whole' && this.#hash(`${at}!`) % 6 === 0) throw new GraphQLError(`${at} fails`);
    return this.#nullable(typeOf(field.made ?? field.type), at, field);
  }

  /** The entity that a representation names in a subgraph. */
  find(type: string, keys: readonly Key[], given: Readonly<Record<string, unknown>>): Thing | undefined {
    for (const { fields } of keys) {
      const set = selectionOf(fields);
      const asked = canonical(pick(given, set));
      if (asked.includes('null')) continue;
      for (const thing of membersOf(this.model, type).flatMap((name) => this.all(name)))
        if (canonical(this.#read(thing, set)) === asked) return thing;
    }
    return undefined;
  }

  all(type: string): readonly Thing[] {
    return Array.from({ length: ENTITIES }, (_, i) => ({ __typename: type, id: `${type}-${i + 1}` }));
  }

  /** What a selection selects of an object. */
  #read(thing: Thing, set: SelectionSetNode): Record<string, unknown> {
    const made: Record<string, unknown> = {};
    for (const node of set.selections) {
      if (node.kind === Kind.INLINE_FRAGMENT && this.#isA(thing.__typename, node.typeCondition?.name.value))
        Object.assign(made, this.#read(thing, node.selectionSet));
      if (node.kind === Kind.FIELD)
        made[node.name.value] = this.#readValue(this.value(thing, node.name.value, this.#args(thing, node)), node);
    }
    return made;
  }

  #readValue(value: unknown, node: FieldNode): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#readValue(item, node));
    return isThing(value) && node.selectionSet !== undefined ? this.#read(value, node.selectionSet) : value;
  }

  #args(thing: Thing, node: FieldNode): Arguments {
    const type = this.#whole.getType(thing.__typename);
    const field = isObjectType(type) ? type.getFields()[node.name.value] : undefined;
    return field === undefined ? {} : getArgumentValues(field, node);
  }

  #isA(typename: string, condition: string | undefined): boolean {
    if (condition === undefined || typename === condition) return true;
    const [type, object] = [this.#whole.getType(condition), this.#whole.getType(typename)];
    return isAbstractType(type) && isObjectType(object) && this.#whole.isSubType(type, object);
  }

  #hash(text: string): number {
    return hash(`${this.#seed}${text}`);
  }

  #nullable(type: TypeNode, at: string, field: Field): unknown {
    if (type.kind === Kind.NON_NULL_TYPE) return this.#certain(type.type, at, field);
    return this.#hash(`${at}?`) % 7 === 0 ? null : this.#certain(type, at, field);
  }

  #certain(type: TypeNode, at: string, field: Field): unknown {
    if (type.kind === Kind.NON_NULL_TYPE) return this.#certain(type.type, at, field);
    if (type.kind === Kind.LIST_TYPE)
      return Array.from({ length: this.#hash(`${at}#`) % 4 }, (_, i) => {
        const item = `${at}[${i}]`;
        if (field.fails === 'items' && this.#hash(`${item}!`) % 6 === 0) return new GraphQLError(`${item} fails`);
        return this.#nullable(type.type, item, field);
      });
    return this.#named(type.name.value, at, field);
  }

  #named(name: string, at: string, field: Field): unknown {
    const h = this.#hash(at);
    const values = this.model.enums.get(name);
    if (values !== undefined) return values[h % values.length];
    if (LEAVES[name] !== undefined) return LEAVES[name](h);
    const members = field.members ?? membersOf(this.model, name);
    const member = members[this.#hash(`${at}:`) % Math.max(1, members.length)];
    if (member === undefined) return null;
    const type = this.model.objects.get(member);
    if (type?.kind !== 'entity') return { __typename: member, id: at };
    if (field.nobody !== undefined && this.#hash(`${at}~`) % 3 === 0)
      return { __typename: member, id: `${member}-${ENTITIES + 1 + (h % BEYOND)}`, nobody: field.nobody };
    return { __typename: member, id: `${member}-${1 + (h % ENTITIES)}` };
  }
}

const LEAVES: Readonly<Record<string, (h: number) => unknown>> = {
  Int: (h) => h % 100_000,
  Float: (h) => (h % 4_096) / 8,
  String: (h) => `s${h.toString(36)}`,
  ID: (h) => `i${h}`,
  Boolean: (h) => h % 2 === 0,
  Stamp: (h) => `2026-11-18T15:00:${h % 60}.${h % 1000}Z`,
  Json: (h) => ({ n: h, list: [h % 7, null, { deep: [h % 2 === 0] }], nothing: null, __typename: 'kept' }),
};

/** What a selection finds in a representation. */
export const pick = (given: unknown, set: SelectionSetNode): unknown => {
  if (Array.isArray(given)) return given.map((item) => pick(item, set));
  if (typeof given !== 'object' || given === null) return given;
  const from = given as Readonly<Record<string, unknown>>;
  const made: Record<string, unknown> = {};
  for (const node of set.selections) {
    if (node.kind === Kind.INLINE_FRAGMENT) Object.assign(made, pick(given, node.selectionSet));
    if (node.kind !== Kind.FIELD || !(node.name.value in from)) continue;
    const value = from[node.name.value];
    made[node.name.value] = node.selectionSet === undefined ? value : pick(value, node.selectionSet);
  }
  return made;
};
