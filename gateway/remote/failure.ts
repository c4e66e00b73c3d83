import { GraphError } from '../../schema/errors.ts';

/** How asking a remote subgraph can fail. Sentences name neither the subgraph's address nor anything it said. */
const FAILURES = {
  unreachable: ['SOURCE_UNAVAILABLE', 'A part of the graph cannot be reached.'],
  broken: ['SOURCE_UNAVAILABLE', 'A part of the graph broke off its answer.'],
  failing: ['SOURCE_UNAVAILABLE', 'A part of the graph failed.'],
  slow: ['TIMEOUT', 'A part of the graph did not answer in time.'],
  large: ['BAD_VENDOR_ANSWER', 'A part of the graph gave an answer that is too large.'],
  unreadable: ['BAD_VENDOR_ANSWER', 'A part of the graph gave an answer that could not be understood.'],
  distrusting: ['SOURCE_UNAVAILABLE', 'A part of the graph does not trust this gateway.'],
  ended: ['SOURCE_UNAVAILABLE', 'A part of the graph broke off the subscription.'],
  flooded: ['SOURCE_UNAVAILABLE', 'Events came faster than they were taken.'],
  refused: ['VENDOR_REJECTED', 'A part of the graph refused the subscription.'],
} as const;

export type Failure = keyof typeof FAILURES;

export const failed = (failure: Failure, cause?: unknown): GraphError => {
  const [code, message] = FAILURES[failure];
  return new GraphError(code, { message, cause });
};
