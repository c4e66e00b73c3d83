import type { OperationContext } from '../../schema/context.ts';
import type { Cursors } from '../../schema/cursor.ts';
import type { SourceId } from '../../schema/ids.ts';
import type { SourceCapability } from '../../schema/source.ts';
import type { Journal } from '../../store/journal.ts';
import type { SourceSettings } from '../../upstream/source.ts';
import { buildSubgraph } from '../federation/build.ts';
import type { LocalSubgraph } from '../federation/subgraph.ts';
import { CHANGE_RESOLVERS, eventKey } from './changes/resolvers.ts';
import { type ReadableLog, Tail } from './changes/tail.ts';
import type { HubContext, HubSource } from './context.ts';
import { connectionResolver, gatherQueries, HubQueries } from './resolvers.ts';
import { connections, vendorStubs } from './types.ts';
import { WRITE_RESOLVERS } from './writes/resolvers.ts';

/** A vendor as hub knows it. */
export interface HubVendor {
  readonly prefix: string;
  readonly vendors: readonly SourceSettings['vendor'][];
  readonly hitsField: string;
  /** What can be done at a source with these settings. */
  capabilities(settings: SourceSettings): readonly SourceCapability[];
}

export interface HubOptions {
  readonly cursors: Cursors;
  /** Where writes are recorded. Absent: none are taken. */
  readonly journal?: Journal;
  /** Aborted when the process is about to stop: nobody waits for a write any longer. */
  readonly stopping?: AbortSignal;
  /** What changed, for subscriptions. Absent: there are none. */
  readonly changes?: ReadableLog;
}

/**
 * hub's subgraph: the roots, and a stub of every vendor's types. Asks nobody: the plan brings the vendors' answers, the
 * journal says what became of writes, and the log of changes what happened.
 */
export const hubSubgraph = async (
  vendors: readonly HubVendor[],
  settings: readonly SourceSettings[],
  { cursors, journal, changes, stopping }: HubOptions,
): Promise<LocalSubgraph> => {
  const types = connections(vendors.map(({ hitsField }) => hitsField));
  const { sdl, schema } = await buildSubgraph({
    types: [...vendors.flatMap(({ prefix }) => vendorStubs(prefix)), ...Object.values(types)],
    resolvers: [
      HubQueries,
      gatherQueries(types),
      ...Object.values(types).map(connectionResolver),
      ...WRITE_RESOLVERS,
      ...CHANGE_RESOLVERS,
    ],
    references: Object.fromEntries(
      Object.keys(types).map((type) => {
        const __typename = `${type}Connection`;
        return [__typename, (reference: object) => ({ ...reference, __typename })];
      }),
    ),
  });
  const sources = settings.flatMap((source): readonly HubSource[] => {
    const { id, vendor, writes } = source;
    const owner = vendors.find((one) => one.vendors.includes(vendor));
    if (owner === undefined) return [];
    const { prefix, hitsField } = owner;
    return [{ id, vendor, prefix, hitsField, writes, capabilities: owner.capabilities(source) }];
  });
  const tail = changes === undefined ? undefined : new Tail(changes);
  const contexts = new WeakMap<OperationContext, HubContext>();
  return {
    name: 'hub',
    sdl,
    schema,
    eventKey,
    contextFor: (context) => {
      const existing = contexts.get(context);
      if (existing !== undefined) return existing;
      const visible = (id: SourceId): boolean =>
        context.caller.sources === 'all' || context.caller.sources.includes(id);
      const made: HubContext = {
        operation: context,
        sources: sources.filter(({ id }) => visible(id)),
        cursors,
        journal,
        stopping,
        tail,
        merged: new WeakMap(),
      };
      contexts.set(context, made);
      return made;
    },
    close: async () => {},
  };
};
