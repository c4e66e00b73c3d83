import { z } from 'zod';
import { list, number, opt, Reference, text } from '../elements.ts';

/** Numbers have 64 bits: they are strings in JSON, and some servers write them as numbers all the same. */
const counted = opt(z.union([z.string(), number]).transform(String)).transform((digits) =>
  /^\d{1,19}$/.test(digits ?? '') ? BigInt(digits ?? '') : undefined,
);
const reference = opt(Reference).transform((one) => one?.reference);

const Part = z.object({
  name: text,
  valueString: counted,
  valueInteger: counted,
  valueInteger64: counted,
  valueInstant: text,
  valueReference: reference,
});
type Part = z.output<typeof Part>;

/** R4 has no resource of its own for it. */
const Parameters = z.object({
  resourceType: z.literal('Parameters'),
  parameter: list(Part.extend({ valueCode: text, part: list(Part) })),
});

/** R4B and later. */
const SubscriptionStatus = z.object({
  resourceType: z.literal('SubscriptionStatus'),
  type: text,
  subscription: reference,
  eventsSinceSubscriptionStart: counted,
  notificationEvent: list(
    z.object({ eventNumber: counted, timestamp: text, focus: reference, additionalContext: list(Reference) }),
  ),
});

export interface ToldEvent {
  readonly number: bigint | undefined;
  readonly timestamp: string | undefined;
  /** References, as they were written. */
  readonly focus: string | undefined;
  readonly context: readonly string[];
}

/** What a status says, in either form. */
export interface Told {
  readonly type: string | undefined;
  readonly subscription: string | undefined;
  /** Events since the subscription began, the last one of these included. */
  readonly total: bigint | undefined;
  readonly events: readonly ToldEvent[];
}

const numberIn = ({ valueString, valueInteger, valueInteger64 }: Part): bigint | undefined =>
  valueString ?? valueInteger ?? valueInteger64;

const eventOf = (parts: readonly Part[]): ToldEvent => {
  const named = (name: string): Part | undefined => parts.find((part) => part.name === name);
  const [counter, focus] = [named('event-number'), named('focus')];
  return {
    number: counter && numberIn(counter),
    timestamp: named('timestamp')?.valueInstant,
    focus: focus?.valueReference,
    context: parts.flatMap((part) => (part.name === 'additional-context' ? (part.valueReference ?? []) : [])),
  };
};

const Status = z.union([
  Parameters.transform(({ parameter }): Told => {
    const named = (name: string) => parameter.find((one) => one.name === name);
    const total = named('events-since-subscription-start');
    return {
      type: named('type')?.valueCode,
      subscription: named('subscription')?.valueReference,
      total: total && numberIn(total),
      events: parameter.flatMap(({ name, part }) => (name === 'notification-event' ? [eventOf(part)] : [])),
    };
  }),
  SubscriptionStatus.transform(
    ({ type, subscription, eventsSinceSubscriptionStart: total, notificationEvent }): Told => ({
      type,
      subscription,
      total,
      events: notificationEvent.map(({ eventNumber, additionalContext, ...event }) => ({
        ...event,
        number: eventNumber,
        context: additionalContext.flatMap((one) => one.reference ?? []),
      })),
    }),
  ),
]);

const Entry = z.object({
  resource: z.unknown().optional(),
  fullUrl: text,
  request: opt(z.object({ method: text, url: text })),
});
const bundle = <T extends string>(type: T) =>
  z.object({ resourceType: z.literal('Bundle'), type: z.literal(type), id: text, entry: list(Entry) });
const History = bundle('history');
const Found = bundle('searchset');

export interface Notification extends Told {
  /** The bundle's own id. */
  readonly id: string | undefined;
  /** References to what was deleted. */
  readonly gone: readonly string[];
}

/** A notification, or an answer to `$events`: the status with which it begins. `undefined` for everything else. */
export const toNotification = (document: unknown): Notification | undefined => {
  const history = History.safeParse(document).data;
  const status = Status.safeParse(history?.entry[0]?.resource).data;
  const deleted = history?.entry.filter(({ request }) => request?.method === 'DELETE') ?? [];
  const gone = deleted.flatMap(({ fullUrl, request }) => [fullUrl ?? [], request?.url ?? []].flat());
  return status && { ...status, id: history?.id, gone };
};

/** An answer to `$status`: one status for each subscription. `undefined` for everything else. */
export const toStandings = (document: unknown): readonly Told[] | undefined =>
  Found.safeParse(document).data?.entry.flatMap(({ resource }) => Status.safeParse(resource).data ?? []);
