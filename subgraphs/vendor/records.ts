import type { GraphQLResolveInfo } from 'graphql';
import { Args, Ctx, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import { PatientAppointmentsArgs, PatientClaimsArgs, PatientObservationsArgs } from '../../schema/arguments.ts';
import type { RecordType, SourceId } from '../../schema/ids.ts';
import {
  Appointment,
  Claim,
  Location,
  Observation,
  Patient,
  Practitioner,
  type Records,
  Slot,
} from '../../schema/records.ts';
import { Source } from '../../schema/source.ts';
import { Coverage } from '../../schema/values.ts';
import { startLists } from './ahead.ts';
import { AppointmentPage, ClaimPage, ObservationPage } from './pages.ts';
import { patientList } from './patient-lists.ts';
import { selectedFields } from './selection.ts';
import type { Session } from './session.ts';
import { presentSource } from './source.ts';

/** A record under resolution: its unified fields, the key that its vendor knows it by, and its source. */
interface Owned {
  readonly sourceId: SourceId;
  readonly key: string;
}

/** A field resolver of every record that has a source: one class per interface, so that type-graphql finds it. */
const sourceOf = (root: Owned, session: Session) => presentSource(session.source(root.sourceId));

const link = async <T extends RecordType>(
  type: T,
  key: string | Error | null | undefined,
  root: Owned,
  session: Session,
  info: GraphQLResolveInfo,
): Promise<Records[T] | null> => {
  if (key instanceof Error) throw key; // whose key it is could not be read
  if (key === null || key === undefined) return null;
  return linkedRecord(type, { sourceId: root.sourceId, key }, session, info);
};

/** A record by its key with what is selected of it; the selected lists of a patient start beside it. */
export const linkedRecord = <T extends RecordType>(
  type: T,
  { sourceId, key }: Owned,
  session: Session,
  info: GraphQLResolveInfo,
): Promise<Records[T]> => {
  const fields = selectedFields(info, session.typeName(type));
  const record = session.source(sourceId).record(type, key, fields);
  if (type === 'Patient') startLists({ sourceId, key }, fields, session, info);
  return record;
};

@Resolver(() => Patient)
export class PatientResolver {
  @FieldResolver(() => Source)
  source(@Root() root: Owned, @Ctx() session: Session) {
    return sourceOf(root, session);
  }

  @FieldResolver(() => [Coverage])
  async coverages(@Root() root: Owned, @Ctx() session: Session) {
    return (await session.source(root.sourceId).lists.coverages.load(root.key)) ?? [];
  }

  @FieldResolver(() => AppointmentPage)
  appointments(
    @Root() root: Owned,
    @Args(() => PatientAppointmentsArgs) args: PatientAppointmentsArgs,
    @Ctx() session: Session,
    @Info() info: GraphQLResolveInfo,
  ) {
    return patientList('appointments', root, args, session, info);
  }

  @FieldResolver(() => ObservationPage)
  observations(
    @Root() root: Owned,
    @Args(() => PatientObservationsArgs) args: PatientObservationsArgs,
    @Ctx() session: Session,
    @Info() info: GraphQLResolveInfo,
  ) {
    return patientList('observations', root, args, session, info);
  }

  @FieldResolver(() => ClaimPage)
  claims(
    @Root() root: Owned,
    @Args(() => PatientClaimsArgs) args: PatientClaimsArgs,
    @Ctx() session: Session,
    @Info() info: GraphQLResolveInfo,
  ) {
    return patientList('claims', root, args, session, info);
  }
}

@Resolver(() => Appointment)
export class AppointmentResolver {
  @FieldResolver(() => Source)
  source(@Root() root: Owned, @Ctx() session: Session) {
    return sourceOf(root, session);
  }
  @FieldResolver(() => Patient, { nullable: true })
  patient(@Root() root: Owned & Appointment, @Ctx() session: Session, @Info() info: GraphQLResolveInfo) {
    return link('Patient', root.patientKey, root, session, info);
  }
  @FieldResolver(() => Practitioner, { nullable: true })
  practitioner(@Root() root: Owned & Appointment, @Ctx() session: Session, @Info() info: GraphQLResolveInfo) {
    return link('Practitioner', root.practitionerKey, root, session, info);
  }
  @FieldResolver(() => Location, { nullable: true })
  location(@Root() root: Owned & Appointment, @Ctx() session: Session, @Info() info: GraphQLResolveInfo) {
    return link('Location', root.locationKey, root, session, info);
  }
}

@Resolver(() => Observation)
export class ObservationResolver {
  @FieldResolver(() => Source)
  source(@Root() root: Owned, @Ctx() session: Session) {
    return sourceOf(root, session);
  }
  @FieldResolver(() => Patient, { nullable: true })
  patient(@Root() root: Owned & Observation, @Ctx() session: Session, @Info() info: GraphQLResolveInfo) {
    return link('Patient', root.patientKey, root, session, info);
  }
  @FieldResolver(() => Observation, {
    nullable: true,
    description: 'The result that this one replaces. Lists show the newest only.',
  })
  supersedes(@Root() root: Owned & Observation, @Ctx() session: Session, @Info() info: GraphQLResolveInfo) {
    return link('Observation', root.supersedesKey, root, session, info);
  }
}

@Resolver(() => Claim)
export class ClaimResolver {
  @FieldResolver(() => Source)
  source(@Root() root: Owned, @Ctx() session: Session) {
    return sourceOf(root, session);
  }
  @FieldResolver(() => Patient, { nullable: true })
  patient(@Root() root: Owned & Claim, @Ctx() session: Session, @Info() info: GraphQLResolveInfo) {
    return link('Patient', root.patientKey, root, session, info);
  }
  @FieldResolver(() => Practitioner, { nullable: true })
  practitioner(@Root() root: Owned & Claim, @Ctx() session: Session, @Info() info: GraphQLResolveInfo) {
    return link('Practitioner', root.practitionerKey, root, session, info);
  }
  @FieldResolver(() => Appointment, { nullable: true })
  appointment(@Root() root: Owned & Claim, @Ctx() session: Session, @Info() info: GraphQLResolveInfo) {
    return link('Appointment', root.appointmentKey, root, session, info);
  }
}

@Resolver(() => Practitioner)
export class PractitionerResolver {
  @FieldResolver(() => Source)
  source(@Root() root: Owned, @Ctx() session: Session) {
    return sourceOf(root, session);
  }
}

@Resolver(() => Location)
export class LocationResolver {
  @FieldResolver(() => Source)
  source(@Root() root: Owned, @Ctx() session: Session) {
    return sourceOf(root, session);
  }
}

@Resolver(() => Slot)
export class SlotResolver {
  @FieldResolver(() => Source)
  source(@Root() root: Owned, @Ctx() session: Session) {
    return sourceOf(root, session);
  }
  @FieldResolver(() => Practitioner, { nullable: true })
  practitioner(@Root() root: Owned & Slot, @Ctx() session: Session, @Info() info: GraphQLResolveInfo) {
    return link('Practitioner', root.practitionerKey, root, session, info);
  }
  @FieldResolver(() => Location, { nullable: true })
  location(@Root() root: Owned & Slot, @Ctx() session: Session, @Info() info: GraphQLResolveInfo) {
    return link('Location', root.locationKey, root, session, info);
  }
}
