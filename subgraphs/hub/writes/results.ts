import { createUnionType, Field, ObjectType } from 'type-graphql';
import type { CommandKind } from '../../../schema/commands.ts';
import {
  IllegalTransition,
  NotAllowed,
  PossibleDuplicate,
  SlotTaken,
  UnsupportedByVendor,
  UserError,
  ValidationFailed,
  VersionConflict,
} from './errors.ts';
import {
  AppointmentSaved,
  ClaimSaved,
  DocumentSaved,
  ObservationSaved,
  PatientSaved,
  Write,
  WritePending,
} from './types.ts';

@ObjectType({ implements: UserError, description: 'The vendor refused it, or could not be reached for too long.' })
export class VendorRejected extends UserError {
  @Field(() => String, { nullable: true, description: 'The vendor’s own code.' })
  vendorCode?: string | null;
  @Field(() => Boolean, { description: 'May it succeed later, as it is? See `retryWrite`.' })
  retryable!: boolean;
  @Field(() => Write)
  write!: Write;
}

type Class = new () => object;

/** What a kind of mutation can answer. */
export interface ResultRow {
  readonly union: ReturnType<typeof createUnionType>;
  /** Names of the refusals that only some kinds can have. */
  readonly refusals: ReadonlySet<string>;
}

const ALWAYS: readonly Class[] = [WritePending, ValidationFailed, UnsupportedByVendor, VendorRejected, NotAllowed];

const row = (name: string, description: string, saved: Class, ...refusals: readonly Class[]): ResultRow => ({
  union: createUnionType({
    name,
    description,
    types: () => [saved, ...refusals, ...ALWAYS] as const,
    resolveType: (value: object) => (value as { __typename: string }).__typename,
  }),
  refusals: new Set(refusals.map((refusal) => refusal.name)),
});

const change = row(
  'ChangeAppointmentResult',
  'What became of a change of an appointment.',
  AppointmentSaved,
  SlotTaken,
  IllegalTransition,
  VersionConflict,
);

/** Of every kind of mutation: what it can answer. */
export const RESULTS: Readonly<Record<CommandKind, ResultRow>> = {
  createPatient: row('CreatePatientResult', 'What became of a new patient.', PatientSaved, PossibleDuplicate),
  updatePatient: row('UpdatePatientResult', 'What became of a change of a patient.', PatientSaved, VersionConflict),
  bookAppointment: row('BookAppointmentResult', 'What became of a booking.', AppointmentSaved, SlotTaken),
  rescheduleAppointment: change,
  cancelAppointment: change,
  checkInAppointment: change,
  markNoShow: change,
  recordObservation: row(
    'RecordObservationResult',
    'What became of an observation.',
    ObservationSaved,
    VersionConflict,
  ),
  submitClaim: row('SubmitClaimResult', 'What became of a claim.', ClaimSaved),
  saveDocument: row('SaveDocumentResult', 'What became of a document.', DocumentSaved),
};
