import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { GraphError } from '../../schema/errors.ts';
import type { Call } from '../../upstream/call.ts';
import type { SourceSettings } from '../../upstream/source.ts';
import { Upstream } from '../../upstream/upstream.ts';
import { AthenanetClient } from './client.ts';
import { Id, Text } from './payload/scalars.ts';
import { WrongDepartment } from './refusal.ts';
import { connect, type Seen, serve, type Told } from './testbed.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const READ = { name: 'GET /patients/{id}', path: '/patients/5001' } as const;
const Row = z.object({ patientid: Id, amount: Text });

/** A client whose server answers everything but sign-ins with one answer. */
const against = async (told: Told | ((request: Seen, nth: number) => Told), settings: Partial<SourceSettings> = {}) => {
  const server = await serve((request, nth) => {
    if (request.url === '/token') return { body: { access_token: `token-${nth}`, expires_in: '3600' } };
    return typeof told === 'function' ? told(request, nth) : told;
  });
  const baseUrl = `${server.url}${settings.baseUrl ?? ''}`;
  const bed = connect({ ...settings, baseUrl });
  const upstream = new Upstream(bed.source, Date.now);
  closing.push(server.close, bed.close, () => upstream.close());
  const client = new AthenanetClient(bed.source, upstream, Date.now, () => 'request-1');
  return { client, call: bed.call, seen: server.seen, calls: bed.calls, url: server.url };
};

/** An operation that has no time to wait for a throttled source. */
const hurried = (call: Call): Call => ({ ...call, deadline: call.now() + 600 });

const failure = async (work: Promise<unknown>): Promise<GraphError> => {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof GraphError) return thrown;
  throw new Error('no typed failure');
};

describe('requests', () => {
  it.each([
    { base: '', line: '/v1/999901/patients/5001' },
    { base: '/preview1', line: '/preview1/999901/patients/5001' },
    { base: '/openpreview1', line: '/openpreview1/999901/patients/5001' },
    { base: '/proxy', line: '/proxy/v1/999901/patients/5001' },
    { base: '/proxy/v1', line: '/proxy/v1/999901/patients/5001' },
  ])('go to $line with the base "$base"', async ({ base, line }) => {
    const { client, call, seen } = await against({ body: [{ patientid: '5001' }] }, { baseUrl: base });
    await client.one(READ, Row, call);
    expect(seen[0]).toMatchObject({ method: 'GET', url: line });
  });

  it('carry the token and a request id of their own', async () => {
    const { client, call, seen } = await against({ body: [{ patientid: '5001' }] });
    await client.one(READ, Row, call);
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer test-token', 'x-request-id': 'request-1' });
  });

  it('join lists by commas, leave out what is undefined and escape values', async () => {
    const { client, call, seen } = await against({ body: { totalcount: 0, rows: [] } });
    const query = { departmentid: ['1', '2'], providerid: undefined, name: 'O’Neil & Söhne' };
    await client.list({ name: 'GET /rows', path: '/rows', query }, 'rows', Row, call, { limit: 10, offset: 20 });
    expect(seen[0]?.url).toBe(
      '/v1/999901/rows?departmentid=1%2C2&name=O%E2%80%99Neil%20%26%20S%C3%B6hne&limit=10&offset=20',
    );
  });

  it('are refused for a source without practiceId', async () => {
    const bed = connect({ baseUrl: 'http://127.0.0.1:9' });
    closing.push(bed.close);
    const { practiceId: _, ...source } = bed.source;
    expect(() => new AthenanetClient(source, new Upstream(source, Date.now), Date.now)).toThrow(
      'An athenahealth source needs practiceId.',
    );
  });
});

