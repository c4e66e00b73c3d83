import { type ValidationError, type ValidatorOptions, validate, validateSync } from 'class-validator';
import type { ValidatorFn } from 'type-graphql';
import { type FieldIssueDetail, validationFailed } from './errors.ts';

const OPTIONS: ValidatorOptions = { forbidUnknownValues: false, validationError: { target: false, value: false } };

const issuesOf = (error: ValidationError, path: readonly string[]): FieldIssueDetail[] => {
  const here = [...path, error.property];
  return [
    ...Object.entries(error.constraints ?? {}).map(([rule, message]) => ({ path: here, rule, message })),
    ...(error.children ?? []).flatMap((child) => issuesOf(child, here)),
  ];
};

/**
 * Every fault of an input by its class-validator rules, by path in the input. Rules say what is expected; their
 * messages never repeat the value.
 */
export const faultsIn = async (value: object): Promise<readonly FieldIssueDetail[]> =>
  (await validate(value, OPTIONS)).flatMap((error) => issuesOf(error, []));

/** Whether `validateArguments` would let the arguments through. */
export const isValid = (value: object): boolean => validateSync(value, OPTIONS).length === 0;

/** Checks arguments by their class-validator rules and refuses with every fault at once. */
export const validateArguments: ValidatorFn<object> = async (value) => {
  if (value === null || typeof value !== 'object') return;
  const issues = await faultsIn(value);
  if (issues.length > 0) throw validationFailed(issues);
};
