import { describe, expect, it } from 'vitest';
import type { Received } from '../server.ts';
import { FORM } from './caller.ts';
import { page } from './paging.ts';
import { parameters } from './parameters.ts';
import { Refusal } from './reply.ts';
import { type Route, router, sentBy } from './router.ts';

const request = (method: string, target: string, body = '', contentType = FORM): Received => {
  const url = new URL(target, 'http://localhost');
  return { method, path: url.pathname, query: url.searchParams, headers: { 'content-type': contentType }, body };
};

const refused = (call: () => unknown): string => {
  try {
    call();
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown.reply.body;
  }
  throw new Error('not refused');
};

const route = (method: Route['method'], path: string, guideOnly?: true): Route => ({
  method,
  path,
  handle: () => undefined,
  ...(guideOnly && { guideOnly }),
});
const ROUTES = [
  route('GET', '/things/{id}'),
  route('GET', '/things/search'),
  route('PUT', '/things/{id}'),
  route('PUT', '/things/{id}/cancel'),
  route('GET', '/old', true),
];

describe('the table of routes', () => {
  it.each([
    ['GET', '/things/7', '/things/{id}'],
    ['GET', '/things/search', '/things/search'],
    ['PUT', '/things/search', '/things/{id}'],
    ['PUT', '/things/7/cancel', '/things/{id}/cancel'],
    ['DELETE', '/things/7', undefined],
    ['GET', '/things/7/cancel', undefined],
    ['GET', '/things/', undefined],
    ['GET', '/things', undefined],
    ['GET', '/old', '/old'],
  ])('leads %s %s to %s', (method, path, found) => {
    expect(router(ROUTES, undefined)(method, path)?.route.path).toBe(found);
  });

  it("leaves the guide's own paths out of the platform, and only there", () => {
    expect(router(ROUTES, 'platform')('GET', '/old')).toBeUndefined();
    expect(router(ROUTES, 'guide')('GET', '/old')).toBeDefined();
  });

  it('decodes a segment, and takes one that cannot be decoded as it is', () => {
    const find = router(ROUTES, undefined);
    expect(find('GET', '/things/a%20b')?.segments.get('id')).toBe('a b');
    expect(find('GET', '/things/%E0')?.segments.get('id')).toBe('%E0');
  });
});

