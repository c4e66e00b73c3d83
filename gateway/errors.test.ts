import { buildSchema, GraphQLError, parse, specifiedRules, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { GraphError } from '../schema/errors.ts';
import { presentError } from './errors.ts';

const INTERNAL = {
  message: 'Something went wrong inside the graph.',
  extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false },
};
const ours = new GraphError('TIMEOUT', { source: 'mercy' });

/** Errors as they come, and what is told of them: masked, and shown where that differs. */
const CASES: readonly (readonly [string, GraphQLError, object, object?])[] = [
  [
    'one of ours',
    new GraphQLError(ours.message, { originalError: ours, extensions: ours.extensions }),
    {
      message: 'The vendor did not answer in time.',
      extensions: { code: 'TIMEOUT', retryable: true, source: 'mercy' },
    },
  ],
  [
    'one of ours from another process',
    new GraphQLError('No such record.', {
      extensions: { code: 'NOT_FOUND', retryable: false, stacktrace: ['secret'] },
    }),
    { message: 'No such record.', extensions: { code: 'NOT_FOUND', retryable: false } },
  ],
  ['one that failed in this process', new GraphQLError('secret', { originalError: new Error('secret') }), INTERNAL],
  [
    "a remote subgraph's own",
    new GraphQLError('Out of stock.', { extensions: { code: 'OUT_OF_STOCK', left: 0, stacktrace: ['secret'] } }),
    INTERNAL,
    { message: 'Out of stock.', extensions: { code: 'OUT_OF_STOCK', left: 0 } },
  ],
  ["a remote subgraph's without extensions", new GraphQLError('Out of stock.'), INTERNAL, { message: 'Out of stock.' }],
  [
    'one with a code that sounds like ours',
    new GraphQLError('secret', { extensions: { code: 'constructor', retryable: true } }),
    INTERNAL,
    { message: 'secret', extensions: { code: 'constructor', retryable: true } },
  ],
  [
    "a remote subgraph's word about the request",
    new GraphQLError('Expected "x", found "y".', { extensions: { code: 'BAD_REQUEST', more: 1 } }),
    { message: 'Expected "x", found another.', extensions: { code: 'BAD_REQUEST', retryable: false } },
    { message: 'Expected "x", found "y".', extensions: { code: 'BAD_REQUEST', more: 1 } },
  ],
  [
    'a null where there may be none',
    new GraphQLError('Cannot return null for non-nullable field Query.word.'),
    {
      message: 'Cannot return null for non-nullable field Query.word.',
      extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false },
    },
  ],
];

const placed = ({ message, extensions, originalError }: GraphQLError): GraphQLError =>
  new GraphQLError(message, { path: ['a', 0], extensions, originalError: originalError ?? null });

describe.each(CASES.map(([name, error, masked, shown = masked]) => [name, error, masked, shown] as const))(
  'of %s',
  (_case, error, masked, shown) => {
    it('a client sees what it may, and where', () => {
      const path = ['a', 0];
      expect(presentError(placed(error))).toEqual({ ...masked, path });
      expect(presentError(placed(error), 'masked')).toEqual({ ...masked, path });
      expect(presentError(placed(error), 'shown')).toEqual({ ...shown, path });
    });

    it('a client sees no more when it is about no place', () => {
      expect(presentError(error, 'masked')).toEqual(masked);
      expect(presentError(error, 'shown')).toEqual(masked);
    });
  },
);

describe('a sentence of graphql-js', () => {
  const schema = buildSchema(
    'enum E { A } type Query { f(i: Int, x: Float, s: String, b: Boolean, d: ID, e: E): Int }',
  );
  const literal = 'SECRET19800515';

  it.each([
    `{ f(i: "${literal}") }`,
    `{ f(x: "${literal}") }`,
    '{ f(s: 19800515) }',
    `{ f(s: [["${literal}"]]) }`,
    `{ f(b: "${literal}") }`,
    `{ f(d: {a: "${literal}"}) }`,
    `{ f(e: "${literal}") }`,
    `{ f(e: ${literal}) }`,
    `{ f(i: "a; ${literal}") }`,
    `{ f(i: 1 "${literal}") }`,
    `{ f "${literal}" }`,
    `{ f(s: """${literal}""" """${literal}""") }`,
    '{ f 19800515 }',
    '{ f 1980.0515 }',
  ])('tells nothing of the literals in %s', (query) => {
    const errors = ((): readonly GraphQLError[] => {
      try {
        return validate(schema, parse(query), specifiedRules, { hideSuggestions: true });
      } catch (thrown) {
        return [thrown as GraphQLError];
      }
    })();
    expect(errors.length).toBeGreaterThan(0);
    for (const { message } of errors) {
      const told = presentError(new GraphQLError(message, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }));
      expect(told.message).not.toMatch(/SECRET|19800515|1980\.0515/);
      expect(told.message.length).toBeGreaterThan(15);
    }
  });
});
