import { GraphError } from '../../../schema/errors.ts';
import { resync } from '../../../schema/resync.ts';
import { type ChangeRow, CursorTooOld } from '../../../store/changes.ts';
import { StoreError } from '../../../store/error.ts';
import { Inbox } from './inbox.ts';
import type { Reading, Tail } from './tail.ts';
import { isWanted, type Wanted } from './wanted.ts';

/** Changes that are read from the log at once for one who comes back: some hundred may do so at the same moment. */
const PAGE = 200;

export interface Following {
  readonly tail: Tail;
  readonly wanted: Wanted;
  /** The last cursor that was seen. Absent: from now on. */
  readonly after: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Every wanted change once, in the log's order, until the signal aborts. Whoever is behind reads the log by itself, at
 * its own pace, and then follows its end with all others; whoever falls behind there reads the log again.
 * @throws GraphQLError RESYNC when changes after the cursor are gone; GraphError SOURCE_UNAVAILABLE
 */
export async function* follow({ tail, wanted, after, signal }: Following): AsyncGenerator<ChangeRow, void, undefined> {
  const reading = tail.enter();
  let inbox: Inbox | undefined;
  const abort = (): void => inbox?.end();
  signal.addEventListener('abort', abort);
  try {
    await reading.begun;
    let place = after ?? reading.position;
    while (!signal.aborted) {
      inbox = atEnd(reading, wanted, place);
      for (let row = await inbox?.next(); row !== undefined; row = await inbox?.next()) {
        place = row.cursor;
        yield row;
      }
      if (inbox !== undefined) continue;
      const before = reading.position;
      const rows = await tail.changes.after(place, PAGE);
      for (const row of rows) {
        place = row.cursor;
        if (isWanted(row, wanted)) yield row;
      }
      // cursors cannot be compared: when nothing is after either of two, they stand for the same place
      if (rows.length === 0) await reading.look();
      if (rows.length === 0 && reading.position === before) place = before;
    }
  } catch (thrown) {
    throw told(thrown);
  } finally {
    signal.removeEventListener('abort', abort);
    inbox?.end();
    tail.leave();
  }
}

/** Follows the tail from a place on, when everything from there to its position is at hand. */
const atEnd = (reading: Reading, wanted: Wanted, place: string): Inbox | undefined => {
  const missed = reading.since(place);
  if (missed === undefined) return undefined;
  const inbox = new Inbox();
  for (const row of missed) if (isWanted(row, wanted)) inbox.take(row);
  inbox.onEnd(reading.join(wanted, inbox));
  return inbox;
};

/** What a client is told. The store's own words stay here. */
const told = (thrown: unknown): unknown => {
  if (thrown instanceof CursorTooOld) return resync();
  if (!(thrown instanceof StoreError)) return thrown;
  return new GraphError('SOURCE_UNAVAILABLE', { message: 'The log of changes cannot be reached.', cause: thrown });
};
