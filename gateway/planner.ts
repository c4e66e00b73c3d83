import { type DocumentNode, Kind, type OperationDefinitionNode, parse, print, visit } from 'graphql';
import { apiSchema, hidesValues, partlyHidden } from './api-schema.ts';
import { fieldSetNames } from './keys.ts';
import type { Plan, SubscriptionPlan } from './plan.ts';
import { percentOf } from './planning/access.ts';
import { createPlanBuilder } from './planning/index.ts';

/** Plans operations over a supergraph. What plans behind it can be changed here and nowhere else. */
export interface Planner {
  /** SDL of the graph as clients see it. */
  readonly apiSdl: string;
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
  /**
   * Plans a normalized operation.
   * @throws Error when something that it selects cannot be reached, which composition should have ruled out.
   */
  plan(operation: OperationDefinitionNode, overrides: Overrides): Plan | SubscriptionPlan;
}

export interface Overrides {
  readonly key: string;
  readonly labels: ReadonlySet<string>;
  readonly percentage: number;
}

/** The labels of a supergraph's progressive overrides, and the percentages among them. */
const overridesOf = (supergraph: DocumentNode): { readonly labels: string[]; readonly percentages: number[] } => {
  const found = new Set<string>();
  visit(supergraph, {
    Argument: ({ name, value }) => {
      if (name.value === 'overrideLabel' && value.kind === Kind.STRING) found.add(value.value);
    },
  });
  return {
    labels: [...found].filter((label) => percentOf(label) === undefined).sort(),
    percentages: [...found].flatMap((label) => percentOf(label) ?? []),
  };
};

const NONE: Overrides = { key: '', labels: new Set(), percentage: 0 };

/** @throws Error when the supergraph is not one. */
export const createPlanner = (supergraph: string): Planner => {
  const document = parse(supergraph, { noLocation: true });
  const builder = createPlanBuilder(document);
  const known = overridesOf(document);
  const none = known.labels.length === 0 && known.percentages.length === 0;
  return {
    apiSdl: print(apiSchema(document)),
    partlyHidden: partlyHidden(document),
    hidesValues: hidesValues(document),
    fieldSetNames: fieldSetNames(document),
    overrides: (labels, percentage) => {
      if (none) return NONE;
      const active = known.labels.filter((label) => labels.has(label));
      const above = known.percentages.filter((percent) => percentage < percent).sort((a, b) => a - b);
      return { key: JSON.stringify([active, above]), labels: new Set(active), percentage };
    },
    plan: (operation, overrides) => builder.plan(operation, overrides),
  };
};
