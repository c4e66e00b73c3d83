import { type ValidationError, validate } from 'class-validator';
import type { ValidatorFn } from 'type-graphql';
import { type FieldIssueDetail, validationFailed } from './errors.ts';

const issuesOf = (error: ValidationError, path: readonly string[]): FieldIssueDetail[] => {
  const here = [...path, error.property];
  return [
    ...Object.entries(error.constraints ?? {}).map(([rule, message]) => ({ path: here, rule, message })),
    ...(error.children ?? []).flatMap((child) => issuesOf(child, here)),
  ];
};

/**
 * Checks arguments by their class-validator rules and refuses with every fault at once. Rules say what is expected;
 * their messages never repeat the value.
 */
export const validateArguments: ValidatorFn<object> = async (value) => {
  if (value === null || typeof value !== 'object') return;
  const errors = await validate(value, {
    forbidUnknownValues: false,
    validationError: { target: false, value: false },
  });
  if (errors.length > 0) throw validationFailed(errors.flatMap((error) => issuesOf(error, [])));
};
