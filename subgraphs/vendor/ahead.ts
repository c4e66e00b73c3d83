import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getArgumentValues,
} from 'graphql';
import { maySee } from '../../schema/access.ts';
import { PatientAppointmentsArgs, PatientClaimsArgs, PatientObservationsArgs } from '../../schema/arguments.ts';
import { recordId } from '../../schema/ids.ts';
import { isValid } from '../../schema/validate.ts';
import { type Owner, type PatientListName, startPatientList } from './patient-lists.ts';
import { selectedNodes } from './selection.ts';
import type { Session } from './session.ts';

const ARGUMENTS = {
  appointments: PatientAppointmentsArgs,
  observations: PatientObservationsArgs,
  claims: PatientClaimsArgs,
} as const satisfies Record<PatientListName, new () => object>;
const LISTS = Object.keys(ARGUMENTS) as readonly PatientListName[];
const COVERAGES = 'coverages';

/**
 * Starts the lists that are selected of a patient before the patient is read: they need no more than the key, and so cost
 * no further round trip. Starts nothing for a caller who may not see the patient, nor a list whose arguments are refused.
 */
export const startLists = (
  patient: Owner,
  fields: ReadonlySet<string>,
  session: Session,
  info: GraphQLResolveInfo,
): void => {
  const { sourceId, key } = patient;
  const selected = [...LISTS, COVERAGES].filter((list) => fields.has(list));
  const seen = { source: sourceId, type: 'Patient', patient: recordId(sourceId, 'Patient', key) } as const;
  if (selected.length === 0 || !maySee(session.context.caller, seen)) return;
  const source = session.source(sourceId);
  if (fields.has(COVERAGES) && source.connector.coveragesWithPatient !== true)
    source.lists.coverages.load(key).catch(() => undefined);
  const typeName = session.typeName('Patient');
  const type = info.schema.getType(typeName) as GraphQLObjectType;
  for (const nodes of selectedNodes(info, typeName).values())
    for (const list of LISTS) {
      const field = type.getFields()[list];
      if (nodes[0]?.name.value === list && field !== undefined) start(list, patient, field, nodes, session, info);
    }
};

const start = (
  list: PatientListName,
  patient: Owner,
  field: GraphQLField<unknown, unknown>,
  nodes: readonly [FieldNode, ...FieldNode[]],
  session: Session,
  info: GraphQLResolveInfo,
): void => {
  try {
    const args = Object.assign(new ARGUMENTS[list](), getArgumentValues(field, nodes[0], info.variableValues));
    if (!isValid(args)) return;
    startPatientList(list, patient, args, session, { ...info, fieldNodes: nodes });
  } catch {
    // the field itself will say what is wrong with its arguments
  }
};
