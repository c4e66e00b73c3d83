import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RemoteSubgraph } from '../../gateway/remote/subgraph.ts';
import type { OperationContext } from '../../schema/context.ts';
import { contextWith, type OddServer, operationOf, remote, startOddServer, until } from './asking.ts';

const READ = operationOf('query($id: ID) { a(id: $id) }');
const WRITE = operationOf('mutation { b }');

/** Requests wait here until a test lets them be answered. */
let waiting: (() => void)[] = [];
let held = false;
let server: OddServer;
let subgraph: RemoteSubgraph;
let seen = 0;

beforeAll(async () => {
  server = await startOddServer((response, { body }) => {
    const answer = (): void => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ data: { list: [{ n: 1 }], body: body.length } }));
    };
    if (held) waiting.push(answer);
    else answer();
  });
  subgraph = remote(server.url);
});
afterEach(() => {
  release();
  held = false;
  seen = server.asked.length;
});
afterAll(async () => {
  await subgraph.close();
  await server.close();
});

const release = (): void => {
  for (const answer of waiting) answer();
  waiting = [];
};
const sent = (): number => server.asked.length - seen;
const ask = (context: OperationContext, id = '1') => subgraph.execute(READ, { id }, context);
const same = (headers: Record<string, string> = {}): OperationContext => contextWith({ headers });

describe('equal reads of one operation', () => {
  it('are sent once, whether together or one after the other', async () => {
    const context = same();
    const [one, other] = await Promise.all([ask(context), ask(context)]);
    const third = await ask(context);
    expect(sent()).toBe(1);
    expect([other, third]).toEqual([one, one]);
  });

  it('are each given an answer of their own, which they may change', async () => {
    const context = same();
    const [one, other] = await Promise.all([ask(context), ask(context)]);
    (one.data?.list as unknown[]).push('changed');
    expect(other.data?.list).toEqual([{ n: 1 }]);
    expect((await ask(context)).data?.list).toEqual([{ n: 1 }]);
  });

  it('are sent anew when their variables differ', async () => {
    const context = same();
    await Promise.all([ask(context, '1'), ask(context, '2')]);
    expect(sent()).toBe(2);
  });

  it('are sent anew after a mutation, and a mutation every time', async () => {
    const context = same();
    await ask(context);
    await subgraph.execute(WRITE, {}, context);
    await subgraph.execute(WRITE, {}, context);
    await ask(context);
    await ask(context);
    expect(server.asked.slice(seen).map(({ body }) => body.includes('mutation'))).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
  });
});

const contexts: readonly [name: string, one: () => OperationContext, other: () => OperationContext, sends: number][] = [
  ['without headers', () => same(), () => same(), 1],
  ['with the same authorization', () => same({ authorization: 'a' }), () => same({ authorization: 'a' }), 1],
  ['with another authorization', () => same({ authorization: 'a' }), () => same({ authorization: 'b' }), 2],
  ['with authorization and without', () => same({ authorization: 'a' }), () => same(), 2],
  ['with another header', () => same({ 'x-tenant': 'a' }), () => same({ 'x-tenant': 'b' }), 2],
  ['with the same value in another header', () => same({ 'x-a': 'a' }), () => same({ 'x-b': 'a' }), 2],
  [
    'of another caller',
    () => same(),
    () => contextWith({ caller: { subject: 'another', scopes: [], sources: 'all' } }),
    2,
  ],
];

describe('equal reads of two operations', () => {
  it.each(contexts)('%s', async (_name, one, other, sends) => {
    held = true;
    const both = [ask(one()), ask(other())];
    await until(() => waiting.length === sends);
    release();
    const [first, second] = await Promise.all(both);
    expect(second).toEqual(first);
    expect(sent()).toBe(sends);
  });

  it('are sent again when the first has been answered', async () => {
    await ask(same());
    await ask(same());
    expect(sent()).toBe(2);
  });

  it('never join one that was sent before a mutation', async () => {
    held = true;
    const before = ask(same());
    await until(() => waiting.length === 1);
    const write = subgraph.execute(WRITE, {}, same());
    const during = ask(same());
    await until(() => waiting.length === 3);
    waiting.splice(1, 1)[0]?.();
    await write;
    const after = ask(same());
    await until(() => waiting.length === 3);
    release();
    await Promise.all([before, during, after]);
    expect(sent()).toBe(4);
  });
});

