import type { Appointment, Observation } from '@medplum/fhirtypes';
import { Refused, wrongAt } from './faults.ts';
import { MOVES, type Moves, needCategory, type PatchStep, type Writing } from './writing.ts';

const list = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** The elements that are taken on create; others are a broken business rule (fhir.cerner.com; which ones: assumption). */
const ELEMENTS: Readonly<Record<string, ReadonlySet<string>>> = {
  Patient: list(
    'extension identifier active name telecom gender birthDate address maritalStatus communication generalPractitioner',
  ),
  Appointment: list(
    'extension status serviceType reasonCode comment slot start end minutesDuration participant requestedPeriod',
  ),
  Observation: list(
    'extension status category code subject encounter effectiveDateTime issued performer interpretation component dataAbsentReason valueQuantity valueString valueCodeableConcept valueDateTime valueBoolean valueInteger referenceRange',
  ),
  DocumentReference: list('extension status docStatus type category subject date author custodian content context'),
};

/** fhir.cerner.com, Appointment patch; `noshow` cannot be set. */
const CERNER_MOVES: Moves = {
  ...MOVES,
  proposed: ['booked', 'cancelled'],
  pending: [],
  waitlist: [],
  booked: ['arrived', 'checked-in', 'cancelled'],
  arrived: ['checked-in', 'cancelled'],
  'checked-in': ['fulfilled', 'cancelled'],
  noshow: [],
  fulfilled: [],
  cancelled: [],
};

const isObservation = (resource: { readonly resourceType: string }): resource is Observation =>
  resource.resourceType === 'Observation';

const LONGEST_REASON = 255;

const isAppointment = (resource: { readonly resourceType: string }): resource is Appointment =>
  resource.resourceType === 'Appointment';

const need = (holds: boolean, element: string): void => {
  if (!holds) throw wrongAt('element-invalid', `Appointment.${element}`);
};

const actors = ({ participant }: Appointment, type: string) =>
  participant.filter(({ actor }) => actor?.reference?.startsWith(`${type}/`) === true);

const checkBooked = (appointment: Appointment): void => {
  need(appointment.slot?.length === 1, 'slot');
  const patients = actors(appointment, 'Patient');
  need(patients.length === 1 && patients.every(({ status }) => status === 'accepted'), 'participant');
  need(
    appointment.participant.every(({ type }) => type === undefined),
    'participant.type',
  );
};

const checkProposed = (appointment: Appointment): void => {
  need(appointment.serviceType?.length === 1, 'serviceType');
  need(actors(appointment, 'Patient').length === 1, 'participant');
  need(actors(appointment, 'Location').length > 0, 'participant');
  need(
    appointment.participant.every(({ status }) => status === 'needs-action'),
    'participant.status',
  );
  const [period, more] = appointment.requestedPeriod ?? [];
  need(more === undefined && period?.start !== undefined && period.end !== undefined, 'requestedPeriod');
};

/** A new appointment is `booked` by a slot or `proposed` for a period (fhir.cerner.com, Appointment create). */
const checkNew: NonNullable<Writing['checkNew']> = (resource) => {
  if (isObservation(resource)) needCategory(resource);
  if (!isAppointment(resource)) return;
  const { status, reasonCode = [] } = resource;
  need(status === 'booked' || status === 'proposed', 'status');
  need(reasonCode.length <= 1, 'reasonCode');
  need(
    reasonCode.every(({ text = '' }) => text.length <= LONGEST_REASON),
    'reasonCode.text',
  );
  if (status === 'booked') checkBooked(resource);
  else checkProposed(resource);
};

const PATCHED = list('/status /slot /cancelationReason');

/** To be booked takes a slot too; the reason of a cancellation is a code (fhir.cerner.com, Appointment patch). */
const checkPatch: NonNullable<Writing['checkPatch']> = (type, steps, before) => {
  if (type !== 'Appointment') return;
  const changes = steps.filter(({ op }) => op !== 'test');
  const set = (path: string): unknown => changes.findLast((step) => step.path === path)?.value;
  if (!changes.every(({ op, path }) => (op === 'add' || op === 'replace') && PATCHED.has(path)))
    throw new Refused('patch-unsupported');
  const status = set('/status');
  const slot = set('/slot');
  if (status === 'booked' && slot === undefined && (before as Appointment).status !== 'booked')
    throw wrongAt('element-missing', 'Appointment.slot');
  if (status === undefined && slot !== undefined && (before as Appointment).status !== 'booked')
    throw new Refused('not-now');
  const reason = set('/cancelationReason') as Appointment['cancelationReason'];
  if (reason === undefined) return;
  if (status !== 'cancelled') throw wrongAt('element-invalid', 'Appointment.cancelationReason');
  if (reason.coding === undefined) throw wrongAt('element-missing', 'Appointment.cancelationReason.coding');
  // only the code counts
  delete reason.text;
};

/**
 * What Oracle Health Millennium lets be written (secure sandbox, CapabilityStatement of August 2026; fhir.cerner.com).
 * A slot that is taken is a conflict for a new visit and a broken rule for one that moves; a slot that does not exist is
 * a failed dependency (assumptions).
 */
export const CERNER_WRITING: Writing = {
  types: {
    Patient: ['create', 'patch'],
    Appointment: ['create', 'patch'],
    Observation: ['create', 'update'],
    DocumentReference: ['create'],
  },
  conditionalCreate: false,
  ifMatch: 'required',
  stale: 'version-stale',
  absent: 'not-found',
  body: 'never',
  moves: CERNER_MOVES,
  elements: ELEMENTS,
  timeBySlot: true,
  slotFaults: { taken: 'time-taken', takenByMove: 'slot-rule', unknown: 'slot-unknown' },
  checkNew,
  checkPatch: (type: string, steps: readonly PatchStep[], before) => checkPatch(type, steps, before),
  refuseDuplicates: false,
};
