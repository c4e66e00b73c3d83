import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { OperationsError, readOperations } from '../gateway/front/operations-file.ts';
import { address, codeOf, type SmallGraph, startSmallGraph, WAYS } from './small-graph.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hashed = (hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: hash } } });

describe.each(WAYS)('an automatic persisted query by %s', (_way, ask) => {
  let graph: SmallGraph;
  beforeAll(async () => {
    graph = await startSmallGraph();
  });
  afterAll(() => graph?.close());

  it('is unknown, then registered with its text, then known by its hash alone', async () => {
    const query = '{ word }';
    const unknown = await ask(graph, hashed(sha256(query)));
    expect(unknown).toEqual({
      errors: [
        { message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND', retryable: false } },
      ],
    });
    expect(await ask(graph, { query, ...hashed(sha256(query)) })).toEqual({ data: { word: 'word' } });
    expect(await ask(graph, hashed(sha256(query)))).toEqual({ data: { word: 'word' } });
    expect(await ask(graph, { documentId: `sha256:${sha256(query)}` })).toEqual({ data: { word: 'word' } });
  });

  it.each([
    ['the hash of another text', { query: '{ word }', ...hashed(sha256('{ other }')) }],
    ['another version', { extensions: { persistedQuery: { version: 2, sha256Hash: sha256('{ word }') } } }],
    ['what is no hash', hashed('secret')],
    ['text for its parameters', { extensions: { persistedQuery: 'secret' } }],
  ])('is refused with %s', async (_case, request) => {
    const body = await ask(graph, request);
    expect(codeOf(body)).toBe('BAD_REQUEST');
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  it('is not registered when its hash is not its own', async () => {
    const hash = sha256('{ a: word }');
    await ask(graph, { query: '{ b: word }', ...hashed(hash) });
    expect(codeOf(await ask(graph, hashed(hash)))).toBe('PERSISTED_QUERY_NOT_FOUND');
  });
});

it('answers an unknown hash by status 200, as clients of automatic persisted queries need it, and uncached', async () => {
  const graph = await startSmallGraph();
  const response = await fetch(address(graph.url, hashed(sha256('x'))));
  expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
  await response.text();
  await graph.close();
});

const WORD = '{ word }';
const SUM = 'query Sum($of: [Int!]) { sum(of: $of) }';
const ADD = 'mutation Add { add(n: 1) }';
const MAP = JSON.stringify({ word: WORD, [sha256(SUM)]: SUM, add: ADD });
const MANIFEST = JSON.stringify({
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations: [
    { id: 'word', name: 'Word', type: 'query', body: WORD },
    { id: sha256(SUM), name: 'Sum', type: 'query', body: SUM },
  ],
});

describe.each(WAYS)('persisted operations by %s', (_way, ask) => {
  let graph: SmallGraph;
  beforeAll(async () => {
    graph = await startSmallGraph({ operations: readOperations(MAP) });
  });
  afterAll(() => graph?.close());

  it.each([
    ['its id', { documentId: 'word' }, { word: 'word' }],
    ['its hash', { documentId: `sha256:${sha256(WORD)}` }, { word: 'word' }],
    ['its text', { query: WORD }, { word: 'word' }],
    ['an id that is its hash', { documentId: sha256(SUM), variables: { of: [2, 3] } }, { sum: 5 }],
    ['the hash of an automatic one', { ...hashed(sha256(SUM)), variables: { of: [1] } }, { sum: 1 }],
    ['its text and hash', { query: WORD, ...hashed(sha256(WORD)) }, { word: 'word' }],
  ])('are run by %s', async (_case, request, data) => {
    expect(await ask(graph, request)).toEqual({ data });
  });

  it.each([
    ['another text', { query: '{ a: word }' }],
    ['the text with another space', { query: '{  word }' }],
    ['another id', { documentId: 'other' }],
    ['a name of JavaScript', { documentId: '__proto__' }],
    ['another hash', hashed(sha256('x'))],
    ['another text with its hash', { query: '{ a: word }', ...hashed(sha256('{ a: word }')) }],
    ['introspection', { query: '{ __schema { queryType { name } } }' }],
  ])('are all that is run: not %s', async (_case, request) => {
    expect(codeOf(await ask(graph, request))).toBe('OPERATION_NOT_PERSISTED');
  });
});

describe('the switch to log', () => {
  it('runs what is not persisted and tells its hash once', async () => {
    const written: string[] = [];
    const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    const graph = await startSmallGraph({ operations: readOperations(MAP), onUnknownOperation: 'log' });
    const query = '{ secret: word }';
    for (let i = 0; i < 3; i++) expect((await graph.ask({ query })).body).toEqual({ data: { secret: 'word' } });
    await graph.ask({ query: WORD });
    expect(codeOf((await graph.ask(hashed(sha256('{ c: word }')))).body)).toBe('PERSISTED_QUERY_NOT_FOUND');
    await graph.close();
    stderr.mockRestore();
    expect(written).toEqual([`An operation was run that is not among the persisted ones: sha256 ${sha256(query)}\n`]);
  });
});

describe('a file of operations', () => {
  it.each([
    ['texts by id', MAP],
    ['a manifest', MANIFEST],
  ])('may be %s', (_case, content) => {
    const { byId, texts } = readOperations(content);
    expect(byId.get('word')).toBe(WORD);
    expect(byId.get(`sha256:${sha256(SUM)}`)).toBe(SUM);
    expect(texts).toContain(SUM);
  });

  it.each([
    ['no JSON', '{ secret', ['the file: is not JSON']],
    ['a list', '[]', ['the file: must be an object of texts by id, or a manifest with format, version and operations']],
    ['nothing', '{}', ['the file: names no operation']],
    [
      'texts that are none',
      JSON.stringify({ a: 7, b: '{ secret', c: 'type Secret { a: Int }', d: 'fragment A on Query { word }' }),
      ['a: must be the text of an operation', 'b: is not GraphQL', 'c: holds no operation', 'd: holds no operation'],
    ],
    [
      'a hash of another text',
      JSON.stringify({ [sha256('x')]: WORD }),
      [`${sha256('x')}: is not the SHA-256 of its text`],
    ],
    [
      'a manifest that is none',
      JSON.stringify({ format: 'secret', version: 9, operations: [{ id: 'a', body: WORD }, { body: WORD }] }),
      ['format: must be apollo-persisted-query-manifest', 'version: must be 1', 'operations.1.id: must be text'],
    ],
    [
      'an id twice',
      JSON.stringify({ ...JSON.parse(MANIFEST), operations: [WORD, SUM].map((body) => ({ id: 'a', body })) }),
      ['a: stands there twice'],
    ],
  ])('that holds %s is refused with every problem', (_case, content, problems) => {
    const read = (): unknown => readOperations(content);
    expect(read).toThrow(OperationsError);
    expect(read).toThrow(expect.objectContaining({ problems }));
    expect(read).not.toThrow(/secret/);
  });
});
