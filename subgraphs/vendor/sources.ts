import type { SourceId } from '../../schema/ids.ts';
import type { SharedState } from '../../upstream/shared-state.ts';
import type { SourceSettings } from '../../upstream/source.ts';
import { Upstream } from '../../upstream/upstream.ts';
import type { Connector } from './connector.ts';
import type { VendorDefinition } from './definition.ts';

/** A source with its way out and its connector, for the life of the process. */
export interface ConnectedSource {
  readonly id: SourceId;
  readonly settings: SourceSettings;
  readonly upstream: Upstream;
  readonly connector: Connector;
}

/** Connects a vendor's sources. Nothing is sent before the first question. */
export const connectSources = (
  vendor: VendorDefinition,
  sources: readonly SourceSettings[],
  now: () => number,
  state?: SharedState,
): ReadonlyMap<SourceId, ConnectedSource> =>
  new Map(
    sources
      .filter((settings) => vendor.vendors.includes(settings.vendor))
      .map((settings) => {
        const upstream = new Upstream(settings, now, state);
        return [
          settings.id,
          { id: settings.id, settings, upstream, connector: vendor.connect(settings, upstream, now) },
        ];
      }),
  );
