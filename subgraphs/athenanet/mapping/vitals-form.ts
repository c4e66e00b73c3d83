import Big from 'big.js';
import type { Commands, ObservationInput } from '../../../schema/commands.ts';
import { type FieldIssueDetail, validationFailed } from '../../../schema/errors.ts';
import { toDecimal } from '../../vendor/decimal.ts';
import { dayPeriod, instantToLocal, toUsDate } from '../../vendor/time.ts';
import { ELEMENTS } from './vitals.ts';

type Observed = Commands['recordObservation'];

/** One vital as athenaNet's form takes it. */
export interface VitalEntry {
  readonly clinicalelementid: string;
  /** `MM/DD/YYYY`: athenaNet keeps no time of day. */
  readonly readingtaken: string;
  readonly value: string;
}

type Conversion = (value: Big) => Big;
const same: Conversion = (value) => value;
const times =
  (factor: string): Conversion =>
  (value) =>
    value.times(factor);

/** Units, by UCUM code or by what people write, in which a vital can be given; each turned into the one on the wire. */
const UNITS: Readonly<Record<string, Readonly<Record<string, Conversion>>>> = {
  'mm[Hg]': { 'mm[hg]': same, mmhg: same },
  '/min': {
    '/min': same,
    '1/min': same,
    '{beats}/min': same,
    'beats/min': same,
    bpm: same,
    '{breaths}/min': same,
    'breaths/min': same,
  },
  '[degF]': { '[degf]': same, degf: same, '°f': same, f: same, cel: celsius, degc: celsius, '°c': celsius, c: celsius },
  g: {
    g: same,
    kg: times('1000'),
    '[lb_av]': times('453.59237'),
    lb: times('453.59237'),
    lbs: times('453.59237'),
    '[oz_av]': times('28.349523125'),
    oz: times('28.349523125'),
  },
  cm: {
    cm: same,
    mm: times('0.1'),
    m: times('100'),
    '[in_i]': times('2.54'),
    in: times('2.54'),
    '[ft_i]': times('30.48'),
    ft: times('30.48'),
  },
  'kg/m2': { 'kg/m2': same, 'kg/m²': same },
};
/** Units that go without saying: nobody measures these in others. */
const IMPLIED: ReadonlySet<string> = new Set(['mm[Hg]', '/min', 'kg/m2']);
/** Digits after the point of what is converted: far below what is measured. */
const PLACES = 4;

function celsius(value: Big): Big {
  return value.times('1.8').plus(32);
}

const BY_LOINC = new Map(Object.entries(ELEMENTS).map(([element, { loinc }]) => [loinc, element]));
const OWN_ELEMENT = /^VITALS(\.[A-Z0-9_]{1,40}){1,4}$/;

/** The element of a LOINC code, or athenaNet's own; `undefined` for what is no vital sign. */
export const elementOf = (code: string): string | undefined =>
  BY_LOINC.get(code) ?? (OWN_ELEMENT.test(code) ? code : undefined);

const fault = (path: readonly string[], rule: string, message: string): FieldIssueDetail => ({ path, rule, message });

const NUMBERS = fault(['value'], 'type', 'athenahealth’s vital signs are numbers.');

/** The number as it stands on the wire, or why it cannot. */
const toWire = (element: string, input: ObservationInput): string | FieldIssueDetail => {
  if ('integer' in input) return toWire(element, { quantity: { value: String(input.integer) } });
  const number = 'quantity' in input ? toDecimal(input.quantity.value) : undefined;
  if (!('quantity' in input) || number === undefined) return NUMBERS;
  const { unit, code = unit } = input.quantity;
  const ucum = ELEMENTS[element]?.ucum;
  if (ucum === undefined)
    return code === undefined
      ? number
      : fault(['value', 'quantity', 'unit'], 'unit', 'athenahealth does not tell this vital sign’s unit: give none.');
  if (code === undefined && IMPLIED.has(ucum)) return number;
  const convert = code === undefined ? undefined : UNITS[ucum]?.[code.trim().toLowerCase()];
  if (convert === undefined)
    return fault(['value', 'quantity', 'unit'], 'unit', 'This vital sign needs a unit that it is measured in.');
  return convert === same ? number : convert(new Big(number)).round(PLACES).toFixed();
};

const faultsIn = ({ code, category, status, corrects }: Observed): readonly FieldIssueDetail[] => [
  ...(elementOf(code) === undefined
    ? [fault(['code'], 'code', 'athenahealth takes vital signs only, by LOINC or its own element.')]
    : []),
  ...(category === undefined || category === 'vital-signs'
    ? []
    : [fault(['category'], 'category', 'athenahealth takes vital signs only.')]),
  ...(status === 'FINAL' || (corrects !== undefined && (status === 'CORRECTED' || status === 'AMENDED'))
    ? []
    : [fault(['status'], 'status', 'athenahealth keeps no status of a vital sign: what is in the chart is final.')]),
];

/**
 * A vital sign as athenaNet's form has it, its day by the clock of `zone`.
 * @throws GraphError VALIDATION with every fault for what is no vital sign
 */
export const fromObservation = (input: Observed, zone: string): VitalEntry => {
  const element = elementOf(input.code);
  const value = element === undefined ? undefined : toWire(element, input.value);
  const issues = [...faultsIn(input), ...(typeof value === 'object' ? [value] : [])];
  if (element === undefined || typeof value !== 'string' || issues.length > 0) throw validationFailed(issues);
  return { clinicalelementid: element, readingtaken: toUsDate(instantToLocal(input.effective, zone).date), value };
};

/** The same in the terms in which athenaNet keeps it: its own unit, and the day as the first moment of it. */
export const asKept = (input: Observed, zone: string): Observed => {
  const { clinicalelementid, value } = fromObservation(input, zone);
  const known = ELEMENTS[clinicalelementid];
  return {
    ...input,
    code: known?.loinc ?? clinicalelementid,
    effective: dayPeriod(instantToLocal(input.effective, zone).date, zone).start,
    value: { quantity: { value, ...(known === undefined ? {} : { unit: known.unit, code: known.ucum }) } },
  };
};
