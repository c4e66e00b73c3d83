import DataLoader from 'dataloader';
import { GraphError } from '../../../schema/errors.ts';
import type { SourceId } from '../../../schema/ids.ts';
import type { Changes } from '../../../store/changes.ts';

export type LastChanges = DataLoader<SourceId, string | null>;

const unreachable = (thrown: unknown): GraphError =>
  new GraphError('SOURCE_UNAVAILABLE', { message: 'The log of changes cannot be reached.', cause: thrown });

/**
 * When the last change of a source was recorded; `null` when none ever was, or nothing is recorded here. The sources of one
 * operation are looked up at once. Fails with GraphError SOURCE_UNAVAILABLE.
 */
export const lastChanges = (changes: Changes | undefined): LastChanges =>
  new DataLoader(async (sources) => {
    if (changes === undefined) return sources.map(() => null);
    const at = await changes.lastAt(sources).catch((thrown: unknown) => {
      throw unreachable(thrown);
    });
    return sources.map((source) => at.get(source) ?? null);
  });
