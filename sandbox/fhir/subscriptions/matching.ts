import type { Parameters } from '../parameters.ts';
import type { Clause } from '../query.ts';
import type { Search } from '../search.ts';
import type { Store, Version } from '../store.ts';

/** What a resource must fulfil. */
export interface Condition {
  readonly type: string;
  readonly clauses: readonly Clause[];
}

/** Whether a search with these criteria finds this resource, as it is now. */
export const fulfils = (
  search: Search,
  parameters: Parameters,
  { type, clauses }: Condition,
  { type: own, id }: Version,
): boolean => {
  const parameter = parameters.of(type).get('_id');
  if (type !== own || parameter === undefined) return false;
  const itself: Clause = { parameter, name: '_id', modifier: undefined, chained: undefined, values: [id] };
  return search.find(type, [...clauses, itself]).length > 0;
};

const PATIENT = /"(?:subject|patient|beneficiary|actor)":\{"reference":"Patient\/([A-Za-z0-9\-.]{1,64})"/;

/** The patient whom a resource of this server is about, where that is another resource. */
export const patientIn = (store: Store, { text }: Version): Version | undefined => {
  const [, id] = PATIENT.exec(text) ?? [];
  return id === undefined ? undefined : store.current('Patient', id);
};
