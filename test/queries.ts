import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isNonNullType,
  isObjectType,
  isUnionType,
  parse,
  parseValue,
  validate,
  valueFromASTUntyped,
} from 'graphql';
import type { Random } from './random.ts';

/** Values that arguments are drawn from: real ids and searches, and some that are wrong. GraphQL literals. */
export type Pool = (
  argument: GraphQLArgument,
  field: GraphQLField<unknown, unknown>,
  random: Random,
) => string | undefined;

export interface RandomQuery {
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface QueryOptions {
  readonly operation?: 'query' | 'mutation';
  /** How deep selections go. */
  readonly deepest?: number;
  /** Are variables also put for lists, enums and input objects, and left out where they have a default? */
  readonly anyVariables?: boolean;
}

const DEEPEST = 7;
/** What differs from one call to the next by its nature. */
const UNSTEADY: ReadonlySet<string> = new Set(['health']);

class Writer {
  readonly #schema: GraphQLSchema;
  readonly #random: Random;
  readonly #pool: Pool;
  readonly #fragments: string[] = [];
  readonly #variables = new Map<string, { readonly type: string; readonly value: unknown }>();
  readonly #options: QueryOptions;

  constructor(schema: GraphQLSchema, random: Random, pool: Pool, options: QueryOptions) {
    this.#schema = schema;
    this.#random = random;
    this.#pool = pool;
    this.#options = options;
  }

  query(): RandomQuery {
    const { operation = 'query' } = this.#options;
    const root = operation === 'query' ? this.#schema.getQueryType() : this.#schema.getMutationType();
    if (root === null || root === undefined) throw new Error(`The schema has no ${operation} type.`);
    const body = this.#set(root, 0);
    const declared = [...this.#variables].map(([name, { type }]) => `$${name}: ${type}`);
    return {
      text: `${operation}${declared.length === 0 ? '' : `(${declared.join(', ')})`} ${body}\n${this.#fragments.join('\n')}`,
      variables: Object.fromEntries(
        [...this.#variables].flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value]])),
      ),
    };
  }

  #set(type: GraphQLCompositeType, depth: number): string {
    const random = this.#random;
    const parts: string[] = [];
    const fields = 'getFields' in type ? Object.values(type.getFields()).filter(({ name }) => !UNSTEADY.has(name)) : [];
    const atRoot = this.#options.operation === 'mutation' ? 5 : 2;
    const most = 1 + random.below(depth === 0 ? atRoot : 5);
    for (let i = 0; i < most && fields.length > 0; i++) {
      const written = this.#field(random.pick(fields), depth);
      if (written !== undefined) parts.push(written);
    }
    if (random.chance(0.15)) parts.push(random.chance(0.3) ? 'kind: __typename' : '__typename');
    if (depth > 0 && random.chance(isAbstractType(type) ? 0.6 : 0.15)) parts.push(this.#fragment(type, depth));
    if (parts.length === 0) parts.push('__typename');
    return `{ ${parts.join(' ')} }`;
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string | undefined {
    const random = this.#random;
    const type = getNamedType(field.type);
    const composite = isCompositeType(type);
    if (composite && depth >= (this.#options.deepest ?? DEEPEST)) return undefined;
    const args: string[] = [];
    for (const argument of field.args) {
      if (!isNonNullType(argument.type) && random.chance(0.6)) continue;
      const value = this.#pool(argument, field, random);
      if (value === undefined && isNonNullType(argument.type)) return undefined;
      if (value !== undefined) args.push(`${argument.name}: ${this.#maybeVariable(argument, value)}`);
    }
    // a few aliases for many fields, so that they collide
    const alias = random.chance(0.15) ? `${random.pick(['a', 'b', 'c'])}: ` : '';
    const condition = random.chance(0.08) ? ` ${this.#condition()}` : '';
    const call = args.length === 0 ? '' : `(${args.join(', ')})`;
    return `${alias}${field.name}${call}${condition}${composite ? ` ${this.#set(type, depth + 1)}` : ''}`;
  }

  #fragment(type: GraphQLCompositeType, depth: number): string {
    const random = this.#random;
    const related = this.#related(type);
    const condition = random.pick(related);
    const body = this.#set(condition, depth);
    const directive = random.chance(0.15) ? ` ${this.#condition()}` : '';
    if (random.chance(0.3)) {
      const name = `f${this.#fragments.length}`;
      this.#fragments.push(`fragment ${name} on ${condition.name} ${body}`);
      return `...${name}${directive}`;
    }
    return `... on ${condition.name}${directive} ${body}`;
  }

  /** The type itself, the object types it stands for, and the interfaces and unions that overlap with it. */
  #related(type: GraphQLCompositeType): GraphQLCompositeType[] {
    const objects = isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [type];
    const interfaces = objects.flatMap((object) => (isObjectType(object) ? object.getInterfaces() : []));
    const unions = Object.values(this.#schema.getTypeMap()).filter(isUnionType);
    const around = unions.filter(
      (union) => union !== type && objects.some((object) => this.#schema.isSubType(union, object)),
    );
    return [type, ...objects, ...interfaces, ...around];
  }

  #condition(): string {
    const yes = this.#random.chance(0.5);
    const name = `${this.#random.pick(['skip', 'include'])}`;
    if (this.#random.chance(0.3)) return `@${name}(if: ${yes})`;
    const variable = `on${this.#random.below(3)}`;
    if (!this.#variables.has(variable)) this.#variables.set(variable, { type: 'Boolean!', value: yes });
    return `@${name}(if: $${variable})`;
  }

  #maybeVariable(argument: GraphQLArgument, literal: string): string {
    if (this.#options.anyVariables === true) return this.#anyVariable(argument, literal);
    if (!/^("[^"]*"|\d+)$/.test(literal) || this.#random.chance(0.5)) return literal;
    const name = `v${this.#variables.size}`;
    this.#variables.set(name, { type: String(argument.type), value: JSON.parse(literal) as unknown });
    return `$${name}`;
  }

  /** A variable of whatever type; it may have a default, and then be left out or be null. */
  #anyVariable({ type, defaultValue }: GraphQLArgument, literal: string): string {
    const random = this.#random;
    if (random.chance(0.5)) return literal;
    const name = `v${this.#variables.size}`;
    const value = valueFromASTUntyped(parseValue(literal));
    const nullable = isNonNullType(type) ? type.ofType : type;
    const fallback = random.chance(0.2) ? ` = ${literal}` : '';
    if (fallback !== '' && literal !== 'null')
      this.#variables.set(name, { type: `${nullable}${fallback}`, value: random.chance(0.5) ? undefined : value });
    else if (!isNonNullType(type) && random.chance(0.2))
      this.#variables.set(name, { type: String(type), value: undefined });
    else
      this.#variables.set(name, {
        type: isNonNullType(type) || defaultValue === undefined ? String(type) : String(nullable),
        value,
      });
    return `$${name}`;
  }
}

/** A random valid query over a schema. */
export const randomQuery = (
  schema: GraphQLSchema,
  random: Random,
  pool: Pool,
  options: QueryOptions = {},
): RandomQuery => {
  for (;;) {
    const query = new Writer(schema, random, pool, options).query();
    if (query.text.length < 6_000 && validate(schema, parse(query.text)).length === 0) return query;
  }
};
