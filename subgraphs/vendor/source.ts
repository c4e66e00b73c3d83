import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import { AppointmentsArgs, ClaimsArgs, PatientsArgs, PractitionersArgs, SlotsArgs } from '../../schema/arguments.ts';
import { validationFailed } from '../../schema/errors.ts';
import { given } from '../../schema/given.ts';
import { parseId, type RecordType, type SourceId } from '../../schema/ids.ts';
import { Location, Slot } from '../../schema/records.ts';
import { DateTimeScalar } from '../../schema/scalars.ts';
import { Source, SourceHealth } from '../../schema/source.ts';
import type { AppointmentQuery } from './connector.ts';
import {
  AppointmentPage,
  ClaimPage,
  PatientPage,
  PractitionerPage,
  presentPage,
  selectedOfPage,
  windowOf,
} from './pages.ts';
import { selectedFields } from './selection.ts';
import type { Session, SourceSession } from './session.ts';

interface PresentedSource {
  readonly id: SourceId;
}

/** A source as the graph shows it. Lists and health are resolved below. */
export const presentSource = (session: SourceSession) => {
  const { settings, connector } = session.source;
  return {
    __typename: session.sourceTypeName,
    id: settings.id,
    name: settings.name,
    vendor: settings.vendor,
    timeZone: settings.timeZone,
    capabilities: connector.capabilities.map((row) => ({ ...row, note: row.note ?? null })),
  };
};

/**
 * The keys that ids of one type have at this source. Ids of other sources are left out: they ask other vendors.
 * @throws GraphError VALIDATION for an id that is not of this type.
 */
export const keysAt = (
  source: SourceId,
  type: RecordType,
  ids: readonly string[] | undefined,
  argument: string,
): readonly string[] | undefined =>
  ids?.flatMap((id, i) => {
    const issue = { path: [argument, String(i)], rule: 'id', message: `Must be the id of a ${type}.` };
    const parsed = (() => {
      try {
        return parseId(id);
      } catch {
        throw validationFailed([issue]);
      }
    })();
    if (parsed.type !== type) throw validationFailed([issue]);
    return parsed.source === source ? [parsed.key] : [];
  });

/** The search in this source's own keys; `undefined` when it asks for nobody here. */
export const appointmentQueryAt = (
  source: SourceId,
  search: Readonly<Record<string, unknown>>,
): AppointmentQuery | undefined => {
  const { practitioners, locations, ...rest } = search as unknown as AppointmentQuery;
  const query = {
    ...rest,
    ...given({
      practitioners: keysAt(source, 'Practitioner', practitioners, 'practitioners'),
      locations: keysAt(source, 'Location', locations, 'locations'),
    }),
  };
  return query.practitioners?.length === 0 || query.locations?.length === 0 ? undefined : query;
};

/** The health of a source, with whose it is. */
interface PresentedHealth extends SourceHealth {
  readonly source: SourceId;
}

const NOBODY = { items: [], hasNextPage: false, totalCount: 0 } as const;

@Resolver(() => Source)
export class SourceResolver {
  @FieldResolver(() => SourceHealth)
  health(@Root() { id }: PresentedSource, @Ctx() session: Session): PresentedHealth {
    return { ...session.source(id).source.upstream.health.report(), source: id };
  }

  @FieldResolver(() => PatientPage)
  async patients(
    @Root() root: PresentedSource,
    @Args(() => PatientsArgs) args: PatientsArgs,
    @Ctx() session: Session,
    @Info() info: GraphQLResolveInfo,
  ) {
    const search = given(args.search);
    const scope = `Source.patients/${root.id}/${JSON.stringify(search)}`;
    const window = windowOf(args, scope, session, selectedOfPage(info, session.typeName('Patient')));
    const source = session.source(root.id);
    const page = (await source.lists.searchPatients(search, window)).value;
    return presentPage('Patient', page, scope, source, session, window.fields);
  }

  @FieldResolver(() => AppointmentPage)
  async appointments(
    @Root() root: PresentedSource,
    @Args(() => AppointmentsArgs) args: AppointmentsArgs,
    @Ctx() session: Session,
    @Info() info: GraphQLResolveInfo,
  ) {
    const search = given(args.search);
    const scope = `Source.appointments/${root.id}/${JSON.stringify(search)}`;
    const window = windowOf(args, scope, session, selectedOfPage(info, session.typeName('Appointment')));
    const source = session.source(root.id);
    const query = appointmentQueryAt(root.id, search);
    const page = query === undefined ? NOBODY : (await source.lists.searchAppointments(query, window)).value;
    return presentPage('Appointment', page, scope, source, session, window.fields);
  }

  @FieldResolver(() => ClaimPage)
  async claims(
    @Root() root: PresentedSource,
    @Args(() => ClaimsArgs) args: ClaimsArgs,
    @Ctx() session: Session,
    @Info() info: GraphQLResolveInfo,
  ) {
    const search = given(args.search);
    const scope = `Source.claims/${root.id}/${JSON.stringify(search)}`;
    const window = windowOf(args, scope, session, selectedOfPage(info, session.typeName('Claim')));
    const source = session.source(root.id);
    const page = (await source.lists.searchClaims(search, window)).value;
    return presentPage('Claim', page, scope, source, session, window.fields);
  }

  @FieldResolver(() => PractitionerPage)
  async practitioners(
    @Root() root: PresentedSource,
    @Args(() => PractitionersArgs) args: PractitionersArgs,
    @Ctx() session: Session,
    @Info() info: GraphQLResolveInfo,
  ) {
    const scope = `Source.practitioners/${root.id}`;
    const fields = selectedFields(info, session.typeName('Practitioner'), ['nodes']);
    const window = windowOf({ ...args, first: args.first ?? 50 }, scope, session, fields);
    const source = session.source(root.id);
    const page = (await source.lists.practitioners(window)).value;
    return presentPage('Practitioner', page, scope, source, session, window.fields);
  }

  @FieldResolver(() => [Location])
  async locations(@Root() root: PresentedSource, @Ctx() session: Session, @Info() info: GraphQLResolveInfo) {
    const source = session.source(root.id);
    const { items } = (await source.lists.locations()).value;
    const fields = selectedFields(info, session.typeName('Location'));
    return Promise.all(items.map(({ record: { key } }) => source.record('Location', key, fields)));
  }

  @FieldResolver(() => [Slot])
  async slots(
    @Root() root: PresentedSource,
    @Args(() => SlotsArgs) args: SlotsArgs,
    @Ctx() session: Session,
    @Info() info: GraphQLResolveInfo,
  ) {
    const query = appointmentQueryAt(root.id, given(args));
    if (query === undefined) return [];
    const source = session.source(root.id);
    const fields = selectedFields(info, session.typeName('Slot'));
    const { items } = (await source.lists.slots({ ...query, fields })).value;
    return Promise.all(items.map(({ record: { key } }) => source.record('Slot', key, fields)));
  }
}

@Resolver(() => SourceHealth)
export class SourceHealthResolver {
  @FieldResolver(() => DateTimeScalar, { nullable: true })
  lastChangeAt(@Root() { source }: PresentedHealth, @Ctx() session: Session): Promise<string | null> {
    return session.lastChanges.load(source);
  }
}
