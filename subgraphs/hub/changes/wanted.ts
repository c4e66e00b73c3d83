import { maySee } from '../../../schema/access.ts';
import type { Caller } from '../../../schema/context.ts';
import { type FieldIssueDetail, GraphError, validationFailed } from '../../../schema/errors.ts';
import { given } from '../../../schema/given.ts';
import { type RecordId, type RecordType, recordId, type SourceId } from '../../../schema/ids.ts';
import { faultsIn } from '../../../schema/validate.ts';
import type { ChangedType, ChangeLinks, ChangeRow } from '../../../store/changes.ts';
import type { HubContext } from '../context.ts';
import { keyOf } from '../writes/ids.ts';
import type { AnyChangedArgs, ChangedArgs } from './arguments.ts';

/** The changes that one subscriber is told of. */
export interface Wanted {
  readonly type: ChangedType;
  readonly caller: Caller;
  /** Those that exist, that the caller may see and that were asked for. */
  readonly sources: ReadonlySet<SourceId>;
  /** Absent: any. */
  readonly patients?: ReadonlySet<RecordId>;
  readonly practitioners?: ReadonlySet<RecordId>;
  readonly codes?: ReadonlySet<string>;
}

/** Whose record changed, where that is known. */
const patientOf = ({ source, type, key }: ChangeRow, { patient }: ChangeLinks): RecordId | undefined => {
  const owner = type === 'Patient' ? key : patient;
  return owner === undefined ? undefined : recordId(source, 'Patient', owner);
};

const practitionerOf = ({ source }: ChangeRow, { practitioner }: ChangeLinks): RecordId | undefined =>
  practitioner === undefined ? undefined : recordId(source, 'Practitioner', practitioner);

/** A record as it is now and, where it was another's, as it was before the change. */
const states = (row: ChangeRow): readonly ChangeLinks[] =>
  row.former === undefined ? [row] : [row, { ...row, ...row.former }];

const names = <T>(asked: ReadonlySet<T> | undefined, one: T | undefined): boolean =>
  asked === undefined || (one !== undefined && asked.has(one));

const isAskedFor = (row: ChangeRow, state: ChangeLinks, { patients, practitioners, codes }: Wanted): boolean =>
  names(patients, patientOf(row, state)) &&
  names(practitioners, practitionerOf(row, state)) &&
  (codes === undefined || state.codes?.some((code) => codes.has(code)) === true);

/**
 * Is this change told to whoever wants these? Also when the record was what they want, and is not any more. Whether the
 * caller may see it is decided by whose it is now; once deleted, by whose it was last.
 */
export const isWanted = (row: ChangeRow, wanted: Wanted): boolean => {
  const { type, caller, sources } = wanted;
  if (row.type !== type || !sources.has(row.source)) return false;
  if (!states(row).some((state) => isAskedFor(row, state, wanted))) return false;
  const patient = patientOf(row, row);
  return maySee(caller, { source: row.source, type, ...(patient === undefined ? {} : { patient }) });
};

/**
 * Where a subscriber stands in the register, by the narrowest of what it asks for. A change is looked for at all places
 * of `placesOfChange`, and finds every subscriber that wants it at one of them.
 */
export const placesOf = ({ type, sources, patients, practitioners }: Wanted): readonly string[] => {
  if (patients !== undefined) return [...patients].map((id) => `${type} ${id}`);
  if (practitioners !== undefined) return [...practitioners].map((id) => `${type} ${id}`);
  return [...sources].map((id) => `${type} ${id}`);
};

export const placesOfChange = (row: ChangeRow): ReadonlySet<string> => {
  const ids = states(row).flatMap((state) => [patientOf(row, state), practitionerOf(row, state)]);
  return new Set([row.source, ...ids].flatMap((id) => (id === undefined ? [] : [`${row.type} ${id}`])));
};

/**
 * What a subscriber asks for, with every fault of its arguments told at once.
 * @throws GraphError VALIDATION; FORBIDDEN for patients whose records the caller may not see
 */
export const wantedOf = async (
  type: ChangedType,
  Args: new () => ChangedArgs,
  args: object,
  context: HubContext,
): Promise<{ readonly wanted: Wanted; readonly after: string | undefined }> => {
  const { caller } = context.operation;
  const asked = given(Object.assign(new Args(), args) as AnyChangedArgs);
  const issues = [
    ...(await faultsIn(Object.assign(new Args(), args))),
    ...sourceIssues(asked.sources, context),
    ...idIssues('patients', 'Patient', asked.patients, context),
    ...idIssues('practitioners', 'Practitioner', asked.practitioners, context),
  ];
  if (issues.length > 0) throw validationFailed(issues);
  const own = caller.patient === undefined ? undefined : [caller.patient];
  const patients = (asked.patients ?? own) as readonly RecordId[] | undefined;
  if (caller.patient !== undefined && patients?.some((id) => id !== caller.patient) === true)
    throw new GraphError('FORBIDDEN');
  const sources = context.sources.map(({ id }) => id).filter((id) => asked.sources?.includes(id) ?? true);
  return {
    wanted: {
      type,
      caller,
      sources: new Set(sources),
      ...(patients === undefined ? {} : { patients: new Set(patients) }),
      ...(asked.practitioners === undefined ? {} : { practitioners: new Set(asked.practitioners as RecordId[]) }),
      ...(asked.codes === undefined ? {} : { codes: new Set(asked.codes) }),
    },
    after: asked.after,
  };
};

type Ids = readonly string[] | undefined;

const isThere = (source: SourceId | string, { sources }: HubContext): boolean =>
  sources.some(({ id }) => id === source);

const issue = (argument: string, i: number, rule: string, message: string): FieldIssueDetail => ({
  path: [argument, String(i)],
  rule,
  message,
});

const sourceIssues = (ids: Ids = [], context: HubContext): readonly FieldIssueDetail[] =>
  ids.flatMap((id, i) => (isThere(id, context) ? [] : [issue('sources', i, 'source', 'There is no such source.')]));

const idIssues = (argument: string, type: RecordType, ids: Ids = [], context: HubContext) =>
  ids.flatMap((id, i) => {
    const named = keyOf(id, type);
    const exists = named !== undefined && isThere(named.source, context);
    return exists ? [] : [issue(argument, i, 'id', `Must be the id of a ${type}.`)];
  });
