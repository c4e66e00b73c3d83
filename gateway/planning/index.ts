import { type DocumentNode, Kind, type OperationDefinitionNode, OperationTypeNode, type SelectionNode } from 'graphql';
import type { EntityFetch, Plan, RootFetch, SubscriptionPlan } from '../plan.ts';
import { Access, type OverrideChoice } from './access.ts';
import { checkFieldSets } from './check.ts';
import { partsOf } from './entity-parts.ts';
import { Entries } from './entries.ts';
import { FieldSets } from './field-sets.ts';
import { Gatherer } from './gather.ts';
import { readSupergraph, type Supergraph } from './model.ts';
import type { Fetch } from './place.ts';
import { stages } from './schedule.ts';
import { Search } from './ways.ts';
import { entitiesField, operationFor, Writer } from './write.ts';

/** Plans operations without regard for anything but that the plan is right. */
export interface PlanBuilder {
  /**
   * Plans a normalized operation: fields and inline fragments alone, no conditions.
   * @throws Error when something that it selects cannot be reached.
   */
  plan(operation: OperationDefinitionNode, overrides: OverrideChoice): Plan | SubscriptionPlan;
}

/** @throws Error when the document is not a supergraph. */
export const createPlanBuilder = (document: DocumentNode): PlanBuilder => {
  const supergraph = readSupergraph(document);
  checkFieldSets(supergraph);
  return {
    plan: (operation, overrides) => {
      try {
        return new Builder(new Access(supergraph, overrides, false), operation).plan();
      } catch (failure) {
        if (!hasExternalKeys(supergraph)) throw failure;
        return new Builder(new Access(supergraph, overrides, true), operation).plan();
      }
    },
  };
};

const hasExternalKeys = ({ types }: Supergraph): boolean =>
  [...types.values()].some(({ graphs, fields }) =>
    [...graphs].some(([graph, { keyFields }]) =>
      [...keyFields].some((name) => fields.get(name)?.graphs.get(graph)?.external === true),
    ),
  );

const inOrder = (nodes: readonly Plan[]): Plan => {
  const [only, ...others] = nodes;
  return only !== undefined && others.length === 0 ? only : { kind: 'Sequence', nodes };
};

const atOnce = (nodes: readonly Plan[]): Plan => {
  const [only, ...others] = nodes;
  return only !== undefined && others.length === 0 ? only : { kind: 'Parallel', nodes };
};

class Builder {
  readonly #access: Access;
  readonly #operation: OperationDefinitionNode;
  readonly #root: string;

  constructor(access: Access, operation: OperationDefinitionNode) {
    this.#access = access;
    this.#operation = operation;
    this.#root = access.supergraph.roots.get(operation.operation) ?? '';
  }

  plan(): Plan | SubscriptionPlan {
    const { operation, selectionSet } = this.#operation;
    const { selections } = selectionSet;
    if (operation === OperationTypeNode.QUERY) return inOrder(this.#stages(selections, undefined));
    if (operation === OperationTypeNode.MUTATION) return inOrder(this.#inSequence(selections));
    const [primary, ...rest] = this.#only(selections);
    if (primary?.kind !== 'RootFetch') throw new Error('A subscription does not begin with one subgraph’s events.');
    return { kind: 'Subscription', primary, completion: rest.length === 0 ? undefined : inOrder(rest) };
  }

  /** Each field is completed before the next begins; fields of one subgraph that need no other are asked together. */
  #inSequence(selections: readonly SelectionNode[]): readonly Plan[] {
    const runs: { readonly selections: SelectionNode[]; readonly plans: readonly Plan[] }[] = [];
    const subgraph = ([only, ...others]: readonly Plan[]): string | undefined =>
      only?.kind === 'RootFetch' && others.length === 0 ? only.operation.subgraph : undefined;
    for (const node of selections) {
      if (node.kind === Kind.FIELD && node.name.value === '__typename') continue;
      const plans = this.#only([node]);
      const last = runs.at(-1);
      const together = last !== undefined && subgraph(plans) !== undefined && subgraph(last.plans) === subgraph(plans);
      if (together) last.selections.push(node);
      else runs.push({ selections: [node], plans });
    }
    return runs.flatMap(({ selections: all, plans }) => (all.length === 1 ? plans : this.#only(all)));
  }

  /** The root is asked once, in one subgraph: asking again would do again what the operation does. */
  #only(selections: readonly SelectionNode[]): readonly Plan[] {
    const { graphs } = this.#access.type(this.#root);
    let failure: unknown = new Error('The graph has no such operation type.');
    for (const graph of graphs.keys()) {
      try {
        return this.#stages(selections, graph);
      } catch (why) {
        failure = why;
      }
    }
    throw failure;
  }

  #stages(selections: readonly SelectionNode[], root: string | undefined): readonly Plan[] {
    const fieldSets = new FieldSets(this.#access.supergraph);
    const entries = new Entries(this.#access, fieldSets);
    const search = new Search(this.#access, fieldSets, entries, root === undefined ? undefined : new Set([root]));
    const fetches = new Gatherer(this.#access, fieldSets, entries, search).run(this.#root, selections);
    return stages(fetches).map((stage) => atOnce(this.#stage(stage)));
  }

  #stage(fetches: readonly Fetch[]): readonly Plan[] {
    const roots = fetches.filter(({ needs }) => needs === undefined).map((fetch) => this.#rootFetch(fetch));
    const bySubgraph = new Map<string, Fetch[]>();
    for (const fetch of fetches)
      if (fetch.needs !== undefined)
        bySubgraph.set(fetch.home.graph, [...(bySubgraph.get(fetch.home.graph) ?? []), fetch]);
    return [...roots, ...[...bySubgraph].flatMap(([graph, all]) => this.#entityFetch(graph, all))];
  }

  #subgraph(graph: string): string {
    return this.#access.supergraph.subgraphs.get(graph) ?? graph;
  }

  #rootFetch({ home, place, selection }: Fetch): RootFetch {
    const { selections, rewrites } = new Writer(this.#access, home.graph).root(home.type, selection);
    const isRoot = place.parent === undefined;
    const client = isRoot ? this.#operation : { ...this.#operation, operation: OperationTypeNode.QUERY };
    const operation = operationFor(this.#subgraph(home.graph), client, selections);
    return { kind: 'RootFetch', operation, path: place.path, outputRewrites: rewrites };
  }

  #entityFetch(graph: string, fetches: readonly Fetch[]): readonly EntityFetch[] {
    const made = partsOf(this.#access, fetches, () => new Writer(this.#access, graph));
    if (made.length === 0) return [];
    const parts = made.map(({ part }, i) => ({
      ...part,
      alias: made.length === 1 ? '_entities' : `_entities_${i}`,
      variable: this.#variable(made.length === 1 ? 'representations' : `representations_${i}`),
    }));
    const fields = parts.map(({ alias, variable }, i) => entitiesField(alias, variable, made[i]?.selections ?? []));
    const variables = parts.map(({ variable }) => variable);
    return [
      {
        kind: 'EntityFetch',
        operation: operationFor(this.#subgraph(graph), this.#operation, fields, variables),
        parts,
      },
    ];
  }

  /** A variable that the client has not. */
  #variable(wanted: string): string {
    const taken = this.#operation.variableDefinitions?.some(({ variable }) => variable.name.value === wanted);
    return taken === true ? this.#variable(`${wanted}_`) : wanted;
  }
}
