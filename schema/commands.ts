import type { AppointmentStatus, Capability, ErrorCode, Gender, ObservationStatus } from './enums.ts';
import type { FieldIssueDetail } from './errors.ts';
import type { RecordType } from './ids.ts';

/**
 * Writes as they are recorded: what a client asked for, checked and in the keys of one source (the last part of a
 * record's id), before any vendor's words. Plain JSON; an absent member was not given, `null` is never in here.
 * Instants are UTC with `Z`, days `YYYY-MM-DD`, decimals text, phones E.164.
 */
export interface Commands {
  readonly createPatient: {
    readonly patient: PatientFields;
    /** Key of a Location: where the patient is registered, for vendors that keep patients by place. */
    readonly location?: string;
    readonly onDuplicate: 'FAIL' | 'RETURN_EXISTING' | 'CREATE_ANYWAY';
  };
  readonly updatePatient: Versioned & {
    /** What is given replaces what the vendor has; everything else stays. */
    readonly patient: PatientFields;
    /** Fields that shall be empty afterwards; none of them is in `patient`. */
    readonly clear: readonly (keyof PatientFields)[];
  };
  readonly bookAppointment: {
    readonly patient: string;
    readonly note?: string;
    readonly reason?: string;
    /** The vendor's code or name of a type of visit. */
    readonly type?: string;
  } & When;
  readonly rescheduleAppointment: Versioned & Partial<When>;
  readonly cancelAppointment: AppointmentChange;
  readonly checkInAppointment: AppointmentChange;
  readonly markNoShow: AppointmentChange;
  readonly recordObservation: {
    readonly patient: string;
    /** LOINC, or the vendor's own code. */
    readonly code: string;
    /** A code of FHIR's observation-category. */
    readonly category?: string;
    readonly value: ObservationInput;
    readonly effective: string;
    readonly status: ObservationStatus;
    /** Key of the Observation that this one replaces. */
    readonly corrects?: string;
  };
  readonly submitClaim: {
    readonly patient: string;
    readonly practitioner: string;
    readonly appointment?: string;
    /** ICD-10-CM codes. */
    readonly diagnoses: readonly string[];
    readonly lines: readonly ClaimLineFields[];
    readonly payer?: string;
  };
  readonly saveDocument: {
    readonly patient: string;
    /** LOINC, or the vendor's own word, for the kind of document. */
    readonly type: string;
    readonly title?: string;
    readonly contentType: string;
    /** Base64. */
    readonly content: string;
  };
}

export type CommandKind = keyof Commands;
export type Command = { readonly [K in CommandKind]: { readonly kind: K; readonly input: Commands[K] } }[CommandKind];

interface Versioned {
  readonly key: string;
  /** `meta.versionId` that the caller saw; another one is a VERSION_CONFLICT. */
  readonly ifVersion?: string;
}

interface AppointmentChange extends Versioned {
  readonly reason?: string;
}

/** A slot, or a practitioner and a time. */
export interface When {
  readonly slot?: string;
  readonly practitioner?: string;
  readonly location?: string;
  readonly start?: string;
  readonly minutes?: number;
}

export interface PatientFields {
  readonly firstName?: string;
  readonly lastName?: string;
  readonly dateOfBirth?: string;
  readonly gender?: Gender;
  readonly address?: AddressFields;
  readonly phoneHome?: string;
  readonly phoneMobile?: string;
  readonly email?: string;
  /** BCP 47. */
  readonly preferredLanguage?: string;
  /** CDC race codes. */
  readonly race?: readonly string[];
  /** A CDC ethnicity code. */
  readonly ethnicity?: string;
}

export interface AddressFields {
  readonly line1?: string;
  readonly line2?: string;
  readonly city?: string;
  readonly state?: string;
  readonly postalCode?: string;
  readonly country?: string;
}

