import type { CodeableConcept } from '../../../schema/values.ts';
import { concept, SYSTEM } from '../../vendor/concept.ts';

/** athenaNet's word, in any field that has it, for a person who was asked and would not say. */
export const DECLINED = 'declined';

export const isDeclined = (raw: string | undefined): boolean => /^(patient )?declined$/i.test(raw ?? '');

/** Asked but not answered (HL7 v3 NullFlavor): neither a code nor the same as nothing recorded. */
export const declined = (raw: string): CodeableConcept =>
  concept(SYSTEM.nullFlavor, 'ASKU', 'Asked but no answer', raw);
