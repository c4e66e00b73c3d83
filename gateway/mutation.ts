import { Kind, type OperationDefinitionNode, type SelectionNode } from 'graphql';
import type { Plan, SubscriptionPlan } from './plan.ts';

export interface Planned {
  readonly plan: Plan | SubscriptionPlan | undefined;
  /** Was it planned with split places, which have to be joined again? */
  readonly split: boolean;
}

/**
 * Plans a mutation field by field: each is completed, follow-up fetches included, before the next begins (GraphQL,
 * 6.2.2). Fields of one subgraph that stand together and need no follow-up travel in one request, which that subgraph
 * runs in their order.
 */
export const inSequence = async (
  operation: OperationDefinitionNode,
  plan: (part: OperationDefinitionNode) => Promise<Planned>,
): Promise<Planned> => {
  const of = (selections: readonly SelectionNode[]): Promise<Planned> =>
    plan({ ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections } });
  const parts: {
    readonly selections: SelectionNode[];
    readonly alone: Planned;
    readonly subgraph: string | undefined;
  }[] = [];
  for (const selection of operation.selectionSet.selections) {
    const alone = await of([selection]);
    const subgraph = alone.plan?.kind === 'RootFetch' ? alone.plan.operation.subgraph : undefined;
    const last = parts.at(-1);
    if (subgraph !== undefined && last?.subgraph === subgraph) last.selections.push(selection);
    else parts.push({ selections: [selection], alone, subgraph });
  }
  const nodes: Plan[] = [];
  let split = false;
  for (const { selections, alone } of parts) {
    const planned = selections.length === 1 ? alone : await of(selections);
    split ||= planned.split;
    if (planned.plan !== undefined && planned.plan.kind !== 'Subscription') nodes.push(planned.plan);
  }
  return { plan: { kind: 'Sequence', nodes }, split };
};
