import Big from 'big.js';
import type { ClaimLineFields, Commands } from '../../../schema/commands.ts';
import { type FieldIssueDetail, validationFailed } from '../../../schema/errors.ts';
import { toDecimal } from '../../vendor/decimal.ts';

type Claimed = Commands['submitClaim'];

/** Diagnoses that one charge takes (go: `icd10code1` to `icd10code4`, of which the first is required). */
const MOST_DIAGNOSES = 4;

/** One charge as `claimcharges` has it (docs: claim workflow). */
export type Charge = Readonly<Record<string, string | number>>;

const fault = (path: readonly string[], rule: string, message: string): FieldIssueDetail => ({ path, rule, message });

/** What one unit costs; `undefined` when the units do not divide the charge into whole cents. */
const unitAmount = ({ units, charge }: ClaimLineFields): string | undefined => {
  const [number, total] = [toDecimal(units), toDecimal(charge)];
  if (number === undefined || total === undefined || new Big(number).lte(0)) return undefined;
  const amount = new Big(total).div(number).round(2);
  return amount.times(number).eq(total) ? amount.toFixed(2) : undefined;
};

const lineFaults = (line: ClaimLineFields, i: number, input: Claimed): readonly FieldIssueDetail[] => {
  const at = (name: string) => ['lines', String(i), name];
  const pointers = line.diagnosisPointers;
  return [
    ...(pointers.length >= 1 && pointers.length <= MOST_DIAGNOSES
      ? []
      : [fault(at('diagnosisPointers'), 'length', 'athenahealth takes one to four diagnoses of a charge.')]),
    ...(pointers.every((pointer) => input.diagnoses[pointer - 1] !== undefined)
      ? []
      : [fault(at('diagnosisPointers'), 'range', 'There is no such diagnosis.')]),
    ...(unitAmount(line) === undefined
      ? [
          fault(
            at('charge'),
            'amount',
            'athenahealth takes a price of one unit, in cents: units must divide the charge.',
          ),
        ]
      : []),
    ...(/[,\s]/.test([line.procedure, ...line.modifiers].join(''))
      ? [fault(at('procedure'), 'code', 'Procedures and modifiers are codes.')]
      : []),
    ...(line.serviceDate === input.lines[0]?.serviceDate
      ? []
      : [fault(at('serviceDate'), 'date', 'athenahealth’s claims have one day of service.')]),
  ];
};

/**
 * The charges of a claim: its day of service is the claim's, not theirs.
 * @throws GraphError VALIDATION with every fault for what a claim of athenaNet cannot say
 */
export const fromClaim = (input: Claimed): readonly Charge[] => {
  const pointed = new Set(input.lines.flatMap((line) => line.diagnosisPointers));
  const issues = [
    ...(input.lines.length === 0 ? [fault(['lines'], 'length', 'A claim needs a charge.')] : []),
    ...input.lines.flatMap((line, i) => lineFaults(line, i, input)),
    ...input.diagnoses.flatMap((_code, i) =>
      pointed.has(i + 1)
        ? []
        : [
            fault(
              ['diagnoses', String(i)],
              'used',
              'athenahealth keeps diagnoses with charges: no line points at this one.',
            ),
          ],
    ),
  ];
  if (issues.length > 0) throw validationFailed(issues);
  return input.lines.map((line) => ({
    procedurecode: [line.procedure, ...line.modifiers].join(','),
    units: Number(line.units),
    ...Object.fromEntries(
      line.diagnosisPointers.map((pointer, i) => [`icd10code${i + 1}`, input.diagnoses[pointer - 1] ?? '']),
    ),
    unitamount: unitAmount(line) ?? '',
    linenote: '',
  }));
};
