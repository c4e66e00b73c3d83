import { type DocumentNode, Kind, parse, type SelectionSetNode, visit } from 'graphql';

/**
 * Response keys of our own. The planner selects keys and required fields by their plain names beside what the client
 * selects, so a client's alias (or arguments) must not stand under such a name: it travels under a key of ours, and
 * gets its own back in the answer. Clients cannot make such keys: aliases with two underscores are refused.
 */
const PREFIX = '__k';

/** The key under which a client's key travels; `n` tells apart those that mean different fields. */
export const ownKey = (key: string, n: number): string => `${PREFIX}${n}_${key}`;

/** The client's key. */
export const clientKey = (key: string): string => (key.startsWith(PREFIX) ? key.slice(key.indexOf('_', 3) + 1) : key);

/** Names of all fields that the planner may select on its own account: those of keys, @requires and @provides. */
export const fieldSetNames = (supergraph: DocumentNode): ReadonlySet<string> => {
  const names = new Set<string>();
  const collect = (set: SelectionSetNode): void => {
    visit(set, { Field: ({ name }) => void names.add(name.value) });
  };
  visit(supergraph, {
    Directive: (directive) => {
      if (directive.name.value !== 'join__type' && directive.name.value !== 'join__field') return;
      for (const { name, value } of directive.arguments ?? []) {
        if (!['key', 'requires', 'provides'].includes(name.value) || value.kind !== Kind.STRING) continue;
        for (const definition of parse(`{ ${value.value} }`, { noLocation: true }).definitions)
          if (definition.kind === Kind.OPERATION_DEFINITION) collect(definition.selectionSet);
      }
    },
  });
  return names;
};
