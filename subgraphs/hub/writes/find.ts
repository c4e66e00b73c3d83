import type { Caller } from '../../../schema/context.ts';
import { GraphError } from '../../../schema/errors.ts';
import type { RecordId } from '../../../schema/ids.ts';
import type { WriteRow } from '../../../store/journal.ts';
import type { WritesArgs } from '../arguments.ts';
import { type HubContext, sourcesAsked } from '../context.ts';
import { parseWriteId } from './ids.ts';
import { journalOf, recorded } from './journal.ts';
import { presentWrite, type WriteView } from './present.ts';

/** A patient sees the writes about themselves, and those that they made; everybody else those of their sources. */
const mayFind = ({ patient }: Caller, write: WriteRow): boolean =>
  patient === undefined || write.patient === patient || write.callerPatient === patient;

/** @throws GraphError NOT_FOUND for an id that is none, and for a write that the caller may not see */
export const findRow = async (id: string, context: HubContext): Promise<WriteRow> => {
  const row = await recorded(journalOf(context).get(parseWriteId(id)));
  const isThere = context.sources.some((source) => source.id === row?.source);
  if (row === undefined || !isThere || !mayFind(context.operation.caller, row)) throw new GraphError('NOT_FOUND');
  return row;
};

/** As `findRow`, for showing it. */
export const findWrite = async (id: string, context: HubContext): Promise<WriteView> =>
  presentWrite(await findRow(id, context), context);

/** One page of the writes that the caller may see, the newest first. */
export const listWrites = async ({ states, sources: asked, first, after }: WritesArgs, context: HubContext) => {
  const sources = sourcesAsked(asked, context);
  const { patient } = context.operation.caller;
  const scope = `writes/${JSON.stringify([states ?? null, sources, patient ?? null])}`;
  const before = after === null || after === undefined ? undefined : (context.cursors.read(scope, after) as string);
  const { writes, hasNextPage } = await recorded(
    journalOf(context).list({
      sources,
      first: first ?? 20,
      ...(states === null || states === undefined ? {} : { states }),
      ...(patient === undefined ? {} : { patient: patient as RecordId }),
      ...(before === undefined ? {} : { before }),
    }),
  );
  const last = writes.at(-1);
  return {
    nodes: writes.map((row) => presentWrite(row, context)),
    pageInfo: { hasNextPage, endCursor: last === undefined ? null : context.cursors.write(scope, last.id) },
  };
};
