import type { Claim, CodeableConcept, Coverage, Reference } from '@medplum/fhirtypes';
import type { ClaimLineFields, Commands } from '../../../schema/commands.ts';
import { SYSTEM } from '../../vendor/concept.ts';
import { sumMoney } from '../../vendor/decimal.ts';
import { exactly } from './value.ts';

const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem';
const coded = (system: string, code: string): CodeableConcept => ({ coding: [{ system, code }] });
/** HCPCS codes begin with a letter; CPT's own end with one at most. */
const isHcpcs = (code: string): boolean => /^[A-Z]\d{4}$/i.test(code);
const procedureSystem = (code: string): string => (isHcpcs(code) ? SYSTEM.hcpcs : SYSTEM.cpt);
const modifierSystem = (code: string): string => (/^\d\d$/.test(code) ? SYSTEM.cpt : SYSTEM.hcpcs);
const dollars = (value: string) => ({ value: exactly(value), currency: 'USD' as const });

const itemOf = (line: ClaimLineFields, i: number): NonNullable<Claim['item']>[number] => ({
  sequence: i + 1,
  ...(line.diagnosisPointers.length === 0 ? {} : { diagnosisSequence: [...line.diagnosisPointers] }),
  productOrService: coded(procedureSystem(line.procedure), line.procedure),
  ...(line.modifiers.length === 0 ? {} : { modifier: line.modifiers.map((code) => coded(modifierSystem(code), code)) }),
  servicedDate: line.serviceDate,
  quantity: { value: exactly(line.units) },
  net: dollars(line.charge),
});

/** A professional claim as a client gives it, on `coverage`, made on the day `created`: the inverse of `toClaim`. */
export const newClaim = (input: Commands['submitClaim'], coverage: Reference<Coverage>, created: string): Claim => {
  const { patient, practitioner, diagnoses, lines, payer } = input;
  const total = sumMoney(lines.map(({ charge }) => ({ value: charge, currency: 'USD' })));
  return {
    resourceType: 'Claim',
    status: 'active',
    type: coded(`${TERMINOLOGY}/claim-type`, 'professional'),
    use: 'claim',
    patient: { reference: `Patient/${patient}` },
    created,
    ...(payer === undefined ? {} : { insurer: { display: payer } }),
    provider: { reference: `Practitioner/${practitioner}` },
    priority: coded(`${TERMINOLOGY}/processpriority`, 'normal'),
    ...(diagnoses.length === 0
      ? {}
      : {
          diagnosis: diagnoses.map((code, i) => ({
            sequence: i + 1,
            diagnosisCodeableConcept: coded(SYSTEM.icd10cm, code),
          })),
        }),
    insurance: [{ sequence: 1, focal: true, coverage }],
    item: lines.map(itemOf),
    ...(total === undefined ? {} : { total: dollars(total.value) }),
  };
};
