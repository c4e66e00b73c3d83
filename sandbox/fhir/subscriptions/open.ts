import { Outbox } from '../../notify/outbox.ts';
import type { Random } from '../../population/random.ts';
import type { Server } from '../answers.ts';
import type { Profile } from '../profile.ts';
import { Roster } from './roster.ts';
import type { SubscriptionOptions } from './terms.ts';

/** How long an endpoint may take, unless its subscription says otherwise (assumption: R4 and the guide name no time). */
const LIMIT_MS = 5_000;
const PATIENCE_MS = 10_000;
const FIRST_RETRY_MS = 250;
const LONGEST_WAIT_MS = 2_000;

/** The profile of a server whose clients may keep subscriptions. */
export const subscribable = (profile: Profile): Profile => ({
  ...profile,
  writing: {
    ...profile.writing,
    types: { ...profile.writing.types, Subscription: ['create', 'update', 'patch', 'delete'] },
  },
});

export interface Subscriptions {
  readonly roster: Roster;
  readonly outbox: Outbox;
}

export const openSubscriptions = (
  server: Server,
  options: SubscriptionOptions,
  { now, chance }: { readonly now: () => number; readonly chance?: Random | undefined },
): Subscriptions => {
  const outbox = new Outbox({
    now,
    limitMs: LIMIT_MS,
    retry: { firstMs: FIRST_RETRY_MS, mostMs: LONGEST_WAIT_MS, forMs: options.patienceMs ?? PATIENCE_MS },
    ...(chance === undefined ? {} : { chance }),
    onClose: () => roster.close(),
  });
  const roster = new Roster({ server, outbox, now, options });
  return { roster, outbox };
};
