import type { GraphQLResolveInfo } from 'graphql';
import type { PatientAppointmentsArgs, PatientClaimsArgs, PatientObservationsArgs } from '../../schema/arguments.ts';
import { given } from '../../schema/given.ts';
import type { RecordType, SourceId } from '../../schema/ids.ts';
import type { Page } from './connector.ts';
import { presentPage, selectedOfPage, windowOf } from './pages.ts';
import type { Session } from './session.ts';

interface Arguments {
  readonly appointments: PatientAppointmentsArgs;
  readonly observations: PatientObservationsArgs;
  readonly claims: PatientClaimsArgs;
}
/** The lists that belong to a patient, by the names of their fields. */
export type PatientListName = keyof Arguments;

const TYPE = { appointments: 'Appointment', observations: 'Observation', claims: 'Claim' } as const;

const FILTER: { readonly [L in PatientListName]: (args: Arguments[L]) => object } = {
  appointments: ({ from, to, status }) => given({ from, to, status }),
  observations: ({ codes, category, from, to }) => given({ codes, category, from, to }),
  claims: ({ from, to, status }) => given({ from, to, status }),
};

/** A patient whose list is asked for: of which source, and by which key there. */
export interface Owner {
  readonly sourceId: SourceId;
  readonly key: string;
}

const askedBy = <L extends PatientListName>(
  list: L,
  owner: Owner,
  args: Arguments[L],
  session: Session,
  info: GraphQLResolveInfo,
) => {
  const filter = FILTER[list](args);
  const scope = `${list}/${owner.sourceId}/${owner.key}/${JSON.stringify(filter)}`;
  const window = windowOf(args, scope, session, selectedOfPage(info, session.typeName(TYPE[list])));
  const { lists } = session.source(owner.sourceId);
  const page = async (): Promise<Page<RecordType>> => lists[list].load({ patient: owner.key, filter, window });
  return { scope, window, page };
};

/** Starts a list without waiting for it: the field's own resolver will find it under way, with its failure if it has one. */
export const startPatientList = <L extends PatientListName>(...asked: Parameters<typeof askedBy<L>>): void => {
  askedBy(...asked)
    .page()
    .catch(() => undefined);
};

/** A patient's list as the graph shows it. */
export const patientList = async <L extends PatientListName>(...asked: Parameters<typeof askedBy<L>>) => {
  const [list, owner, , session] = asked;
  const { scope, window, page } = askedBy(...asked);
  return presentPage<RecordType>(
    TYPE[list],
    await page(),
    scope,
    session.source(owner.sourceId),
    session,
    window.fields,
  );
};
