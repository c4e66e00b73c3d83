import { createHash } from 'node:crypto';
import { canonical } from '../../../schema/canonical.ts';
import type { ChangedType } from '../../../schema/changes.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { Noticed } from '../../vendor/changes/feed.ts';
import { toAppointment } from '../mapping/appointment.ts';
import { billedPatient, explainedClaim } from '../mapping/claim.ts';
import { toObservation } from '../mapping/observation.ts';
import { replacement, toPatient } from '../mapping/patient.ts';
import { isSubset, type Resource, type ResourceType } from '../payload.ts';
import { toTarget } from '../reference.ts';
import type { Service } from '../service.ts';
import type { Watched } from './walk.ts';

/** What differs whenever a resource does: the server's version with its stamp, else a digest of all that is read of it. */
export const versionOf = ({ meta, ...content }: Resource<Watched>, { profile }: Service): string =>
  meta?.versionId === undefined || !profile.changes.versions
    ? createHash('sha256').update(canonical(content)).digest('base64url')
    : `${meta.versionId} ${meta.lastUpdated}`;

/** Servers that count versions begin at 1; where they are named otherwise nobody can tell the first. */
const kindOf = ({ meta }: Resource<ResourceType>, { profile }: Service): Pick<Noticed, 'kind'> =>
  meta?.versionId === '1' && profile.changes.versions ? { kind: 'CREATED' } : {};

const whose = (patient: string | null | undefined): Pick<Noticed, 'patient'> => (patient == null ? {} : { patient });

/** The record itself, unless the server left something out of it: it is read then. */
const told = <R extends { readonly version?: Mapped<ChangedType>['version'] }>(
  resource: Resource<ResourceType>,
  record: R,
  { profile }: Service,
) => {
  if (isSubset(resource)) return {};
  const { version: _, ...content } = record;
  const shown = profile.changes.versions ? record : (content as R); // else it is told apart by what it says
  return { found: { record: shown, covers: 'all' as const } };
};

const patient = (resource: Resource<'Patient'>, service: Service): Noticed => {
  const context = service.context();
  const merged = replacement(resource, context.base) !== undefined; // it shows what its survivor says
  return {
    type: 'Patient',
    key: resource.id,
    patient: resource.id,
    ...kindOf(resource, service),
    ...(merged ? {} : told(resource, toPatient(resource, context), service)),
  };
};

const owned = <T extends 'Appointment' | 'Observation'>(
  resource: Resource<T>,
  record: Mapped<'Appointment' | 'Observation'>,
  service: Service,
) => ({ key: resource.id, ...kindOf(resource, service), ...whose(record.patientKey) });

const appointment = (resource: Resource<'Appointment'>, service: Service): Noticed => {
  const record = toAppointment(resource, service.context());
  return { type: 'Appointment', ...owned(resource, record, service), ...told(resource, record, service) };
};

const observation = (resource: Resource<'Observation'>, service: Service): Noticed => {
  const record = toObservation(resource, service.context());
  return { type: 'Observation', ...owned(resource, record, service), ...told(resource, record, service) };
};

const claim = (resource: Resource<'Claim'>, service: Service): Noticed => ({
  type: 'Claim',
  key: resource.id,
  ...kindOf(resource, service),
  ...whose(billedPatient(resource, service.context())),
});

/** What a payer decided is part of the claim that it is about; what is about no claim of this server shows nowhere. */
const explanation = (resource: Resource<'ExplanationOfBenefit'>, service: Service): Noticed | undefined => {
  const context = service.context();
  const key = explainedClaim(resource, context);
  const target = toTarget(resource.patient?.reference, context.base);
  return key === undefined
    ? undefined
    : { type: 'Claim', key, ...whose(target?.type === 'Patient' ? target.id : undefined) };
};

/** What a resource of each type that changed says to have changed in the graph. */
export const NOTICES: {
  readonly [T in Watched]: (resource: Resource<T>, service: Service) => Noticed | undefined;
} = {
  Patient: patient,
  Appointment: appointment,
  Observation: observation,
  Claim: claim,
  ExplanationOfBenefit: explanation,
};
