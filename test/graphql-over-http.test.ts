import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { address, answered, type SmallGraph, startSmallGraph } from './small-graph.ts';

let graph: SmallGraph;
beforeAll(async () => {
  graph = await startSmallGraph();
});
afterAll(() => graph?.close());

const MODERN = 'application/graphql-response+json';

/**
 * The audits hold clients that take anything for older than 2025-01-01. The specification has them answered by
 * application/graphql-response+json since, and newer drafts leave the choice to the server.
 */
const OUTDATED: ReadonlySet<string> = new Set(['47DE', '80D8']);

describe('the audits of graphql-http', () => {
  const audits = serverAudits({ url: () => graph.url });

  it.each(audits.filter(({ id }) => !OUTDATED.has(id)).map((audit) => [audit.name, audit] as const))(
    'show that it %s',
    async (_name, audit) => {
      const result = await audit.fn();
      expect([result.status, 'reason' in result ? result.reason : undefined]).toEqual(['ok', undefined]);
    },
  );

  it('are left out where the specification has changed, and nowhere else', () => {
    expect(audits.map(({ id }) => id)).toEqual(expect.arrayContaining([...OUTDATED]));
  });
});

describe('the media type of an answer', () => {
  it.each([
    ['nothing in particular', '*/*', MODERN],
    ['any application', 'application/*', MODERN],
    ['the older one', 'application/json', 'application/json'],
    ['both, the newer rather', 'application/graphql-response+json, application/json;q=0.9', MODERN],
    ['both, the older rather', 'application/graphql-response+json;q=0.5, application/json;q=0.9', 'application/json'],
    ['both alike, the older first', 'application/json, application/graphql-response+json', 'application/json'],
    ['the newer never', 'application/graphql-response+json;q=0, application/json;q=0.1', 'application/json'],
    ['a page, or else anything', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', MODERN],
    ['a stream last', 'application/graphql-response+json, text/event-stream;q=0.1', MODERN],
    ['UTF-8', 'application/json; charset=UTF-8', 'application/json'],
  ])('suits a client that takes %s', async (_case, accept, type) => {
    const answer = await graph.ask({ query: '{ word }' }, { accept });
    expect(answer).toEqual({ status: 200, type: `${type}; charset=utf-8`, body: { data: { word: 'word' } } });
  });

  it.each([
    ['pages alone', 'text/html'],
    ['another character set', 'application/json; charset=latin1'],
    ['a name of JavaScript', '__proto__, constructor'],
    ['nonsense', ';;q=,,'],
  ])('is none for a client that takes %s', async (_case, accept) => {
    const { status, body } = await graph.ask({ query: '{ word }' }, { accept });
    expect([status, body.errors[0].extensions.code]).toEqual([406, 'BAD_REQUEST']);
  });
});

describe('a request that cannot be read', () => {
  it.each([
    ['no JSON', '{"query": "{ secret', 'The body is not JSON.'],
    ['nothing', '', 'The body is missing.'],
    ['null', 'null', 'The body must be one JSON object; batches are not taken.'],
    ['a number', '7', 'The body must be one JSON object; batches are not taken.'],
    ['a batch', '[{"query":"{ word }"}]', 'The body must be one JSON object; batches are not taken.'],
    ['no query', '{}', 'The request names no query.'],
    ['an empty query', '{"query":""}', 'The request names no query.'],
    ['a query that is no text', '{"query":{"secret":1}}', 'query must be text.'],
    ['variables that are a list', '{"query":"{ word }","variables":["secret"]}', 'variables must be an object.'],
    ['a name that is no text', '{"query":"{ word }","operationName":1}', 'operationName must be text.'],
    ['extensions that are text', '{"query":"{ word }","extensions":"secret"}', 'extensions must be an object.'],
    ['a documentId that is no text', '{"documentId":7}', 'documentId must be text.'],
  ])('with %s gets 400 and a sentence', async (_case, text, message) => {
    for (const accept of [MODERN, 'application/json']) {
      const { status, type, body } = await graph.ask(text, { accept });
      expect([status, type]).toEqual([400, `${accept}; charset=utf-8`]);
      expect(body).toEqual({ errors: [{ message, extensions: { code: 'BAD_REQUEST', retryable: false } }] });
    }
  });

  it.each([
    ['no content type', undefined],
    ['a form', 'application/x-www-form-urlencoded'],
    ['plain text, as pages of other sites may send', 'text/plain'],
    ['an upload', 'multipart/form-data; boundary=x'],
    ['another character set', 'application/json; charset=utf-16'],
  ])('for %s gets 415', async (_case, type) => {
    const response = await fetch(graph.url, {
      method: 'POST',
      headers: type === undefined ? {} : { 'content-type': type },
      body: new TextEncoder().encode('{"query":"{ word }"}'),
    });
    const { status, body } = await answered(response);
    expect([status, body.errors[0].extensions.code]).toEqual([415, 'BAD_REQUEST']);
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])('by %s gets 405 or 400', async (method) => {
    const { status, body } = await answered(await fetch(graph.url, { method }));
    expect([status, body.errors[0].extensions.code]).toEqual([method === 'PUT' ? 400 : 405, 'BAD_REQUEST']);
  });

  it.each([
    ['variables', { query: '{ word }', variables: '{secret' }],
    ['extensions', { query: '{ word }', extensions: '[1]' }],
  ])('by GET with bad %s gets 400', async (_case, parameters) => {
    const { status, body } = await answered(await fetch(address(graph.url, parameters)));
    expect([status, body.errors[0].extensions.code]).toEqual([400, 'BAD_REQUEST']);
    expect(JSON.stringify(body)).not.toContain('secret');
  });
});

describe('a request that is refused', () => {
  it.each([
    ['no GraphQL', { query: '{ word' }, 400, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', { query: '{ nothing }' }, 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['bad variables', { query: 'query($of: [Int!]) { sum(of: $of) }', variables: { of: 'x' } }, 400, 'VALIDATION'],
    ['several operations', { query: 'query A { word } query B { word }' }, 400, 'OPERATION_RESOLUTION_FAILURE'],
    ['an unknown one', { query: 'query A { word }', operationName: 'C' }, 400, 'OPERATION_RESOLUTION_FAILURE'],
    ['fragments alone', { query: 'fragment A on Query { word }' }, 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['a subscription', { query: 'subscription { never }' }, 400, 'STREAM_NEEDED'],
  ])('for %s has a status with the newer media type only, and no data', async (_case, body, status, code) => {
    const modern = await graph.ask(body, { accept: MODERN });
    const older = await graph.ask(body, { accept: 'application/json' });
    expect([modern.status, older.status]).toEqual([status, 200]);
    for (const answer of [modern, older]) {
      expect(answer.body).not.toHaveProperty('data');
      expect(answer.body.errors[0].extensions).toMatchObject({ code, retryable: false });
    }
  });

  it('keeps the place of what is wrong in the document', async () => {
    const { body } = await graph.ask({ query: '{\n  nothing\n}' });
    expect(body.errors[0].locations).toEqual([{ line: 2, column: 3 }]);
  });

  it.each(['application/json', MODERN])('is a mutation by GET, whatever is accepted (%s)', async (accept) => {
    const response = await fetch(address(graph.url, { query: 'mutation { add(n: 1) }' }), { headers: { accept } });
    expect(response.headers.get('allow')).toContain('POST');
    expect([response.status, graph.state.sum]).toEqual([405, 0]);
  });
});

describe('a request that is carried out', () => {
  it('takes variables and a name by GET', async () => {
    const query = 'query A { word } query B($of: [Int!]) { sum(of: $of) }';
    const found = await fetch(address(graph.url, { query, operationName: 'B', variables: { of: [1, 2, 3] } }));
    expect((await answered(found)).body).toEqual({ data: { sum: 6 } });
  });

  it('has status 200 when fields of it fail, and tells nothing of what is not ours', async () => {
    const { status, body } = await graph.ask({ query: '{ word fails missing }' }, { accept: MODERN });
    expect(status).toBe(200);
    expect(body.data).toEqual({ word: 'word', fails: null, missing: null });
    expect(body.errors).toEqual([
      {
        message: 'Something went wrong inside the graph.',
        path: ['fails'],
        extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false },
      },
      { message: 'No such record.', path: ['missing'], extensions: { code: 'NOT_FOUND', retryable: false } },
    ]);
  });

  it('runs a mutation by POST', async () => {
    expect((await graph.ask({ query: 'mutation { add(n: 2) }' })).body).toEqual({ data: { add: 2 } });
  });

  it('hands on the headers that are named, and no others', async () => {
    const query = '{ a: seen(header: "authorization") b: seen(header: "cookie") }';
    const { body } = await graph.ask({ query }, { authorization: 'Bearer x', cookie: 'y' });
    expect(body.data).toEqual({ a: 'Bearer x', b: null });
  });

  it('is given up when its client goes', async () => {
    const gone = new AbortController();
    const { started, aborted } = graph.state;
    const asked = fetch(graph.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ wait(ms: 60000) }' }),
      signal: gone.signal,
    });
    await expect.poll(() => graph.state.started).toBe(started + 1);
    gone.abort();
    await expect(asked).rejects.toThrow();
    await expect.poll(() => graph.state.aborted).toBe(aborted + 1);
  });
});
