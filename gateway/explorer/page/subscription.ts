import { getOperationAST, parse } from 'graphql';
import { createClient, type ExecutionResult, NetworkError } from 'graphql-sse';
import { type Asked, GRAPH, type Headers, type Observer, type Result, readAnswer, UNREACHABLE } from './answer.ts';

type Event = ExecutionResult<Record<string, unknown>, unknown>;

/** Is what would run a subscription? What cannot be read is the server's to refuse. */
export const isSubscription = ({ query, operationName }: Asked): boolean => {
  try {
    return getOperationAST(parse(query), operationName)?.operation === 'subscription';
  } catch {
    return false;
  }
};

/** Why a stream is not there, in the words of the server where it has some. */
const notBegun = async (error: unknown): Promise<Result> => {
  const told = error instanceof NetworkError && error.response instanceof Response ? error.response : undefined;
  if (told === undefined) return { errors: [{ message: UNREACHABLE }] };
  return readAnswer(told).catch(({ message }: Error) => ({ errors: [{ message }] }));
};

/** A stream that is not complete and brings nothing more. Its last event stays in sight: its cursor leads on. */
const brokenOff = (last: Event | undefined): Result => {
  const message = `The server ended the stream${last === undefined ? ' before its first event' : '. This was its last event'}.`;
  const { errors = [], ...event }: Event = last ?? {};
  return { errors: [{ message }, ...errors], ...event };
};

/** One event after the other. A stream that breaks off is told, not begun anew: nobody would see what was missed. */
export const streamed = (operation: Asked, headers: Headers) => ({
  subscribe: (observer: Observer) => {
    let begun = false;
    let stopped = false;
    let last: Event | undefined;
    const show = (event: Result): void => {
      if (!stopped) observer.next(event);
    };
    const complete = (): void => {
      if (!stopped) observer.complete();
    };
    const end = createClient({ url: GRAPH, headers, retryAttempts: 0 }).subscribe(
      { ...operation, operationName: operation.operationName ?? undefined },
      {
        next: (event) => {
          last = event;
          show({ ...event });
        },
        complete,
        error: async (error) => {
          show(begun ? brokenOff(last) : await notBegun(error));
          complete();
        },
      },
      {
        connected: () => {
          begun = true;
        },
      },
    );
    return {
      unsubscribe: () => {
        stopped = true;
        end();
      },
    };
  },
});
