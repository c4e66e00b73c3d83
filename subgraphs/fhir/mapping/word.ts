import type { CodeableConcept } from '@medplum/fhirtypes';
import { SYSTEM } from '../../vendor/concept.ts';

const QUALIFIED = /^([A-Za-z][A-Za-z0-9+.-]*:[^|\s]+)\|([^|]+)$/;
const LOINC = /^\d{1,5}-\d$/;

/** A client's `system|code`. */
const qualified = (word: string): CodeableConcept | undefined => {
  const [, system, code] = QUALIFIED.exec(word) ?? [];
  return system === undefined || code === undefined ? undefined : { coding: [{ system, code }] };
};

/** A client's word for a kind of thing: `system|code`, a LOINC code, or whatever the practice calls it. */
export const fromCode = (word: string): CodeableConcept =>
  qualified(word) ??
  (LOINC.test(word) ? { coding: [{ system: SYSTEM.loinc, code: word }] } : { coding: [{ code: word }], text: word });

/** The same where a word is more often a name than a code. */
export const fromName = (word: string): CodeableConcept => {
  const concept = fromCode(word);
  return concept.text === undefined ? concept : { text: word };
};
