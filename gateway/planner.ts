import {
  type EntityBatchAlias,
  type FetchNode,
  type FetchRewrite,
  type FlattenNodePathSegment,
  type PlanNode,
  QueryPlanner,
  type RequiresSelection,
} from '@graphql-hive/router-query-planner';
import { type DocumentNode, Kind, parse, print, type SelectionSetNode, visit } from 'graphql';
import { apiSchema, hidesValues, partlyHidden } from './api-schema.ts';
import { singleKey } from './entities.ts';
import { fieldSetNames } from './keys.ts';
import type { EntityPart, Operation, Plan, Required, Rewrite, RootFetch, Step, SubscriptionPlan } from './plan.ts';

/** Plans operations over a supergraph. The library behind it can be changed here and nowhere else. */
export interface Planner {
  /** SDL of the graph as clients see it. */
  readonly apiSdl: string;
  /**
   * Object types without a key that several subgraphs answer. Below them this planner finds no way from an interface's
   * field to its owners unless the selection names the object types (`edges { node { start } }`).
   */
  readonly sharedTypes: ReadonlySet<string>;
  /** Interfaces and unions some of whose object types clients must not see. */
  readonly partlyHidden: ReadonlySet<string>;
  /** Has an enum values that clients must not see? */
  readonly hidesValues: boolean;
  /** Names of fields that plans select on their own account, beside what the operation selects. */
  readonly fieldSetNames: ReadonlySet<string>;
  /**
   * What decides a progressive @override for an operation: labels that are switched on, and a number from 0 up to 100
   * that is below the percentage of every override that takes place. Equal keys lead to equal plans.
   */
  overrides(labels: ReadonlySet<string>, percentage: number): Overrides;
  /** `undefined` when no subgraph has to be asked. */
  plan(operation: string, overrides: Overrides): Promise<Plan | SubscriptionPlan | undefined>;
}

export interface Overrides {
  readonly key: string;
  readonly labels: ReadonlySet<string>;
  readonly percentage: number;
}

const steps = (path: readonly FlattenNodePathSegment[]): readonly Step[] =>
  path.map((segment) =>
    segment === '@'
      ? 'items'
      : 'Field' in segment
        ? { field: segment.Field }
        : { types: new Set(segment.TypeCondition) },
  );

const required = (selections: readonly RequiresSelection[]): readonly Required[] =>
  selections.map((selection): Required => {
    if (selection.kind === 'Field')
      return {
        kind: 'field',
        name: selection.alias ?? selection.name,
        key: selection.name,
        selections: selection.selections === undefined ? undefined : required(selection.selections),
      };
    if (selection.kind === 'InlineFragment')
      return { kind: 'types', type: selection.typeCondition, selections: required(selection.selections) };
    throw new Error('A plan holds a fragment spread where none can be.');
  });

const rewrites = (list: readonly FetchRewrite[] | null | undefined): readonly Rewrite[] =>
  (list ?? []).map((rewrite): Rewrite => {
    const setter = 'ValueSetter' in rewrite ? rewrite.ValueSetter : 'setValueTo' in rewrite ? rewrite : undefined;
    const renamer = 'KeyRenamer' in rewrite ? rewrite.KeyRenamer : undefined;
    const path = (setter ?? renamer)?.path ?? [];
    const places = path.map((segment) =>
      'Key' in segment ? { key: segment.Key } : { types: new Set(segment.TypenameEquals) },
    );
    if (setter !== undefined) return { kind: 'set', path: places, value: setter.setValueTo };
    return { kind: 'rename', path: places, to: renamer?.renameKeyTo ?? '' };
  });

const keysOf = (set: SelectionSetNode, document: DocumentNode): string[] =>
  set.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection.alias?.value ?? selection.name.value];
    if (selection.kind === Kind.INLINE_FRAGMENT) return keysOf(selection.selectionSet, document);
    const fragment = document.definitions.find(
      (one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === selection.name.value,
    );
    return fragment?.kind === Kind.FRAGMENT_DEFINITION ? keysOf(fragment.selectionSet, document) : [];
  });

const bringsOf = (document: DocumentNode, alias: string): ReadonlySet<string> => {
  const found = new Set<string>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const field of definition.selectionSet.selections)
      if (field.kind === Kind.FIELD && (field.alias?.value ?? field.name.value) === alias && field.selectionSet)
        for (const key of keysOf(field.selectionSet, document)) found.add(key);
  }
  return found;
};

const operationOf = (node: { serviceName: string; operation: string; variableUsages?: string[] }): Operation => ({
  subgraph: node.serviceName,
  text: node.operation,
  document: parse(node.operation, { noLocation: true }),
  variables: node.variableUsages ?? [],
});

/**
 * Objects are asked for in their interface's name where the subgraph knows no other (@interfaceObject). When several of
 * its types are to be asked for at one place, this planner names only one of them: all of the interface's are let in.
 */
const widened = (
  requires: readonly Required[],
  inputRewrites: readonly Rewrite[],
  paths: readonly (readonly Step[])[],
): readonly Required[] => {
  const [one, ...others] = requires;
  if (one?.kind !== 'types' || others.length > 0) return requires;
  const narrowed = paths.every((path) => path.some((step) => step !== 'items' && 'types' in step));
  const setter = inputRewrites.find((rewrite) => rewrite.kind === 'set');
  if (narrowed || setter?.kind !== 'set' || setter.value === one.type) return requires;
  return [one, { ...one, type: setter.value }];
};

