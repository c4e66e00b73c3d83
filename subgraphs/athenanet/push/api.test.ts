import { expect, it, onTestFinished } from 'vitest';
import { Secret } from '../../../upstream/source.ts';
import { Upstream } from '../../../upstream/upstream.ts';
import { connect, type Seen, serve, type Told } from '../testbed.ts';
import { SubscriptionApi } from './api.ts';
import { topicUrl } from './topics.ts';

const URL_OF_OURS = 'https://graph.example.com/hooks/springfield';
const PATH = '/fhir/r4/Subscription';

/** The API of a vendor that answers so; `base` stands behind its address. */
const api = async (answer: (request: Seen) => Told, base = '') => {
  const server = await serve(answer);
  const bed = connect({ baseUrl: `${server.url}${base}` });
  const upstream = new Upstream(bed.source, Date.now);
  onTestFinished(async () => {
    await bed.close();
    await upstream.close();
    await server.close();
  });
  const webhook = { secret: new Secret('example-shared-secret'), url: URL_OF_OURS };
  return { api: new SubscriptionApi(bed.source, webhook, upstream, Date.now), call: bed.call, seen: server.seen };
};

const practice = (id: string) => ({
  extension: [
    {
      url: 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-filter-criteria',
      valueString: `ah-practice=Organization/a-1.Practice-${id}`,
    },
  ],
});
const subscription = (id: string, more: object = {}) => ({
  resource: {
    resourceType: 'Subscription',
    ...{ id, status: 'active', end: '2026-12-31T12:00:00Z', criteria: topicUrl('Patient.update') },
    ...{ _criteria: practice('999901'), channel: { endpoint: URL_OF_OURS }, ...more },
  },
});
const bundle = (entry: readonly object[], next?: string): Told => ({
  body: { resourceType: 'Bundle', entry, ...(next === undefined ? {} : { link: [{ relation: 'next', url: next }] }) },
});
const END = Date.parse('2026-12-31T12:00:00Z');

it('lists what is for our address, odd as it may be', async () => {
  const one = await api(() =>
    bundle([
      subscription('a'),
      subscription('b', { status: 'off', end: undefined }),
      subscription('c', { _criteria: practice('888888') }),
      subscription('d', { end: 'never', criteria: 7, _criteria: 'none' }),
      subscription('e', { channel: { endpoint: 'https://hooks.example.org/theirs' } }),
      subscription('../f'),
      subscription('..'),
      {},
    ]),
  );
  expect(await one.api.list(one.call)).toEqual([
    { id: 'a', topic: 'Patient.update', isOff: false, end: END },
    { id: 'b', topic: 'Patient.update', isOff: true, end: undefined },
    { id: 'c', topic: '', isOff: false, end: END },
    { id: 'd', topic: '', isOff: false, end: undefined },
  ]);
});

it.each([
  ['another host', `https://elsewhere.example.org${PATH}?cursor=2`],
  ['no host', `${PATH}?cursor=2`],
  ['nothing but the query', '?cursor=2'],
])('reads a list to its end where a next page names %s, and sends its token to no other', async (_what, next) => {
  const one = await api(({ url }) => (url === PATH ? bundle([subscription('a')], next) : bundle([subscription('b')])));
  expect((await one.api.list(one.call)).map(({ id }) => id)).toEqual(['a', 'b']);
  expect(one.seen.map(({ url }) => url)).toEqual([PATH, `${PATH}?cursor=2`]);
});

it.each<readonly [string, () => Told]>([
  ['a list without an end', () => bundle([], `https://elsewhere.example.org${PATH}?cursor=2`)],
  ['no list', () => ({ body: { resourceType: 'OperationOutcome' } })],
  ['no JSON', () => ({ body: 'Avery Larkspur' })],
])('does not understand %s', async (_what, answer) => {
  const one = await api(answer);
  await expect(one.api.list(one.call)).rejects.toMatchObject({ code: 'BAD_VENDOR_ANSWER' });
});

it('asks at the host’s FHIR server, whatever version of the other API is configured', async () => {
  const one = await api(() => bundle([]), '/v1');
  await one.api.list(one.call);
  expect(one.seen.map(({ url }) => url)).toEqual([PATH]);
});

it.each([
  [400, 'VENDOR_REJECTED'],
  [403, 'FORBIDDEN'],
  [404, 'SOURCE_UNAVAILABLE'],
  [422, 'VENDOR_REJECTED'],
])('hands out a refusal with status %i, that stands', async (status, code) => {
  const one = await api(() => ({ status, body: { resourceType: 'OperationOutcome' } }));
  expect(await one.api.create('Patient.update', END, one.call)).toMatchObject({ code });
  expect(one.seen.map(({ headers }) => headers['x-hub-secret'])).toEqual(['example-shared-secret']);
});

it.each([
  [401, 'UNAUTHENTICATED_AT_VENDOR'],
  [429, 'RATE_LIMITED'],
  [500, 'SOURCE_UNAVAILABLE'],
])('throws a failure with status %i, that passes', async (status, code) => {
  const one = await api(() => ({ status, body: {} }));
  await expect(one.api.create('Patient.update', END, one.call)).rejects.toMatchObject({ code });
});

it('takes the end that the vendor sets', async () => {
  const one = await api(() => ({ status: 201, body: { id: 'a', end: '2026-12-01T00:00:00Z' } }));
  expect(await one.api.create('Patient.update', END, one.call)).toEqual({
    id: 'a',
    end: Date.parse('2026-12-01T00:00:00Z'),
  });
});

it.each([
  [204, true],
  [404, true],
  [410, true],
  [403, false],
])('knows by status %i whether a subscription is gone (%s)', async (status, gone) => {
  const one = await api(() => ({ status, body: '' }));
  expect(await one.api.remove('a', one.call)).toBe(gone);
});
