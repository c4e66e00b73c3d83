import {
  type FieldNode,
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
import type { Owned } from './owned.ts';
import type { TypeTest } from './places.ts';
import type { JsonObject } from './response.ts';

/** What a field's type says of its values, looked up once. */
export interface Shape {
  readonly nonNull: boolean;
  /** Of a list: what its items are. */
  readonly item: Shape | undefined;
  readonly leaf: boolean;
  /** The values of an enum. */
  readonly values: ReadonlySet<string> | undefined;
  /** The name of the object type, interface or union. */
  readonly name: string;
  readonly abstract: boolean;
}

/** One field of the client's selection: where its value lies, and what it has to be. */
export interface Selected {
  readonly key: string;
  /** Its key in what was gathered. */
  readonly from: string;
  readonly name: string;
  readonly parent: string;
  /** Absent for `__typename`, and for `__schema` and `__type`, which come complete. */
  readonly shape: Shape | undefined;
  readonly fields: FieldsOf | undefined;
  /** Does what is selected depend on the type of the object? */
  readonly typed: boolean;
  /** Is it exactly what one fetch brings, so that nothing has to be cut? */
  readonly owned: boolean;
}

/** The selected fields of an object of a type, in the client's order. */
export type FieldsOf = (typename: string) => readonly Selected[];

const shapeOf = (type: GraphQLOutputType, nonNull = false): Shape => {
  if (isNonNullType(type)) return shapeOf(type.ofType, true);
  const item = isListType(type) ? shapeOf(type.ofType) : undefined;
  return {
    nonNull,
    item,
    leaf: isLeafType(type),
    values: isEnumType(type) ? new Set(type.getValues().map(({ name }) => name)) : undefined,
    name: isListType(type) ? '' : type.name,
    abstract: !isListType(type) && !isLeafType(type) && !isObjectType(type),
  };
};

/** What decides how a selection is cut. */
export interface SelectionFacts {
  readonly isA: TypeTest;
  readonly isOwned: Owned;
  /** See `Planner`. */
  readonly partlyHidden: ReadonlySet<string>;
}

/** The client's selection as a tree in which every look-up has been done. */
export const selectionOf = (
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  { isA, isOwned, partlyHidden }: SelectionFacts,
): readonly Selected[] => {
  const compile = (nodes: readonly SelectionSetNode[], path: readonly string[]): FieldsOf => {
    const known = new Map<string, readonly Selected[]>();
    return (typename) => {
      const existing = known.get(typename);
      if (existing !== undefined) return existing;
      const made = fieldsOf(nodes, typename, path);
      known.set(typename, made);
      return made;
    };
  };

  const collect = (set: SelectionSetNode, typename: string, groups: Map<string, FieldNode[]>): void => {
    for (const node of set.selections) {
      if (node === PLACEHOLDER) continue;
      if (node.kind === Kind.FIELD) {
        const key = node.alias?.value ?? node.name.value;
        groups.set(key, [...(groups.get(key) ?? []), node]);
      } else if (
        node.kind === Kind.INLINE_FRAGMENT &&
        (node.typeCondition === undefined || isA(typename, node.typeCondition.name.value))
      )
        collect(node.selectionSet, typename, groups);
    }
  };

  const fieldsOf = (
    nodes: readonly SelectionSetNode[],
    typename: string,
    path: readonly string[],
  ): readonly Selected[] => {
    const groups = new Map<string, FieldNode[]>();
    for (const set of nodes) collect(set, typename, groups);
    const type = schema.getType(typename);
    return [...groups].flatMap(([from, fields]): Selected[] => {
      const name = fields[0]?.name.value ?? from;
      const base = { key: clientKey(from), from, name, parent: typename };
      if (name.startsWith('__')) return [{ ...base, shape: undefined, fields: undefined, typed: false, owned: false }];
      const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
      if (field === undefined) return [];
      const sets = fields.flatMap(({ selectionSet }) => (selectionSet === undefined ? [] : [selectionSet]));
      const typed =
        partlyHidden.has(getNamedType(field.type).name) || sets.some(({ selections }) => dependsOnType(selections));
      const shape = shapeOf(field.type);
      const here = [...path, from];
      const [only, ...others] = sets;
      const owned = only !== undefined && others.length === 0 && isOwned(here, only);
      return [{ ...base, shape, fields: sets.length > 0 ? compile(sets, here) : undefined, typed, owned }];
    });
  };

  const root = schema.getRootType(operation.operation);
  return root === undefined || root === null ? [] : fieldsOf([operation.selectionSet], root.name, []);
};

/**
 * The type by which an object's fields are chosen; `undefined` when it is none of the field's. Members of an abstract
 * type are told apart only where the selection depends on it; the name of an interface is no object's type, but is all
 * that the subgraph of an @interfaceObject can say.
 */
export const typenameOf = (shape: Shape, typed: boolean, value: JsonObject, isA: TypeTest): string | undefined => {
  if (!shape.abstract) return shape.name;
  const told = value.__typename;
  if (told !== undefined && told !== shape.name && isA(told, shape.name)) return String(told);
  return typed || (told !== undefined && told !== shape.name) ? undefined : shape.name;
};
