import type { ObservationValue } from '../../../schema/values.ts';
import { SYSTEM } from '../../vendor/concept.ts';
import { toDecimal } from '../../vendor/decimal.ts';
import { lookUp } from './code.ts';

/** Units whose usual spelling is also, or surely stands for, a UCUM code. Others stay words. */
const UCUM: Readonly<Record<string, string>> = {
  '%': '%',
  'mg/dl': 'mg/dL',
  'g/dl': 'g/dL',
  'ng/ml': 'ng/mL',
  'ng/dl': 'ng/dL',
  'pg/ml': 'pg/mL',
  'ug/dl': 'ug/dL',
  'mcg/dl': 'ug/dL',
  'mmol/l': 'mmol/L',
  'umol/l': 'umol/L',
  'meq/l': 'meq/L',
  'u/l': 'U/L',
  'iu/l': '[IU]/L',
  'miu/l': 'm[IU]/L',
  'uiu/ml': 'u[IU]/mL',
  fl: 'fL',
  pg: 'pg',
  mmhg: 'mm[Hg]',
  'mm hg': 'mm[Hg]',
  'mm[hg]': 'mm[Hg]',
  'kg/m2': 'kg/m2',
  kg: 'kg',
  lb: '[lb_av]',
  lbs: '[lb_av]',
  cm: 'cm',
  in: '[in_i]',
  f: '[degF]',
  '°f': '[degF]',
  c: 'Cel',
  '°c': 'Cel',
  '/min': '/min',
  bpm: '/min',
};

const AMOUNT = /^\s*(?<comparator><=|>=|<|>)?\s*(?<number>[+-]?(?:\d+\.?\d*|\.\d+))\s*$/;

/** A number, exact to its last digit, with a unit; `undefined` when the text is not one number. */
export const toQuantity = (
  raw: string,
  unit: string | undefined,
): Extract<ObservationValue, { __typename: 'Quantity' }> | undefined => {
  const { comparator, number } = AMOUNT.exec(raw)?.groups ?? {};
  const value = toDecimal(number);
  if (value === undefined) return undefined;
  const code = lookUp(UCUM, unit?.trim().toLowerCase());
  return {
    __typename: 'Quantity',
    value,
    ...(comparator === undefined ? {} : { comparator }),
    ...(unit === undefined ? {} : { unit }),
    ...(code === undefined ? {} : { system: SYSTEM.ucum, code }),
  };
};

/** The UCUM code of a unit, be it one itself; what is annotated in it (`{beats}/min`) says nothing of the measure. */
export const ucumOf = (unit: string): string | undefined => {
  const plain = unit.replace(/\{[^}]*\}/g, '').trim();
  return lookUp(UCUM, plain.toLowerCase()) ?? Object.values(UCUM).find((code) => code === plain);
};

/** A unit that cannot be anything else: a known one, or one thing per another (`cells/uL`, `10*3/uL`). */
const isUnit = (text: string): boolean =>
  lookUp(UCUM, text.toLowerCase()) !== undefined || /^[\w*^.%µ[\]]*\/[a-z][\w.^*[\]]*$/i.test(text);

/**
 * A number and its unit in one text, `<0.05 S/CO`. `undefined` for everything else that begins with a digit: `3/10`,
 * `1:80`, `5'11"` and `72 regular` are words.
 */
export const splitAmount = (text: string): { readonly number: string; readonly unit?: string } | undefined => {
  const [, number, unit] = /^((?:<=|>=|<|>)?\s*[+-]?[\d.]+)\s*(\S.*)?$/.exec(text.trim()) ?? [];
  if (number === undefined || toQuantity(number, undefined) === undefined) return undefined;
  if (unit === undefined) return { number };
  return isUnit(unit) ? { number, unit } : undefined;
};
