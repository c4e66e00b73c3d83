import { inspect } from 'node:util';
import { GraphQLError } from 'graphql';
import { expect, it } from 'vitest';
import { ErrorCode } from './enums.ts';
import { ERRORS, GraphError, toGraphError } from './errors.ts';

it('has a row for every code', () => {
  expect(Object.keys(ERRORS).sort()).toEqual(Object.keys(ErrorCode).sort());
});

it('shows code, source and retryability, and nothing of the cause', () => {
  const error = new GraphError('TIMEOUT', { source: 'mercy', cause: new Error('token=abc Rivera') });
  expect(error.extensions).toEqual({ code: 'TIMEOUT', retryable: true, source: 'mercy' });
  expect(JSON.stringify(error) + inspect(error)).not.toContain('Rivera');
});

it('keeps a typed error, also one that graphql-js wrapped, and replaces any other', () => {
  const typed = new GraphError('RATE_LIMITED');
  expect(toGraphError(typed, 'TIMEOUT')).toBe(typed);
  expect(toGraphError(new GraphQLError('x', { originalError: typed }), 'TIMEOUT')).toBe(typed);
  expect(toGraphError(new Error('secret'), 'BAD_VENDOR_ANSWER', 's')).toMatchObject({
    code: 'BAD_VENDOR_ANSWER',
    source: 's',
    message: ERRORS.BAD_VENDOR_ANSWER.message,
  });
});
