import { type DocumentNode, Kind, print, visit } from 'graphql';

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
      const candidate = without(current, index);
      if (candidate === undefined) break;
      if (await fails(candidate).catch(() => false)) {
        current = candidate;
        shrunk = true;
      } else index += 1;
    }
  }
  return print(current);
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
  return count < n ? undefined : candidate;
};
