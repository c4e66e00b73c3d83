import type { Patient } from '../practice.ts';
import type { Diagnosis } from './codes.ts';
import type { Vendor } from './profiles.ts';

/** What a practice writes down about somebody. */
export type Details = Omit<Patient, 'id' | 'mrn' | 'practitionerId' | 'locationId' | 'changedAt'>;

/** Details of which some are given; null stands for "this practice does not know". */
export type Given = { readonly [Field in keyof Details]?: Details[Field] | null };

/** Somebody of the fixed cast: what is true, and what the practices that know this person have written differently. */
export interface CastMember {
  /** Unique in the cast. */
  readonly key: string;
  readonly person: Given & Pick<Details, 'first' | 'last' | 'sex'>;
  readonly at: { readonly [V in Vendor]?: Given };
  /** A fixed patient id at every practice, instead of the next one. */
  readonly id?: number;
  /** How the practices' records differ, for somebody known to several. */
  readonly difference?: string;
  readonly conditions?: readonly Diagnosis[];
  /** For somebody who has died; the date stands in the record unless the record says otherwise. */
  readonly diedDaysAgo?: number;
}

/** What measurements of somebody come from: the same at every practice. */
export interface Traits {
  readonly birthYear: number;
  readonly sex: Details['sex'];
  readonly conditions: readonly Diagnosis[];
  /** Of the grown-up: centimetres, and kilograms per square metre. */
  readonly height: number;
  readonly bodyMass: number;
  readonly systolic: number;
  readonly smoking: 'never' | 'former' | 'current';
}

/** A patient of one practice with what only the sandbox knows about this person. */
export interface Resident {
  readonly key: string;
  readonly patient: Patient;
  readonly traits: Traits;
  /** The last local day on which this person can come, for somebody who has died. */
  readonly lastDay?: string;
}
