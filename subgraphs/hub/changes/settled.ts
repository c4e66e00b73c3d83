import { type FieldIssueDetail, GraphError } from '../../../schema/errors.ts';
import type { WriteRow } from '../../../store/journal.ts';
import type { HubContext } from '../context.ts';
import { findRow } from '../writes/find.ts';
import { journalOf, recorded } from '../writes/journal.ts';

/**
 * The writes that the caller may see.
 * @throws GraphError NOT_FOUND that names every one that there is not, by its position
 */
export const findRows = async (ids: readonly string[], context: HubContext): Promise<readonly WriteRow[]> => {
  const found = await Promise.all(ids.map((id) => rowOf(id, context)));
  const issues = found.flatMap((row, i): readonly FieldIssueDetail[] =>
    row === undefined ? [{ path: ['ids', String(i)], rule: 'exists', message: NONE }] : [],
  );
  if (issues.length > 0) throw new GraphError('NOT_FOUND', { message: NONE, issues });
  return found.filter((row) => row !== undefined);
};

const NONE = 'There is no such write.';

const rowOf = async (id: string, context: HubContext): Promise<WriteRow | undefined> => {
  try {
    return await findRow(id, context);
  } catch (thrown) {
    if (thrown instanceof GraphError && thrown.code === 'NOT_FOUND') return undefined;
    throw thrown;
  }
};

/** Each of the writes once, as soon as it is settled; then the end. @throws GraphError SOURCE_UNAVAILABLE */
export async function* settled(ids: readonly string[], context: HubContext): AsyncGenerator<WriteRow, void, undefined> {
  const journal = journalOf(context);
  const { signal } = context.operation;
  const over = new AbortController();
  const abort = (): void => over.abort();
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  const waiting = new Map(
    ids.map((id) => [id, recorded(journal.settled(id, over.signal)).then((row) => ({ id, row }))]),
  );
  try {
    while (waiting.size > 0) {
      const { id, row } = await Promise.race(waiting.values());
      if (over.signal.aborted) return;
      waiting.delete(id);
      if (row !== undefined) yield row;
    }
  } finally {
    signal.removeEventListener('abort', abort);
    abort();
  }
}