describe('answers', () => {
  it.each([
    { title: 'an array of one', body: [{ patientid: 5001 }], id: '5001' },
    { title: 'a bare object', body: { patientid: '5001' }, id: '5001' },
    {
      title: 'an id that JavaScript’s numbers cannot hold',
      body: '[{"patientid":123456789012345678}]',
      id: '123456789012345678',
    },
  ])('are read from $title, whatever the content type', async ({ body, id }) => {
    const { client, call } = await against({ body });
    expect((await client.one(READ, Row, call))?.patientid).toBe(id);
  });

  it('keep an amount’s last digit', async () => {
    const { client, call } = await against({ body: '[{"patientid":1,"amount":20.50}]' });
    expect((await client.one(READ, Row, call))?.amount).toBe('20.50');
  });

  it('are nothing when the array is empty', async () => {
    const { client, call } = await against({ body: [] });
    expect(await client.one(READ, Row, call)).toBeNull();
  });

  it.each([
    { title: 'two records for one', body: [{ patientid: '1' }, { patientid: '2' }], code: 'BAD_VENDOR_ANSWER' },
    { title: 'a record without its id', body: [{ firstname: 'Avery' }], code: 'BAD_VENDOR_ANSWER' },
    { title: 'a record whose id is no number', body: [{ patientid: 'abc' }], code: 'BAD_VENDOR_ANSWER' },
    { title: 'an HTML page', body: '<html><body>Down for maintenance</body></html>', code: 'BAD_VENDOR_ANSWER' },
    { title: 'truncated JSON', body: '[{"patientid":"50', code: 'BAD_VENDOR_ANSWER' },
    { title: 'nothing at all', body: '', code: 'BAD_VENDOR_ANSWER' },
    { title: 'success: false', body: { success: false, errormessage: 'Avery Larkspur' }, code: 'VENDOR_REJECTED' },
    { title: 'success: "false"', body: { success: 'false' }, code: 'VENDOR_REJECTED' },
    { title: 'a bare string', body: '"Avery Larkspur cannot be moved"', code: 'VENDOR_REJECTED' },
  ])('that are $title with status 200 are $code and repeat nothing', async ({ body, code }) => {
    const { client, call } = await against({ body });
    const error = await failure(client.one(READ, Row, call));
    expect(error.code).toBe(code);
    expect(error.message).not.toMatch(/Avery|patientid|html/);
  });

  it.each([
    {
      title: 'a malformed row among good ones',
      body: { totalcount: 2, rows: [{ patientid: 1 }, { patientid: null }] },
    },
    { title: 'no rows where some are counted', body: { totalcount: 2 } },
    { title: 'a count that is none', body: { totalcount: 'many', rows: [] } },
    { title: 'an array instead of an envelope', body: [{ patientid: 1 }] },
  ])('that are lists with $title fail as a whole', async ({ body }) => {
    const { client, call } = await against({ body });
    const error = await failure(client.list({ name: 'GET /rows', path: '/rows' }, 'rows', Row, call));
    expect(error.code).toBe('BAD_VENDOR_ANSWER');
  });
});

describe('refusals', () => {
  const json = (error: string, detailedmessage?: string) => ({
    error,
    ...(detailedmessage ? { detailedmessage } : {}),
  });
  it.each([
    {
      status: 400,
      body: { error: 'Additional fields are required.', missingfields: ['notetext'] },
      code: 'VENDOR_REJECTED',
    },
    {
      status: 400,
      body: json('The data provided is invalid.', 'Expecting format date, but value is 1984-04-17'),
      code: 'VENDOR_REJECTED',
    },
    {
      status: 400,
      body: json(
        'The given search parameters would produce a total data set larger than 1000 records.  Please refine your search and try again.',
      ),
      code: 'VALIDATION',
    },
    { status: 401, body: json('Incorrect permissions.', 'Bad auth.'), code: 'UNAUTHENTICATED_AT_VENDOR' },
    { status: 401, body: json('Invalid access token.'), code: 'UNAUTHENTICATED_AT_VENDOR' },
    { status: 403, body: json('Insufficient scope.'), code: 'FORBIDDEN' },
    { status: 403, body: '<h1>Developer Over Qps</h1>', code: 'RATE_LIMITED' },
    { status: 403, body: '<h1>Developer Over Rate</h1>', code: 'RATE_LIMITED' },
    { status: 404, body: json('Invalid practice.', 'The practice ID does not exist.'), code: 'SOURCE_UNAVAILABLE' },
    { status: 404, body: '"Service not registered with API gateway."', code: 'SOURCE_UNAVAILABLE' },
    { status: 404, body: '<html><h1>Not Found</h1></html>', code: 'SOURCE_UNAVAILABLE' },
    { status: 409, body: json('The appointment is not available for booking.'), code: 'VENDOR_REJECTED' },
    { status: 429, body: json('Rate limit exceeded.'), code: 'RATE_LIMITED' },
    { status: 500, body: json('An internal error occurred.'), code: 'SOURCE_UNAVAILABLE' },
    { status: 503, body: json('The service is temporarily unavailable.'), code: 'SOURCE_UNAVAILABLE' },
    { status: 504, body: 'gateway timeout', code: 'TIMEOUT' },
    { status: 302, body: '', code: 'BAD_VENDOR_ANSWER' },
  ])('of status $status with $body are $code', async ({ status, body, code }) => {
    const { client, call } = await against({ status, body });
    const error = await failure(client.one(READ, Row, hurried(call)));
    expect(error).toMatchObject({ code, source: 'springfield' });
    expect(error.message).not.toMatch(/1984|notetext/);
  });

  it.each(['This patient does not exist in this context.', 'The appointment is not available.'])(
    'of status 404 with "%s" mean that there is no such record',
    async (error) => {
      const { client, call } = await against({ status: 404, body: { error } });
      expect(await client.one(READ, Row, call)).toBeNull();
    },
  );

  it('tell a wrong department apart', async () => {
    const message = 'The specified patient does not exist in that department.';
    const { client, call } = await against({ status: 400, body: { error: message, detailedmessage: message } });
    expect(await failure(client.one(READ, Row, call))).toBeInstanceOf(WrongDepartment);
  });

  it.each([
    { title: 'Retry-After', headers: { 'retry-after': '7' }, after: 7 },
    {
      title: 'the old gateway’s header',
      status: 403,
      headers: { 'x-mashery-error-code': 'ERR_403_DEVELOPER_OVER_QPS', 'retry-after': '1' },
      after: 1,
    },
    { title: 'nothing', headers: {}, after: undefined },
  ])('for too many calls say when to come back by $title', async ({ status = 429, headers, after }) => {
    const { client, call } = await against({ status, headers: headers as Record<string, string>, body: '' });
    expect(await failure(client.one(READ, Row, hurried(call)))).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterSeconds: after,
    });
  });

  it('for a spent day say so until midnight GMT', async () => {
    const { client, call } = await against({ status: 429, headers: { 'x-ratelimit-remaining': '0' }, body: '' });
    const { retryAfterSeconds = 0 } = await failure(client.one(READ, Row, call));
    expect((Math.floor(Date.now() / 1000) + retryAfterSeconds) % 86_400).toBeLessThan(3);
  });
});

