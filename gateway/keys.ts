import { type DocumentNode, Kind, visit } from 'graphql';
import { fieldSet } from './planning/model.ts';

/**
 * Response keys of our own. The planner selects keys and required fields by their plain names beside what the client
 * selects, so a client's alias (or arguments) must not stand under such a name: it travels under a key of ours, and
 * gets its own back in the answer. Clients cannot make such keys: aliases with two underscores are refused.
 */
const PREFIX = '__k';

/** The key under which a client's key travels; `n` tells apart those that mean different fields. */
export const ownKey = (key: string, n: number): string => `${PREFIX}${n}_${key}`;

/** The key under which a field of a field set travels; `n` tells apart those that mean different fields. */
export const fieldSetKey = (name: string, n: number): string => `${PREFIX}r${n}_${name}`;

/** The client's key. */
export const clientKey = (key: string): string => (key.startsWith(PREFIX) ? key.slice(key.indexOf('_', 3) + 1) : key);

/** Names of all fields that the planner may select on its own account: those of keys, @requires and @provides. */
export const fieldSetNames = (supergraph: DocumentNode): ReadonlySet<string> => {
  const names = new Set<string>();
  visit(supergraph, {
    Directive: (directive) => {
      if (directive.name.value !== 'join__type' && directive.name.value !== 'join__field') return;
      for (const { name, value } of directive.arguments ?? []) {
        if (!['key', 'requires', 'provides'].includes(name.value) || value.kind !== Kind.STRING) continue;
        for (const node of fieldSet(value.value)) visit(node, { Field: (field) => void names.add(field.name.value) });
      }
    },
  });
  return names;
};
