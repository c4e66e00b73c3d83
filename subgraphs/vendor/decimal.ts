import Big from 'big.js';
import type { Money } from '../../schema/values.ts';

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** The number as exact text (`7.40` keeps its zero), in the form of the graph's Decimal; `undefined` when it is none. */
export const toDecimal = (raw: string | number | null | undefined): string | undefined => {
  if (raw === null || raw === undefined) return undefined;
  const text = String(raw).trim();
  if (!DECIMAL.test(text)) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = ''] =
    /^([+-]?)(\d*)(?:\.(\d*))?((?:[eE].*)?)$/.exec(text) ?? [];
  const digits = whole.replace(/^0+(?=\d)/, '') || '0';
  return `${sign === '-' ? '-' : ''}${digits}${fraction === '' ? '' : `.${fraction}`}${exponent}`;
};

/** An amount of money as vendors write it: `189`, `$1,040.00`, `-25.15`, `(5.50)` for minus 5.50. */
export const toMoney = (raw: string | number | null | undefined, currency = 'USD'): Money | undefined => {
  if (raw === null || raw === undefined) return undefined;
  const text = String(raw).replace(/[\s$,]/g, '');
  const negative = /^\((.*)\)$/.exec(text);
  const value = toDecimal(negative === null ? text : `-${negative[1]}`);
  return value === undefined ? undefined : { value, currency };
};

/** The sum, with the digits after the point of the most precise amount; `undefined` for none or mixed currencies. */
export const sumMoney = (amounts: readonly Money[]): Money | undefined => {
  const [first] = amounts;
  if (first === undefined || amounts.some(({ currency }) => currency !== first.currency)) return undefined;
  const places = Math.max(...amounts.map(({ value }) => value.split('.')[1]?.length ?? 0));
  const total = amounts.reduce((sum, { value }) => sum.plus(value), new Big(0));
  return { value: total.toFixed(places), currency: first.currency };
};
