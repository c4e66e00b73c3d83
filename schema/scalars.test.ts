import type { GraphQLScalarType } from 'graphql';
import { expect, it } from 'vitest';
import {
  Base64Scalar,
  DateScalar,
  DateTimeScalar,
  DecimalScalar,
  EmailAddressScalar,
  PartialDateScalar,
  PhoneNumberScalar,
  TimeZoneScalar,
  UriScalar,
} from './scalars.ts';

const accepted: readonly (readonly [GraphQLScalarType, unknown, unknown])[] = [
  [DateScalar, '2024-02-29', '2024-02-29'],
  [PartialDateScalar, '1980', '1980'],
  [PartialDateScalar, '1980-05', '1980-05'],
  [PartialDateScalar, '1980-05-15', '1980-05-15'],
  [DateTimeScalar, '2026-11-01T09:00:00-05:00', '2026-11-01T14:00:00Z'],
  [DateTimeScalar, '2026-11-01t14:00:00z', '2026-11-01T14:00:00Z'],
  [DateTimeScalar, '2026-11-01T14:00:00.250Z', '2026-11-01T14:00:00.25Z'],
  [TimeZoneScalar, 'America/Chicago', 'America/Chicago'],
  [DecimalScalar, '7.40', '7.40'],
  [DecimalScalar, '1E-245', '1E-245'],
  [DecimalScalar, -3, '-3'],
  [PhoneNumberScalar, '+12175550141', '+12175550141'],
  [EmailAddressScalar, 'avery@example.com', 'avery@example.com'],
  [UriScalar, 'urn:oid:2.16.840.1.113883.6.238', 'urn:oid:2.16.840.1.113883.6.238'],
  [Base64Scalar, 'JVBERg==', 'JVBERg=='],
];

it.each(accepted)('%s takes %s', (scalar, given, expected) => {
  expect(scalar.parseValue(given)).toBe(expected);
  expect(scalar.serialize(given)).toBe(expected);
});

const refused: readonly (readonly [GraphQLScalarType, unknown])[] = [
  [DateScalar, '2025-02-29'],
  [DateScalar, '02/14/1979'],
  [PartialDateScalar, '1980-13'],
  [PartialDateScalar, '80'],
  [DateTimeScalar, '2026-11-01T09:00:00'],
  [DateTimeScalar, '2026-02-30T09:00:00Z'],
  [DateTimeScalar, '2026-11-01'],
  [TimeZoneScalar, 'Springfield'],
  [DecimalScalar, '7,40'],
  [DecimalScalar, 'NaN'],
  [DecimalScalar, ''],
  [PhoneNumberScalar, '(217) 555-0141'],
  [EmailAddressScalar, 'nobody'],
  [UriScalar, 'loinc'],
  [Base64Scalar, 'JVBERg'],
  [DateScalar, 19800515],
];

it.each(refused)('%s refuses %s', (scalar, given) => {
  expect(() => scalar.parseValue(given)).toThrow(new RegExp(`^${scalar.name} must be `));
});

it('does not repeat what it refuses', () => {
  expect(() => DateScalar.parseValue('15 May 1980')).toThrow('Date must be a calendar date, YYYY-MM-DD.');
  expect(() => PhoneNumberScalar.parseValue('(217) 555-0141')).toThrow(/^((?!555-0141).)*$/);
});
