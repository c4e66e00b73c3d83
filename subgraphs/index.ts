import type { Cursors } from '../schema/cursor.ts';
import { processState, type SharedState } from '../upstream/shared-state.ts';
import type { SourceSettings } from '../upstream/source.ts';
import type { LocalSubgraph } from './federation/subgraph.ts';
import { hubSubgraph } from './hub/index.ts';
import { hitsField, vendorSubgraph } from './vendor/subgraph.ts';
import { VENDORS } from './vendors.ts';

export type { LocalSubgraph } from './federation/subgraph.ts';
export { VENDORS } from './vendors.ts';

export interface SubgraphOptions {
  readonly now: () => number;
  readonly cursors: Cursors;
  /** What the sources share; without it, they share what this process keeps. Whoever gives it closes it. */
  readonly state?: SharedState;
}

/** hub and every vendor's subgraph, in this process. A vendor without sources still has its types. */
export const buildSubgraphs = async (
  sources: readonly SourceSettings[],
  { state = processState(), ...options }: SubgraphOptions,
): Promise<readonly LocalSubgraph[]> => {
  const vendors = VENDORS.map(({ name, prefix, vendors }) => ({ prefix, vendors, hitsField: hitsField(name) }));
  return Promise.all([
    hubSubgraph(vendors, sources, options),
    ...VENDORS.map((vendor) => vendorSubgraph(vendor, sources, { ...options, state })),
  ]);
};
