import type { Caller } from './context.ts';
import type { RecordType, SourceId } from './ids.ts';

/** Types whose records belong to one patient. Whose they are must be known before that patient sees them. */
const PERSONAL: ReadonlySet<RecordType | 'Source'> = new Set(['Patient', 'Appointment', 'Observation', 'Claim']);

/**
 * May this caller see this record? The one place where that is decided, for roots, links, lists and references alike.
 * A record is named by its source and, where it belongs to one, its patient.
 */
export const maySee = (
  caller: Caller,
  record: { readonly source: SourceId; readonly type: RecordType | 'Source'; readonly patient?: string | null },
): boolean => {
  if (caller.sources !== 'all' && !caller.sources.includes(record.source)) return false;
  if (caller.patient === undefined || !PERSONAL.has(record.type)) return true;
  return record.patient === caller.patient;
};

/**
 * May this caller write at this source, about this patient? A patient writes only for themselves; `undefined`: whom it
 * is about is not known yet, and who finds out asks again. `null`: about a person who is no patient there yet.
 */
export const mayWrite = (
  caller: Caller,
  { source, patient }: { readonly source: SourceId; readonly patient?: string | null },
): boolean =>
  maySee(caller, { source, type: 'Source' }) &&
  (patient === undefined || maySee(caller, { source, type: 'Patient', patient }));