describe('a client that goes away', () => {
  it('takes nobody else’s answer with it', async () => {
    held = true;
    const gone = new AbortController();
    const leaving = ask(contextWith({ signal: gone.signal }));
    const staying = ask(same());
    await until(() => waiting.length === 1);
    gone.abort();
    expect((await leaving).errors?.map(({ extensions }) => extensions?.code)).toEqual(['TIMEOUT']);
    release();
    expect((await staying).data?.list).toEqual([{ n: 1 }]);
    expect(sent()).toBe(1);
  });

  it('closes the request that nobody else waits for', async () => {
    held = true;
    const gone = new AbortController();
    const brokenOff = server.brokenOff();
    const both = [ask(contextWith({ signal: gone.signal })), ask(contextWith({ signal: gone.signal }))];
    await until(() => waiting.length === 1);
    gone.abort();
    await Promise.all(both);
    await until(() => server.brokenOff() === brokenOff + 1);
    held = false;
    waiting = [];
    expect((await ask(same())).data?.list).toEqual([{ n: 1 }]);
    expect(sent()).toBe(2);
  });

  it('sends nothing when it is gone already', async () => {
    const { errors } = await ask(contextWith({ signal: AbortSignal.abort() }));
    expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(['TIMEOUT']);
    expect(sent()).toBe(0);
  });
});

describe('a connection that is closed before an answer', () => {
  const cases: readonly [name: string, operation: typeof READ, closes: number, sends: number, answered: boolean][] = [
    ['is opened again for a read', READ, 1, 2, true],
    ['is opened again once only', READ, 2, 2, false],
    ['is not opened again for a mutation', WRITE, 1, 1, false],
  ];
  it.each(cases)('%s', async (_name, operation, closes, sends, answered) => {
    const closing = await startOddServer((response, _asked, count) => {
      if (count <= closes) response.destroy();
      else response.end('{"data":{"a":1}}');
    });
    const asking = remote(closing.url);
    const { data, errors } = await asking.execute(operation, {}, same());
    expect(closing.asked).toHaveLength(sends);
    expect(data).toEqual(answered ? { a: 1 } : undefined);
    expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(answered ? undefined : ['SOURCE_UNAVAILABLE']);
    await asking.close();
    await closing.close();
  });

  it('does not matter when it was idle, nor when the subgraph was away in between', async () => {
    const first = await startOddServer((response) => response.end('{"data":{"a":1}}'));
    const asking = remote(first.url);
    const answers = [await asking.execute(READ, {}, same())];
    expect(first.sockets()).toBe(1);
    await first.close();
    answers.push(await asking.execute(READ, {}, same()));
    const again = await startOddServer((response) => response.end('{"data":{"a":2}}'), Number(new URL(first.url).port));
    answers.push(await asking.execute(WRITE, {}, same()), await asking.execute(READ, {}, same()));
    expect(answers.map(({ data, errors }) => data ?? errors?.[0]?.extensions?.code)).toEqual([
      { a: 1 },
      'SOURCE_UNAVAILABLE',
      { a: 2 },
      { a: 2 },
    ]);
    await asking.close();
    await again.close();
  });
});

it('counts a subgraph’s time from sending, for each of those who wait', async () => {
  held = true;
  const impatient = remote(server.url, { timeoutMs: 150 });
  const [one, other] = await Promise.all([impatient.execute(READ, {}, same()), impatient.execute(READ, {}, same())]);
  expect([one, other].map(({ errors }) => errors?.[0]?.extensions?.code)).toEqual(['TIMEOUT', 'TIMEOUT']);
  expect(sent()).toBe(1);
  await impatient.close();
});

it('sends the headers that were forwarded, and what it accepts', async () => {
  await ask(same({ authorization: 'Bearer a', 'x-tenant': 'b' }));
  expect(server.asked.at(-1)?.headers).toMatchObject({
    authorization: 'Bearer a',
    'x-tenant': 'b',
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json',
  });
  expect(JSON.parse(server.asked.at(-1)?.body ?? '')).toEqual({ query: READ.text, variables: { id: '1' } });
});
