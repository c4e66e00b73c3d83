import { buildSchema, GraphQLError } from 'graphql';
import type { OperationContext, VendorCall } from '../../schema/context.ts';
import { GraphError, validationFailed } from '../../schema/errors.ts';
import { sourceId } from '../../schema/ids.ts';
import type { LocalSubgraph } from '../../subgraphs/index.ts';

export const CALL: VendorCall = { source: sourceId('mercy'), call: 'GET Patient', ms: 1, status: 200, cache: 'MISS' };

/** Contexts by operation id, and those that were given up. */
export const contexts = new Map<string, OperationContext[]>();
export const givenUp: string[] = [];

export const failure = {
  notFound: () => new GraphError('NOT_FOUND', { source: 'mercy' }),
  limited: () => new GraphError('RATE_LIMITED', { source: 'mercy', retryAfterSeconds: 7 }),
  issues: () => validationFailed([{ path: ['first'], rule: 'max', message: 'at most 100' }]),
  precise: () => new GraphError('BAD_VENDOR_ANSWER', { message: 'A fixed sentence.' }),
  scalar: () => new GraphQLError('Date must be a day.', { extensions: { code: 'VALIDATION', retryable: false } }),
  unexpected: () => new TypeError('Jane Doe is not a function'),
};

const schema = buildSchema(
  'type Query { caller: String startedAt: Float wait: Int fail(how: String): Int must: Int! call: Int echo(n: Int): Int }',
);
const ROOT = {
  caller: (_: unknown, { caller }: OperationContext) => JSON.stringify(caller),
  startedAt: (_: unknown, { startedAt }: OperationContext) => startedAt,
  wait: (_: unknown, { signal, id }: OperationContext) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        givenUp.push(id);
        reject(new GraphError('TIMEOUT'));
      });
    }),
  fail: ({ how }: { how: keyof typeof failure }) => {
    throw failure[how]();
  },
  must: () => null,
  call: (_: unknown, { record }: OperationContext) => {
    record(CALL);
    return 1;
  },
  echo: ({ n }: { n: number }) => n,
};
for (const [name, field] of Object.entries(schema.getQueryType()?.getFields() ?? {}))
  field.resolve = (_root, args, context) => {
    const resolve = ROOT[name as keyof typeof ROOT] as (args: unknown, context: unknown) => unknown;
    return resolve(args, context);
  };

export const subgraph: LocalSubgraph = {
  name: 'odd',
  sdl: '',
  schema,
  contextFor: (context) => {
    const known = contexts.get(context.id) ?? [];
    if (!known.includes(context)) contexts.set(context.id, [...known, context]);
    return context;
  },
  close: async () => undefined,
};
