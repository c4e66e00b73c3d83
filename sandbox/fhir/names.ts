import type { CodeableConcept } from '@medplum/fhirtypes';
import { LosslessNumber } from 'lossless-json';
import type { Coded } from '../practice.ts';

/** Ids of this server: no other vendor of the sandbox writes a letter word in front of the number. */
export const ID = {
  patient: (id: number) => `pat-${id}`,
  practitioner: (id: number) => `prac-${id}`,
  role: (id: number) => `role-${id}`,
  location: (id: number) => `loc-${id}`,
  organization: 'org-1',
  coverage: (patient: number, at: number) => `cov-${patient}-${at + 1}`,
  schedule: (practitioner: number, location: number) => `sched-${practitioner}-${location}`,
  slot: (id: number) => `slot-${id}`,
  appointment: (id: number) => `appt-${id}`,
  encounter: (appointment: number) => `enc-${appointment}`,
  observation: (id: number) => `obs-${id}`,
  claim: (id: number) => `claim-${id}`,
  explanation: (claim: number) => `eob-${claim}`,
} as const;

const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem';
const LOCAL = 'https://sandbox.example.org/fhir';

export const URI = {
  identifierType: `${TERMINOLOGY}/v2-0203`,
  maritalStatus: `${TERMINOLOGY}/v3-MaritalStatus`,
  nullFlavor: `${TERMINOLOGY}/v3-NullFlavor`,
  participation: `${TERMINOLOGY}/v3-ParticipationType`,
  actCode: `${TERMINOLOGY}/v3-ActCode`,
  interpretation: `${TERMINOLOGY}/v3-ObservationInterpretation`,
  category: `${TERMINOLOGY}/observation-category`,
  absentReason: `${TERMINOLOGY}/data-absent-reason`,
  cancellation: `${TERMINOLOGY}/appointment-cancellation-reason`,
  claimType: `${TERMINOLOGY}/claim-type`,
  priority: `${TERMINOLOGY}/processpriority`,
  relationship: `${TERMINOLOGY}/subscriber-relationship`,
  coverageClass: `${TERMINOLOGY}/coverage-class`,
  adjudication: `${TERMINOLOGY}/adjudication`,
  careTeamRole: `${TERMINOLOGY}/claimcareteamrole`,
  /** CARIN Blue Button, for money that R4's own list of categories has no code for. */
  moreAdjudication: 'http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBAdjudication',
  npi: 'http://hl7.org/fhir/sid/us-npi',
  race: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race',
  ethnicity: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity',
  birthSex: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex',
  timeZone: 'http://hl7.org/fhir/StructureDefinition/timezone',
  absentExtension: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason',
  ucum: 'http://unitsofmeasure.org',
  cptModifier: 'http://www.ama-assn.org/go/cpt',
  mrn: 'urn:oid:2.16.840.1.113883.19.5.1',
  visitType: `${LOCAL}/CodeSystem/visit-type`,
  laboratory: `${LOCAL}/CodeSystem/laboratory`,
  appointmentNumber: `${LOCAL}/appointment-number`,
  claimNumber: `${LOCAL}/claim-number`,
} as const;

export const concept = (system: string, code: string, display?: string): CodeableConcept => ({
  coding: [{ system, code, ...(display === undefined ? {} : { display }) }],
});

export const coded = ({ system, code, display }: Coded): CodeableConcept => ({
  coding: [{ system, code, display }],
  text: display,
});

/**
 * A decimal that keeps its digits on the way out. The type says number, as FHIR's does; what travels is the text of the
 * number, which `exactText` writes as it is and no float ever holds.
 */
export const decimal = (text: string): number => new LosslessNumber(text) as unknown as number;

/** The member when there is a value for it, else nothing. */
export const optional = <K extends string, V, R>(
  key: K,
  value: V | undefined,
  write: (value: V) => R,
): { readonly [P in K]?: R } => (value === undefined ? {} : ({ [key]: write(value) } as { [P in K]: R }));

/** `2026-03-02T15:00:00Z` some minutes later, in UTC. */
export const later = (instant: string, minutes: number): string =>
  new Date(Date.parse(instant) + minutes * 60_000).toISOString().replace('.000Z', 'Z');
