import type { Observation } from '@medplum/fhirtypes';
import Big from 'big.js';
import { LosslessNumber } from 'lossless-json';
import type { ObservationInput } from '../../../schema/commands.ts';
import type { CodeableConcept, ObservationValue } from '../../../schema/values.ts';
import { concept, SYSTEM } from '../../vendor/concept.ts';
import { toDecimal } from '../../vendor/decimal.ts';
import type { FhirValue } from '../payload.ts';
import type { MappingContext } from './context.ts';
import { absentReason, optionalConcept, toConcept, toInt, toPeriod, toQuantity } from './datatypes.ts';
import { fromCode } from './word.ts';

const LARGEST_INT = 2 ** 31;

const absent = (reason: CodeableConcept): ObservationValue => ({ __typename: 'AbsentValue', reason });

/** Why there is none, by a code of FHIR's data-absent-reason. */
export const absentFor = (code: string): ObservationValue => absent(concept(SYSTEM.dataAbsentReason, code));

type Kind = keyof FhirValue;
type Mapper<K extends Kind> = (
  value: NonNullable<FhirValue[K]>,
  context: MappingContext,
) => ObservationValue | undefined;

/** `value[x]`, one row for each type that R4 allows (http://hl7.org/fhir/R4/observation.html). */
const VALUES: { readonly [K in Exclude<Kind, 'dataAbsentReason'>]: Mapper<K> } = {
  valueQuantity: (raw) => {
    const why = raw.value === undefined ? absentReason(raw.extension) : undefined;
    return why === undefined ? { __typename: 'Quantity', ...toQuantity(raw) } : absentFor(why);
  },
  valueCodeableConcept: (raw) => {
    const known = optionalConcept(raw);
    const why = known === undefined ? absentReason(raw.extension) : undefined;
    return why === undefined ? { __typename: 'CodeableConcept', ...toConcept(raw) } : absentFor(why);
  },
  valueString: (text) => ({ __typename: 'TextValue', text }),
  valueBoolean: (boolean) => ({ __typename: 'BooleanValue', boolean }),
  valueInteger: (raw) => {
    const integer = Number(raw);
    return Number.isInteger(integer) && Math.abs(integer) < LARGEST_INT
      ? { __typename: 'IntegerValue', integer }
      : { __typename: 'Quantity', value: toDecimal(raw) ?? null };
  },
  valueRange: ({ low, high }) => ({
    __typename: 'RangeValue',
    low: low === undefined ? null : toQuantity(low),
    high: high === undefined ? null : toQuantity(high),
  }),
  valueRatio: ({ numerator, denominator }) => ({
    __typename: 'RatioValue',
    numerator: numerator === undefined ? null : toQuantity(numerator),
    denominator: denominator === undefined ? null : toQuantity(denominator),
  }),
  valueSampledData: ({ origin, period, factor, dimensions, data }) => {
    const periodMs = toDecimal(period);
    const count = toInt(dimensions);
    if (origin === undefined || periodMs === undefined || count === undefined)
      return data === undefined ? undefined : { __typename: 'TextValue', text: data };
    const samples = data === undefined ? null : scaled(data, factor);
    return { __typename: 'SampledData', origin: toQuantity(origin), periodMs, dimensions: count, data: samples };
  },
  valueTime: (dateTime) => ({ __typename: 'DateTimeValue', dateTime }),
  valueDateTime: (dateTime) => ({ __typename: 'DateTimeValue', dateTime }),
  valuePeriod: (raw, { zone }) => ({
    __typename: 'PeriodValue',
    period: toPeriod(raw, zone) ?? { start: null, end: null },
  }),
};
const KINDS = Object.keys(VALUES) as readonly (keyof typeof VALUES)[];

/**
 * Samples in the unit of their origin. FHIR keeps a factor beside them, which the graph's type has no place for: so it
 * is multiplied in, exactly. `E` (error), `L` and `U` (outside of the limits) stay.
 */
const scaled = (data: string, factor: string | undefined): string => {
  if (factor === undefined || new Big(factor).eq(1)) return data;
  return data
    .split(/\s+/)
    .map((sample) => {
      const value = toDecimal(sample);
      return value === undefined ? sample : new Big(value).times(factor).toFixed();
    })
    .join(' ');
};

/** The value; else why there is none, where the vendor says so; else nothing. */
export const toValue = (raw: FhirValue, context: MappingContext): ObservationValue | undefined => {
  for (const kind of KINDS) {
    const value = raw[kind];
    if (value !== undefined) return (VALUES[kind] as Mapper<typeof kind>)(value as never, context);
  }
  const reason = optionalConcept(raw.dataAbsentReason);
  return reason === undefined ? undefined : absent(reason);
};

/** A decimal that keeps its digits: the type says number, as FHIR's does; `printFhir` writes the text as it stands. */
export const exactly = (text: string): number => new LosslessNumber(toDecimal(text) ?? text) as unknown as number;

/** The inverse of `toValue`, for what a client may give. A code of a unit is one of UCUM. */
export const fromValue = (input: ObservationInput): Partial<Observation> => {
  if ('quantity' in input) {
    const { value, unit, code } = input.quantity;
    return {
      valueQuantity: {
        value: exactly(value),
        ...((unit ?? code) === undefined ? {} : { unit: unit ?? code ?? '' }),
        ...(code === undefined ? {} : { system: SYSTEM.ucum, code }),
      },
    };
  }
  if ('code' in input) return { valueCodeableConcept: fromCode(input.code) };
  if ('text' in input) return { valueString: input.text };
  if ('boolean' in input) return { valueBoolean: input.boolean };
  return 'integer' in input ? { valueInteger: input.integer } : { valueDateTime: input.dateTime };
};
