import type { Resource } from '@medplum/fhirtypes';
import type { Practice } from '../practice.ts';
import { claimResource, explanationResource, isTaken } from './billing.ts';
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
  ...practice.practitioners.flatMap((practitioner) => [
    one(`practitioner ${practitioner.id}`, practitioner, '', () => ({ resource: practitionerResource(practitioner) })),
    one(`role ${practitioner.id}`, practitioner, '', () => ({ resource: roleResource(practitioner) })),
  ]),
  ...practice.patients.flatMap((patient) => [
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
  ]),
];

const schedules = (practice: Practice): readonly Item[] => {
  const pairs = new Map<string, readonly [practitioner: number, location: number]>();
  for (const { id, locationId } of practice.practitioners) pairs.set(`${id} ${locationId}`, [id, locationId]);
  for (const { practitionerId, locationId } of practice.slots)
    pairs.set(`${practitionerId} ${locationId}`, [practitionerId, locationId]);
  return [...pairs].map(([key, [practitioner, location]]) =>
    one(`schedule ${key}`, key, '', () => ({ resource: scheduleResource(practitioner, location) })),
  );
};

const scheduling = (practice: Practice, names: Names): readonly Item[] => {
  const named = new Set([...practice.observations, ...practice.claims].map(({ appointmentId }) => appointmentId));
  return practice.appointments.flatMap((appointment) => {
    const { id, start, minutes, status, changedAt } = appointment;
    const stamp = `${start} ${minutes} ${status} ${changedAt}`;
    const item = one(`appointment ${id}`, appointment, stamp, () => ({
      resource: appointmentResource(appointment, names),
      at: changedAt,
    }));
    if (!tookPlace(appointment) && !named.has(id)) return [item];
    const visit = one(`encounter ${id}`, appointment, stamp, () => ({
      resource: encounterResource(appointment),
      at: changedAt,
    }));
    return [item, visit];
  });
};

const billing = (practice: Practice): readonly Item[] => {
  const patient = finder(practice.patients);
  return practice.claims.flatMap((claim) => {
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
  });
};

/** The parts of a result that a correction may change, in one text. */
const standOf = ({ issued, status, value, interpretation, history }: Practice['observations'][number]): string => {
  const said = value?.kind === 'quantity' ? value.value : value?.kind === 'text' ? value.text : value?.code.code;
  return `${issued} ${status} ${said} ${interpretation} ${history.length}`;
};

/** Everything in a practice as FHIR, in a fixed order. Resources are only made when `drafts` is called. */
export const itemsOf = (practice: Practice): readonly Item[] => {
  const [patient, practitioner, location] = [
    finder(practice.patients),
    finder(practice.practitioners),
    finder(practice.locations),
  ];
  const display = (person: { readonly first: string; readonly last: string } | undefined): string | undefined =>
    person === undefined ? undefined : nameOf(person);
  const names: Names = {
    patient: (id) => display(patient(id)),
    practitioner: (id) => display(practitioner(id)),
    location: (id) => location(id)?.name,
  };
  return [
    ...people(practice),
    ...schedules(practice),
    ...practice.slots.map((slot) => one(`slot ${slot.id}`, slot, '', () => ({ resource: slotResource(slot) }))),
    ...scheduling(practice, names),
    ...practice.observations.map((observation) => ({
      key: `observation ${observation.id}`,
      record: observation,
      stamp: standOf(observation),
      drafts: () => observationVersions(observation),
    })),
    ...billing(practice),
  ];
};

/**
 * Hands every record of a practice, and every part of it that may change, to `see`, in a fixed order: two rounds that
 * see the same have nothing new between them. It makes nothing, so it costs little on every request.
 */
export const watch = (practice: Practice, see: (value: unknown) => void): void => {
  for (const list of [practice.practitioners, practice.locations, practice.slots])
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
