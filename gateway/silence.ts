import { GraphQLError } from 'graphql';
import { GraphError } from '../schema/errors.ts';

/** What is said of a subgraph for which there is no time left. */
export const overdue = (): GraphQLError => {
  const error = new GraphError('TIMEOUT', { message: 'The operation’s time is up.' });
  return new GraphQLError(error.message, { originalError: error });
};

/** What is said of a subgraph that cannot be asked. */
export const unavailable = (): GraphQLError => {
  const error = new GraphError('SOURCE_UNAVAILABLE', { message: 'A part of the graph cannot be reached.' });
  return new GraphQLError(error.message, { originalError: error });
};
