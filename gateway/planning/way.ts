import type { SelectionNode } from 'graphql';
import type { Home } from './access.ts';

/** How the objects at a place can be had in a subgraph, and how many requests after one another that takes. */
export interface Way {
  readonly home: Home;
  readonly cost: number;
  readonly from:
    | { readonly kind: 'visit' }
    | { readonly kind: 'root' }
    | { readonly kind: 'above'; readonly way: Way }
    | { readonly kind: 'key'; readonly key: readonly SelectionNode[] };
}

/** The best way to each home, by the home's id. */
export type Ways = Map<string, Way>;
