import { type ASTNode, type DocumentNode, Kind, OperationTypeNode, visit } from 'graphql';

/** A query plan as the executor runs it: the planner's nodes with their operations parsed, once, at plan time. */
export type Plan = Sequence | Parallel | RootFetch | EntityFetch;

export interface Sequence {
  readonly kind: 'Sequence';
  readonly nodes: readonly Plan[];
}

export interface Parallel {
  readonly kind: 'Parallel';
  readonly nodes: readonly Plan[];
}

/** What is sent to a subgraph. */
export interface Operation {
  readonly subgraph: string;
  readonly text: string;
  readonly document: DocumentNode;
  /** The client's variables that it uses. */
  readonly variables: readonly string[];
}

/** Does it change something, when it is sent? */
export const isMutation = ({ document }: Operation): boolean =>
  document.definitions.some(
    (one) => one.kind === Kind.OPERATION_DEFINITION && one.operation === OperationTypeNode.MUTATION,
  );

export interface RootFetch {
  readonly kind: 'RootFetch';
  readonly operation: Operation;
  /** Where its answer belongs; the root when empty. */
  readonly path: readonly Step[];
  readonly outputRewrites: readonly Rewrite[];
}

/** A subscription: each event of one subgraph, and what completes it from the others. */
export interface SubscriptionPlan {
  readonly kind: 'Subscription';
  readonly primary: RootFetch;
  readonly completion: Plan | undefined;
}

/**
 * The client's variables that decide on what is shown of an event: all but those in the arguments of the subscription's
 * field, which decide on what is told.
 */
export const variablesOfEvents = ({ primary, completion }: SubscriptionPlan): readonly string[] => {
  const names = new Set<string>(completion === undefined ? [] : variablesIn(completion));
  const note = (node: ASTNode): void => {
    visit(node, { Variable: ({ name }) => void names.add(name.value) });
  };
  for (const definition of primary.operation.document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) note(definition);
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const field of definition.selectionSet.selections)
      note(field.kind === Kind.FIELD ? { ...field, arguments: [] } : field);
  }
  return [...names].sort();
};

const variablesIn = (plan: Plan): readonly string[] =>
  'nodes' in plan ? plan.nodes.flatMap(variablesIn) : plan.operation.variables;

/** Entities of one subgraph, from one or several places of the response, in one request. */
export interface EntityFetch {
  readonly kind: 'EntityFetch';
  readonly operation: Operation;
  readonly parts: readonly EntityPart[];
}

export interface EntityPart {
  /** The response key of `_entities` in the operation. */
  readonly alias: string;
  /** The variable that takes the representations. */
  readonly variable: string;
  readonly paths: readonly (readonly Step[])[];
  readonly requires: readonly Required[];
  /** The response key of the one leaf that tells entities of a type apart; absent where it takes more. */
  readonly singleKey: string | undefined;
  readonly inputRewrites: readonly Rewrite[];
  readonly outputRewrites: readonly Rewrite[];
  /** Response keys that it brings to an entity, whatever the entity's type. */
  readonly brings: ReadonlySet<string>;
}

/** One step of a path: into a field, over every item of a list, or only into objects of some types. */
export type Step = { readonly field: string } | { readonly types: ReadonlySet<string> } | 'items';

/** What a representation consists of. */
export type Required =
  | {
      readonly kind: 'field';
      /** The name that the subgraph knows. */
      readonly name: string;
      /** The key under which the value was gathered. */
      readonly key: string;
      readonly selections: readonly Required[] | undefined;
    }
  | { readonly kind: 'types'; readonly type: string; readonly selections: readonly Required[] };

export type Rewrite = {
  readonly path: readonly { readonly key: string }[];
} & ({ readonly kind: 'set'; readonly value: string } | { readonly kind: 'rename'; readonly to: string });

/** A plan without operations' documents, for `extensions.explain`. */
export const describePlan = (plan: Plan | SubscriptionPlan | undefined): unknown => {
  if (plan === undefined) return null;
  if (plan.kind === 'Subscription')
    return { kind: plan.kind, primary: describePlan(plan.primary), completion: describePlan(plan.completion) };
  if (plan.kind === 'Sequence' || plan.kind === 'Parallel')
    return { kind: plan.kind, nodes: plan.nodes.map(describePlan) };
  const { subgraph, text } = plan.operation;
  if (plan.kind === 'RootFetch') return { kind: 'Fetch', subgraph, operation: text };
  const at = plan.parts.flatMap(({ paths }) => paths.map(describePath));
  return { kind: 'Fetch', subgraph, at, operation: text };
};

const describePath = (path: readonly Step[]): string =>
  path
    .map((step) => (step === 'items' ? '@' : 'field' in step ? step.field : `[${[...step.types].join('|')}]`))
    .join('.');
