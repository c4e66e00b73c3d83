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
  parse,
  validate,
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

const DEEPEST = 7;
/** What differs from one call to the next by its nature. */
const UNSTEADY: ReadonlySet<string> = new Set(['health']);

class Writer {
  readonly #schema: GraphQLSchema;
  readonly #random: Random;
  readonly #pool: Pool;
  readonly #fragments: string[] = [];
  readonly #variables = new Map<string, { readonly type: string; readonly value: unknown }>();

  constructor(schema: GraphQLSchema, random: Random, pool: Pool) {
    this.#schema = schema;
    this.#random = random;
    this.#pool = pool;
  }

  query(): RandomQuery {
    const root = this.#schema.getQueryType();
    if (root === null || root === undefined) throw new Error('The schema has no queries.');
    const body = this.#set(root, 0);
    const declared = [...this.#variables].map(([name, { type }]) => `$${name}: ${type}`);
    return {
      text: `query${declared.length === 0 ? '' : `(${declared.join(', ')})`} ${body}\n${this.#fragments.join('\n')}`,
      variables: Object.fromEntries([...this.#variables].map(([name, { value }]) => [name, value])),
    };
  }

  #set(type: GraphQLCompositeType, depth: number): string {
    const random = this.#random;
    const parts: string[] = [];
    const fields = 'getFields' in type ? Object.values(type.getFields()).filter(({ name }) => !UNSTEADY.has(name)) : [];
    const most = depth === 0 ? 1 + random.below(2) : 1 + random.below(5);
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
    if (composite && depth >= DEEPEST) return undefined;
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

  /** The type itself, the object types it stands for, and the interfaces that overlap with it. */
  #related(type: GraphQLCompositeType): GraphQLCompositeType[] {
    const objects = isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [type];
    const interfaces = objects.flatMap((object) => (isObjectType(object) ? object.getInterfaces() : []));
    return [type, ...objects, ...interfaces];
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
    if (!/^("[^"]*"|\d+)$/.test(literal) || this.#random.chance(0.5)) return literal;
    const name = `v${this.#variables.size}`;
    this.#variables.set(name, { type: String(argument.type), value: JSON.parse(literal) as unknown });
    return `$${name}`;
  }
}

/** A random valid query over a schema. */
export const randomQuery = (schema: GraphQLSchema, random: Random, pool: Pool): RandomQuery => {
  for (;;) {
    const query = new Writer(schema, random, pool).query();
    if (query.text.length < 6_000 && validate(schema, parse(query.text)).length === 0) return query;
  }
};
