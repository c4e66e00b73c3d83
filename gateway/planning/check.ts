import { Kind, type SelectionNode } from 'graphql';
import { namedType } from './access.ts';
import type { Supergraph } from './model.ts';

/**
 * Checks that what keys, @requires and @provides select is there: composition does, but a file may come from anywhere.
 * @throws Error when a field set selects what its type has not.
 */
export const checkFieldSets = ({ types }: Supergraph): void => {
  const check = (name: string, selections: readonly SelectionNode[]): void => {
    const type = types.get(name);
    for (const node of selections) {
      if (node.kind === Kind.INLINE_FRAGMENT)
        check(node.typeCondition?.name.value ?? name, node.selectionSet.selections);
      if (node.kind !== Kind.FIELD || node.name.value === '__typename') continue;
      const field = type?.fields.get(node.name.value);
      if (field === undefined) throw new Error('A field set of the supergraph selects a field that is not there.');
      if (node.selectionSet !== undefined) check(namedType(field.type), node.selectionSet.selections);
    }
  };
  for (const { name, graphs, fields } of types.values()) {
    for (const { keys } of graphs.values()) for (const key of keys) check(name, key);
    for (const { type, graphs: homes } of fields.values())
      for (const { requires, provides } of homes.values()) {
        if (requires !== undefined) check(name, requires);
        check(namedType(type), provides);
      }
  }
};