/** Exactly one of them. */
export type ObservationInput =
  | { readonly quantity: { readonly value: string; readonly unit?: string; readonly code?: string } }
  | { readonly code: string }
  | { readonly text: string }
  | { readonly boolean: boolean }
  | { readonly integer: number }
  | { readonly dateTime: string };

export interface ClaimLineFields {
  readonly procedure: string;
  readonly modifiers: readonly string[];
  /** Positions in `diagnoses`, from 1. */
  readonly diagnosisPointers: readonly number[];
  readonly units: string;
  readonly charge: string;
  readonly serviceDate: string;
}

/** What a write leaves at the vendor. A document has no type in the graph: only its key is told. */
export type WrittenType = 'Patient' | 'Appointment' | 'Observation' | 'Claim' | 'Document';

interface CommandRow {
  readonly type: WrittenType;
  readonly capability: Capability;
}

/** Of every command: what it writes, and what a source must be able to do for it. */
export const COMMANDS: Readonly<Record<CommandKind, CommandRow>> = {
  createPatient: { type: 'Patient', capability: 'CREATE' },
  updatePatient: { type: 'Patient', capability: 'UPDATE' },
  bookAppointment: { type: 'Appointment', capability: 'CREATE' },
  rescheduleAppointment: { type: 'Appointment', capability: 'RESCHEDULE' },
  cancelAppointment: { type: 'Appointment', capability: 'CANCEL' },
  checkInAppointment: { type: 'Appointment', capability: 'CHECK_IN' },
  markNoShow: { type: 'Appointment', capability: 'NO_SHOW' },
  recordObservation: { type: 'Observation', capability: 'CREATE' },
  submitClaim: { type: 'Claim', capability: 'CREATE' },
  saveDocument: { type: 'Document', capability: 'CREATE' },
};

/** What a source must be able to do for this command: a correction is an update. */
export const capabilityFor = ({ kind, input }: Command): CommandRow =>
  kind === 'recordObservation' && input.corrects !== undefined
    ? { type: 'Observation', capability: 'UPDATE' }
    : COMMANDS[kind];

/** A call that would be made, for a person to look at: what is of people is masked. */
export interface PlannedCall {
  /** The vendor's name of the call: `PUT /appointments/{id}`, `Magic SaveAppointment`, `POST Observation`. */
  readonly vendorCall: string;
  /** What would be sent, field by field in the vendor's names and order; `***` where it would be of a person. */
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

/** What became of a write. */
export type WriteOutcome =
  | {
      readonly kind: 'saved';
      readonly type: WrittenType;
      readonly key: string;
      /** What the vendor keeps otherwise than it was meant, where that is no reason to refuse. Never empty. */
      readonly warnings?: readonly FieldIssueDetail[];
    }
  | ({ readonly kind: 'refused' } & Refusal)
  /** A dry run, or a source that only rehearses its writes. */
  | { readonly kind: 'planned'; readonly calls: readonly PlannedCall[] }
  /** Nobody can tell by machine whether the vendor has it. `candidates`: keys of records that it might be. */
  | { readonly kind: 'doubt'; readonly reason: string; readonly candidates?: readonly string[] }
  | { readonly kind: 'discarded'; readonly reason: string };

/** Why a write was not carried out. Sentences are fixed; keys are those of the source. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly path?: readonly string[];
  /** The vendor's own code, where it has one and nothing of a person can be in it. */
  readonly vendorCode?: string;
  readonly issues?: readonly FieldIssueDetail[];
  /** SLOT_TAKEN: keys of slots that are free, the nearest first, at most five. */
  readonly alternatives?: readonly string[];
  /** POSSIBLE_DUPLICATE: keys of patients. */
  readonly candidates?: readonly string[];
  /** ILLEGAL_TRANSITION */
  readonly from?: AppointmentStatus;
  readonly allowed?: readonly AppointmentStatus[];
  /** VERSION_CONFLICT */
  readonly currentVersion?: string;
  /** What the vendor has all the same, when it saved something other than was meant. */
  readonly target?: { readonly type: Extract<RecordType, WrittenType>; readonly key: string };
}
