import {
  type FieldNode,
  GraphQLError,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { clientKey } from './keys.ts';
import { dependsOnType, PLACEHOLDER } from './normalize.ts';
import type { TypeTest } from './places.ts';
import { at, isObject, type JsonObject, type Lost } from './response.ts';

type Path = readonly (string | number)[];

/** One field of the client's selection: where its value lies, and how it is completed. */
interface Projected {
  readonly key: string;
  /** Its key in what was gathered. */
  readonly from: string;
  readonly name: string;
  readonly parent: string;
  /** Absent for `__typename`, and for `__schema` and `__type`, which come complete. */
  readonly type: GraphQLOutputType | undefined;
  readonly fields: FieldsOf | undefined;
  /** Does what is selected depend on the type of the object? */
  readonly typed: boolean;
}

/** The selected fields of an object of a type, in the client's order. */
type FieldsOf = (typename: string) => readonly Projected[];

/** Stands for a value that is null where null is not allowed: its parent becomes null in its place. */
const INVALID = Symbol('invalid');

/** Cuts what was gathered to exactly the client's selection, with GraphQL's null propagation and error paths. */
export type Projection = (
  data: JsonObject,
  lost: ReadonlyMap<JsonObject, readonly Lost[]>,
  errors: readonly GraphQLError[],
) => { readonly data: JsonObject | null; readonly errors: readonly GraphQLError[] };

/** Prepares the projection of a normalized operation; it can be used for any number of answers. */
export const prepareProjection = (
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  isA: TypeTest,
  partlyHidden: ReadonlySet<string>,
): Projection => {
  const compile = (nodes: readonly SelectionSetNode[]): FieldsOf => {
    const known = new Map<string, readonly Projected[]>();
    return (typename) => {
      const existing = known.get(typename);
      if (existing !== undefined) return existing;
      const made = fieldsOf(nodes, typename);
      known.set(typename, made);
      return made;
    };
  };

  const fieldsOf = (nodes: readonly SelectionSetNode[], typename: string): readonly Projected[] => {
    const groups = new Map<string, FieldNode[]>();
    const collect = (set: SelectionSetNode): void => {
      for (const node of set.selections) {
        if (node === PLACEHOLDER) continue;
        if (node.kind === Kind.FIELD) {
          const key = node.alias?.value ?? node.name.value;
          groups.set(key, [...(groups.get(key) ?? []), node]);
        } else if (
          node.kind === Kind.INLINE_FRAGMENT &&
          (node.typeCondition === undefined || isA(typename, node.typeCondition.name.value))
        )
          collect(node.selectionSet);
      }
    };
    for (const set of nodes) collect(set);
    const type = schema.getType(typename);
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    return [...groups].flatMap(([from, fields]): Projected[] => {
      const name = fields[0]?.name.value ?? from;
      const base = { key: clientKey(from), from, name, parent: typename };
      if (name.startsWith('__')) return [{ ...base, type: undefined, fields: undefined, typed: false }];
      const field = type.getFields()[name];
      if (field === undefined) return [];
      const sets = fields.flatMap(({ selectionSet }) => (selectionSet === undefined ? [] : [selectionSet]));
      const typed =
        partlyHidden.has(getNamedType(field.type).name) || sets.some(({ selections }) => dependsOnType(selections));
      return [{ ...base, type: field.type, fields: sets.length > 0 ? compile(sets) : undefined, typed }];
    });
  };

  const root = schema.getRootType(operation.operation);
  const rootFields = root === undefined || root === null ? [] : fieldsOf([operation.selectionSet], root.name);

  return (data, lost, gathered) => new Completion(isA, lost, gathered).run(rootFields, data);
};

class Completion {
  readonly #isA: TypeTest;
  readonly #lost: ReadonlyMap<JsonObject, readonly Lost[]>;
  readonly #errors: GraphQLError[];
  readonly #failed = new Set<string>();
  readonly #path: (string | number)[] = [];

  constructor(isA: TypeTest, lost: ReadonlyMap<JsonObject, readonly Lost[]>, errors: readonly GraphQLError[]) {
    this.#isA = isA;
    this.#lost = lost;
    this.#errors = [...errors];
    for (const { path } of errors) if (path !== undefined) this.#failed.add(path.join('/'));
  }

  run(fields: readonly Projected[], data: JsonObject) {
    const result = this.#object(fields, data);
    return { data: result === INVALID ? null : (result as JsonObject | null), errors: this.#errors };
  }

  #object(fields: readonly Projected[], from: JsonObject): unknown {
    this.#reportLost(fields, from);
    const made: JsonObject = {};
    for (const field of fields) {
      if (field.type === undefined) {
        made[field.key] = field.name === '__typename' ? field.parent : from[field.from];
        continue;
      }
      this.#path.push(field.from);
      const value = this.#complete(field.type, field, from[field.from]);
      this.#path.pop();
      if (value === INVALID) return INVALID;
      made[field.key] = value;
    }
    return made;
  }

  /** A fetch that failed is the client's affair only where it selected what the fetch would have brought. */
  #reportLost(fields: readonly Projected[], from: JsonObject): void {
    for (const { keys, error } of this.#lost.get(from) ?? []) {
      const missing = fields.filter((field) => keys.has(field.from) && from[field.from] === undefined);
      for (const { from: key } of missing) {
        const path = [...this.#path, key];
        if (this.#failed.has(path.join('/'))) continue;
        this.#failed.add(path.join('/'));
        this.#errors.push(at(error, path));
      }
    }
  }

  #complete(type: GraphQLOutputType, field: Projected, value: unknown): unknown {
    if (isNonNullType(type)) {
      const completed = this.#complete(type.ofType, field, value);
      if (completed !== null) return completed;
      this.#refuseNull(field);
      return INVALID;
    }
    if (value === undefined || value === null) return null;
    if (isListType(type)) return this.#list(type.ofType, field, value);
    if (isLeafType(type)) {
      if (!isEnumType(type) || type.getValue(String(value)) !== undefined) return value;
      this.#push('The value is not one of the enum.');
      return null;
    }
    if (!isObject(value)) return null;
    const typename = isObjectType(type) ? type.name : this.#typename(type.name, field, value);
    if (typename === undefined) return null;
    const completed = this.#object(field.fields?.(typename) ?? [], value);
    return completed === INVALID ? null : completed;
  }

  /**
   * Members of an abstract type are told apart only where the selection depends on it; the name of an interface is no
   * object's type, but is all that the subgraph of an @interfaceObject can say.
   */
  #typename(abstract: string, { typed }: Projected, value: JsonObject): string | undefined {
    const told = value.__typename;
    if (told !== undefined && told !== abstract && this.#isA(told, abstract)) return String(told);
    return typed || (told !== undefined && told !== abstract) ? undefined : abstract;
  }

  #list(item: GraphQLOutputType, field: Projected, value: unknown): unknown {
    if (!Array.isArray(value)) return null;
    const made: unknown[] = [];
    for (const [i, one] of value.entries()) {
      this.#path.push(i);
      const completed = this.#complete(item, field, one);
      this.#path.pop();
      if (completed === INVALID) return null;
      made.push(completed);
    }
    return made;
  }

  /** GraphQL wants an error for every null that propagates; the one that the subgraph gave is enough. */
  #refuseNull(field: Projected): void {
    const here = this.#path.join('/');
    for (const failed of this.#failed) if (failed === here || failed.startsWith(`${here}/`)) return;
    this.#push(`Cannot return null for non-nullable field ${field.parent}.${field.name}.`);
  }

  #push(message: string): void {
    const path: Path = [...this.#path];
    this.#failed.add(path.join('/'));
    this.#errors.push(new GraphQLError(message, { path, extensions: { code: 'INTERNAL_SERVER_ERROR' } }));
  }
}
