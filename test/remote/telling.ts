import { buildSchema, GraphQLError } from 'graphql';
import type { OperationContext } from '../../schema/context.ts';
import { GraphError, validationFailed } from '../../schema/errors.ts';
import { resync } from '../../schema/resync.ts';
import type { LocalSubgraph } from '../../subgraphs/index.ts';

/** How a subscription of `telling` may fail. */
export const FAILURES: Readonly<Record<string, () => Error>> = {
  resync,
  validation: () => validationFailed([{ path: ['after'], rule: 'length', message: 'Must not be empty.' }]),
  unavailable: () => new GraphError('SOURCE_UNAVAILABLE', { message: 'The log of changes cannot be reached.' }),
  scalar: () => new GraphQLError('Date must be a day.', { extensions: { code: 'VALIDATION', retryable: false } }),
  unexpected: () => new TypeError('Jane Doe is not a function'),
};

export interface Telling {
  readonly subgraph: LocalSubgraph;
  /** Events taken from sources, and sources that were ended. */
  readonly taken: () => number;
  readonly ended: () => number;
  /** The contexts of subscriptions, and those of their events. */
  readonly contexts: OperationContext[];
}

const schema = () =>
  buildSchema(`type Query { a: Int }
    type Subscription { count(to: Int!, size: Int): String caller: String wait: Int fail(how: String!, later: Boolean): Int }`);

/** A subgraph whose subscriptions end, wait and fail as they are asked to. */
export const telling = (): Telling => {
  let taken = 0;
  let ended = 0;
  const contexts: OperationContext[] = [];
  const built = schema();
  const thrown = (how: string): Error => FAILURES[how]?.() ?? new Error(how);
  const SOURCES: Readonly<Record<string, (args: never, context: OperationContext) => AsyncIterable<unknown>>> = {
    count: async function* ({ to, size = 0 }: { to: number; size?: number }) {
      for (let i = 0; i < to; i += 1) {
        taken += 1;
        yield { count: `${i} ${'x'.repeat(size)}`, name: `event ${i}` };
      }
    },
    caller: async function* () {
      yield { caller: (_: unknown, { caller }: OperationContext) => JSON.stringify(caller), name: 'caller' };
    },
    wait: async function* (_, { signal }) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      ended += 1;
    },
    fail: ({ how, later = false }: { how: string; later?: boolean }) => {
      if (!later) throw thrown(how);
      return (async function* () {
        yield { fail: 1, name: 'one' };
        throw thrown(how);
      })();
    },
  };
  for (const [name, field] of Object.entries(built.getSubscriptionType()?.getFields() ?? {}))
    field.subscribe = (_root, args, context) => SOURCES[name]?.(args as never, context as OperationContext);
  return {
    taken: () => taken,
    ended: () => ended,
    contexts,
    subgraph: {
      name: 'telling',
      sdl: '',
      schema: built,
      eventKey: (event) => (event as { name: string }).name,
      contextFor: (context) => {
        contexts.push(context);
        return context;
      },
      close: async () => undefined,
    },
  };
};