describe('lists', () => {
  const paged = (total: number, atOnce: number, envelope: (rows: number) => object) => (request: Seen) => {
    const offset = Number(new URL(request.url, 'http://x').searchParams.get('offset') ?? 0);
    const rows = Array.from({ length: Math.max(0, Math.min(atOnce, total - offset)) }, (_, i) => ({
      patientid: offset + i + 1,
    }));
    return { body: { ...envelope(offset + rows.length), rows } };
  };
  const LIST = { name: 'GET /rows', path: '/rows' } as const;

  it.each([
    { title: 'the vendor’s count', envelope: () => ({ totalcount: 7 }) },
    {
      title: 'the link to the next page',
      envelope: (rows: number) => (rows < 7 ? { next: '/v1/999901/rows?offset=3' } : {}),
    },
  ])('are read to the end by $title', async ({ envelope }) => {
    const { client, call, seen } = await against(paged(7, 3, envelope));
    const rows = await client.all(LIST, 'rows', Row, call, { limit: 3 });
    expect(rows.map(({ patientid }) => patientid)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect(seen).toHaveLength(3);
  });

  it('end with an empty page, whatever the count promised', async () => {
    const { client, call, seen } = await against({ body: { totalcount: 9, rows: [] } });
    expect(await client.all(LIST, 'rows', Row, call)).toEqual([]);
    expect(seen).toHaveLength(1);
  });

  it('are refused as too wide when they do not end', async () => {
    const { client, call, seen } = await against(paged(1e6, 1, () => ({ totalcount: 1e6 })));
    expect((await failure(client.all(LIST, 'rows', Row, call))).code).toBe('VALIDATION');
    expect(seen).toHaveLength(1);
  });

  it('are refused as too wide when they do not end and never said how long they are', async () => {
    const { client, call, seen } = await against(paged(1e6, 1, () => ({ next: '/v1/999901/rows?offset=1' })));
    expect((await failure(client.all(LIST, 'rows', Row, call))).code).toBe('VALIDATION');
    expect(seen).toHaveLength(20);
  });

  it('are read all at once after the first page, and again from where a page was short', async () => {
    const rows = Array.from({ length: 8 }, (_, i) => ({ patientid: i + 1 }));
    const { client, call, seen } = await against(({ url }) => {
      const offset = Number(new URL(url, 'http://x').searchParams.get('offset') ?? 0);
      return { body: { totalcount: 8, rows: rows.slice(offset, offset + (offset === 3 ? 2 : 3)) } };
    });
    const found = await client.all(LIST, 'rows', Row, call, { limit: 3 });
    expect(found.map(({ patientid }) => patientid)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
    const offsets = seen.map(({ url }) => new URL(url, 'http://x').searchParams.get('offset'));
    expect([offsets[0], ...offsets.slice(1, 3).sort(), ...offsets.slice(3)]).toEqual([null, '3', '6', '5']);
  });

  it.each([
    { title: 'its length', total: { totalcount: 9 } },
    { title: 'a list without a length', total: { next: '/v1/999901/rows?offset=3' } },
  ])('that are worth two calls are given up after one for $title', async ({ total }) => {
    const { client, call, seen } = await against(paged(9, 3, () => total));
    expect((await failure(client.all(LIST, 'rows', Row, call, { limit: 3, most: 2 }))).code).toBe('VALIDATION');
    expect(seen).toHaveLength(1);
  });
});
