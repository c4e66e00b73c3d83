import { GraphQLError } from 'graphql';

/** The code of the one error that says: what was missed cannot be told any more. It ends subscriptions, nothing else. */
export const RESYNC = 'RESYNC';

/** Ends a subscription whose `after` is too old, or of another deployment. */
export const resync = (): GraphQLError =>
  new GraphQLError(
    'The changes after this cursor are no longer kept: read anew what you show, and subscribe without `after`.',
    { extensions: { code: RESYNC, retryable: false } },
  );
