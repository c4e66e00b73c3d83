import { GraphError, validationFailed } from '../../../schema/errors.ts';
import type { WriteCall } from '../../vendor/writes/writer.ts';
import type { ActionName, Values } from '../actions.ts';
import { idCell, type Row } from '../payload.ts';
import type { Unity } from '../records/unity.ts';
import { UnityRefusal } from '../transport/refusal.ts';
import { issue } from './plan.ts';

/** What Unity's names of values are in the graph's input: `address.line1`. `key` is the record itself. */
export type Paths = Readonly<Record<string, string>>;

const byName = (paths: Paths, field: string): string | undefined =>
  Object.entries(paths).find(([name]) => name.toLowerCase() === field.toLowerCase())?.[1];

/** A refusal as the graph tells it. Unity has sentences and no codes, so there is none to pass on. */
const toldAs = (refused: UnityRefusal, paths: Paths, source: string): GraphError => {
  const { about, field } = refused.said;
  if (about === 'time') return new GraphError('SLOT_TAKEN', { source });
  if (about === 'state') return new GraphError('ILLEGAL_TRANSITION', { source });
  const path = field === undefined ? undefined : byName(paths, field);
  if (path === 'key') return new GraphError('NOT_FOUND', { source });
  return path === undefined
    ? refused
    : validationFailed([issue(path.split('.'), 'vendor', 'The vendor requires another value here.')]);
};

/**
 * Saves by one action.
 * @throws GraphError SLOT_TAKEN, ILLEGAL_TRANSITION, NOT_FOUND, VALIDATION or VENDOR_REJECTED when Unity refused, so
 * that nothing was saved; otherwise as `UnityClient.save`
 */
export const save = async <A extends ActionName>(
  unity: Unity,
  action: A,
  values: Values<A>,
  paths: Paths,
  call: WriteCall,
): Promise<Row> => {
  try {
    return await unity.client.save(action, values, call);
  } catch (thrown) {
    if (!(thrown instanceof UnityRefusal) || thrown.refusal !== 'other') throw thrown;
    throw toldAs(thrown, paths, unity.source.id);
  }
};

/** The id of what was saved. @throws GraphError BAD_VENDOR_ANSWER when the answer has none: it was saved all the same */
export const savedId = (row: Row, unity: Unity, ...columns: readonly string[]): string => {
  const id = idCell(row, ...columns);
  if (id === undefined) throw new GraphError('BAD_VENDOR_ANSWER', { source: unity.source.id });
  return id;
};
