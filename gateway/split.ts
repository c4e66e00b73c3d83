import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Gathered } from './executor.ts';
import { fieldType, onType } from './normalize.ts';
import { at, isObject, type JsonObject, type Lost, mergeInto } from './response.ts';

/**
 * A way around a gap of the planner: below a type without a key that several subgraphs answer (an edge of a connection),
 * it finds no way from an interface's field to more than one owner (`edges { node { start } }`). Each object type is
 * therefore asked for by an alias of its own, and what comes back is joined again.
 */
const MARK = '__as__';

/** The operation with such places split; `undefined` when it has none. */
export const splitShared = (
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  sharedTypes: ReadonlySet<string>,
): OperationDefinitionNode | undefined => {
  let found = false;

  const selections = (set: SelectionSetNode, parent: GraphQLCompositeType): SelectionNode[] =>
    set.selections.flatMap((node): SelectionNode[] => {
      if (node.kind === Kind.FIELD) return field(node, parent);
      if (node.kind !== Kind.INLINE_FRAGMENT) return [node];
      const type = node.typeCondition === undefined ? parent : schema.getType(node.typeCondition.name.value);
      return isCompositeType(type) ? [{ ...node, selectionSet: within(node.selectionSet, type) }] : [node];
    });

  const within = (set: SelectionSetNode, type: GraphQLCompositeType): SelectionSetNode => ({
    ...set,
    selections: selections(set, type),
  });

  const field = (node: FieldNode, parent: GraphQLCompositeType): SelectionNode[] => {
    const type = fieldType(parent, node.name.value);
    if (node.selectionSet === undefined || !isCompositeType(type)) return [node];
    if (!isAbstractType(type) || !sharedTypes.has(parent.name))
      return [{ ...node, selectionSet: within(node.selectionSet, type) }];
    found = true;
    const key = node.alias?.value ?? node.name.value;
    const { selections: all } = node.selectionSet;
    return schema.getPossibleTypes(type).map(({ name }): FieldNode => {
      const typename: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
      const kept = all.filter((one) => one.kind === Kind.FIELD || meets(one, name));
      return {
        ...node,
        alias: { kind: Kind.NAME, value: `${key}${MARK}${name}` },
        selectionSet: {
          kind: Kind.SELECTION_SET,
          selections: kept.length === 0 ? [typename] : [typename, onType(name, kept)],
        },
      };
    });
  };

  const meets = (node: SelectionNode, typename: string): boolean => {
    if (node.kind !== Kind.INLINE_FRAGMENT || node.typeCondition === undefined) return true;
    const condition = schema.getType(node.typeCondition.name.value);
    return (
      node.typeCondition.name.value === typename ||
      (isAbstractType(condition) && schema.getPossibleTypes(condition).some(({ name }) => name === typename))
    );
  };

  const root = schema.getRootType(operation.operation);
  if (root === undefined || root === null) return undefined;
  const split = { ...operation, selectionSet: within(operation.selectionSet, root) };
  return found ? split : undefined;
};

const original = (key: string): string => key.split(MARK)[0] ?? key;

/** Puts the parts of split places together, in data and in errors' paths. */
export const joinShared = ({ data, errors, lost, shared }: Gathered): Gathered => {
  const joinedLost = new Map<JsonObject, readonly Lost[]>(lost);

  const join = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) join(item);
      return;
    }
    if (!isObject(value)) return;
    for (const key of Object.keys(value)) {
      join(value[key]);
      if (!key.includes(MARK)) continue;
      const name = original(key);
      value[name] = name in value ? combined(value[name], value[key]) : value[key];
      delete value[key];
    }
  };

  /** Parts of one object: a part that failed makes the whole null, as the object's own error says. */
  const combined = (one: unknown, other: unknown): unknown => {
    if (Array.isArray(one) && Array.isArray(other)) return one.map((item, i) => combined(item, other[i]));
    if (!isObject(one) || !isObject(other)) return null;
    mergeInto(one, other);
    const both = [...(joinedLost.get(one) ?? []), ...(joinedLost.get(other) ?? [])];
    if (both.length > 0) joinedLost.set(one, both);
    return one;
  };

  join(data);
  const renamed = errors.map((error) =>
    error.path?.some((step) => typeof step === 'string' && step.includes(MARK)) === true
      ? at(
          error,
          error.path.map((step) => (typeof step === 'string' ? original(step) : step)),
        )
      : error,
  );
  return { data, errors: renamed, lost: joinedLost, shared };
};
