import { expect, it } from 'vitest';
import type { Federation, Received } from './kit.ts';

/** An operation and all that is to come of it. */
export interface Case {
  /** Finishes the sentence "it ...". */
  readonly it: string;
  readonly query: string;
  readonly variables?: object;
  /** Compared as JSON text, so that the order of keys counts. */
  readonly data: unknown;
  /** In any order; none by default. */
  readonly errors?: readonly { readonly path: readonly (string | number)[]; readonly code?: string }[];
  /** How many requests each subgraph got; who is not named got none. Not looked at when absent. */
  readonly sent?: Readonly<Record<string, number>>;
}

/** Forgets what the subgraphs have been sent. */
export const forget = ({ received }: Federation): void => {
  for (const list of Object.values(received)) list.length = 0;
};

/** How many requests each subgraph got, those left out that got none. */
export const countsOf = ({ received }: Federation): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(received).flatMap(([name, { length }]) => (length > 0 ? [[name, length]] : [])));

/** All representations that a subgraph was sent, in order. */
export const representationsIn = (received: readonly Received[] | undefined): readonly unknown[] =>
  (received ?? []).flatMap(({ variables }) =>
    Object.values(variables).flatMap((value) =>
      Array.isArray(value) && value.some((one) => typeof one === 'object' && one !== null && '__typename' in one)
        ? value
        : [],
    ),
  );

const byPath = (errors: readonly { readonly path?: unknown }[]) => errors.map((error) => JSON.stringify(error)).sort();

/** Asks one case and compares all of it. */
export const check = async (federation: Federation, one: Case): Promise<void> => {
  forget(federation);
  const { data, errors = [] } = await federation.ask(one.query, one.variables);
  const expected = one.errors ?? [];
  const coded = expected.some(({ code }) => code !== undefined);
  const seen = errors.map(({ path, extensions }) => (coded ? { path, code: extensions?.code } : { path }));
  const told = errors.map(({ message }) => message).join('; ');
  expect({ data, errors: byPath(seen) }, told).toEqual({ data: one.data, errors: byPath(expected) });
  expect(JSON.stringify(data)).toBe(JSON.stringify(one.data));
  if (one.sent !== undefined) expect(countsOf(federation)).toEqual(one.sent);
};

/** One test a case. */
export const checkAll = (federation: () => Federation, cases: readonly Case[]): void => {
  for (const one of cases) it(one.it, () => check(federation(), one));
};
