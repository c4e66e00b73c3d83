import { createHash } from 'node:crypto';
import type { CommandKind, Commands } from '../../../schema/commands.ts';
import type { FieldIssueDetail } from '../../../schema/errors.ts';
import { fold } from '../../../schema/fold.ts';
import type { RecordId, SourceId } from '../../../schema/ids.ts';
import type {
  BookAppointmentInput,
  ChangeAppointmentInput,
  RescheduleAppointmentInput,
} from '../../../schema/writes/appointment.ts';
import { pointerFaults, type SubmitClaimInput } from '../../../schema/writes/claim.ts';
import type { SaveDocumentInput } from '../../../schema/writes/document.ts';
import type { RecordObservationInput } from '../../../schema/writes/observation.ts';
import {
  birthFaults,
  type CreatePatientInput,
  type PatientInput,
  type UpdatePatientInput,
} from '../../../schema/writes/patient.ts';
import { patientLane, UNKNOWN_PATIENT } from '../../../store/journal.ts';
import type { HubContext } from '../context.ts';
import { Names } from './names.ts';

/** The inputs of the mutations, by the kind of command that they give. */
export interface Inputs {
  readonly createPatient: CreatePatientInput;
  readonly updatePatient: UpdatePatientInput;
  readonly bookAppointment: BookAppointmentInput;
  readonly rescheduleAppointment: RescheduleAppointmentInput;
  readonly cancelAppointment: ChangeAppointmentInput;
  readonly checkInAppointment: ChangeAppointmentInput;
  readonly markNoShow: ChangeAppointmentInput;
  readonly recordObservation: RecordObservationInput;
  readonly submitClaim: SubmitClaimInput;
  readonly saveDocument: SaveDocumentInput;
}

/** An input in the keys of its source, with what its decorators cannot find. */
export interface Draft<K extends CommandKind = CommandKind> {
  readonly input: Commands[K];
  readonly source: SourceId | undefined;
  /** Whom it is about: absent when not known yet, `null` when about nobody who is a patient there. */
  readonly patient?: RecordId | null;
  /** Writes of one lane are carried out in order. */
  readonly lane: string;
  /** The appointment that it changes. */
  readonly appointment?: RecordId;
  readonly issues: readonly FieldIssueDetail[];
}

/** Only what is given, all through, with no blanks around texts: equal inputs are so written equally. */
const clean = (value: unknown): unknown => {
  if (typeof value === 'string') return value.trim();
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (one === null || one === undefined ? [] : [[name, clean(one)]])),
  );
};

/** Two creations of one person are carried out one after the other, so that the second one finds the first. */
const personLane = ({ lastName, firstName, dateOfBirth }: PatientInput): string => {
  const person = JSON.stringify([fold(lastName), fold(firstName), dateOfBirth ?? '']);
  return `person:${createHash('sha256').update(person).digest('hex').slice(0, 32)}`;
};

type Reader<K extends CommandKind> = (input: Inputs[K], context: HubContext) => Draft<K>;

const createPatient: Reader<'createPatient'> = ({ source, patient, location, onDuplicate }, context) => {
  const names = new Names('source', 'Source', source, context);
  return {
    input: clean({ patient, location: names.other('location', 'Location', location), onDuplicate }) as never,
    source: names.source,
    patient: null,
    lane: personLane(patient),
    issues: [...names.issues, ...birthFaults(patient, context.operation.now())],
  };
};

const updatePatient: Reader<'updatePatient'> = ({ id, patient, clear, ifVersion }, context) => {
  const names = new Names('id', 'Patient', id, context);
  return {
    input: clean({ key: names.key, patient, clear: [...new Set(clear ?? [])].sort(), ifVersion }) as never,
    source: names.source,
    ...(names.id === undefined ? {} : { patient: names.id }),
    lane: patientLane(names.key),
    issues: [...names.issues, ...birthFaults(patient, context.operation.now())],
  };
};

/** What is written about a patient whom the input names. */
const about = <K extends CommandKind>(
  patient: string,
  context: HubContext,
  read: (names: Names) => object,
): Draft<K> => {
  const names = new Names('patient', 'Patient', patient, context);
  return {
    input: clean({ patient: names.key, ...read(names) }) as never,
    source: names.source,
    ...(names.id === undefined ? {} : { patient: names.id }),
    lane: patientLane(names.key),
    issues: names.issues,
  };
};

type WhenInput = Pick<BookAppointmentInput, 'slot' | 'practitioner' | 'location' | 'start' | 'minutes'>;

const when = (names: Names, { slot, practitioner, location, start, minutes }: WhenInput): object => ({
  slot: names.other('slot', 'Slot', slot),
  practitioner: names.other('practitioner', 'Practitioner', practitioner),
  location: names.other('location', 'Location', location),
  start,
  minutes,
});

const bookAppointment: Reader<'bookAppointment'> = (input, context) =>
  about(input.patient, context, (names) => ({
    ...when(names, input),
    type: input.type,
    reason: input.reason,
    note: input.note,
  }));

/** Whose appointment it is, only its source can tell. */
const changed = <K extends CommandKind>(id: string, context: HubContext, read: (names: Names) => object): Draft<K> => {
  const names = new Names('id', 'Appointment', id, context);
  return {
    input: clean({ key: names.key, ...read(names) }) as never,
    source: names.source,
    lane: `${UNKNOWN_PATIENT}${names.key}`,
    ...(names.id === undefined ? {} : { appointment: names.id }),
    issues: names.issues,
  };
};

const rescheduleAppointment: Reader<'rescheduleAppointment'> = (input, context) =>
  changed(input.id, context, (names) => ({ ...when(names, input), ifVersion: input.ifVersion }));

const changeAppointment = <K extends CommandKind>(
  { id, reason, ifVersion }: ChangeAppointmentInput,
  context: HubContext,
): Draft<K> => changed(id, context, () => ({ reason, ifVersion }));

const recordObservation: Reader<'recordObservation'> = (input, context) =>
  about(input.patient, context, (names) => ({
    code: input.code,
    category: input.category,
    value: input.value,
    effective: input.effective,
    status: input.status,
    corrects: names.other('corrects', 'Observation', input.corrects),
  }));

const submitClaim: Reader<'submitClaim'> = (input, context) => {
  const draft = about<'submitClaim'>(input.patient, context, (names) => ({
    practitioner: names.other('practitioner', 'Practitioner', input.practitioner),
    appointment: names.other('appointment', 'Appointment', input.appointment),
    diagnoses: input.diagnoses,
    lines: input.lines.map(({ modifiers, ...line }) => ({ ...line, modifiers: modifiers ?? [] })),
    payer: input.payer,
  }));
  return { ...draft, issues: [...draft.issues, ...pointerFaults(input)] };
};

const saveDocument: Reader<'saveDocument'> = ({ patient, type, title, contentType, content }, context) =>
  about(patient, context, () => ({ type, title, contentType, content }));

/** How the input of each mutation is read. */
export const DRAFTS: { readonly [K in CommandKind]: Reader<K> } = {
  createPatient,
  updatePatient,
  bookAppointment,
  rescheduleAppointment,
  cancelAppointment: changeAppointment,
  checkInAppointment: changeAppointment,
  markNoShow: changeAppointment,
  recordObservation,
  submitClaim,
  saveDocument,
};
