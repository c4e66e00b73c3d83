import type { Call } from '../../upstream/call.ts';
import { inParallel } from '../vendor/parallel.ts';
import { inGroups } from './ids.ts';
import type { Included } from './included.ts';
import { explainedClaim, type Outcomes } from './mapping/claim.ts';
import { toResource } from './payload.ts';
import { largestPage } from './profile.ts';
import { toTarget } from './reference.ts';
import type { Service } from './service.ts';

/** What the payers said of a claim, by its id. */
export type Explained = (claim: string) => Outcomes;

/** Explanations of benefit that came along with claims; each is read when its claim is. */
export const explanationsAlong = (included: Included, { client, source }: Service): Explained => {
  const claimOf = (raw: unknown): string | undefined => {
    const reference = (raw as { readonly claim?: { readonly reference?: unknown } | null }).claim?.reference;
    const target = toTarget(typeof reference === 'string' ? reference : undefined, client.base);
    return target?.type === 'Claim' ? target.id : undefined;
  };
  const byClaim = Map.groupBy(included.raw('ExplanationOfBenefit'), claimOf);
  return (claim) => (byClaim.get(claim) ?? []).map((raw) => toResource('ExplanationOfBenefit', raw, source));
};

/** The explanations of benefit to claims, by a search of their own where they did not come along. */
export const findExplanations = async (service: Service, claims: readonly string[], call: Call): Promise<Explained> => {
  const { outcome } = service.profile.claims;
  if (outcome === 'none') return () => 'unknown';
  const ids = [...new Set(claims)];
  const groups =
    outcome === 'revinclude'
      ? inGroups(ids, service.urlLength('/ExplanationOfBenefit?claim=&_count=1000'))
      : ids.map((id) => [id]);
  const listings = await inParallel(groups, service.concurrency, (group) =>
    service.client.search(
      'ExplanationOfBenefit',
      [['claim', group.join(',')], ...service.count(largestPage(service.profile, 'ExplanationOfBenefit'))],
      call,
    ),
  );
  const context = service.context();
  const byClaim = Map.groupBy(
    listings.flatMap(({ matches }) => matches),
    (one) => explainedClaim(one, context),
  );
  return (claim) => byClaim.get(claim) ?? [];
};
