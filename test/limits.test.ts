import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS } from '../gateway/limits.ts';
import { address, answered, codeOf, type SmallGraph, startSmallGraph, WAYS } from './small-graph.ts';

const times = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, i) => make(i)).join(' ');

const deep = (levels: number): string => `{ ${'tree { '.repeat(levels - 1)}name${' }'.repeat(levels)}`;
const lists = (lengths: readonly number[]): string =>
  `{ ${lengths.map((length, i) => `a${i}: sum(of: [${times(length, () => '1')}])`).join(' ')} }`;
const boxes = (levels: number): string => `{ echo(box: ${'{ box: '.repeat(levels - 1)}{}${' }'.repeat(levels - 1)}) }`;
const types = (levels: number): string => `query($v: ${'['.repeat(levels)}Int${']'.repeat(levels)}) { word }`;

/** Fragments that spread the next one in two places: 5 selections and twice the next one's. */
const DOUBLING = times(11, (i) =>
  i === 0
    ? 'fragment F0 on Tree { name }'
    : `fragment F${i} on Tree { name tree { ...F${i - 1} } trees { ...F${i - 1} } }`,
);
const sizeOf = (level: number): number => (level === 0 ? 1 : 5 + 2 * sizeOf(level - 1));
/** A document of that many selections, of which only a few are written out. */
const selecting = (count: number): string => {
  let left = count;
  let fields = '';
  for (let level = 10; level >= 0; level--)
    for (const size = sizeOf(level) + 2; left >= size; left -= size)
      fields += ` a${fields.length}: tree { ...F${level} }`;
  return `{${fields} ${times(left, () => 'word')} } ${DOUBLING}`;
};
/** 200 and 201 times the same field: 19,900 and 20,100 pairs. */
const repeated = (count: number): string => `{ ${times(count, () => 'word')} }`;

const nested = (levels: number): unknown => (levels === 1 ? {} : { box: nested(levels - 1) });
const BOX = 'query($box: Box) { echo(box: $box) }';
const SUM = 'query($of: [Int!]) { sum(of: $of) }';

/** What is answered, what is refused, and with which code. */
const CASES: readonly (readonly [string, object, object, string])[] = [
  ['levels', { query: deep(15) }, { query: deep(16) }, 'DEPTH_LIMIT'],
  ['aliases', { query: aliased(60) }, { query: aliased(61) }, 'ALIAS_LIMIT'],
  ['aliases in fragments', { query: spread(aliased(20), 3) }, { query: spread(aliased(21), 3) }, 'ALIAS_LIMIT'],
  ['directives', { query: directed(60) }, { query: directed(61) }, 'DIRECTIVE_LIMIT'],
  ['tokens', { query: lists([991, 991, 991, 991, 989]) }, { query: lists([991, 991, 991, 991, 990]) }, 'TOKEN_LIMIT'],
  ['selections', { query: selecting(10_000) }, { query: selecting(10_001) }, 'SELECTION_LIMIT'],
  ['repeats', { query: repeated(200) }, { query: repeated(201) }, 'SELECTION_LIMIT'],
  ['items of a list', { query: lists([1000]) }, { query: lists([1001]) }, 'LIST_LIMIT'],
  [
    'items of a variable',
    { query: SUM, variables: { of: Array(1000).fill(1) } },
    { query: SUM, variables: { of: Array(1001).fill(1) } },
    'LIST_LIMIT',
  ],
  ['values in values', { query: boxes(20) }, { query: boxes(21) }, 'DEPTH_LIMIT'],
  [
    'values in variables',
    { query: BOX, variables: { box: nested(20) } },
    { query: BOX, variables: { box: nested(21) } },
    'VARIABLE_LIMIT',
  ],
];

