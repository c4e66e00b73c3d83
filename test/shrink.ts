import { type DocumentNode, Kind, parse, print, visit } from 'graphql';

/** Removes whatever can be removed from a document while it still fails. */
export const shrink = async (
  document: DocumentNode,
  fails: (candidate: DocumentNode) => Promise<boolean>,
): Promise<string> => {
  let current = document;
  for (let shrunk = true; shrunk; ) {
    shrunk = false;
    let index = 0;
    for (;;) {
      const candidate = attempt(() => without(current, index));
      if (candidate === undefined) break;
      if (candidate !== INVALID && (await fails(candidate).catch(() => false))) {
        current = candidate;
        shrunk = true;
      } else index += 1;
    }
  }
  return print(current);
};

const INVALID = Symbol('invalid');

/** What is left may be no document (an empty selection): then it is not a candidate. */
const attempt = <T>(make: () => T): T | typeof INVALID => {
  try {
    return make();
  } catch {
    return INVALID;
  }
};

/** The document without its n-th selection or directive; `undefined` when there are no more. */
const without = (document: DocumentNode, n: number): DocumentNode | undefined => {
  let count = -1;
  const candidate = visit(document, {
    enter: (node) => {
      const removable =
        node.kind === Kind.FIELD ||
        node.kind === Kind.INLINE_FRAGMENT ||
        node.kind === Kind.FRAGMENT_SPREAD ||
        node.kind === Kind.DIRECTIVE;
      if (!removable) return undefined;
      count += 1;
      return count === n ? null : undefined;
    },
  });
  return count < n ? undefined : withoutUnused(candidate);
};

/** Without the fragments and variables that nothing names any more. @throws when the rest is no document. */
const withoutUnused = (document: DocumentNode): DocumentNode => {
  for (let current = document; ; ) {
    const named = new Set<string>();
    visit(current, {
      FragmentSpread: ({ name }) => {
        named.add(name.value);
      },
      OperationDefinition: (operation) => {
        visit(operation.selectionSet, { Variable: ({ name }) => void named.add(`$${name.value}`) });
      },
      FragmentDefinition: (fragment) => {
        visit(fragment.selectionSet, { Variable: ({ name }) => void named.add(`$${name.value}`) });
      },
    });
    const next = visit(current, {
      FragmentDefinition: ({ name }) => (named.has(name.value) ? undefined : null),
      VariableDefinition: ({ variable }) => (named.has(`$${variable.name.value}`) ? undefined : null),
    });
    if (print(next) === print(current)) return parse(print(next));
    current = next;
  }
};
