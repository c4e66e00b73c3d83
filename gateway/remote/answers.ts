import { answerIn, type RemoteAnswer, toldBy } from './answer.ts';
import { failed } from './failure.ts';
import type { Flights } from './flight.ts';
import { EventQueue } from './queue.ts';
import type { Subscriber, Subscription } from './subscription.ts';

export interface Following {
  readonly subscriber: Subscriber;
  readonly flights: Flights;
  /** Is the subgraph of this project? */
  readonly own: boolean;
  readonly signal: AbortSignal;
}

/**
 * What a remote subgraph answers to a subscription, event by event, until it ends or the signal aborts.
 * @throws GraphError, or GraphQLError of a subgraph of ours, when it cannot be started, when it breaks off, and when
 * events come faster than they are taken.
 */
export async function* answersTo(
  subscription: Subscription,
  { subscriber, flights, own, signal }: Following,
): AsyncGenerator<RemoteAnswer, void, undefined> {
  if (signal.aborted) return;
  const queue = new EventQueue<unknown>();
  const stop = subscriber.start(subscription, queue);
  const drop = (): void => queue.drop();
  signal.addEventListener('abort', drop, { once: true });
  let begun = false;
  try {
    for await (const event of queue.events()) {
      flights.seal(); // what completes it must not have been read before it
      const answer = answerIn(event);
      // our services say by an event why there are no more, others' servers of graphql-sse why there are none
      if (answer.data === undefined && own) throw toldBy(answer);
      if (answer.data === undefined && !begun) throw failed('refused');
      begun = true;
      yield answer;
    }
  } finally {
    signal.removeEventListener('abort', drop);
    stop();
  }
}
