import type { GraphQLError } from 'graphql';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Flights } from '../../gateway/remote/flight.ts';
import { Signer } from '../../gateway/remote/sign.ts';
import { RemoteSubgraph } from '../../gateway/remote/subgraph.ts';
import type { VendorCall } from '../../schema/context.ts';
import { GraphError } from '../../schema/errors.ts';
import { sourceId } from '../../schema/ids.ts';
import { type RunningService, startService } from '../../subgraphs/service/server.ts';
import { contextOf } from '../harness.ts';
import { contextWith, operationOf, until } from './asking.ts';
import { TEST_SECRET } from './engine.ts';
import { CALL, contexts, failure, givenUp, subgraph } from './odd-subgraph.ts';

let service: RunningService;
let remote: RemoteSubgraph;
beforeAll(async () => {
  service = await startService({ subgraph, host: '127.0.0.1', port: 0, secret: TEST_SECRET });
  remote = remoteWith(SIGNER);
});
afterAll(async () => {
  await remote.close();
  await service.close();
});

const SIGNER = new Signer(TEST_SECRET);

const remoteWith = (signer: Signer, more: { readonly url?: string; readonly timeoutMs?: number } = {}) =>
  new RemoteSubgraph({ name: 'odd', url: `${service.url}/graphql`, flights: new Flights(), signer, ...more });

const ask = (text: string, context = contextWith(), variables = {}) =>
  remote.execute(operationOf(text), variables, context);

describe('a subgraph as a service', () => {
  it('knows who asks, since when, and in which operation', async () => {
    const caller = { subject: 'jo', scopes: ['read'], patient: 'a/Patient/1', sources: [sourceId('mercy')] };
    const { data } = await ask('{ caller startedAt }', contextWith({ caller, startedAt: 12_345 }));
    expect([JSON.parse(String(data?.caller)), data?.startedAt]).toEqual([caller, 12_345]);
  });

  it('knows a caller who may see very many sources', async () => {
    const sources = Array.from({ length: 1_000 }, (_, i) => sourceId(`source-of-a-practice-${i}`));
    const { data } = await ask('{ caller }', contextWith({ caller: { subject: 'jo', scopes: [], sources } }));
    expect(JSON.parse(String(data?.caller)).sources).toEqual(sources);
  });

  it('shares one context between the fetches of an operation, and none between operations', async () => {
    const [one, other] = [contextWith(), contextWith()];
    await Promise.all([ask('{ caller }', one), ask('{ startedAt }', one), ask('{ caller }', other)]);
    await ask('{ caller startedAt }', one);
    expect(contexts.get(one.id)).toHaveLength(1);
    expect(contexts.get(other.id)).toHaveLength(1);
  });

  it('tells its vendor calls once each, and only when they are asked for', async () => {
    const calls: VendorCall[] = [];
    const context = contextOf(calls);
    const { data } = await ask('{ call }', context);
    expect(data).toEqual({ call: 1 });
    await Promise.all([ask('{ a: call b: call }', context), ask('{ a: call b: call }', context)]);
    expect(calls).toEqual([CALL, CALL, CALL]);
    const silent: VendorCall[] = [];
    const answer = await ask('{ call }', { ...contextOf(silent), explain: false });
    expect([silent, answer]).toEqual([[], { data: { call: 1 } }]);
  });

  it.each(['notFound', 'limited', 'issues', 'precise'] as const)(
    'hands on an error of the graph whole: %s',
    async (how) => {
      const thrown = failure[how]() as GraphError;
      const { data, errors } = await ask(`{ fail(how: "${how}") }`);
      expect(data).toEqual({ fail: null });
      const [error] = errors as GraphQLError[];
      expect(error?.originalError).toBeInstanceOf(GraphError);
      expect({ message: error?.message, path: error?.path, extensions: error?.extensions }).toEqual({
        message: thrown.message,
        path: ['fail'],
        extensions: thrown.extensions,
      });
    },
  );

  it('hands on a scalar’s refusal, and no text of anything unexpected', async () => {
    const scalar = await ask('{ fail(how: "scalar") }');
    expect(scalar.errors?.map(({ message }) => message)).toEqual(['Date must be a day.']);
    const unexpected = await ask('{ fail(how: "unexpected") must }');
    expect(unexpected.errors?.map(({ message }) => message).sort()).toEqual([
      'Cannot return null for non-nullable field Query.must.',
      'Something went wrong inside the graph.',
    ]);
    expect(JSON.stringify(unexpected)).not.toContain('Jane');
  });

  it('repeats no value of a variable that does not fit', async () => {
    const { errors } = await ask('query($n: Int) { echo(n: $n) }', contextWith(), { n: 'Jane' });
    expect(errors).toHaveLength(1);
    expect(JSON.stringify(errors)).not.toContain('Jane');
  });
});

