import { Kind, type SelectionSetNode } from 'graphql';
import { clientKey } from './keys.ts';
import { PLACEHOLDER } from './normalize.ts';
import type { EntityFetch, Plan, RootFetch, Step, SubscriptionPlan } from './plan.ts';

/** What one fetch selects at a place of the response. */
interface Brought {
  readonly path: string;
  readonly selection: SelectionSetNode;
  /** Does its subgraph answer exactly what it is asked, under the keys by which it is asked? */
  readonly exact: boolean;
}

/** Tells whether what is selected at a place comes whole from one fetch that selects just that. */
export type Owned = (path: readonly string[], selection: SelectionSetNode) => boolean;

/**
 * Finds the places of a response that need no cutting, once, when its plan is made.
 * @param isExact which subgraphs can be relied on: those that this process itself executes
 */
export const ownedBy = (plan: Plan | SubscriptionPlan | undefined, isExact: (subgraph: string) => boolean): Owned => {
  const brought = fetchesOf(plan).flatMap((fetch) => broughtBy(fetch, isExact(fetch.operation.subgraph)));
  return (path, selection) => {
    const place = path.join('/');
    const [only, ...others] = brought.filter((one) => one.path === place);
    if (only?.exact !== true || others.length > 0 || !isSame(only.selection, selection)) return false;
    const below = brought.filter((one) => one.path.startsWith(`${place}/`));
    return new Set(below.map((one) => one.path)).size === below.length;
  };
};

const fetchesOf = (plan: Plan | SubscriptionPlan | undefined): readonly (RootFetch | EntityFetch)[] => {
  if (plan === undefined) return [];
  if (plan.kind === 'Sequence' || plan.kind === 'Parallel') return plan.nodes.flatMap(fetchesOf);
  return plan.kind === 'Subscription' ? [plan.primary, ...fetchesOf(plan.completion)] : [plan];
};

const keysOf = (path: readonly Step[]): string[] =>
  path.flatMap((step) => (step !== 'items' && 'field' in step ? [step.field] : []));

const broughtBy = (fetch: RootFetch | EntityFetch, exact: boolean): Brought[] =>
  fetch.operation.document.definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return [];
    const { selectionSet } = definition;
    if (fetch.kind === 'RootFetch')
      return within(keysOf(fetch.path), selectionSet, exact && fetch.outputRewrites.length === 0);
    return fetch.parts.flatMap(({ alias, paths, outputRewrites }) =>
      selectionSet.selections.flatMap((field) =>
        field.kind === Kind.FIELD && field.selectionSet !== undefined && (field.alias ?? field.name).value === alias
          ? paths.flatMap((path) =>
              within(keysOf(path), ofOneType(field.selectionSet), exact && outputRewrites.length === 0),
            )
          : [],
      ),
    );
  });

/** The selection of entities that are all of one type, without its `... on Type`. */
const ofOneType = (selection: SelectionSetNode | undefined): SelectionSetNode => {
  const [only, ...others] = selection?.selections ?? [];
  if (only?.kind === Kind.INLINE_FRAGMENT && others.length === 0) return only.selectionSet;
  return selection ?? { kind: Kind.SELECTION_SET, selections: [] };
};

const within = (path: readonly string[], selection: SelectionSetNode, exact: boolean): Brought[] => [
  { path: path.join('/'), selection, exact },
  ...selection.selections.flatMap((node): Brought[] => {
    // what depends on an object's type may be brought otherwise to its neighbour
    if (node.kind === Kind.INLINE_FRAGMENT) return within(path, node.selectionSet, false);
    if (node.kind !== Kind.FIELD || node.selectionSet === undefined) return [];
    return within([...path, (node.alias ?? node.name).value], node.selectionSet, exact);
  }),
];

/**
 * The client's own keys, for the same fields in the same order, all the way down, and nothing that depends on a type.
 */
const isSame = (one: SelectionSetNode, other: SelectionSetNode): boolean =>
  one.selections.length === other.selections.length &&
  one.selections.every((node, i) => {
    const given = other.selections[i];
    if (node.kind !== Kind.FIELD || given?.kind !== Kind.FIELD || given === PLACEHOLDER) return false;
    const key = (node.alias ?? node.name).value;
    if (node.name.value !== given.name.value || key !== (given.alias ?? given.name).value) return false;
    if (clientKey(key) !== key) return false;
    if (node.selectionSet === undefined || given.selectionSet === undefined)
      return node.selectionSet === given.selectionSet;
    return isSame(node.selectionSet, given.selectionSet);
  });
