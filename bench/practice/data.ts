/** An object of the graph as it was answered; a record inside it is only its `__typename` and `id`. */
export type Recorded = Readonly<Record<string, unknown>>;

/** One search over the vendors as the product answered it. */
export interface Gather {
  readonly search: Readonly<Record<string, unknown>>;
  readonly first: number;
  /** hub's opaque key of the search. */
  readonly request: string;
  /** What each vendor's subgraph contributes, by the name of its field. */
  readonly hits: Readonly<Record<string, unknown>>;
  /** What hub makes of it: `nodes`, `edges`, `pageInfo` and `outcomes`. */
  readonly connection: Recorded;
}

export interface PracticeData {
  readonly gathers: readonly Gather[];
  /** Every record that the searches lead to, complete. */
  readonly records: readonly (Recorded & { readonly __typename: string; readonly id: string })[];
}

/** The vendors' subgraphs, and with what the names of their types begin. */
export const PREFIXES = { athenanet: 'Athena', fhir: 'Fhir', unity: 'Unity' } as const;
