import type { Resource } from '@medplum/fhirtypes';
import type * as Records from '../practice.ts';
import type { Practice } from '../practice.ts';
import { claimResource, explanationResource, isTaken } from './billing.ts';
import { type Attached, binaryResource, documentResource } from './documents.ts';
import {
  coverageResource,
  locationResource,
  nameOf,
  organizationResource,
  patientResource,
  practitionerResource,
  roleResource,
} from './people.ts';
import { observationVersions } from './results.ts';
import {
  appointmentResource,
  encounterResource,
  type Names,
  scheduleResource,
  slotResource,
  tookPlace,
} from './scheduling.ts';

/** One version of a resource, and when it came to be where the practice knows it. */
export interface Draft {
  readonly resource: Resource;
  readonly at?: string | undefined;
}

/** What one record of a practice is in FHIR. */
export interface Item {
  readonly key: string;
  /** The record itself and the fields of it that may change: when neither differs, nothing has changed. */
  readonly record: unknown;
  readonly stamp: string;
  /** Oldest first; made only when something changed. */
  readonly drafts: () => readonly Draft[];
}

const one = (key: string, record: unknown, stamp: string, draft: () => Draft): Item => ({
  key,
  record,
  stamp,
  drafts: () => [draft()],
});

const finder = <T extends { readonly id: number }>(list: readonly T[]): ((id: number) => T | undefined) => {
  let byId: ReadonlyMap<number, T> | undefined;
  return (id) => {
    byId ??= new Map(list.map((record) => [record.id, record]));
    return byId.get(id);
  };
};

const people = (practice: Practice): readonly Item[] => [
  one('organization', practice.name, '', () => ({ resource: organizationResource(practice.name) })),
  ...practice.locations.map((location) =>
    one(`location ${location.id}`, location, '', () => ({ resource: locationResource(location) })),
  ),
  ...practice.practitioners.flatMap(practitionerItems),
  ...practice.patients.flatMap(patientItems),
];

/** A practitioner and the role here. */
export const practitionerItems = (practitioner: Records.Practitioner): readonly Item[] => [
  one(`practitioner ${practitioner.id}`, practitioner, '', () => ({ resource: practitionerResource(practitioner) })),
  one(`role ${practitioner.id}`, practitioner, '', () => ({ resource: roleResource(practitioner) })),
];

/** A patient and the coverages. */
export const patientItems = (patient: Records.Patient): readonly Item[] => [
  one(`patient ${patient.id}`, patient, patient.changedAt, () => ({
    resource: patientResource(patient),
    at: patient.changedAt,
  })),
  ...patient.coverages.map((coverage, at) =>
    one(`coverage ${patient.id} ${at}`, coverage, '', () => ({
      resource: coverageResource(patient, coverage, at),
      at: patient.changedAt,
    })),
  ),
];

const schedules = (practice: Practice, busy: readonly Records.Slot[]): readonly Item[] => {
  const pairs = new Map<string, readonly [practitioner: number, location: number]>();
  for (const { id, locationId } of practice.practitioners) pairs.set(`${id} ${locationId}`, [id, locationId]);
  for (const { practitionerId, locationId } of [...practice.slots, ...busy])
    pairs.set(`${practitionerId} ${locationId}`, [practitionerId, locationId]);
  return [...pairs].map(([key, [practitioner, location]]) =>
    one(`schedule ${key}`, key, '', () => ({ resource: scheduleResource(practitioner, location) })),
  );
};

/** An appointment, and the encounter that it led to or that something else names. */
export const appointmentItems = (
  appointment: Records.Appointment,
  names: Names,
  isNamed: (appointment: number) => boolean,
): readonly Item[] => {
  const { id, start, minutes, status, changedAt } = appointment;
  const stamp = `${start} ${minutes} ${status} ${changedAt}`;
  const item = one(`appointment ${id}`, appointment, stamp, () => ({
    resource: appointmentResource(appointment, names),
    at: changedAt,
  }));
  if (!tookPlace(appointment) && !isNamed(id)) return [item];
  const visit = one(encounterKey(id), appointment, stamp, () => ({
    resource: encounterResource(appointment),
    at: changedAt,
  }));
  return [item, visit];
};

export const encounterKey = (appointment: number): string => `encounter ${appointment}`;

export const slotItem = (slot: Records.Slot, status: 'free' | 'busy'): Item =>
  one(`slot ${slot.id}`, slot, status, () => ({ resource: slotResource(slot, status) }));

export const observationItem = (observation: Records.Observation): Item => ({
  key: `observation ${observation.id}`,
  record: observation,
  stamp: standOf(observation),
  drafts: () => observationVersions(observation),
});

