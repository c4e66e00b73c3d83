import type { Happening } from '../happenings.ts';
import { isLab } from './feeds.ts';
import { holdsAppointment, holdsClaim, type World } from './world.ts';

/** What clients can be notified of, by what it is about. [public: events] */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  Appointment: ['cancel', 'check-in', 'check-out', 'freeze', 'reschedule', 'schedule', 'unfreeze', 'update'],
  Claim: ['create', 'delete', 'update'],
  ClinicalEncounterDiagnosis: ['create', 'delete', 'update'],
  Encounter: ['check-in', 'reopen', 'signoff'],
  HistoricalMedication: ['create', 'delete', 'update'],
  HistoricalVaccine: ['create', 'delete', 'update'],
  ImagingResult: ['close', 'create', 'delete', 'reopen', 'update'],
  LabResult: ['close', 'create', 'update'],
  Order: ['cancel', 'deny', 'perform', 'signoff', 'submit', 'update'],
  Patient: ['create', 'delete', 'merge', 'update'],
  PatientCase: ['add-note', 'create', 'update'],
  PatientProblem: ['create', 'delete', 'update'],
  Prescription: ['create', 'delete', 'preapprove', 'refill-create', 'refill-update', 'reopen', 'update'],
  Provider: ['create', 'delete', 'undelete', 'update'],
  ReferringProvider: ['create', 'delete', 'undelete', 'update'],
};

export const TOPICS: readonly string[] = Object.entries(ACTIONS).flatMap(([about, actions]) =>
  actions.map((action) => `${about}.${action}`),
);

/** Where topics are, whatever the host that is called. [public: events] */
export const TOPIC_BASE = 'https://api.platform.athenahealth.com/fhir/r4/SubscriptionTopic/';

/** A change as it is told to whoever asked for its topic. */
export interface TopicEvent {
  readonly topic: string;
  /** The word for what it is about, in `urn:athenahealth:athenanet:<kind>:<practice>`. */
  readonly kind: 'appointment' | 'patient' | 'labresult' | 'claim' | 'provider';
  readonly id: number;
  readonly patientId: number | undefined;
  readonly departmentId: number | undefined;
  /** Instant. */
  readonly at: string;
  /** Login name of who did it. */
  readonly user: string;
  /** Number of the happening. */
  readonly number: number;
}

type Told = Pick<TopicEvent, 'topic' | 'kind' | 'id' | 'patientId' | 'departmentId'>;

/**
 * A visit that was booked anew elsewhere was rescheduled, and the one in its place was scheduled; there is no topic for
 * a no-show, which is a cancellation with its own reason. [assumption]
 */
const appointmentTopic = (
  world: World,
  { cause, record }: Extract<Happening, { type: 'Appointment' }>,
): string | undefined => {
  if (!holdsAppointment(world.practice, record)) return undefined;
  const moved = world.extras.visit(record.id).rescheduledTo !== undefined;
  if (cause === 'cancel') return moved ? 'reschedule' : 'cancel';
  if (cause === 'no-show') return 'cancel';
  // an arrival alone starts a check-in
  return cause === 'check-in' && record.status === 'arrived' ? 'update' : cause;
};

const ACTION_OF_KIND = { created: 'create', updated: 'update', deleted: 'delete' } as const;

const told = (world: World, happening: Happening): Told | undefined => {
  const action = ACTION_OF_KIND[happening.kind];
  switch (happening.type) {
    case 'Appointment': {
      const { id, patientId, locationId: departmentId } = happening.record;
      const topic = appointmentTopic(world, happening);
      return topic === undefined
        ? undefined
        : { topic: `Appointment.${topic}`, kind: 'appointment', id, patientId, departmentId };
    }
    case 'Patient': {
      const { id, locationId: departmentId } = happening.record;
      return { topic: `Patient.${action}`, kind: 'patient', id, patientId: id, departmentId };
    }
    case 'Claim': {
      const { id, patientId, locationId: departmentId } = happening.record;
      const topic = `Claim.${holdsClaim(happening.record) ? action : 'delete'}`;
      return { topic, kind: 'claim', id, patientId, departmentId };
    }
    case 'Observation': {
      const { reportId: id, patientId } = happening.record;
      const departmentId = world.patient(patientId)?.locationId;
      return isLab(happening)
        ? { topic: `LabResult.${action}`, kind: 'labresult', id, patientId, departmentId }
        : undefined;
    }
    case 'Practitioner': {
      const { id, locationId: departmentId } = happening.record;
      return { topic: `Provider.${action}`, kind: 'provider', id, patientId: undefined, departmentId };
    }
    default:
      return undefined;
  }
};

const API_USER = 'API-00000';

/** What a change is told as; undefined for one without a topic. */
export const topicEvent = (world: World, happening: Happening): TopicEvent | undefined => {
  const event = told(world, happening);
  if (event === undefined) return undefined;
  const user = happening.by === 'client' ? API_USER : (world.practice.practitioners[0]?.username ?? API_USER);
  return { ...event, at: happening.at, user, number: happening.number };
};