describe('an operation that is given up', () => {
  it('is given up in the service when its client goes away', async () => {
    const gone = new AbortController();
    const context = contextWith({ signal: gone.signal });
    const waiting = ask('{ wait }', context);
    await until(() => contexts.has(context.id));
    gone.abort();
    expect((await waiting).errors?.[0]?.extensions?.code).toBe('TIMEOUT');
    await until(() => givenUp.includes(context.id));
  });

  it('goes on while another of its fetches is waited for', async () => {
    const impatient = remoteWith(SIGNER, { timeoutMs: 200 });
    const gone = new AbortController();
    const context = contextWith({ signal: gone.signal });
    const staying = ask('{ wait }', context);
    await until(() => contexts.has(context.id));
    const hasty = await impatient.execute(operationOf('{ wait caller }'), {}, context);
    expect(hasty.errors?.[0]?.extensions?.code).toBe('TIMEOUT');
    expect(contexts.get(context.id)).toHaveLength(1);
    // meanwhile the service, which is in this process, learns that the hasty one has gone
    for (let i = 0; i < 20; i += 1) await ask(`{ echo(n: ${i}) }`, context);
    expect(givenUp).not.toContain(context.id);
    expect(contexts.get(context.id)).toHaveLength(1);
    gone.abort();
    await staying;
    await until(() => givenUp.includes(context.id));
    await impatient.close();
  });

  it('is given up at its deadline, without anybody closing anything', async () => {
    const context = contextWith({ deadline: Date.now() + 300 });
    const { errors } = await ask('{ wait }', context);
    expect(errors?.map(({ extensions, path }) => [extensions?.code, path])).toEqual([['TIMEOUT', ['wait']]]);
    expect(givenUp).toContain(context.id);
  });

  it('keeps to what is left of its time when the clocks differ', async () => {
    const behind = Date.now() - 3_600_000;
    const here = await startService({
      subgraph,
      host: '127.0.0.1',
      port: 0,
      secret: TEST_SECRET,
      now: () => behind + 4_000,
    });
    const there = remoteWith(SIGNER, { url: `${here.url}/graphql` });
    const context = contextWith({ now: () => behind, startedAt: behind, deadline: behind + 300 });
    const { errors } = await there.execute(operationOf('{ wait }'), {}, context);
    expect(errors?.map(({ extensions, path }) => [extensions?.code, path])).toEqual([['TIMEOUT', ['wait']]]);
    await there.close();
    await here.close();
  });
});

const key = (secret: string): Uint8Array => new TextEncoder().encode(secret);
const token = (secret: string, claims: Record<string, unknown> = {}, alg = 'HS256'): Promise<string> =>
  new SignJWT({
    jti: 'a',
    caller: { subject: 'a', scopes: [], sources: 'all' },
    startedAt: 0,
    deadline: 0,
    explain: false,
    remaining: 1_000,
    exp: Math.floor(Date.now() / 1000) + 60,
    ...claims,
  })
    .setProtectedHeader({ alg })
    .sign(key(secret));

const unsecured = (): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ jti: 'a', exp: 9_999_999_999 })}.`;
};

const tokens: readonly [name: string, token: () => Promise<string> | string | undefined][] = [
  ['no context', () => undefined],
  ['an empty one', () => ''],
  ['nonsense', () => 'a.b.c'],
  ['one without a signature', unsecured],
  ['one signed with another secret', () => token('another secret, just as long as the right one')],
  ['one signed with another algorithm', () => token(TEST_SECRET, {}, 'HS512')],
  ['one that has expired', () => token(TEST_SECRET, { exp: Math.floor(Date.now() / 1000) - 60 })],
  ['one that never expires', () => token(TEST_SECRET, { exp: undefined })],
  ['one without an operation', () => token(TEST_SECRET, { jti: undefined })],
  ['one without a caller', () => token(TEST_SECRET, { caller: undefined })],
  ['one with a caller of another shape', () => token(TEST_SECRET, { caller: { subject: 'a', sources: 'all' } })],
];

const post = (body: string, headers: Record<string, string> = {}) =>
  fetch(`${service.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });

describe('trust', () => {
  it.each(tokens)('is refused to %s', async (_name, made) => {
    const context = await made();
    const response = await post(
      '{"query":"{ caller }"}',
      context === undefined ? {} : { 'x-practicegraph-context': context },
    );
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({
      errors: [
        {
          message: 'The request carries no context that the gateway signed.',
          extensions: { code: 'UNAUTHENTICATED', retryable: false },
        },
      ],
    });
  });

  it('is a coded error at a gateway with another secret', async () => {
    const stranger = remoteWith(new Signer('another secret, just as long as the right one'));
    const { errors } = await stranger.execute(operationOf('{ caller }'), {}, contextWith());
    expect(errors?.map(({ message, extensions }) => [message, extensions?.code])).toEqual([
      ['A part of the graph does not trust this gateway.', 'SOURCE_UNAVAILABLE'],
    ]);
    await stranger.close();
  });
});

const bodies: readonly [name: string, body: string, status: number, code: string][] = [
  ['broken JSON', '{"query":"{ caller }"', 400, 'BAD_REQUEST'],
  ['a list', '[{"query":"{ caller }"}]', 400, 'BAD_REQUEST'],
  ['a body without a query', '{"variables":{}}', 400, 'BAD_REQUEST'],
  ['variables that are a list', '{"query":"{ caller }","variables":[]}', 400, 'BAD_REQUEST'],
  ['a document that is none', '{"query":"{ Jane"}', 400, 'GRAPHQL_VALIDATION_FAILED'],
  ['a document about another schema', '{"query":"{ jane }"}', 400, 'GRAPHQL_VALIDATION_FAILED'],
  ['too large a body', JSON.stringify({ query: '{ caller }', more: 'x'.repeat(17 * 1024 * 1024) }), 413, 'BODY_LIMIT'],
];

it.each(bodies)('refuses %s with a code', async (_name, body, status, code) => {
  const response = await post(body, { 'x-practicegraph-context': await token(TEST_SECRET) });
  expect(response.status).toBe(status);
  const answer = JSON.stringify(await response.json());
  expect(answer).toContain(code);
  expect(answer).not.toMatch(/jane/i);
});

it('says that it lives and is ready, and refuses what comes once it stops', async () => {
  const stopping = await startService({ subgraph, host: '127.0.0.1', port: 0, secret: TEST_SECRET });
  for (const path of ['/live', '/ready']) expect((await fetch(stopping.url + path)).status).toBe(200);
  await stopping.close();
  await expect(fetch(`${stopping.url}/live`)).rejects.toThrow();
});
