import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Webhook } from '../../../upstream/source.ts';
import { list, text } from '../elements.ts';
import type { Service } from '../service.ts';
import { ABOUT, About, BACKPORT, type Focus } from './terms.ts';

/** A subscription that we want to have. */
export const Wish = z.object({
  kind: z.enum(['topic', 'classic']),
  /** Names it among the others: a topic's address, or a search. */
  criteria: z.string(),
  about: About,
});
export type Wish = z.output<typeof Wish>;

/** How long a subscription lives without us. It is renewed at half of that. */
export const LIFE_MS = 86_400_000;
const HEARTBEAT_SECONDS = 300;
const MOST_EVENTS = 50;
const JSON_PAYLOAD = 'application/fhir+json';
/** Of a server that names very many topics the others are left to the feeds. */
const MOST_TOPICS = 20;

const Declared = z.object({
  resourceType: z.literal('CapabilityStatement'),
  rest: list(
    z.object({
      resource: list(
        z.object({ type: text, extension: list(z.object({ url: text, valueCanonical: text, valueUri: text })) }),
      ),
    }),
  ),
});

/**
 * The topics that a server's statement names: `undefined` for a server that says that it has no subscriptions at all. One
 * whose statement cannot be read says nothing.
 */
export const topicsIn = (statement: unknown): readonly string[] | undefined => {
  const types = Declared.safeParse(statement).data?.rest.flatMap(({ resource }) => resource) ?? [];
  const own = types.filter(({ type }) => type === 'Subscription');
  if (types.length > 0 && own.length === 0) return undefined;
  const named = own.flatMap(({ extension }) => extension.filter(({ url }) => url === BACKPORT.topic));
  return [...new Set(named.flatMap(({ valueCanonical, valueUri }) => valueCanonical ?? valueUri ?? []))];
};

const FOCUSES: Readonly<Record<About, readonly Focus[]>> = {
  Patient: ['Patient'],
  Appointment: ['Appointment'],
  Observation: ['Observation'],
  Claim: ['Claim', 'ExplanationOfBenefit'],
};

/** R4 keeps no topics: only the name tells what one is about (`.../appointment-changed`, `.../Appointment.update`). */
const isAbout = (topic: string, type: string): boolean => {
  const name = (topic.split('|')[0] ?? '').split(/[/#]/).at(-1) ?? '';
  return name.toLowerCase().startsWith(type.toLowerCase()) && !/^[a-z]/.test(name.slice(type.length));
};

/** What R4's own subscriptions tell: everything of a type. */
export const classicWishes = (about: About, { profile }: Service): readonly Wish[] =>
  FOCUSES[about]
    .filter((type) => type !== 'ExplanationOfBenefit' || profile.claims.outcome !== 'none')
    .map((type) => ({ kind: 'classic', criteria: `${type}?`, about }));

/** By topic where the server names one for a type, else as R4 has it. */
export const wishesFor = (topics: readonly string[], service: Service): readonly Wish[] =>
  About.options.flatMap((about): readonly Wish[] => {
    const own = topics.filter((topic) => FOCUSES[about].some((type) => isAbout(topic, type))).slice(0, MOST_TOPICS);
    return own.length === 0
      ? classicWishes(about, service)
      : own.map((criteria) => ({ kind: 'topic', criteria, about }));
  });

const topicParts = {
  payload: JSON_PAYLOAD,
  _payload: { extension: [{ url: BACKPORT.content, valueCode: 'id-only' }] },
  extension: [
    { url: BACKPORT.heartbeat, valueUnsignedInt: HEARTBEAT_SECONDS },
    { url: BACKPORT.maxCount, valuePositiveInt: MOST_EVENTS },
  ],
} as const;

export type Standing = 'requested' | 'active';

/** The resource of a wish; R4's own without a payload, so that nothing of a person is sent. */
export const subscriptionFor = (
  { kind, criteria, about }: Wish,
  { url, secret }: Webhook,
  now: number,
  known?: { readonly id: string; readonly status: Standing },
): object => ({
  resourceType: 'Subscription',
  ...(kind === 'topic' ? { meta: { profile: [BACKPORT.subscription] } } : {}),
  ...(known === undefined ? {} : { id: known.id }),
  status: known?.status ?? 'requested',
  end: new Date(now + LIFE_MS).toISOString(),
  reason: 'To know what changed',
  criteria,
  channel: {
    type: 'rest-hook',
    endpoint: url,
    header: [`Authorization: Bearer ${secret.reveal()}`, `${ABOUT}: ${about}`],
    ...(kind === 'topic' ? topicParts : {}),
  },
});

/** What differs whenever a secret does, and does not tell it. */
export const secretDigest = ({ url, secret }: Webhook): string =>
  createHash('sha256')
    .update(JSON.stringify([url, secret.reveal()]))
    .digest('base64url');
