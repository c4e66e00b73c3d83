import type { SourceId } from '../../../schema/ids.ts';
import type { Changes, InboxEvent } from '../../../store/changes.ts';
import type { Hook, HookRequest } from '../../federation/subgraph.ts';
import type { ChangeMeter, DeliveryOutcome } from './meter.ts';
import { DeliveryRefused, type Push, type PushedEvent } from './push.ts';

/** How long the store may take: an answer after two seconds counts as none. */
const ANSWER_MS = 1_500;
/** Deliveries of a source that the store has not answered, also those that nobody waits for any more. */
const MOST_UNANSWERED = 256;
/** What names an event is a vendor's text, and part of an index. */
const EVENT_NAME = /^[^\p{Cc}\p{Cs}]{1,512}$/u;

const STATUS: Readonly<Record<DeliveryOutcome, Awaited<ReturnType<Hook>>>> = {
  ACCEPTED: 204,
  MALFORMED: 400,
  UNSIGNED: 401,
  UNAVAILABLE: 503,
};

interface HookOptions {
  readonly source: SourceId;
  readonly push: Push;
  readonly changes: Pick<Changes, 'receive'>;
  readonly meter: ChangeMeter;
}

/** The events of a delivery, or why it is refused. */
const opened = (push: Push, request: HookRequest): readonly PushedEvent[] | DeliveryOutcome => {
  try {
    const events = push.open(request);
    return events.every(({ event }) => EVENT_NAME.test(event)) ? events : 'MALFORMED';
  } catch (thrown) {
    // whatever else is thrown was thrown because of what was delivered
    return thrown instanceof DeliveryRefused ? thrown.fault : 'MALFORMED';
  }
};

/** Events that come while others are being kept are kept together, when those are. */
const together = ({ receive }: HookOptions['changes']): ((events: readonly InboxEvent[]) => Promise<unknown>) => {
  let before: Promise<unknown> = Promise.resolve();
  let next: { readonly events: InboxEvent[]; readonly kept: Promise<unknown> } | undefined;
  return (events) => {
    if (next === undefined) {
      const all: InboxEvent[] = [];
      const kept = before.then(() => {
        next = undefined;
        return receive(all);
      });
      before = kept.catch(() => undefined);
      next = { events: all, kept };
    }
    next.events.push(...events);
    return next.kept;
  };
};

/**
 * Takes the deliveries of one source: whatever is accepted is kept durably before it is answered, each event once.
 * What cannot be kept in time is refused, so that the vendor sends it again.
 */
export const hookOf = ({ source, push, changes, meter }: HookOptions): Hook => {
  const receive = together({ receive: (events) => changes.receive(events) });
  let unanswered = 0;

  const received = async (events: readonly PushedEvent[]): Promise<DeliveryOutcome> => {
    unanswered += 1;
    try {
      await receive(events.map(({ event, content }) => ({ source, event, content })));
      return 'ACCEPTED';
    } catch {
      return 'UNAVAILABLE';
    } finally {
      unanswered -= 1;
    }
  };

  const kept = async (events: readonly PushedEvent[]): Promise<DeliveryOutcome> => {
    if (events.length === 0) return 'ACCEPTED';
    if (unanswered >= MOST_UNANSWERED) return 'UNAVAILABLE';
    const late = Promise.withResolvers<DeliveryOutcome>();
    const timer = setTimeout(() => late.resolve('UNAVAILABLE'), ANSWER_MS);
    const outcome = await Promise.race([received(events), late.promise]);
    clearTimeout(timer);
    return outcome;
  };

  return async (request) => {
    const events = opened(push, request);
    const outcome = typeof events === 'string' ? events : await kept(events);
    meter.delivered(source, outcome);
    return STATUS[outcome];
  };
};
