import { EventEmitter, on } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { GraphQLError, parse } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import type { OperationContext } from '../schema/context.ts';
import { compose } from './composition.ts';
import { Engine, type EngineResponse } from './engine.ts';
import { localSubgraph } from './local.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])';
const HUB = `${LINK}
  type Query { nothing: Int }
  type Subscription { changed(only: [Int!], after: String): Change! }
  type Change { n: Int! text(size: Int = 1): String patient: Patient }
  type Patient @key(fields: "id") { id: ID! }`;
const PEOPLE = `${LINK}
  type Patient @key(fields: "id") { id: ID! name(form: String = "full"): String born: String }`;

interface Change {
  readonly n: number;
}

/** What the owner of the patients does with the next questions. */
type Answer = () => Promise<void> | void;

const startGraph = () => {
  const source = new EventEmitter().setMaxListeners(0);
  const counts = { fetches: 0, aborted: 0, open: 0 };
  let answer: Answer = () => undefined;
  async function* changes(only: readonly number[] | undefined, signal: AbortSignal): AsyncGenerator<Change> {
    counts.open++;
    try {
      for await (const [change] of on(source, 'change', { signal }) as AsyncIterable<[Change]>)
        if (only?.includes(change.n) ?? true) yield change;
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
    } finally {
      counts.open--;
    }
  }
  const hub = buildSubgraphSchema([
    {
      typeDefs: parse(HUB),
      resolvers: {
        Subscription: {
          changed: {
            subscribe: (_: unknown, { only }: { only?: readonly number[] }, { signal }: OperationContext) =>
              changes(only, signal),
            resolve: (change: Change) => change,
          },
        },
        Change: {
          patient: ({ n }: Change) => (n < 0 ? null : { id: String(n) }),
          text: (_: unknown, { size }: { size: number }) => 'x'.repeat(size),
        },
      } as never,
    },
  ]);
  const people = buildSubgraphSchema([
    {
      typeDefs: parse(PEOPLE),
      resolvers: {
        Patient: {
          __resolveReference: async ({ id }: { id: string }, { signal }: OperationContext) => {
            counts.fetches++;
            const { fetches } = counts;
            signal.addEventListener('abort', () => counts.aborted++);
            await answer();
            return { id, name: `Patient ${id} of answer ${fetches}` };
          },
        },
      } as never,
    },
  ]);
  const engine = new Engine(
    compose([
      { name: 'hub', sdl: HUB },
      { name: 'people', sdl: PEOPLE },
    ]),
    [
      localSubgraph({
        name: 'hub',
        schema: hub,
        contextFor: (context) => context,
        eventKey: (event) => String((event as Change).n),
      }),
      localSubgraph({ name: 'people', schema: people, contextFor: (context) => context }),
    ],
  );
  return {
    engine,
    counts,
    answers: (next: Answer) => {
      answer = next;
    },
    tell: (...numbers: readonly number[]) => {
      for (const n of numbers) source.emit('change', { n } satisfies Change);
    },
  };
};

let graph: ReturnType<typeof startGraph>;
beforeEach(() => {
  graph = startGraph();
});

const contextOf = (signal: AbortSignal, more: Partial<OperationContext>): OperationContext => ({
  id: 'one',
  caller: { subject: 'test', scopes: [], sources: 'all' },
  startedAt: Date.now(),
  deadline: Date.now() + 30_000,
  now: Date.now,
  signal,
  explain: false,
  headers: {},
  record: () => undefined,
  ...more,
});

interface Asking {
  readonly query?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly more?: Partial<OperationContext>;
}

const NAMES =
  'subscription($only: [Int!], $after: String) { changed(only: $only, after: $after) { n patient { id name } } }';

class Client {
  readonly got: EngineResponse[] = [];
  readonly #over = new AbortController();
  readonly done: Promise<void>;

  constructor({ query = NAMES, variables = {}, more = {} }: Asking = {}) {
    const request = { document: parse(query), text: query, variables };
    this.done = this.#follow(graph.engine.subscribe(request, contextOf(this.#over.signal, more)));
  }

  get names(): readonly unknown[] {
    return this.got.map(({ data }) => (data?.changed as { patient: { name: string } | null }).patient?.name);
  }

  leave(): void {
    this.#over.abort();
  }

  async #follow(events: Promise<AsyncIterable<EngineResponse>>): Promise<void> {
    for await (const event of await events) this.got.push(event);
  }
}

const clients = async (asking: readonly Asking[]): Promise<readonly Client[]> => {
  const all = asking.map((one) => new Client(one));
  await expect.poll(() => graph.counts.open, { interval: 1 }).toBe(all.length);
  return all;
};
const many = (count: number, one: Asking = {}): readonly Asking[] => Array.from({ length: count }, () => one);
const have = (all: readonly Client[], count: number) =>
  expect.poll(() => all.every(({ got }) => got.length === count), { interval: 1 }).toBe(true);

