import type { GraphQLError } from 'graphql';
import { LIMITS } from './numbers.ts';
import { beyond, type LimitCode } from './refusal.ts';

/** The first limit that the values of the variables pass, if any; declared or not, they all travel. */
export const variablesLimit = (variables: Readonly<Record<string, unknown>>): GraphQLError | undefined => {
  let values = 0;
  const look = (value: unknown, nesting: number): LimitCode | undefined => {
    if (++values > LIMITS.variableValues) return 'VARIABLE_LIMIT';
    if (typeof value !== 'object' || value === null) return undefined;
    if (nesting > LIMITS.nesting) return 'VARIABLE_LIMIT';
    if (Array.isArray(value) && value.length > LIMITS.listItems) return 'LIST_LIMIT';
    for (const part of Array.isArray(value) ? value : Object.values(value)) {
      const code = look(part, nesting + 1);
      if (code !== undefined) return code;
    }
    return undefined;
  };
  for (const value of Object.values(variables)) {
    const code = look(value, 1);
    if (code !== undefined) return beyond(code);
  }
  return undefined;
};
