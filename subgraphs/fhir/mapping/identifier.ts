import type { Identifier } from '../../../schema/values.ts';
import { SYSTEM } from '../../vendor/concept.ts';
import type { FhirIdentifier } from '../elements.ts';
import type { MappingContext } from './context.ts';
import { hasCoding, hasEnded, toIdentifier } from './datatypes.ts';

/** Numbers that the state gave a person (v2-0203: social security, driver's licence, passport) are never passed on. */
const PERSONAL_TYPES: ReadonlySet<string> = new Set(['SS', 'SSN', 'DL', 'PPN']);
const PERSONAL_SYSTEMS: ReadonlySet<string> = new Set([
  SYSTEM.usSsn,
  'urn:oid:2.16.840.1.113883.4.1', // the same list by its OID
  'http://hl7.org/fhir/sid/us-medicare', // formed from the social security number until 2020
]);
const PERSONAL_WORDS = /social security|\bssn\b|passport|driver/i;
const NPI: ReadonlySet<string> = new Set(['NPI']);

const isPersonal = ({ system, type }: FhirIdentifier): boolean =>
  hasCoding(type, PERSONAL_TYPES) ||
  PERSONAL_SYSTEMS.has(system ?? '') ||
  /^(urn:oid:2\.16\.840\.1\.113883\.4\.3\.|http:\/\/hl7\.org\/fhir\/sid\/passport)/.test(system ?? '') ||
  PERSONAL_WORDS.test(type?.text ?? '');

const isCurrent = (one: FhirIdentifier, { asOf, zone }: MappingContext): boolean =>
  one.use !== 'old' && !hasEnded(one.period, asOf, zone);

const mapped = (identifiers: readonly FhirIdentifier[]): readonly Identifier[] =>
  identifiers
    .filter((one) => !isPersonal(one))
    .map(toIdentifier)
    .filter((one) => one !== undefined);

/** The identifiers in force. */
export const toIdentifiers = (raw: readonly FhirIdentifier[], context: MappingContext): readonly Identifier[] =>
  mapped(raw.filter((one) => isCurrent(one, context)));

/** The identifiers that were in force once: an old record number must not look like today's. */
export const toOldIdentifiers = (raw: readonly FhirIdentifier[], context: MappingContext): readonly Identifier[] =>
  mapped(raw.filter((one) => !isCurrent(one, context)));

/** The National Provider Identifier, by its system or its type. */
export const toNpi = (raw: readonly FhirIdentifier[]): string | undefined =>
  raw.find(({ system, type }) => system === SYSTEM.usNpi || hasCoding(type, NPI))?.value;
