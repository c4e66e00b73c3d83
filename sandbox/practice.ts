/**
 * What is true at one practice of the sandbox, before any vendor's system puts it into its own shape.
 * Ids are positive whole numbers, unique per list; each simulator writes them as its vendor does.
 * Everybody in here is synthetic.
 */
export interface Practice {
  readonly name: string;
  /** IANA zone of the practice; a location may have another. */
  readonly timeZone: string;
  readonly practitioners: Practitioner[];
  readonly locations: Location[];
  readonly patients: Patient[];
  readonly appointments: Appointment[];
  /** Free time that can be booked. */
  readonly slots: Slot[];
  readonly observations: Observation[];
  readonly claims: Claim[];
  /** Documents that were handed in from outside; there are none at first. */
  readonly documents: Document[];
}

export interface Practitioner {
  readonly id: number;
  readonly npi: string;
  readonly first: string;
  readonly middle?: string;
  readonly last: string;
  /** MD, NP, ... */
  readonly credentials: string;
  readonly specialty: string;
  readonly sex: Sex;
  /** Login name, unique: `dclarke`. */
  readonly username: string;
  /** Where this person mostly works. */
  readonly locationId: number;
}

export interface Location {
  readonly id: number;
  readonly name: string;
  readonly timeZone: string;
  readonly phone: string;
  readonly address: Address;
}

export interface Address {
  readonly line1?: string;
  readonly line2?: string;
  readonly city?: string;
  /** Two letters. */
  readonly state?: string;
  /** Five digits, or ZIP+4 with hyphen. */
  readonly postalCode?: string;
  /** ISO 3166 alpha-2. */
  readonly country?: string;
}

export type Sex = 'M' | 'F' | 'O' | 'U';

export interface Coded {
  /** A code system's URI. */
  readonly system: string;
  readonly code: string;
  readonly display: string;
}

/** A number that another system knows a record by, as that system handed it in. */
export interface Identifier {
  /** A URI. */
  readonly system: string;
  readonly value: string;
}

export interface Patient {
  readonly id: number;
  readonly identifiers?: readonly Identifier[];
  readonly mrn: string;
  readonly first: string;
  readonly middle?: string;
  readonly last: string;
  readonly suffix?: string;
  readonly preferred?: string;
  /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; absent when not known. */
  readonly birthDate?: string;
  readonly sex?: Sex;
  readonly maritalStatus?: 'D' | 'M' | 'S' | 'U' | 'W';
  /** `YYYY-MM-DD`, or true when only the fact is known. */
  readonly deceased?: string | true;
  readonly address?: Address;
  /** Ten digits each. */
  readonly homePhone?: string;
  readonly mobilePhone?: string;
  readonly workPhone?: string;
  readonly email?: string;
  /** `{ system: 'urn:ietf:bcp:47', code: 'en', display: 'English' }` */
  readonly language?: Coded;
  /** CDC race codes, `urn:oid:2.16.840.1.113883.6.238`. */
  readonly race: readonly Coded[];
  readonly ethnicity?: Coded;
  readonly practitionerId?: number;
  readonly locationId?: number;
  readonly coverages: readonly Coverage[];
  /** Instant. */
  changedAt: string;
}

export interface Coverage {
  readonly payer: string;
  readonly memberId?: string;
  readonly groupNumber?: string;
  /** The subscriber's name, `Last, First`. */
  readonly subscriber?: string;
  readonly relationship: 'self' | 'spouse' | 'child' | 'other';
  /** `YYYY-MM-DD` */
  readonly start?: string;
  readonly end?: string;
}

export type AppointmentStatus =
  | 'proposed'
  | 'pending'
  | 'booked'
  | 'arrived'
  | 'checked-in'
  | 'fulfilled'
  | 'cancelled'
  | 'noshow'
  | 'waitlist'
  | 'entered-in-error';

export interface Appointment {
  readonly id: number;
  readonly identifiers?: readonly Identifier[];
  readonly patientId: number;
  readonly practitionerId?: number;
  readonly locationId?: number;
  /** The slot that it was booked by, when it was booked by one. */
  readonly slotId?: number;
  /** Id 0: none of the practice's own types, only a name, which may be empty. */
  readonly type: { readonly id: number; readonly name: string };
  /** HL7 v2 table 0276 (ROUTINE, WALKIN, ...), where somebody said so. */
  readonly style?: Coded;
  /** Instant, whole minutes. */
  start: string;
  minutes: number;
  status: AppointmentStatus;
  readonly reason?: string;
  readonly note?: string;
  readonly description?: string;
  readonly cancellationReason?: string;
  readonly cancellationCode?: Coded;
  readonly scheduledAt: string;
  changedAt: string;
}

