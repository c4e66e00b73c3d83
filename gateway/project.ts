import { GraphQLError, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { cut, FAULTY, own } from './cut.ts';
import type { Gathered } from './executor.ts';
import type { TypeTest } from './places.ts';
import { at, isObject, type JsonObject } from './response.ts';
import { type Selected, type SelectionFacts, type Shape, selectionOf, typenameOf } from './selection.ts';

/** Stands for a value that is null where null is not allowed: its parent becomes null in its place. */
const INVALID = Symbol('invalid');

/** Cuts what was gathered to exactly the client's selection, with GraphQL's null propagation and error paths. */
export type Projection = (gathered: Gathered) => {
  readonly data: JsonObject | null;
  readonly errors: readonly GraphQLError[];
};

/** Prepares the projection of a normalized operation; it can be used for any number of answers. */
export const prepareProjection = (
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  facts: SelectionFacts,
): Projection => {
  const fields = selectionOf(schema, operation, facts);
  const { isA } = facts;
  return (gathered) => {
    const { data, errors, lost, shared } = gathered;
    if (lost.size === 0) {
      const made = cut(fields, data, isA, shared);
      if (made !== FAULTY) return { data: made, errors };
    }
    return new Completion(isA, gathered).run(fields);
  };
};

/** Completes values as graphql-js does, and says where one is not as the graph promises. */
class Completion {
  readonly #isA: TypeTest;
  readonly #gathered: Gathered;
  readonly #errors: GraphQLError[];
  readonly #failed = new Set<string>();
  readonly #path: (string | number)[] = [];

  constructor(isA: TypeTest, gathered: Gathered) {
    this.#isA = isA;
    this.#gathered = gathered;
    this.#errors = [...gathered.errors];
    for (const { path } of gathered.errors) if (path !== undefined) this.#failed.add(path.join('/'));
  }

  run(fields: readonly Selected[]) {
    const result = this.#object(fields, this.#gathered.data);
    return { data: result === INVALID ? null : (result as JsonObject | null), errors: this.#errors };
  }

  #object(fields: readonly Selected[], from: JsonObject): unknown {
    this.#reportLost(fields, from);
    const isVoid = this.#gathered.voided.has(from);
    const made: JsonObject = {};
    for (const field of fields) {
      if (field.shape === undefined) {
        made[field.key] = field.name === '__typename' ? field.parent : from[field.from];
        continue;
      }
      this.#path.push(field.from);
      const value = this.#complete(field.shape, field, own(from, field.from), isVoid);
      this.#path.pop();
      if (value === INVALID) return INVALID;
      made[field.key] = value;
    }
    return made;
  }

  /** A fetch that failed is the client's affair only where it selected what the fetch would have brought. */
  #reportLost(fields: readonly Selected[], from: JsonObject): void {
    for (const { keys, error } of this.#gathered.lost.get(from) ?? []) {
      for (const { from: key } of fields) {
        if (!keys.has(key) || own(from, key) !== undefined) continue;
        const path = [...this.#path, key];
        if (this.#failed.has(path.join('/'))) continue;
        this.#failed.add(path.join('/'));
        this.#errors.push(at(error, path));
      }
    }
  }

  /** `isVoid`: a subgraph gave up the object that the value is of, and told why. */
  #complete(shape: Shape, field: Selected, value: unknown, isVoid: boolean): unknown {
    const completed = value === undefined || value === null ? null : this.#nullable(shape, field, value, isVoid);
    if (completed !== null || !shape.nonNull) return completed;
    if (!isVoid) this.#refuseNull(field);
    return INVALID;
  }

  #nullable(shape: Shape, field: Selected, value: unknown, isVoid: boolean): unknown {
    if (shape.item !== undefined) return this.#list(shape.item, field, value, isVoid);
    if (shape.leaf) {
      if (shape.values === undefined || shape.values.has(String(value))) return value;
      this.#push('The value is not one of the enum.');
      return null;
    }
    if (!isObject(value)) return null;
    const typename = typenameOf(shape, field.typed, value, this.#isA);
    if (typename === undefined) return null;
    const completed = this.#object(field.fields?.(typename) ?? [], value);
    return completed === INVALID ? null : completed;
  }

  #list(item: Shape, field: Selected, value: unknown, isVoid: boolean): unknown {
    if (!Array.isArray(value)) return null;
    const made: unknown[] = [];
    for (const [i, one] of value.entries()) {
      this.#path.push(i);
      const completed = this.#complete(item, field, one, isVoid);
      this.#path.pop();
      if (completed === INVALID) return null;
      made.push(completed);
    }
    return made;
  }

  /** GraphQL wants an error for every null that propagates; the one that the subgraph gave is enough. */
  #refuseNull(field: Selected): void {
    const here = this.#path.join('/');
    for (const failed of this.#failed)
      if (failed === here || failed.startsWith(`${here}/`) || here.startsWith(`${failed}/`)) return;
    this.#push(`Cannot return null for non-nullable field ${field.parent}.${field.name}.`);
  }

  #push(message: string): void {
    const path = [...this.#path];
    this.#failed.add(path.join('/'));
    this.#errors.push(new GraphQLError(message, { path, extensions: { code: 'INTERNAL_SERVER_ERROR' } }));
  }
}
