import {
  coerceInputValue,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
  valueFromAST,
} from 'graphql';
import { type FieldIssueDetail, GraphError, validationFailed } from '../schema/errors.ts';

/**
 * Checks the client's variables against the operation and fills in defaults.
 * @throws GraphError VALIDATION with every fault; graphql-js's own messages repeat the values, these do not.
 */
export const coerceVariables = (
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
  const issues: FieldIssueDetail[] = [];
  const coerced: Record<string, unknown> = {};
  for (const { variable, type: typeNode, defaultValue } of operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    const type = typeFromAST(schema, typeNode as never);
    if (!isInputType(type)) continue;
    if (!Object.hasOwn(given, name) || given[name] === undefined) {
      if (defaultValue !== undefined) coerced[name] = valueFromAST(defaultValue, type);
      else if (isNonNullType(type)) issues.push({ path: [name], rule: 'required', message: 'Is required.' });
      continue;
    }
    coerced[name] = coerceInputValue(given[name], type, (path, _value, error) => {
      const { originalError } = error;
      const ours = error.extensions.code === 'VALIDATION' || originalError instanceof GraphError;
      issues.push({
        path: [name, ...path.map(String)],
        rule: 'type',
        message: ours ? (originalError ?? error).message : 'Has the wrong type or an unknown or missing field.',
      });
    });
  }
  if (issues.length > 0) throw validationFailed(issues);
  return coerced;
};
