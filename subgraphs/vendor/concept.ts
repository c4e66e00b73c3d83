import type { CodeableConcept } from '../../schema/values.ts';

/** Code systems by their canonical URIs (HL7 Terminology). */
export const SYSTEM = {
  loinc: 'http://loinc.org',
  ucum: 'http://unitsofmeasure.org',
  snomed: 'http://snomed.info/sct',
  icd10cm: 'http://hl7.org/fhir/sid/icd-10-cm',
  icd9cm: 'http://hl7.org/fhir/sid/icd-9-cm',
  cpt: 'http://www.ama-assn.org/go/cpt',
  hcpcs: 'urn:oid:2.16.840.1.113883.6.285',
  cdcRaceEthnicity: 'urn:oid:2.16.840.1.113883.6.238',
  nullFlavor: 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor',
  bcp47: 'urn:ietf:bcp:47',
  iso639: 'urn:iso:std:iso:639:-2',
  observationCategory: 'http://terminology.hl7.org/CodeSystem/observation-category',
  interpretation: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation',
  dataAbsentReason: 'http://terminology.hl7.org/CodeSystem/data-absent-reason',
  identifierType: 'http://terminology.hl7.org/CodeSystem/v2-0203',
  usSsn: 'http://hl7.org/fhir/sid/us-ssn',
  usNpi: 'http://hl7.org/fhir/sid/us-npi',
} as const;

/** A concept with one code. */
export const concept = (
  system: string | undefined,
  code: string,
  display?: string | null,
  text?: string | null,
): CodeableConcept => ({
  codings: [{ code, ...(system === undefined ? {} : { system }), ...(display === undefined ? {} : { display }) }],
  text: text ?? display ?? null,
});

/** A concept of which only the words are known. */
export const textConcept = (text: string): CodeableConcept => ({ codings: [], text });

/** Categories of FHIR's observation-category, as vendors without categories of their own answer them. */
export const CATEGORY = {
  laboratory: concept(SYSTEM.observationCategory, 'laboratory', 'Laboratory'),
  vitalSigns: concept(SYSTEM.observationCategory, 'vital-signs', 'Vital Signs'),
} as const;
