import { GraphError } from '../../../schema/errors.ts';
import type { Journal } from '../../../store/journal.ts';
import type { HubContext } from '../context.ts';

/** @throws GraphError FORBIDDEN where there is no journal to record writes in */
export const journalOf = ({ journal }: HubContext): Journal => {
  if (journal === undefined)
    throw new GraphError('FORBIDDEN', {
      message: 'Writes need a database that all processes share: set DATABASE_URL.',
    });
  return journal;
};

/** What the journal answers; that it cannot is told without the database's own words. */
export const recorded = async <T>(answer: Promise<T>): Promise<T> => {
  try {
    return await answer;
  } catch (thrown) {
    throw new GraphError('SOURCE_UNAVAILABLE', { message: 'The journal of writes cannot be reached.', cause: thrown });
  }
};
