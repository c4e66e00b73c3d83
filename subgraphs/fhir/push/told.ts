import { type Base, baseOf, type Target, toTarget } from '../reference.ts';
import type { Notification } from './status.ts';
import { type Content, Focus } from './terms.ts';

/** The server's own name stands before the subscription of which it tells: it may be another than it is asked under. */
const ownName = (subscription: string | undefined): Base | undefined => {
  const [, before] = /^(https?:\/\/.+)\/Subscription\/[^/]+$/i.exec(subscription ?? '') ?? [];
  return before === undefined || !URL.canParse(before) ? undefined : baseOf(before);
};

/** Finds what references of one notification stand for at this server. */
const targetsBy = (
  subscription: string | undefined,
  base: Base,
): ((reference: string | undefined) => Target | undefined) => {
  const name = ownName(subscription);
  return (reference) => toTarget(reference, base) ?? (name && toTarget(reference, name));
};

const keyOf = (target: Target | undefined): string | undefined => target && `${target.type}/${target.id}`;

/** The id of the subscription that a status is of. */
export const subscriptionIn = (reference: string | undefined, base: Base): string | undefined => {
  const target = targetsBy(reference, base)(reference);
  return target?.type === 'Subscription' ? target.id : undefined;
};

/**
 * What is kept of the events of a notification, in their order: `undefined` for those about something that nobody here
 * wants. One that does not say what changed is a ping.
 */
export const contentsOf = (
  { subscription: name, events, gone }: Notification,
  subscription: string,
  base: Base,
  ping: Content,
): readonly (Content | undefined)[] => {
  const targetOf = targetsBy(name, base);
  const deleted = new Set(gone.map((reference) => keyOf(targetOf(reference))));
  return events.map(({ number, focus, context }) => {
    const target = targetOf(focus);
    if (target === undefined) return ping;
    const type = Focus.safeParse(target.type).data;
    if (type === undefined) return undefined;
    const about = context.map(targetOf).filter((one) => one?.type === 'Patient');
    const [patient, other] = new Set(about.flatMap((one) => one?.id ?? []));
    return {
      type,
      id: target.id,
      subscription,
      ...(patient === undefined || other !== undefined ? {} : { patient }),
      ...(deleted.has(keyOf(target)) ? { gone: true } : {}),
      ...(number === undefined ? {} : { number: String(number) }),
    };
  });
};
