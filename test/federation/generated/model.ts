/** A generated graph: what it consists of, and which subgraph holds which part of it. */
export interface Model {
  readonly subgraphs: readonly string[];
  readonly objects: Map<string, ObjectType>;
  readonly interfaces: Map<string, InterfaceType>;
  readonly unions: Map<string, UnionType>;
  readonly enums: ReadonlyMap<string, readonly string[]>;
  readonly scalars: readonly string[];
  readonly inputs: ReadonlyMap<string, readonly Argument[]>;
  /** Input fields and enum values that one subgraph alone has, by type and subgraph. */
  readonly extras: Map<string, Map<string, string>>;
  /** How often each feature occurs. */
  readonly features: Map<Feature, number>;
}

export const FEATURES = [
  'multiple keys',
  'compound key',
  'nested key',
  'nested key through an entity',
  'nullable key',
  'inaccessible key',
  'shareable value type',
  'shareable field',
  'value type merged from two subgraphs',
  'nullability that differs',
  'entity in a value type',
  'interface in a value type',
  '@requires',
  '@requires nested',
  '@requires through an entity',
  '@requires a list',
  '@requires with arguments',
  '@requires an abstract type',
  '@requires of a type with several keys',
  '@requires what is computed',
  '@requires what is inaccessible',
  '@provides',
  '@provides in a list',
  '@provides nested',
  '@provides on a member of an abstract type',
  '@override',
  '@override progressive',
  '@interfaceObject',
  '@interfaceObject with @requires',
  '@interfaceObject as a stub',
  'interface over subgraphs',
  'interface with a covariant field',
  'interface of an interface',
  'union over subgraphs',
  'shared root field',
  'stub',
  'reference to nobody',
  'input intersection',
  'enum union',
  'nested list',
  'failing field',
  'failing item',
  'arguments',
  'input object',
  'custom scalar',
  'mutation',
] as const;
export type Feature = (typeof FEATURES)[number];

export interface Argument {
  readonly name: string;
  readonly type: string;
  /** The default, as a GraphQL literal. */
  readonly fallback?: string;
}

/** A field's place in one subgraph. */
export interface Place {
  /** Where the type is another one than clients see. */
  readonly type?: string;
  readonly directives: readonly string[];
  /** May the gateway ask for it here: always, below a @provides that names it, or never (external, overridden)? */
  readonly asked: 'always' | 'provided' | 'never';
  readonly provides?: string;
}

export interface Field {
  readonly name: string;
  /** As clients see it. */
  readonly type: string;
  readonly args: readonly Argument[];
  /** The subgraphs that have it. */
  readonly at: Map<string, Place>;
  /** Fails for some objects: as a whole, or in some of the list's items. */
  readonly fails?: 'whole' | 'items' | undefined;
  /** Computed from what this selects. */
  readonly requires?: string;
  /** The key that may be null, without which nobody can ask for it. */
  readonly needs?: string;
  /** Some of its entities do not exist; these fields are known of them all the same. */
  nobody?: readonly string[];
  /** The type by which its values are made, where that says more than the type that clients see. */
  readonly made?: string;
  hidden?: boolean;
  /** Object types that stand behind it, where its type is abstract. */
  members?: readonly string[];
}

export interface Key {
  readonly fields: string;
  readonly resolvable: boolean;
}

export interface ObjectType {
  readonly name: string;
  readonly kind: 'root' | 'entity' | 'value';
  readonly fields: Map<string, Field>;
  /** The subgraphs that define it, with their keys. */
  readonly at: Map<string, Key[]>;
  /** Interfaces that it implements, by subgraph. */
  readonly implements: Map<string, Set<string>>;
  /** Every key that it has. */
  readonly keys: string[];
  /** Subgraphs that hold fields of it, and can never name one. */
  readonly closed: Set<string>;
}

export interface InterfaceType {
  readonly name: string;
  /** Object types that may implement it. */
  readonly members: string[];
  readonly fields: Map<string, Field>;
  /** How each subgraph has it. */
  readonly at: Map<string, 'interface' | 'keyed' | 'object' | 'stub'>;
  /** Names of the fields that it has, by subgraph. */
  readonly declared: Map<string, Set<string>>;
  parent?: string;
}

export interface UnionType {
  readonly name: string;
  readonly members: readonly string[];
  readonly at: Map<string, readonly string[]>;
}

/** How the names of fields begin that write. */
export const WRITES = 'write';

export const named = (type: string): string => type.replace(/[[\]!]/g, '');

/** The field of an object type, or of an interface that a subgraph has as an object. */
export const fieldOf = (model: Model, type: string, name: string): Field => {
  const field = (model.objects.get(type) ?? model.interfaces.get(type))?.fields.get(name);
  if (field === undefined) throw new Error(`There is no ${type}.${name}.`);
  return field;
};

/** The object types behind a type, wherever they are. */
export const membersOf = (model: Model, type: string): readonly string[] =>
  model.interfaces.get(type)?.members ?? model.unions.get(type)?.members ?? [type];
