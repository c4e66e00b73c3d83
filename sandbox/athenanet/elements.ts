import Big from 'big.js';
import type { Value } from '../practice.ts';

/** A vital sign as athenaNet keeps it. */
export interface Element {
  readonly key: string;
  readonly abbreviation: string;
  readonly ordering: number;
  readonly clinicalElementId: string;
  readonly name: string;
  /** The unit that its values are in, where the configuration names one. */
  readonly unit?: string;
  readonly loincs: readonly string[];
  /** From a UCUM unit to athenaNet's. */
  readonly from: Readonly<Record<string, (value: Big) => Big>>;
}

const as = (value: Big): Big => value;
const times =
  (factor: string) =>
  (value: Big): Big =>
    value.times(factor);

/**
 * Element ids, units and groups: [public: metriport, dotnet]; the group of the respiration rate and the LOINC codes of
 * oxygen saturation: [assumption].
 */
export const ELEMENTS: readonly Element[] = [
  {
    key: 'BLOODPRESSURE',
    abbreviation: 'BP',
    ordering: 0,
    clinicalElementId: 'VITALS.BLOODPRESSURE.SYSTOLIC',
    name: 'Blood Pressure Systolic',
    loincs: ['8480-6'],
    from: { 'mm[Hg]': as },
  },
  {
    key: 'BLOODPRESSURE',
    abbreviation: 'BP',
    ordering: 0,
    clinicalElementId: 'VITALS.BLOODPRESSURE.DIASTOLIC',
    name: 'Blood Pressure Diastolic',
    loincs: ['8462-4'],
    from: { 'mm[Hg]': as },
  },
  {
    key: 'BMI',
    abbreviation: 'BMI',
    ordering: 1,
    clinicalElementId: 'VITALS.BMI',
    name: 'BMI',
    loincs: ['39156-5'],
    from: { 'kg/m2': as },
  },
  {
    key: 'HEIGHT',
    abbreviation: 'Ht',
    ordering: 2,
    clinicalElementId: 'VITALS.HEIGHT',
    name: 'Height',
    unit: 'cm',
    loincs: ['8302-2'],
    from: { cm: as, m: times('100'), '[in_i]': times('2.54'), '[ft_i]': times('30.48') },
  },
  {
    key: 'WEIGHT',
    abbreviation: 'Wt',
    ordering: 3,
    clinicalElementId: 'VITALS.WEIGHT',
    name: 'Weight',
    unit: 'g',
    loincs: ['29463-7'],
    from: { g: as, kg: times('1000'), '[lb_av]': times('453.59237'), '[oz_av]': times('28.349523125') },
  },
  {
    key: 'HEARTRATE',
    abbreviation: 'HR',
    ordering: 5,
    clinicalElementId: 'VITALS.HEARTRATE',
    name: 'Heart Rate',
    loincs: ['8867-4'],
    from: { '/min': as, '{beats}/min': as },
  },
  {
    key: 'O2SATURATION',
    abbreviation: 'O2Sat',
    ordering: 6,
    clinicalElementId: 'VITALS.O2SATURATION',
    name: 'O2 Saturation',
    loincs: ['2708-6', '59408-5'],
    from: { '%': as },
  },
  {
    key: 'TEMPERATURE',
    abbreviation: 'T',
    ordering: 8,
    clinicalElementId: 'VITALS.TEMPERATURE',
    name: 'Temperature',
    unit: 'F',
    loincs: ['8310-5'],
    from: { '[degF]': as, Cel: (value) => value.times('1.8').plus(32) },
  },
  {
    key: 'RESPIRATIONRATE',
    abbreviation: 'RR',
    ordering: 9,
    clinicalElementId: 'VITALS.RESPIRATIONRATE',
    name: 'Respiration Rate',
    loincs: ['9279-1'],
    from: { '/min': as, '{breaths}/min': as },
  },
];

export const elementFor = (loinc: string): Element | undefined => ELEMENTS.find(({ loincs }) => loincs.includes(loinc));

/** The value in athenaNet's unit, exactly; undefined when it has no place there. */
export const elementValue = ({ from }: Element, value: Value | undefined): string | undefined => {
  if (value?.kind !== 'quantity' || value.comparator !== undefined) return undefined;
  const unit = value.ucum ?? value.unit;
  const convert = Object.hasOwn(from, unit) ? from[unit] : undefined;
  return convert?.(new Big(value.value)).toFixed();
};

export const elementOf = (clinicalElementId: string): Element | undefined =>
  ELEMENTS.find((element) => element.clinicalElementId === clinicalElementId);

/** A number in athenaNet's unit, which is the first that an element is kept from; undefined for text that is no number. */
export const measured = ({ from }: Element, text: string): Value | undefined => {
  const [ucum] = Object.keys(from);
  if (ucum === undefined || !/^-?\d{1,9}(\.\d{1,9})?$/.test(text)) return undefined;
  return { kind: 'quantity', value: text, unit: ucum, ucum };
};
