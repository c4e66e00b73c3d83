import type { CodeableConcept, Identifier } from '@medplum/fhirtypes';
import { LosslessNumber } from 'lossless-json';
import type * as Records from '../practice.ts';

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
  document: (id: number) => `doc-${id}`,
  binary: (document: number) => `bin-${document}`,
} as const;

/** The record's own number in an id of this server; `undefined` when it is none of the kind. */
export const numberIn = (
  id: string,
  kind: 'pat' | 'prac' | 'loc' | 'slot' | 'appt' | 'enc' | 'obs',
): number | undefined => {
  const [, digits] = new RegExp(`^${kind}-([1-9]\\d{0,14})$`).exec(id) ?? [];
  return digits === undefined ? undefined : Number(digits);
};

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
  loinc: 'http://loinc.org',
  laboratory: `${LOCAL}/CodeSystem/laboratory`,
  appointmentNumber: `${LOCAL}/appointment-number`,
  claimNumber: `${LOCAL}/claim-number`,
} as const;

export const concept = (system: string, code: string, display?: string): CodeableConcept => ({
  coding: [{ system, code, ...(display === undefined ? {} : { display }) }],
});

/** A code without a name has no text; a name without a code is only a text. */
export const coded = ({ system, code, display }: Records.Coded): CodeableConcept => ({
  ...(code === '' ? {} : { coding: [{ system, code, ...(display === '' ? {} : { display }) }] }),
  ...(display === '' ? {} : { text: display }),
});

/** This server's own identifiers, and behind them those that clients handed in. */
export const identifiersOf = (
  own: readonly Identifier[],
  { identifiers = [] }: { readonly identifiers?: readonly Records.Identifier[] },
): { readonly identifier?: Identifier[] } => {
  const all = [...own, ...identifiers.map(({ system, value }) => ({ ...(system === '' ? {} : { system }), value }))];
  return all.length === 0 ? {} : { identifier: all };
};

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