export interface Slot {
  readonly id: number;
  readonly practitionerId: number;
  readonly locationId: number;
  readonly start: string;
  readonly minutes: number;
  readonly type: { readonly id: number; readonly name: string };
}

export type ObservationStatus =
  | 'registered'
  | 'preliminary'
  | 'final'
  | 'amended'
  | 'corrected'
  | 'cancelled'
  | 'entered-in-error'
  | 'unknown';

export type Value =
  | {
      readonly kind: 'quantity';
      readonly value: string;
      readonly unit: string;
      readonly ucum?: string;
      readonly comparator?: '<' | '<=' | '>=' | '>';
    }
  /** `as`: the text is the whole of such a value. */
  | { readonly kind: 'text'; readonly text: string; readonly as?: 'boolean' | 'integer' | 'dateTime' }
  | { readonly kind: 'code'; readonly code: Coded };

/** One result as it stands now. A correction keeps the id: `history` holds what it said before, oldest first. */
export interface Observation {
  readonly id: number;
  readonly identifiers?: readonly Identifier[];
  readonly patientId: number;
  readonly practitionerId?: number;
  readonly appointmentId?: number;
  readonly category:
    | 'vital-signs'
    | 'laboratory'
    | 'social-history'
    | 'survey'
    | 'imaging'
    | 'exam'
    | 'procedure'
    | 'therapy'
    | 'activity';
  /** True where nobody said a category: the one above is only a place to put it. */
  readonly uncategorized?: boolean;
  /** LOINC where known. */
  readonly code: Coded;
  /** The laboratory's own code, where it has one. */
  readonly localCode?: string;
  /** Instant of taking the measurement or sample. */
  readonly effective: string;
  /** Results that came in one report share its id; vitals taken together share theirs. */
  readonly reportId: number;
  readonly reportName: string;
  issued: string;
  status: ObservationStatus;
  value?: Value;
  /** Why there is no value, a code of FHIR's data-absent-reason, where somebody said so. */
  readonly absentReason?: string;
  /** For panels such as blood pressure. */
  readonly components: readonly { readonly code: Coded; readonly value?: Value }[];
  /** HL7 v3 ObservationInterpretation: N, H, L, HH, LL, A ... */
  interpretation?: string;
  readonly referenceLow?: string;
  readonly referenceHigh?: string;
  readonly history: { readonly issued: string; readonly status: ObservationStatus; readonly value?: Value }[];
}

export interface Claim {
  readonly id: number;
  readonly identifiers?: readonly Identifier[];
  readonly patientId: number;
  readonly practitionerId?: number;
  readonly locationId?: number;
  readonly appointmentId?: number;
  readonly status:
    | 'draft'
    | 'queued'
    | 'submitted'
    | 'accepted'
    | 'rejected'
    | 'denied'
    | 'partially-paid'
    | 'paid'
    | 'cancelled';
  readonly payer?: string;
  /** First and last day of service, `YYYY-MM-DD`. */
  readonly serviceStart: string;
  readonly serviceEnd: string;
  readonly createdAt: string;
  readonly diagnoses: readonly Coded[];
  readonly lines: readonly ClaimLine[];
  /** Decimal text. */
  readonly totalCharge?: string;
  readonly insurancePaid?: string;
  readonly patientPaid?: string;
  readonly patientResponsibility?: string;
  readonly payments: readonly {
    readonly id: number;
    readonly from: 'insurance' | 'patient' | 'adjustment';
    readonly amount: string;
    readonly date: string;
  }[];
}

export interface ClaimLine {
  readonly id: number;
  readonly procedure: Coded;
  readonly modifiers: readonly string[];
  /** Positions in `diagnoses`, from 1. */
  readonly diagnosisPointers: readonly number[];
  readonly units: string;
  readonly charge?: string;
  readonly date: string;
}

/** A document in a patient's chart. */
export interface Document {
  readonly id: number;
  readonly identifiers?: readonly Identifier[];
  readonly patientId: number;
  readonly practitionerId?: number;
  readonly appointmentId?: number;
  /** The vendor's word for what kind of document it is. */
  readonly type: string;
  /** The same as a code, where it was given as one. */
  readonly code?: Coded;
  readonly title?: string;
  readonly description?: string;
  /** `application/pdf`, ... */
  readonly contentType: string;
  /** Bytes as base64. */
  readonly content: string;
  /** Instant that whoever handed it in told. */
  readonly date?: string;
  readonly savedAt: string;
}
