import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, startApp } from '../app.ts';
import { readConfig } from '../config.ts';
import { type Sandbox, startSandbox } from '../sandbox/index.ts';
import { NOW } from './harness.ts';

let sandbox: Sandbox;
const started: App[] = [];
const start = async (gateway: object): Promise<App> => {
  const app = await startApp(readConfig({ ...sandbox.config, gateway: { port: 0, ...gateway } }, {}));
  started.push(app);
  return app;
};

beforeAll(async () => {
  sandbox = await startSandbox({ now: NOW });
});
afterAll(async () => {
  await Promise.all(started.map((app) => app.close()));
  await sandbox?.close();
});

interface Posted {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by tests, each in its own way
  readonly body: any;
}
const post = async (app: App, body: unknown, headers: Record<string, string> = {}): Promise<Posted> => {
  const response = await fetch(app.graphUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
};

describe('in development', () => {
  let app: App;
  beforeAll(async () => {
    app = await start({ explorer: true });
  });

  it('answers a query', async () => {
    const { status, body } = await post(app, { query: '{ sources { id vendor } }' });
    expect(status).toBe(200);
    expect(body).toEqual({
      data: {
        sources: [
          { id: 'lakeside', vendor: 'ALLSCRIPTS_TOUCHWORKS' },
          { id: 'springfield', vendor: 'ATHENAHEALTH' },
          { id: 'mercy', vendor: 'GENERIC_FHIR' },
        ],
      },
    });
  });

  it('explains the plan and the vendor calls when it is asked to, and only then', async () => {
    const query = '{ patients(search: { lastName: "Rivera" }) { nodes { lastName } } }';
    const { body } = await post(app, { query }, { 'x-explain': '1' });
    const { plan, vendorCalls } = body.extensions.explain;
    expect(plan.kind).toBe('Sequence');
    expect(vendorCalls.map(({ source }: { source: string }) => source)).toEqual(
      expect.arrayContaining(['lakeside', 'springfield', 'mercy']),
    );
    for (const call of vendorCalls)
      expect(call).toEqual({
        source: expect.any(String),
        call: expect.any(String),
        ms: expect.any(Number),
        status: 200,
        cache: 'MISS',
      });
    expect((await post(app, { query })).body.extensions).toBeUndefined();
  });

  it('offers introspection and hints', async () => {
    expect((await post(app, { query: '{ __schema { queryType { name } } }' })).body.data.__schema.queryType.name).toBe(
      'Query',
    );
    expect((await post(app, { query: '{ source(id: "mercy") { nam } }' })).body.errors[0].message).toContain(
      'Did you mean',
    );
  });

  it('sends a person to GraphiQL, and shows no page of anybody else', async () => {
    const base = app.graphUrl.replace('/graphql', '');
    const home = await fetch(base, { redirect: 'manual' });
    expect([home.status, home.headers.get('location')]).toEqual([302, '/graphiql']);
    const page = await fetch(app.graphUrl, { headers: { accept: 'text/html' } });
    expect(page.status).toBe(400);
    expect(await page.text()).not.toContain('http');
  });

  it('is live and ready', async () => {
    const base = app.graphUrl.replace('/graphql', '');
    expect((await fetch(`${base}/live`)).status).toBe(200);
    expect((await fetch(`${base}/ready`)).status).toBe(200);
  });
});

describe('in production', () => {
  let app: App;
  beforeAll(async () => {
    app = await start({});
  });

  it('has no explorer, no introspection, no hints and no stack traces', async () => {
    expect((await fetch(app.graphUrl.replace('/graphql', '/graphiql'))).status).toBe(404);
    expect((await post(app, { query: '{ __schema { queryType { name } } }' })).body.errors[0].extensions.code).toBe(
      'GRAPHQL_VALIDATION_FAILED',
    );
    const { body } = await post(app, { query: '{ source(id: "mercy") { nam } }' });
    expect(body.errors[0].message).not.toContain('Did you mean');
    const failed = await post(app, { query: '{ source(id: "nowhere") { name } }' });
    expect(failed.body.errors).toEqual(
      [
        {
          message: 'No such record.',
          path: ['source'],
          locations: expect.anything(),
          extensions: { code: 'NOT_FOUND', retryable: false },
        },
      ].map(({ locations: _, ...rest }) => expect.objectContaining(rest)),
    );
    expect(JSON.stringify(failed.body)).not.toMatch(/stack|\.ts|node_modules/);
  });

  const nested = (depth: number): string =>
    `{ node(id: "x") { ${'... on Appointment { patient { appointments { nodes { '.repeat(depth)} id ${'} } } } '.repeat(depth)} } }`;
  const aliased = (count: number): string =>
    `{ ${Array.from({ length: count }, (_, i) => `a${i}: sources { id }`).join(' ')} }`;
  const listed = (lengths: readonly number[]): string =>
    `{ ${lengths.map((length, i) => `a${i}: nodes(ids: [${'"x" '.repeat(length)}]) { id }`).join(' ')} }`;
  it.each([
    ['14 levels', nested(4), 'NOT_FOUND'],
    ['17 levels', nested(5), 'DEPTH_LIMIT'],
    ['60 aliases', aliased(60), undefined],
    ['61 aliases', aliased(61), 'ALIAS_LIMIT'],
    [
      '60 directives',
      `{ sources ${'@skip(if: false) '.repeat(0)}{ ${'id @include(if: true) '.repeat(60)} } }`,
      undefined,
    ],
    ['61 directives', `{ sources { ${'id @include(if: true) '.repeat(61)} } }`, 'DIRECTIVE_LIMIT'],
    ['5,000 tokens', listed([988, 988, 988, 988, 986]), 'VALIDATION'],
    ['5,001 tokens', listed([988, 988, 988, 988, 987]), 'TOKEN_LIMIT'],
    ['1,000 items', listed([1_000]), 'VALIDATION'],
    ['1,001 items', listed([1_001]), 'LIST_LIMIT'],
    ['100 ids', `{ nodes(ids: [${'"x" '.repeat(100)}]) { id } }`, 'NOT_FOUND'],
    ['101 ids', `{ nodes(ids: [${'"x" '.repeat(101)}]) { id } }`, 'VALIDATION'],
    ['a reserved alias', '{ __typename: sources { id } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['text that is no GraphQL', '{ sources ', 'GRAPHQL_PARSE_FAILED'],
  ])('limits %s', async (_case, query, code) => {
    const { body } = await post(app, { query });
    if (code === undefined) expect(body.errors).toBeUndefined();
    expect(body.errors?.[0]?.extensions.code).toBe(code);
    if (code !== undefined) expect(body.errors[0].message.length).toBeGreaterThan(10);
  });

  it('takes a body of 256 KB and refuses a larger one', async () => {
    const body = (size: number): string => {
      const json = JSON.stringify({ query: '{ sources { id } }', variables: { x: '' } });
      return json.replace('"x":""', `"x":"${'a'.repeat(size - json.length)}"`);
    };
    expect((await post(app, body(256 * 1024))).status).toBe(200);
    const { status, body: refused } = await post(app, body(256 * 1024 + 1));
    expect(status).toBe(413);
    expect(refused.errors[0].extensions.code).toBe('BODY_LIMIT');
  });

  it('takes a document of ten megabytes where it is configured for that', async () => {
    const large = await start({ bodyKb: 14_336 });
    const found = await post(large, {
      query: '{ patients(search: { lastName: "Rivera" }, sources: ["mercy"]) { nodes { id } } }',
    });
    const content = Buffer.alloc(10 * 1024 * 1024, 'page').toString('base64');
    const input = {
      idempotencyKey: 'ten-megabytes',
      patient: found.body.data.patients.nodes[0].id,
      type: '34133-9',
      contentType: 'application/pdf',
      content,
      waitMs: 20_000,
    };
    const query = `mutation ($input: SaveDocumentInput!) { saveDocument(input: $input) {
      __typename ... on UserError { message } ... on ValidationFailed { issues { path rule message } } ... on WritePending { reason } ... on DocumentSaved { write { state } } } }`;
    const { body } = await post(large, { query, variables: { input } });
    expect(body).toEqual({ data: { saveDocument: { __typename: 'DocumentSaved', write: { state: 'CONFIRMED' } } } });
    expect(sandbox.practices.fhir?.documents.map((one) => one.content === content)).toEqual([true]);
  });

  it.each([
    ['no JSON', '{"query":', 'BAD_REQUEST'],
    ['no query', '{}', 'BAD_REQUEST'],
  ])('answers a body with %s by 400 and a code', async (_case, text, code) => {
    const { status, body } = await post(app, text);
    expect(status).toBe(400);
    expect(body.errors[0].extensions.code).toBe(code);
  });

  it('repeats no values in errors', async () => {
    const query = 'query($d: Date) { patients(search: { dateOfBirth: $d, lastName: "Rivera" }) { nodes { id } } }';
    const variable = await post(app, { query, variables: { d: '15 May 1980' } });
    expect(variable.status).toBe(400);
    expect(variable.body.errors[0].extensions).toMatchObject({ code: 'VALIDATION', issues: [{ path: ['d'] }] });
    const literal = await post(app, { query: '{ patients(search: { dateOfBirth: "15 May 1980" }) { nodes { id } } }' });
    expect(JSON.stringify([variable.body, literal.body])).not.toContain('1980');
  });
});

describe('with a file of operations', () => {
  it('answers these and no others', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'practicegraph-'));
    const file = join(folder, 'operations.json');
    await writeFile(file, JSON.stringify({ names: '{ sources { name } }' }));
    const app = await start({ operations: file });
    const known = await post(app, { documentId: 'names' });
    expect(known.body.data.sources).toHaveLength(3);
    const unknown = await post(app, { query: '{ sources { id } }' });
    expect(unknown.body.errors[0].extensions.code).toBe('OPERATION_NOT_PERSISTED');
    await expect(start({ operations: join(folder, 'nowhere.json') })).rejects.toThrow('cannot be read');
    await rm(folder, { recursive: true });
  });
});

describe('stopping', () => {
  it('answers what has begun and then refuses', async () => {
    const app = await startApp(readConfig({ ...sandbox.config, gateway: { port: 0 } }, {}));
    const { fhir } = sandbox.simulators;
    fhir.reset();
    fhir.fault({ kind: 'delay', ms: 400, match: 'GET Patient', times: 1 });
    const begun = post(app, {
      query: '{ patients(search: { lastName: "Rivera" }, sources: ["mercy"]) { nodes { lastName } } }',
    });
    await expect.poll(() => fhir.calls).toContain('GET Patient'); // now it has begun
    const closed = app.close();
    expect((await begun).body.data.patients.nodes.length).toBeGreaterThan(0);
    await closed;
    await expect(fetch(app.graphUrl)).rejects.toThrow();
  });
});
