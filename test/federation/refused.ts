import { expect, it } from 'vitest';
import { countsOf, forget } from './cases.ts';
import type { Federation } from './kit.ts';

/** An operation that is refused before any subgraph is asked. */
export interface Refusal {
  /** Finishes the sentence "it ...". */
  readonly it: string;
  readonly query: string;
  readonly variables?: object;
  /** What no error may contain. */
  readonly secret?: string;
  /** What some error must contain. */
  readonly says?: string;
}

// the media type whose status tells a refusal from an answer; application/json gives both as 200
const ACCEPT = { accept: 'application/graphql-response+json' };

/** One test a refusal: no data, at least one error without a path, nothing sent, and no words that must not be told. */
export const refuseAll = (federation: () => Federation, refusals: readonly Refusal[]): void => {
  for (const { it: title, query, variables, secret, says } of refusals)
    it(title, async () => {
      forget(federation());
      const { status, data, errors = [] } = await federation().ask(query, variables, { headers: ACCEPT });
      expect({ status, data: data ?? null, sent: countsOf(federation()) }).toEqual({
        status: 400,
        data: null,
        sent: {},
      });
      expect(errors.length).toBeGreaterThan(0);
      for (const error of errors) expect(error.path).toBeUndefined();
      if (secret !== undefined) expect(JSON.stringify(errors)).not.toContain(secret);
      if (says !== undefined) expect(JSON.stringify(errors)).toContain(says);
    });
};
