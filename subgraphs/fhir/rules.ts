import type { RecordType } from '../../schema/ids.ts';
import type { PatientQuery } from '../vendor/connector.ts';
import type { ChangeRules } from './changes/rules.ts';
import type { ResourceType } from './payload.ts';
import type { WriteRules } from './writes/rules.ts';

/** A thing to look for a patient by. */
export type Criterion = keyof PatientQuery;

/**
 * What one vendor's FHIR server does and wants. The README says where each fact comes from and
 * what is assumed. A new server is a new row.
 */
export interface Profile {
  /** As a note to an operator calls it. */
  readonly name: string;
  /** Types that can be read by id. */
  readonly reads: readonly RecordType[];
  /** `_id=a,b,c`: documented (`yes`), or to be found out by asking (`probe`). Absent: one read each. */
  readonly idLists: Readonly<Partial<Record<ResourceType, 'yes' | 'probe'>>>;
  /** What brings the records that a type's records link to along with them. Absent: they are asked for by their ids. */
  readonly includes: Readonly<Partial<Record<'Appointment' | 'Observation' | 'Claim' | 'Slot', LinkIncludes>>>;
  /** A merged patient shows only when it is read directly, not in a search by `_id`. */
  readonly mergesShowOnlyOnRead: boolean;
  /** How a page's size is asked for; absent: it cannot be. */
  readonly countParam?: '_count' | '_maxresults';
  /** The most rows on a page, by type; `else` for the others. */
  readonly largestPage: Readonly<Partial<Record<ResourceType, number>>> & { readonly else: number };
  readonly patients: PatientRules;
  readonly appointments?: AppointmentRules;
  readonly observations: ObservationRules;
  readonly claims: ClaimRules;
  readonly coverages: CoverageRules;
  /** Parameters that list everybody (everywhere); absent: the server lists nobody without a name. */
  readonly practitioners?: readonly Param[];
  readonly locations?: readonly Param[];
  readonly slots?: SlotRules;
  readonly changes: ChangeRules;
  readonly writes: WriteRules;
  /** Limits that start anew with every minute of the clock, without saying so (eClinicalWorks). */
  readonly minuteWindow?: true;
}

export type Param = readonly [name: string, value: string];

/** Fields of the graph that lead to another record. */
export type Link = 'patient' | 'practitioner' | 'location';
export type LinkIncludes = Readonly<Partial<Record<Link, readonly Param[]>>>;

export interface PatientRules {
  /** The server's parameter for each criterion; the others are checked here only. */
  readonly params: Readonly<Partial<Record<Criterion, string>>>;
  /** One of these sets must be there. Only the first one that is gets sent where `minimal` is set. */
  readonly sets: readonly (readonly Criterion[])[];
  /** The server takes further criteria as alternatives: send one set and nothing else (Epic). */
  readonly minimal?: true;
  readonly sort?: string;
  /** `phone=a,b`: a number may be asked for in all the ways in which it may be written. */
  readonly phoneForms?: true;
  /** Said to a client whose search has none of the sets. */
  readonly wants: string;
}

export interface AppointmentRules {
  /** `patient=a,b` in one call. */
  readonly manyPatients: boolean;
  /** A search must say when; `period` is the parameter that also finds requests without a start (Oracle). */
  readonly dates: 'optional' | { readonly required: true; readonly period: string };
  /** Is the list in the order of start, and by which parameter? Absent: in any order. */
  readonly order?: { readonly sort?: string };
  readonly status: boolean;
  /** Without a patient: by anything, by practitioner or location but only one of them, or not at all. */
  readonly search: 'any' | 'one-actor' | 'none';
}

export interface ObservationRules {
  readonly manyPatients: boolean;
  /** `category=a,b` in one call. */
  readonly manyCategories: boolean;
  /** Newest first, by this parameter. */
  readonly sort?: string;
  /** The server wants `category` or `code`: without either, these are asked for, one call each. */
  readonly categories?: readonly string[];
}

export interface ClaimRules {
  /** Claims can be searched by patient and date of creation. */
  readonly search: boolean;
  /** How the payer's decision is found: in the same call, by a call for each claim, or not at all. */
  readonly outcome: 'revinclude' | 'search' | 'none';
  readonly include: readonly string[];
}

export interface CoverageRules {
  readonly manyPatients: boolean;
  readonly include: readonly string[];
  /** Parameters that bring a patient's coverages, payers and subscribers along with the patient. */
  readonly withPatient?: readonly Param[];
}

export interface SlotRules {
  /** The server lists slots only for a given type (Oracle). */
  readonly needsType: boolean;
  /** Parameters for the people and the places; absent: chosen here, from the slots' schedules. */
  readonly practitioner?: string;
  readonly location?: string;
}
