import type { OpenOperation } from './context.ts';
import type { Answer, Operation, Operations } from './operation.ts';
import { isRefusal, type Refusal } from './refusal.ts';
import type { InFlight } from './streams.ts';

/** Ends an operation that cannot be carried out, or not any further. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super('The operation cannot be carried out.');
    this.refusal = refusal;
  }
}

/** A generator as protocol libraries know one, by its methods. */
export interface Results<Result> extends AsyncIterableIterator<Result> {
  return(): Promise<IteratorReturnResult<undefined>>;
  throw(): Promise<IteratorReturnResult<undefined>>;
}

async function* carryOut(
  operations: Operations,
  operation: Operation,
  open: OpenOperation,
  inFlight: InFlight,
): AsyncGenerator<Answer, void, undefined> {
  const subscribed = operation.kind === 'subscription';
  if (!subscribed) inFlight.begin();
  try {
    const made = await (subscribed ? operations.events(operation, open) : operations.answer(operation, open));
    if (isRefusal(made)) throw new Refused(made);
    if (Symbol.asyncIterator in made) yield* made;
    else yield made;
  } catch (thrown) {
    throw thrown instanceof Refused ? thrown : new Refused(operations.failure(thrown));
  } finally {
    open.done();
    if (!subscribed) inFlight.end();
  }
}

/**
 * What an operation brings, one answer or many, for protocols that send them one by one. Throws Refused when it ends
 * otherwise than by itself. `return` gives the operation up at once, whatever it waits for.
 */
export const resultsOf = (
  operations: Operations,
  operation: Operation,
  open: OpenOperation,
  inFlight: InFlight,
): Results<Answer> => {
  const results = carryOut(operations, operation, open, inFlight);
  const over: IteratorReturnResult<undefined> = { done: true, value: undefined };
  let ended = false;
  const end = async (): Promise<IteratorReturnResult<undefined>> => {
    ended = true;
    open.abort();
    open.done();
    // a generator that waits returns only when that has come; by the signal it will
    results.return(undefined).catch(() => undefined);
    return over;
  };
  return {
    next: async () => {
      const next = await results.next();
      return ended ? over : next;
    },
    return: end,
    throw: end,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
};
