import type { Cursors } from '../schema/cursor.ts';
import type { Changes } from '../store/changes.ts';
import type { Journal } from '../store/journal.ts';
import { processState, type SharedState } from '../upstream/shared-state.ts';
import type { SourceSettings } from '../upstream/source.ts';
import type { LocalSubgraph } from './federation/subgraph.ts';
import { hubSubgraph } from './hub/index.ts';
import type { ChangeMeter } from './vendor/changes/meter.ts';
import { hitsField, vendorSubgraph } from './vendor/subgraph.ts';
import type { WriteTimes } from './vendor/writes/limits.ts';
import { VENDORS } from './vendors.ts';

export type { LocalSubgraph } from './federation/subgraph.ts';
export { VENDORS } from './vendors.ts';

export interface SubgraphOptions {
  readonly now: () => number;
  readonly cursors: Cursors;
  /** What the sources share; without it, they share what this process keeps. Whoever gives it closes it. */
  readonly state?: SharedState;
  /** Where writes are recorded before they are carried out. Absent: none are taken. Whoever gives it closes its store. */
  readonly journal?: Journal;
  /** What changed, for subscriptions; in the same store. */
  readonly changes?: Changes;
  /** Whether the sources are asked again and again for what changed: as often as their feeds want, or so often. */
  readonly watch?: boolean | { readonly everyMs: number };
  /** Who counts what happens on the way of changes; nobody when absent. */
  readonly meter?: ChangeMeter;
  /**
   * Of several processes that share a store, the one vendor whose writes this one carries out, and whose sources it
   * watches; all when absent.
   */
  readonly carries?: string;
  /** Aborted when the process is about to stop: nobody waits for a write any longer. */
  readonly stopping?: AbortSignal;
  /** How long the parts of a write may take, where the usual times are not wanted. */
  readonly writeTimes?: Partial<WriteTimes>;
}

/** hub and every vendor's subgraph, in this process. A vendor without sources still has its types. */
export const buildSubgraphs = async (
  sources: readonly SourceSettings[],
  { state = processState(), carries, ...options }: SubgraphOptions,
): Promise<readonly LocalSubgraph[]> => {
  const vendors = VENDORS.map((vendor) => ({
    prefix: vendor.prefix,
    vendors: vendor.vendors,
    hitsField: hitsField(vendor.name),
    capabilities: (source: SourceSettings) => vendor.capabilities(source),
  }));
  return Promise.all([
    hubSubgraph(vendors, sources, options),
    ...VENDORS.map((vendor) => {
      const { journal: _carried, watch: _watched, ...reading } = options;
      const own = carries === undefined || carries === vendor.name ? options : reading;
      return vendorSubgraph(vendor, sources, { ...own, state });
    }),
  ]);
};