function aliased(count: number): string {
  return `{ ${times(count, (i) => `a${i}: word`)} }`;
}
function directed(count: number): string {
  return `{ word ${times(count, () => '... @include(if: true) { word }')} }`;
}
function spread(selection: string, count: number): string {
  return `{ ${times(count, () => '...F')} } fragment F on Query ${selection}`;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe.each(WAYS)('by %s', (_way, ask) => {
  let graph: SmallGraph;
  beforeAll(async () => {
    graph = await startSmallGraph();
  });
  afterAll(() => graph?.close());

  it.each(CASES)('it answers so many %s, and refuses one more', async (_limit, most, more, code) => {
    expect(await ask(graph, most)).not.toHaveProperty('errors');
    for (let again = 0; again < 2; again++) {
      const refused = await ask(graph, more);
      expect(codeOf(refused)).toBe(code);
      expect(refused).not.toHaveProperty('data');
    }
  });
});

describe.each(WAYS)('as a persisted operation by %s', (_way, ask) => {
  const texts = new Set(
    CASES.flatMap(([, ...both]) => both.slice(0, 2).map((one) => (one as { query: string }).query)),
  );
  let graph: SmallGraph;
  beforeAll(async () => {
    const byId = new Map([...texts].map((text) => [sha256(text), text]));
    graph = await startSmallGraph({ operations: { byId, texts } });
  });
  afterAll(() => graph?.close());

  it.each(CASES)('it answers so many %s, and refuses one more', async (_limit, most, more, code) => {
    const named = ({ query, ...rest }: { query?: string }) => ({ documentId: sha256(query ?? ''), ...rest });
    expect(await ask(graph, named(most))).not.toHaveProperty('errors');
    expect(codeOf(await ask(graph, named(more)))).toBe(code);
  });
});

describe('a request', () => {
  let graph: SmallGraph;
  beforeAll(async () => {
    graph = await startSmallGraph();
  });
  afterAll(() => graph?.close());

  it.each([
    ['itself', '{ ...A } fragment A on Query { word ...A }'],
    ['one that spreads it', '{ ...A } fragment A on Query { ...B ...B } fragment B on Query { ...A ...A word }'],
    ['itself below a field', '{ tree { ...A } } fragment A on Tree { tree { name } ...A }'],
  ])('is not valid with a fragment that spreads %s', async (_case, query) => {
    expect(codeOf((await graph.ask({ query })).body)).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  it('may hold so many values in its variables, and no more', async () => {
    // the list, the ten lists in it and their items: 10,001 when `more` is 0
    const variables = (more: number) => ({ box: [...Array(9).fill(Array(1000).fill(1)), Array(990 + more).fill(1)] });
    expect((await graph.ask({ query: '{ word }', variables: variables(-1) })).body).toEqual({ data: { word: 'word' } });
    const { body } = await graph.ask({ query: '{ word }', variables: variables(0) });
    expect(codeOf(body)).toBe('VARIABLE_LIMIT');
  });

  it.each(['application/json', 'text/event-stream'])('may have a body so large, and no larger (%s)', async (accept) => {
    const body = (size: number): string => {
      const json = JSON.stringify({ query: '{ word }', variables: { x: '' } });
      return json.replace('"x":""', `"x":"${'a'.repeat(size - json.length)}"`);
    };
    const send = (size: number): Promise<Response> =>
      fetch(graph.url, { method: 'POST', headers: { 'content-type': 'application/json', accept }, body: body(size) });
    const most = await send(LIMITS.bodyBytes);
    expect([most.status, await most.text()]).toEqual([200, expect.stringContaining('{"data":{"word":"word"}}')]);
    const { status, body: refused } = await answered(await send(LIMITS.bodyBytes + 1));
    expect([status, codeOf(refused)]).toEqual([413, 'BODY_LIMIT']);
  });

  it('may have an address so long, and no longer', async () => {
    const path = new URL(address(graph.url, { query: '{ word }', operationName: '' })).pathname;
    const long = (length: number): string => {
      const { search } = new URL(address(graph.url, { query: '{ word }', x: '' }));
      return `${graph.server.url}${path}${search}${'a'.repeat(length - path.length - search.length)}`;
    };
    expect((await answered(await fetch(long(LIMITS.urlLength)))).body).toEqual({ data: { word: 'word' } });
    const refused = await answered(await fetch(long(LIMITS.urlLength + 1)));
    expect([refused.status, codeOf(refused.body)]).toEqual([414, 'URL_LIMIT']);
    const unread = await answered(await fetch(long(20_000)));
    expect([unread.status, codeOf(unread.body)]).toEqual([431, 'BAD_REQUEST']);
  });
});

/** Sends a body in parts, and says with which status it was refused; 0 for a connection that was cut. */
const pour = (url: string, bytes: number, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve) => {
    const part = Buffer.alloc(64 * 1024, ' ');
    const asked = request(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers } });
    asked.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', () => resolve(0));
    const more = (left: number): void => {
      if (left <= 0) asked.end();
      else if (!asked.destroyed) asked.write(part, () => more(left - part.length));
    };
    more(bytes);
  });

describe('a flood', () => {
  const FLOOD = [
    `{ ${times(10_000, (i) => `a${i}: word`)} }`,
    `{ ...F0 } ${times(25, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)} fragment F25 on Query { word }`,
    `{ __schema { ...F0 } } ${times(25, (i) => `fragment F${i} on __Schema { ...F${i + 1} ...F${i + 1} }`)} fragment F25 on __Schema { description }`,
    '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
    '{ tree '.repeat(2_000),
    `{ ${'... { '.repeat(1_600)} word ${'}'.repeat(1_600)} }`,
    `{ sum(of: ${'['.repeat(2_000)}${']'.repeat(2_000)}) }`,
    types(2_000),
    `{ ${times(4_900, () => 'word')} }`,
    `{ ${times(2_400, (i) => `unknown${i}`)} }`,
  ];

  it('leaves the process answering, and its memory as it was', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const graph = await startSmallGraph();
    const round = async (number: number): Promise<void> => {
      const asked = FLOOD.map((query) => graph.ask({ query: `${query} #${number}` }));
      const poured = [
        pour(graph.url, 40 * 1024 * 1024, { 'content-length': String(40 * 1024 * 1024) }),
        pour(graph.url, 40 * 1024 * 1024, { 'transfer-encoding': 'chunked' }),
      ];
      expect((await fetch(`${graph.server.url}/live`)).status).toBe(200);
      const codes = (await Promise.all(asked)).map(({ body }) => codeOf(body));
      expect(codes.filter((code) => code === undefined).length).toBeLessThanOrEqual(1);
      for (const status of await Promise.all(poured)) expect([413, 0]).toContain(status);
    };
    const heap = async (rounds: number): Promise<number> => {
      for (let i = 0; i < rounds; i++) await round(i);
      collect();
      return process.memoryUsage().heapUsed;
    };
    const before = await heap(3);
    expect(await heap(10)).toBeLessThan(before + 32 * 1024 * 1024);
    await graph.close();
  });
});
