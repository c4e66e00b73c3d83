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

/** A vendor's page, which its list has made known, as the graph shows it: every record with the selected fields. */
export const presentPage = async <T extends RecordType>(
  type: T,
  page: Page<T>,
  scope: string,
  source: SourceSession,
  session: Session,
  fields: ReadonlySet<string>,
) => {
  const records = await Promise.all(page.items.map(({ record }) => source.record(type, record.key, fields)));
  const cursorOf = (after: string | undefined): string | null =>
    after === undefined ? null : session.cursors.write(scope, after);
  // a cursor is encrypted, which costs more than all else of an edge: only those that somebody selects are made
  return {
    edges: page.items.map(({ after }, i) => ({
      get cursor() {
        return cursorOf(after);
      },
      node: records[i],
    })),
    nodes: records,
    pageInfo: {
      hasNextPage: page.hasNextPage,
      get endCursor() {
        return cursorOf(page.items.at(-1)?.after);
      },
    },
    totalCount: page.totalCount ?? null,
  };
};
