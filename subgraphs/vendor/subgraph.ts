import { randomUUID } from 'node:crypto';
import type { GraphQLResolveInfo } from 'graphql';
import { Ctx, Directive, Field, FieldResolver, ID, ObjectType, Resolver, Root } from 'type-graphql';
import type { OperationContext } from '../../schema/context.ts';
import type { Cursors } from '../../schema/cursor.ts';
import { GraphError } from '../../schema/errors.ts';
import { parseId, RECORD_TYPES, type SourceId } from '../../schema/ids.ts';
import { CONNECTION_DESCRIPTION } from '../../schema/pages.ts';
import { HitsScalar } from '../../schema/scalars.ts';
import type { Journal } from '../../store/journal.ts';
import type { SharedState } from '../../upstream/shared-state.ts';
import type { SourceSettings } from '../../upstream/source.ts';
import { buildSubgraph } from '../federation/build.ts';
import type { LocalSubgraph } from '../federation/subgraph.ts';
import { type ChangeOptions, openChanges } from './changes/open.ts';
import type { VendorDefinition } from './definition.ts';
import { gatherHits } from './gather.ts';
import {
  AppointmentResolver,
  ClaimResolver,
  LocationResolver,
  linkedRecord,
  ObservationResolver,
  PatientResolver,
  PractitionerResolver,
  SlotResolver,
} from './records.ts';
import { Session } from './session.ts';
import { presentSource, SourceHealthResolver, SourceResolver } from './source.ts';
import { type ConnectedSource, connectSources } from './sources.ts';
import { Carrier } from './writes/carrier.ts';
import type { WriteTimes } from './writes/limits.ts';

/** The connections that hub gathers; this vendor's part of each is one field that clients never see. */
export const CONNECTIONS = ['PatientConnection', 'AppointmentConnection', 'ClaimConnection'] as const;

/** The field by which a vendor's subgraph contributes to a connection. */
export const hitsField = (vendorName: string): string => `${vendorName}Hits`;

const connectionPart = (name: string, vendor: VendorDefinition) => {
  @ObjectType(name, { description: CONNECTION_DESCRIPTION })
  @Directive('@key(fields: "request")')
  class ConnectionPart {
    @Field(() => ID)
    @Directive('@inaccessible')
    request!: string;
  }

  @Resolver(() => ConnectionPart)
  class ConnectionPartResolver {
    @FieldResolver(() => HitsScalar, { name: hitsField(vendor.name), nullable: true })
    @Directive('@inaccessible')
    hits(@Root() root: { request: string }, @Ctx() session: Session) {
      return gatherHits(root.request, session);
    }
  }
  return { type: ConnectionPart, resolver: ConnectionPartResolver };
};

export interface VendorOptions extends ChangeOptions {
  readonly cursors: Cursors;
  readonly state?: SharedState;
  /** Where hub records writes; without it nothing is written. */
  readonly journal?: Journal;
  /** How long the parts of a write may take, where the usual times are not wanted. */
  readonly writeTimes?: Partial<WriteTimes>;
}

/** Those who carry out the sources' writes, one for each. */
const carriersOf = (
  sources: ReadonlyMap<SourceId, ConnectedSource>,
  prefix: string,
  { journal, changes, meter, now, writeTimes: times = {} }: VendorOptions,
): readonly Carrier[] => {
  if (journal === undefined) return [];
  const told = { ...(changes === undefined ? {} : { changes }), ...(meter === undefined ? {} : { meter }) };
  const worker = randomUUID();
  return [...sources.values()].map((source) => new Carrier({ source, prefix, journal, worker, now, times, ...told }));
};

/** A vendor's subgraph: its entities, the gather's hits, and everything behind them. */
export const vendorSubgraph = async (
  vendor: VendorDefinition,
  settings: readonly SourceSettings[],
  options: VendorOptions,
): Promise<LocalSubgraph> => {
  const sources = connectSources(vendor, settings, options.now, options.state);
  const carriers = carriersOf(sources, vendor.prefix, options);
  const changes = openChanges(sources, options);
  const sessions = new WeakMap<OperationContext, Session>();
  const parts = CONNECTIONS.map((name) => connectionPart(name, vendor));

  const references = Object.fromEntries(
    RECORD_TYPES.map((type) => [
      `${vendor.prefix}${type}`,
      (reference: { readonly id: string }, session: Session, info: GraphQLResolveInfo) => {
        const { source, type: asked, key } = parseId(reference.id);
        if (asked !== type) throw new GraphError('NOT_FOUND');
        return linkedRecord(type, { sourceId: source, key }, session, info);
      },
    ]),
  );

  const { sdl, schema } = await buildSubgraph({
    types: [...Object.values(vendor.types), ...parts.map(({ type }) => type)],
    resolvers: [
      PatientResolver,
      AppointmentResolver,
      ObservationResolver,
      ClaimResolver,
      PractitionerResolver,
      LocationResolver,
      SlotResolver,
      SourceResolver,
      SourceHealthResolver,
      ...parts.map(({ resolver }) => resolver),
    ],
    references: {
      ...references,
      [`${vendor.prefix}Source`]: (reference: { readonly id: string }, session: Session) => {
        const { source, type } = parseId(reference.id);
        if (type !== 'Source') throw new GraphError('NOT_FOUND');
        return presentSource(session.source(source));
      },
      ...Object.fromEntries(
        CONNECTIONS.map((name) => [name, (reference: object) => ({ ...reference, __typename: name })]),
      ),
    },
  });

  return {
    name: vendor.name,
    sdl,
    schema,
    hooks: changes.hooks,
    contextFor: (context) => {
      const existing = sessions.get(context);
      if (existing !== undefined) return existing;
      const session = new Session(sources, context, vendor.prefix, options.cursors, options.changes);
      sessions.set(context, session);
      return session;
    },
    close: async () => {
      await Promise.all([...carriers, changes].map((one) => one.close()));
      await Promise.all(
        [...sources.values()].map(async ({ connector, upstream }) => {
          await connector.close();
          await upstream.close();
        }),
      );
    },
  };
};