/** A claim, and what the payer decided about it. */
export const claimItems = (
  claim: Records.Claim,
  patient: (id: number) => Records.Patient | undefined,
): readonly Item[] => {
  const paid = claim.payments.map(({ date }) => `${date}T00:00:00Z`).toSorted();
  const stamp = `${claim.status} ${paid}`;
  const draft = (resource: Resource): Draft => ({ resource, at: [claim.createdAt, ...paid].toSorted().at(-1) });
  const item = one(`claim ${claim.id}`, claim, stamp, () => draft(claimResource(claim, patient(claim.patientId))));
  const decision: Item = {
    key: `explanation ${claim.id}`,
    record: claim,
    stamp,
    drafts: () => {
      const resource = explanationResource(claim, patient(claim.patientId));
      return resource === undefined ? [] : [draft(resource)];
    },
  };
  return isTaken(claim) ? [item, decision] : [item];
};

/** A document's reference, and its bytes where they are a resource of their own. */
export const documentItems = (document: Records.Document, attached: Attached): readonly Item[] => {
  const draft = (resource: Resource): Draft => ({ resource, at: document.savedAt });
  const reference = one(`document ${document.id}`, document, '', () => draft(documentResource(document, attached)));
  if (attached === 'inline') return [reference];
  return [reference, one(`binary ${document.id}`, document, '', () => draft(binaryResource(document)))];
};

/** The parts of a result that a correction may change, in one text. */
const standOf = ({ issued, status, value, interpretation, history }: Practice['observations'][number]): string => {
  const said = value?.kind === 'quantity' ? value.value : value?.kind === 'text' ? value.text : value?.code.code;
  return `${issued} ${status} ${said} ${interpretation} ${history.length}`;
};

/** The names of a practice's people and places, by what finds a record. */
export const namesOf = (find: {
  readonly patient: (id: number) => Records.Patient | undefined;
  readonly practitioner: (id: number) => Records.Practitioner | undefined;
  readonly location: (id: number) => Records.Location | undefined;
}): Names => {
  const display = (person: { readonly first: string; readonly last: string } | undefined): string | undefined =>
    person === undefined ? undefined : nameOf(person);
  return {
    patient: (id) => display(find.patient(id)),
    practitioner: (id) => display(find.practitioner(id)),
    location: (id) => find.location(id)?.name,
  };
};

/** What a server shows beside what the practice says. */
export interface Shown {
  /** Slots that bookings took. */
  readonly busy: readonly Records.Slot[];
  readonly attached: Attached;
  /** An encounter that once was there stays. */
  readonly hasEncounter: (appointment: number) => boolean;
}

/** Everything in a practice as FHIR, in a fixed order. Resources are only made when `drafts` is called. */
export const itemsOf = (practice: Practice, { busy, attached, hasEncounter }: Shown): readonly Item[] => {
  const patient = finder(practice.patients);
  const names = namesOf({
    patient,
    practitioner: finder(practice.practitioners),
    location: finder(practice.locations),
  });
  const named = new Set([...practice.observations, ...practice.claims].map(({ appointmentId }) => appointmentId));
  const isNamed = (id: number): boolean => named.has(id) || hasEncounter(id);
  return [
    ...people(practice),
    ...schedules(practice, busy),
    ...practice.slots.map((slot) => slotItem(slot, 'free')),
    ...busy.map((slot) => slotItem(slot, 'busy')),
    ...practice.appointments.flatMap((appointment) => appointmentItems(appointment, names, isNamed)),
    ...practice.observations.map(observationItem),
    ...practice.claims.flatMap((claim) => claimItems(claim, patient)),
    ...practice.documents.flatMap((document) => documentItems(document, attached)),
  ];
};

/**
 * Hands every record of a practice, and every part of it that may change, to `see`, in a fixed order: two rounds that
 * see the same have nothing new between them. It makes nothing, so it costs little on every request.
 */
export const watch = (practice: Practice, see: (value: unknown) => void): void => {
  for (const list of [practice.practitioners, practice.locations, practice.slots, practice.documents])
    for (const record of list) see(record);
  for (const patient of practice.patients) {
    see(patient);
    see(patient.changedAt);
  }
  for (const appointment of practice.appointments) {
    see(appointment);
    see(appointment.start);
    see(appointment.minutes);
    see(appointment.status);
    see(appointment.changedAt);
  }
  for (const observation of practice.observations) {
    see(observation);
    see(observation.issued);
    see(observation.status);
    see(observation.value);
    see(observation.interpretation);
    see(observation.history.length);
  }
  for (const claim of practice.claims) {
    see(claim);
    see(claim.status);
    see(claim.payments.length);
  }
};
