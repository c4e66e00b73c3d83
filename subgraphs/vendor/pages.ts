import type { GraphQLResolveInfo } from 'graphql';
import type { PageArgs } from '../../schema/arguments.ts';
import type { RecordType } from '../../schema/ids.ts';
import { pageTypes, plainPageType } from '../../schema/pages.ts';
import { Appointment, Claim, Observation, Patient, Practitioner } from '../../schema/records.ts';
import type { Page, Window } from './connector.ts';
import { selectedFields } from './selection.ts';
import type { Session, SourceSession } from './session.ts';

export const { Page: PatientPage } = pageTypes('Patient', Patient);
export const { Page: AppointmentPage } = pageTypes('Appointment', Appointment);
export const { Page: ObservationPage } = pageTypes('Observation', Observation);
export const { Page: ClaimPage } = pageTypes('Claim', Claim);
export const PractitionerPage = plainPageType('Practitioner', Practitioner);

/** What is selected of a page's records, by `nodes` and by `edges { node }` together. */
export const selectedOfPage = (info: GraphQLResolveInfo, typeName: string): ReadonlySet<string> =>
  selectedFields(info, typeName, ['nodes'], ['edges', 'node']);

/** @throws GraphError VALIDATION when `after` is not a cursor of this list (`scope`). */
export const windowOf = (
  args: PageArgs,
  scope: string,
  session: Session,
  fields: ReadonlySet<string>,
): Window & { readonly fields: ReadonlySet<string> } => ({
  first: args.first ?? 20,
  fields,
  ...(args.after == null ? {} : { after: session.cursors.read(scope, args.after) as string }),
});

/** A vendor's page as the graph shows it: every record with the selected fields. */
export const presentPage = async <T extends RecordType>(
  type: T,
  page: Page<T>,
  scope: string,
  source: SourceSession,
  session: Session,
  fields: ReadonlySet<string>,
) => {
  source.learn(type, page);
  const records = await Promise.all(page.items.map(({ record }) => source.record(type, record.key, fields)));
  const edges = page.items.map(({ after }, i) => ({
    cursor: session.cursors.write(scope, after),
    node: records[i],
  }));
  return {
    edges,
    nodes: records,
    pageInfo: { hasNextPage: page.hasNextPage, endCursor: edges.at(-1)?.cursor ?? null },
    totalCount: page.totalCount ?? null,
  };
};
