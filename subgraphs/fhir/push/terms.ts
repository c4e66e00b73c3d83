import { z } from 'zod';

const GUIDE = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition';

/** Addresses of the Subscriptions R5 Backport (https://hl7.org/fhir/uv/subscriptions-backport). */
export const BACKPORT = {
  subscription: `${GUIDE}/backport-subscription`,
  content: `${GUIDE}/backport-payload-content`,
  heartbeat: `${GUIDE}/backport-heartbeat-period`,
  maxCount: `${GUIDE}/backport-max-count`,
  /** By which a server's CapabilityStatement names its topics. */
  topic: `${GUIDE}/capabilitystatement-subscriptiontopic-canonical`,
} as const;

/** What a subscription can be about, in the graph's terms. */
export const About = z.enum(['Patient', 'Appointment', 'Observation', 'Claim']);
export type About = z.output<typeof About>;

/** A header of ours on every notification: what it is about, since an empty ping tells nothing of it. */
export const ABOUT = 'x-practicegraph-about';

/** Types of resources of which somebody here wants to know. */
export const Focus = z.enum([...About.options, 'ExplanationOfBenefit']);
export type Focus = z.output<typeof Focus>;

/** What is kept of an event until it is dealt with: a record by its id, or only that something of a type changed. */
export const Content = z.union([
  z.object({
    type: Focus,
    id: z.string(),
    /** Whose it is, where the server says so. */
    patient: z.string().optional(),
    /** The server says that it was deleted. */
    gone: z.literal(true).optional(),
    subscription: z.string(),
    number: z.string().optional(),
  }),
  z.object({
    /** `undefined` where the ping does not tell. */
    ping: About.optional(),
    /** When it was taken in, milliseconds since 1970. */
    at: z.number(),
  }),
]);
export type Content = z.output<typeof Content>;