describe('an event that several subscriptions are told of', () => {
  const caller = (subject: string): Asking => ({ more: { caller: { subject, scopes: [], sources: 'all' } } });
  const headers = (token: string): Asking => ({ more: { headers: { authorization: token } } });
  const FORM = 'subscription($form: String) { changed { n patient { name(form: $form) } } }';
  const SIZE = 'subscription($size: Int) { changed { n text(size: $size) patient { name } } }';

  it.each<{ who: string; asking: readonly Asking[]; fetches: number }>([
    { who: 'once for a hundred who ask the same', asking: many(100), fetches: 1 },
    { who: 'twice for two selections', asking: [...many(50), ...many(50, { query: `${NAMES} #` })], fetches: 2 },
    { who: 'twice for two callers', asking: [...many(50, caller('a')), ...many(50, caller('b'))], fetches: 2 },
    {
      who: 'twice for two patients of the same name',
      asking: ['1', '2'].map((patient) => ({
        more: { caller: { subject: 'a', scopes: [], sources: 'all', patient } },
      })),
      fetches: 2,
    },
    {
      who: 'twice for two forwarded headers',
      asking: [...many(50, headers('a')), ...many(50, headers('b'))],
      fetches: 2,
    },
    {
      who: 'once for different places and filters',
      asking: [
        { variables: { after: 'a' } },
        { variables: { after: 'b', only: [7, 8] } },
        { variables: { only: [7] } },
      ],
      fetches: 1,
    },
    {
      who: 'twice for two values of what the completion takes',
      asking: [
        ...many(9, { query: FORM, variables: { form: 'a' } }),
        ...many(9, { query: FORM, variables: { form: 'b' } }),
      ],
      fetches: 2,
    },
    {
      who: 'twice for two values of what is shown of the event itself',
      asking: [
        ...many(9, { query: SIZE, variables: { size: 2 } }),
        ...many(9, { query: SIZE, variables: { size: 3 } }),
      ],
      fetches: 2,
    },
  ])('is completed $who', async ({ asking, fetches }) => {
    const all = await clients(asking);
    graph.tell(7);
    await have(all, 1);
    expect(graph.counts.fetches).toBe(fetches);
    expect(new Set(all.flatMap(({ names }) => names)).size).toBe(fetches);
    for (const [i, { got }] of all.entries())
      if (asking[i]?.variables?.size !== undefined)
        expect(got[0]?.data).toMatchObject({ changed: { text: 'x'.repeat(Number(asking[i]?.variables?.size)) } });
    for (const one of all) one.leave();
    await Promise.all(all.map(({ done }) => done));
    expect(graph.counts.open).toBe(0);
  });

  it('is presented once: all of them are given the same answer', async () => {
    const all = await clients(many(20));
    graph.tell(1);
    await have(all, 1);
    expect(new Set(all.map(({ got }) => got[0])).size).toBe(1);
    for (const one of all) one.leave();
  });

  it('fails for all of them when it fails, and the next one does not', async () => {
    const all = await clients(many(20));
    graph.answers(() => {
      throw new GraphQLError('No.', { extensions: { code: 'NO' } });
    });
    graph.tell(1);
    await have(all, 1);
    expect(graph.counts.fetches).toBe(1);
    for (const { got } of all) expect(got[0]?.errors).toMatchObject([{ path: ['changed', 'patient'], message: 'No.' }]);
    graph.answers(() => undefined);
    graph.tell(2);
    await have(all, 2);
    for (const { got } of all) expect(got[1]?.errors).toEqual([]);
    for (const one of all) one.leave();
  });

  it('goes on for the others when the one leaves for whom it was begun, and is given up with the last', async () => {
    const [first, second, third] = await clients(many(3));
    const { promise, resolve } = Promise.withResolvers<void>();
    graph.answers(() => promise);
    graph.tell(1);
    await expect.poll(() => graph.counts.fetches).toBe(1);
    first?.leave();
    await setImmediate();
    expect(graph.counts.aborted).toBe(0);
    second?.leave();
    third?.leave();
    await setImmediate();
    expect(graph.counts.aborted).toBe(1);
    resolve();
  });

  it('is told in order, however long each takes to complete, and several are completed at once', async () => {
    const all = await clients(many(5));
    const waiting: (() => void)[] = [];
    graph.answers(() => new Promise<void>((resolve) => waiting.push(resolve)));
    const numbers = Array.from({ length: 40 }, (_, n) => n);
    graph.tell(...numbers);
    await expect.poll(() => waiting.length).toBe(16);
    let answered = 0;
    while (answered < numbers.length) {
      await expect.poll(() => waiting.length, { interval: 1 }).toBeGreaterThan(0);
      answered++;
      waiting.pop()?.();
    }
    await have(all, numbers.length);
    for (const { got } of all) expect(got.map(({ data }) => (data?.changed as Change).n)).toEqual(numbers);
    expect(graph.counts.fetches).toBe(numbers.length);
    for (const one of all) one.leave();
  });
});
