import type { Coded } from '../practice.ts';
import type { Links as ClaimLinks } from './claims.ts';
import { type Context, codedOf, rowsOf, targetOf, wordsOf } from './context.ts';
import type { Links as ObservationLinks, Report } from './observations.ts';
import { payerName } from './patients.ts';
import type { Read } from './raw.ts';
import type { Reference } from './shapes.ts';
import * as shapes from './shapes.ts';

const reportsOf = (read: ReadonlyMap<string, readonly Read[]>): ReadonlyMap<string, Report> =>
  new Map(
    rowsOf(read, 'DiagnosticReport', shapes.report).flatMap(({ id, value }) =>
      value.result.flatMap((result): [string, Report][] => {
        const target = targetOf(result, 'Observation');
        const report = { id: `DiagnosticReport/${id}`, name: wordsOf(value.code) ?? 'Report' };
        return target === undefined ? [] : [[target, report]];
      }),
    ),
  );

const visitsOf = (read: ReadonlyMap<string, readonly Read[]>, { ids }: Context): ReadonlyMap<string, number> =>
  new Map(
    rowsOf(read, 'Encounter', shapes.encounter).flatMap(({ id, value }): [string, number][] => {
      const [number] = value.appointment.flatMap((reference) => ids.find(reference, 'Appointment') ?? []);
      return number === undefined ? [] : [[`Encounter/${id}`, number]];
    }),
  );

const conditionsOf = (read: ReadonlyMap<string, readonly Read[]>): ReadonlyMap<string, Coded> =>
  new Map(
    rowsOf(read, 'Condition', shapes.condition).flatMap(({ id, value }): [string, Coded][] => {
      const code = codedOf(value.code);
      return code === undefined ? [] : [[`Condition/${id}`, code]];
    }),
  );

const payersOf = (read: ReadonlyMap<string, readonly Read[]>): ReadonlyMap<string, string> =>
  new Map(
    rowsOf(read, 'Coverage', shapes.coverage).flatMap(({ id, value }): [string, string][] => {
      const payer = payerName(value);
      return payer === undefined ? [] : [[`Coverage/${id}`, payer]];
    }),
  );

/** What records that are no records of the Practice tell about those that are. */
export const linksOf = (
  read: ReadonlyMap<string, readonly Read[]>,
  context: Context,
): ObservationLinks & ClaimLinks => {
  const reports = reportsOf(read);
  const visits = visitsOf(read, context);
  const conditions = conditionsOf(read);
  const payers = payersOf(read);
  const follow = <T>(index: ReadonlyMap<string, T>, reference: Reference | undefined, type: string): T | undefined =>
    reference === undefined ? undefined : index.get(targetOf(reference, type) ?? '');
  return {
    reportOf: (id) => reports.get(`Observation/${id}`),
    appointmentOf: (encounter) => follow(visits, encounter, 'Encounter'),
    conditionOf: (reference) => follow(conditions, reference, 'Condition'),
    payerOf: (reference) => follow(payers, reference, 'Coverage'),
  };
};
