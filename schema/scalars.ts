import 'reflect-metadata'; // type-graphql reads it when a class is decorated; every type's file imports this one
import { GraphQLError, GraphQLScalarType, type GraphQLScalarTypeConfig, Kind } from 'graphql';
import { GraphQLEmailAddress, GraphQLLocalDate, GraphQLTimeZone } from 'graphql-scalars';
import { Temporal } from 'temporal-polyfill';
import { readUtc, writeUtc } from './instant.ts';

/**
 * Scalars of the unified graph. Each refuses a wrong value with a fixed sentence that says what is expected and
 * never repeats the value: a birth date or a phone number that was mistyped must not reach logs.
 */
const scalar = (
  name: string,
  description: string,
  expected: string,
  accept: (value: unknown) => unknown,
  more: Partial<GraphQLScalarTypeConfig<unknown, unknown>> = {},
): GraphQLScalarType => {
  const refuse = (): never => {
    throw new GraphQLError(`${name} must be ${expected}.`, {
      extensions: { code: 'VALIDATION', retryable: false },
    });
  };
  const attempt = (value: unknown): unknown => {
    try {
      return accept(value) ?? refuse();
    } catch {
      return refuse();
    }
  };
  return new GraphQLScalarType({
    name,
    description,
    serialize: attempt,
    parseValue: attempt,
    parseLiteral: (node) => (node.kind === Kind.STRING ? attempt(node.value) : refuse()),
    ...more,
  });
};

const matching =
  (pattern: RegExp) =>
  (value: unknown): unknown =>
    typeof value === 'string' && pattern.test(value) ? value : undefined;

const DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
/** Without groups: a group that repeats takes a level of the engine's stack each time, and documents have megabytes. */
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const PARTIAL_DATE = /^\d{4}(-(0[1-9]|1[0-2]))?$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2})$/;

const calendarDate = (value: unknown): unknown => GraphQLLocalDate.parseValue(value);

/** Milliseconds only where the source had them: `2026-11-01T14:00:00Z`, `2026-11-01T14:00:00.250Z`. */
const toInstant = (value: unknown): string | undefined =>
  typeof value === 'string' && INSTANT.test(value) ? instantOf(value.toUpperCase()) : undefined;

const instantOf = (text: string): string => {
  const utc = readUtc(text);
  return utc === undefined ? Temporal.Instant.from(text).toString() : writeUtc(utc);
};

export const DateScalar = scalar(
  'Date',
  'A calendar date, `YYYY-MM-DD`, without a time zone.',
  'a calendar date, YYYY-MM-DD',
  calendarDate,
);

export const PartialDateScalar = scalar(
  'PartialDate',
  'A date as precise as it is known: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.',
  'YYYY, YYYY-MM or YYYY-MM-DD',
  (value) => matching(PARTIAL_DATE)(value) ?? calendarDate(value),
);

export const DateTimeScalar = scalar(
  'DateTime',
  'An instant by RFC 3339. Answers are always in UTC (`Z`); input may carry any offset.',
  'an instant by RFC 3339 with an offset, for example 2026-11-01T09:00:00-05:00',
  toInstant,
);

export const TimeZoneScalar = scalar(
  'TimeZone',
  'A time zone by its IANA name, for example `America/Chicago`.',
  'an IANA time zone such as America/Chicago',
  (value) => GraphQLTimeZone.parseValue(value),
);

export const DecimalScalar = scalar(
  'Decimal',
  'A decimal number of any precision, as a string: `"7.40"` keeps its last digit.',
  'a decimal number as a string',
  (value) => {
    const text = typeof value === 'number' ? String(value) : value;
    return matching(DECIMAL)(text);
  },
  {
    parseLiteral: (node) => {
      const text = node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT ? node.value : '';
      if (DECIMAL.test(text)) return text;
      throw new GraphQLError('Decimal must be a decimal number as a string.', {
        extensions: { code: 'VALIDATION', retryable: false },
      });
    },
  },
);

export const PhoneNumberScalar = scalar(
  'PhoneNumber',
  'A telephone number in E.164, for example `+12175550141`.',
  'a telephone number in E.164, for example +12175550141',
  matching(/^\+[1-9]\d{5,14}$/),
);

export const EmailAddressScalar = scalar('EmailAddress', 'An e-mail address.', 'an e-mail address', (value) =>
  GraphQLEmailAddress.parseValue(value),
);

export const UriScalar = scalar(
  'URI',
  'A URI, `urn:` and `urn:oid:` included: the system of a code or identifier.',
  'a URI',
  matching(/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/),
);

export const Base64Scalar = scalar('Base64', 'Bytes in base64 with padding.', 'base64 with padding', (value) =>
  typeof value === 'string' && value.length % 4 === 0 ? matching(BASE64)(value) : undefined,
);

/** How one vendor's part of a search travels between subgraphs. Never visible to clients. */
export const HitsScalar = new GraphQLScalarType({
  name: 'Hits',
  description: 'One vendor’s part of a search over vendors; internal.',
  extensions: { directives: { inaccessible: {} } },
});

/** The scalars that check input, for whoever has to check it before it reaches a subgraph. */
export const SCALARS: readonly GraphQLScalarType[] = [
  DateScalar,
  PartialDateScalar,
  DateTimeScalar,
  TimeZoneScalar,
  DecimalScalar,
  PhoneNumberScalar,
  EmailAddressScalar,
  UriScalar,
  Base64Scalar,
];
