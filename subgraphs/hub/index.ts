import type { OperationContext } from '../../schema/context.ts';
import type { Cursors } from '../../schema/cursor.ts';
import type { SourceId } from '../../schema/ids.ts';
import type { SourceSettings } from '../../upstream/source.ts';
import { buildSubgraph } from '../federation/build.ts';
import type { LocalSubgraph } from '../federation/subgraph.ts';
import { connectionResolver, gatherQueries, type HubContext, HubQueries } from './resolvers.ts';
import { connections, vendorStubs } from './types.ts';

/** A vendor as hub knows it. */
export interface HubVendor {
  readonly prefix: string;
  readonly vendors: readonly SourceSettings['vendor'][];
  readonly hitsField: string;
}

/** hub's subgraph: the roots, and a stub of every vendor's types. Asks nobody: the plan brings the vendors' answers. */
export const hubSubgraph = async (
  vendors: readonly HubVendor[],
  settings: readonly SourceSettings[],
  options: { readonly cursors: Cursors },
): Promise<LocalSubgraph> => {
  const types = connections(vendors.map(({ hitsField }) => hitsField));
  const { sdl, schema } = await buildSubgraph({
    types: [...vendors.flatMap(({ prefix }) => vendorStubs(prefix)), ...Object.values(types)],
    resolvers: [HubQueries, gatherQueries(types), ...Object.values(types).map(connectionResolver)],
    references: Object.fromEntries(
      Object.keys(types).map((type) => {
        const __typename = `${type}Connection`;
        return [__typename, (reference: object) => ({ ...reference, __typename })];
      }),
    ),
  });
  const sources = settings.flatMap(({ id, vendor }) => {
    const owner = vendors.find((one) => one.vendors.includes(vendor));
    return owner === undefined ? [] : [{ id, vendor, prefix: owner.prefix, hitsField: owner.hitsField }];
  });
  const contexts = new WeakMap<OperationContext, HubContext>();
  return {
    name: 'hub',
    sdl,
    schema,
    contextFor: (context) => {
      const existing = contexts.get(context);
      if (existing !== undefined) return existing;
      const visible = (id: SourceId): boolean =>
        context.caller.sources === 'all' || context.caller.sources.includes(id);
      const made: HubContext = {
        sources: sources.filter(({ id }) => visible(id)),
        cursors: options.cursors,
        merged: new WeakMap(),
      };
      contexts.set(context, made);
      return made;
    },
    close: async () => {},
  };
};