const part = (
  operation: Operation,
  from: Pick<EntityBatchAlias, 'alias' | 'representationsVariableName' | 'paths' | 'inputRewrites' | 'outputRewrites'>,
  requires: readonly RequiresSelection[],
): EntityPart => {
  const outputRewrites = rewrites(from.outputRewrites);
  const inputRewrites = rewrites(from.inputRewrites);
  const paths = from.paths.map(steps);
  const needed = widened(required(requires), inputRewrites, paths);
  const renamed = outputRewrites.flatMap((rewrite) => (rewrite.kind === 'rename' ? [rewrite.to] : []));
  return {
    alias: from.alias,
    variable: from.representationsVariableName,
    paths,
    requires: needed,
    singleKey: singleKey(needed),
    inputRewrites,
    outputRewrites,
    brings: new Set([...bringsOf(operation.document, from.alias), ...renamed]),
  };
};

const rootFetch = (node: FetchNode, path: readonly FlattenNodePathSegment[]): RootFetch => ({
  kind: 'RootFetch',
  operation: operationOf(node),
  path: steps(path),
  outputRewrites: rewrites(node.outputRewrites),
});

/** A subscription's event comes first, and everything else of its plan after it. */
const compileOperation = (node: PlanNode): Plan | SubscriptionPlan => {
  const [first, ...rest] = node.kind === 'Sequence' ? node.nodes : [node];
  if (first?.kind !== 'Subscription') return compile(node);
  const completion: Plan = { kind: 'Sequence', nodes: rest.map((child) => compile(child)) };
  return {
    kind: 'Subscription',
    primary: rootFetch(first.primary, []),
    completion: rest.length === 0 ? undefined : completion,
  };
};

const compile = (node: PlanNode, path: readonly FlattenNodePathSegment[] = []): Plan => {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return { kind: node.kind, nodes: node.nodes.map((child) => compile(child, path)) };
    case 'Flatten':
      return compile(node.node, [...path, ...node.path]);
    case 'Fetch': {
      if (node.requires === undefined) return rootFetch(node, path);
      const operation = operationOf(node);
      const from = {
        alias: '_entities',
        representationsVariableName: 'representations',
        paths: [[...path]],
        inputRewrites: node.inputRewrites ?? [],
        outputRewrites: node.outputRewrites ?? [],
      };
      return { kind: 'EntityFetch', operation, parts: [part(operation, from, node.requires)] };
    }
    case 'BatchFetch': {
      const operation = operationOf(node);
      const parts = node.entityBatch.aliases.map((alias) => part(operation, alias, alias.requires));
      return { kind: 'EntityFetch', operation, parts };
    }
    default:
      throw new Error(`A plan holds a ${node.kind} node, which operations cannot lead to.`);
  }
};

/**
 * This planner takes a @provides for one member of a union or interface as one for all members, in some runs and not in
 * others. Without it the owner is asked, which is never wrong.
 */
const withoutPartialProvides = (supergraph: DocumentNode): DocumentNode =>
  visit(supergraph, {
    Directive: (directive) => {
      if (directive.name.value !== 'join__field') return undefined;
      const kept = directive.arguments?.filter(
        ({ name, value }) => name.value !== 'provides' || value.kind !== Kind.STRING || !value.value.includes('...'),
      );
      return kept?.length === directive.arguments?.length ? undefined : { ...directive, arguments: kept ?? [] };
    },
  });

/** Root types of a composed graph; composition renames others. */
const ROOTS: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);

const sharedTypes = (supergraph: DocumentNode): ReadonlySet<string> =>
  new Set(
    supergraph.definitions.flatMap((definition) => {
      if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION || ROOTS.has(definition.name.value)) return [];
      const joins = (definition.directives ?? []).filter(({ name }) => name.value === 'join__type');
      const keyed = joins.some((join) => join.arguments?.some(({ name }) => name.value === 'key'));
      return joins.length > 1 && !keyed ? [definition.name.value] : [];
    }),
  );

/** @throws Error when the supergraph is not one. */
export const createPlanner = (supergraph: string): Planner => {
  const document = parse(supergraph, { noLocation: true });
  const planner = new QueryPlanner(print(withoutPartialProvides(document)));
  return {
    apiSdl: print(apiSchema(document)),
    sharedTypes: sharedTypes(document),
    partlyHidden: partlyHidden(document),
    hidesValues: hidesValues(document),
    fieldSetNames: fieldSetNames(document),
    overrides: (labels, percentage) => {
      const active = planner.overrideLabels.filter((label) => labels.has(label)).sort();
      const above = planner.overridePercentages.filter((percent) => percentage < percent).sort((a, b) => a - b);
      return { key: JSON.stringify([active, above]), labels: new Set(active), percentage };
    },
    plan: async (operation, { labels, percentage }) => {
      const { node } = await planner.planAsync(operation, null, new Set(labels), percentage);
      return node === undefined || node === null ? undefined : compileOperation(node);
    },
  };
};