describe('what a caller sent', () => {
  it('comes from the form and the query of a write, the form first', () => {
    const sent = sentBy(request('PUT', '/x?A=query&b=2', 'a=form'));
    expect([sent.text('a'), sent.text('b')]).toEqual(['form', '2']);
  });

  it('is only the query of a read', () => {
    expect(sentBy(request('GET', '/x?a=1', 'a=2')).texts('a')).toEqual(['1']);
  });

  it('is no form under another label', () => {
    expect(sentBy(request('POST', '/x', 'a=1', 'application/json')).names).toEqual([]);
    expect(sentBy(request('POST', '/x', 'a=1', `${FORM}; charset=utf-8`)).names).toEqual(['a']);
  });

  it('has lists by comma and by repeating, and names in any case', () => {
    const sent = parameters(new URLSearchParams('DepartmentId=1, 2&DEPARTMENTID=3'));
    expect([...(sent.ids('departmentid') ?? [])]).toEqual([1, 2, 3]);
  });

  it('takes an empty value as not sent', () => {
    const sent = parameters(new URLSearchParams('firstname=&lastname=L'));
    expect([sent.names, sent.text('firstname'), sent.ids('firstname')]).toEqual([['lastname'], undefined, undefined]);
  });

  it('is empty where a name has an empty value and no other', () => {
    const sent = parameters(new URLSearchParams('Email=&city=A&city='));
    expect(['email', 'city', 'zip'].map((name) => sent.isEmpty(name))).toEqual([true, false, false]);
  });

  it('is JSON inside a field, or refused', () => {
    const sent = parameters(new URLSearchParams({ good: '[{"a":1}]', bad: '[{' }));
    expect([sent.json('good'), sent.json('none')]).toEqual([[{ a: 1 }], undefined]);
    expect(refused(() => sent.json('bad'))).toContain('Expecting format JSON');
  });

  it('is the guide’s JSON where it is to be read so', () => {
    const json = request('POST', '/x', '{"a":1,"b":"2","c":null,"d":true}', 'application/json');
    const sent = sentBy(json, { isJson: true });
    expect(['a', 'b', 'c', 'd'].map((name) => sent.text(name))).toEqual(['1', '2', undefined, 'true']);
  });

  it.each(['true', 'True', 'Y', '1'])('is on when it says %s', (value) => {
    expect(parameters(new URLSearchParams({ flag: value })).flag('flag')).toBe(true);
  });

  it.each(['false', '0', 'N', ''])('is off when it says %j', (value) => {
    expect(parameters(new URLSearchParams({ flag: value })).flag('flag')).toBe(false);
  });

  it.each([
    ['04/17/1984', '1984-04-17'],
    ['4/7/1984', '1984-04-07'],
  ])('is a day when it says %s', (value, day) => {
    expect(parameters(new URLSearchParams({ dob: value })).day('dob')).toBe(day);
  });

  it.each(['2025-12-01', '02/30/2025', '13/01/2025', 'today'])('is refused as a day when it says %s', (value) => {
    const sent = parameters(new URLSearchParams({ dob: value }));
    expect(JSON.parse(refused(() => sent.day('dob')))).toEqual({
      error: 'The data provided is invalid.',
      detailedmessage: `Expecting format date, but value is ${value}`,
    });
  });

  it.each(['1,2', 'one', '1.5'])('is refused as one id when it says %s', (value) => {
    const sent = parameters(new URLSearchParams({ patientid: value }));
    expect(JSON.parse(refused(() => sent.id('patientid'))).detailedmessage).toContain(value);
  });

  it('is echoed in ASCII only', () => {
    const sent = parameters(new URLSearchParams({ dob: 'Tölz' }));
    expect(refused(() => sent.day('dob'))).toContain('T\\u00f6lz');
  });

  it('is refused with the names of what is missing', () => {
    const sent = parameters(new URLSearchParams('a=1&b='));
    expect(JSON.parse(refused(() => sent.require('a', 'b', 'c')))).toEqual({
      error: 'Additional fields are required.',
      missingfields: ['b', 'c'],
    });
  });
});

describe('a page', () => {
  const rows = [1, 2, 3, 4, 5];
  const ask = (query: string, size?: { usual: number; most: number }) =>
    page({ path: '/v1/9/list', sent: parameters(new URLSearchParams(query)) }, 'rows', rows, (row) => row, size);

  it.each([
    ['', { totalcount: 5, rows, next: undefined, previous: undefined }],
    [
      'startdate=10/01/2025&departmentid=1&departmentid=2&limit=2&offset=2',
      {
        totalcount: 5,
        rows: [3, 4],
        next: '/v1/9/list?DEPARTMENTID=1&DEPARTMENTID=2&STARTDATE=10%2F01%2F2025&limit=2&offset=4',
        previous: '/v1/9/list?DEPARTMENTID=1&DEPARTMENTID=2&STARTDATE=10%2F01%2F2025&limit=2&offset=0',
      },
    ],
    ['offset=9', { totalcount: 5, rows: [], next: undefined, previous: '/v1/9/list?offset=0' }],
  ])('for %j', (query, expected) => {
    expect(ask(query)).toEqual(expected);
  });

  it('has the usual size without a limit and never more than the most', () => {
    const size = { usual: 2, most: 3 };
    expect(ask('', size)).toMatchObject({ rows: [1, 2], next: '/v1/9/list?offset=2' });
    expect(ask('limit=5', size)).toMatchObject({ rows: [1, 2, 3], next: '/v1/9/list?limit=5&offset=3' });
  });

  it.each(['limit=0', 'limit=x', 'offset=-1', 'limit=-5'])('is refused for %s', (query) => {
    expect(refused(() => ask(query))).toContain('The data provided is invalid.');
  });
});
