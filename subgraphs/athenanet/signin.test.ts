import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { GraphError } from '../../schema/errors.ts';
import type { Answer } from '../../upstream/request.ts';
import { Secret, type SourceSettings } from '../../upstream/source.ts';
import { Upstream } from '../../upstream/upstream.ts';
import { AthenanetClient } from './client.ts';
import { Id, Text } from './payload/scalars.ts';
import { signInRefusal, signInVerdictOf } from './refusal.ts';
import { connect, serve, type Told } from './testbed.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const READ = { name: 'GET /patients/{id}', path: '/patients/5001' } as const;
const Row = z.object({ patientid: Id, amount: Text });

const failure = async (work: Promise<unknown>): Promise<GraphError> => {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof GraphError) return thrown;
  throw new Error('no typed failure');
};

describe('sign-in', () => {
  const signedIn = (url: string): Partial<SourceSettings> => ({
    auth: {
      type: 'client-credentials',
      tokenUrl: `${url}/token`,
      clientId: 'client',
      clientSecret: new Secret('secret'),
      scope: 's',
    },
  });
  /** The token's address is only known once the server runs, so the server is started first and told what to say. */
  const signing = async (told: (nth: number) => Told) => {
    const server = await serve(({ url }, nth) =>
      url === '/token' ? { body: { access_token: `token-${nth}`, expires_in: '3600' } } : told(nth),
    );
    const bed = connect({ baseUrl: server.url, ...signedIn(server.url) });
    const upstream = new Upstream(bed.source, Date.now);
    closing.push(server.close, bed.close, () => upstream.close());
    return { client: new AthenanetClient(bed.source, upstream, Date.now), call: bed.call, seen: server.seen };
  };

  it('is renewed once when a token has expired, and the call repeated', async () => {
    const { client, call, seen } = await signing((nth) =>
      nth === 2 ? { status: 401, body: { error: 'Invalid access token.' } } : { body: [{ patientid: '5001' }] },
    );
    expect((await client.one(READ, Row, call))?.patientid).toBe('5001');
    expect(seen.map(({ url }) => url)).toEqual([
      '/token',
      '/v1/999901/patients/5001',
      '/token',
      '/v1/999901/patients/5001',
    ]);
    expect(seen[3]?.headers.authorization).toBe('Bearer token-3');
  });

  it('is not tried again for a practice that the key is not granted', async () => {
    const { client, call, seen } = await signing(() => ({
      status: 401,
      body: { detailedmessage: 'Bad auth.', error: 'Incorrect permissions.' },
    }));
    expect((await failure(client.one(READ, Row, call))).code).toBe('UNAUTHENTICATED_AT_VENDOR');
    expect((await failure(client.one(READ, Row, call))).code).toBe('UNAUTHENTICATED_AT_VENDOR');
    expect(seen.map(({ url }) => url)).toEqual(['/token', '/v1/999901/patients/5001', '/v1/999901/patients/5001']);
  });
});

describe('a sign-in that came too often', () => {
  const THROTTLED = { status: 403, headers: { 'x-mashery-error-code': 'ERR_403_DEVELOPER_OVER_QPS' }, text: '' };
  it.each<{ title: string; answer: Answer; seconds: number }>([
    { title: 'says when', answer: { ...THROTTLED, status: 429, headers: { 'retry-after': '7' } }, seconds: 7 },
    { title: 'is the old gateway’s', answer: THROTTLED, seconds: 35 },
    // the header counts a minute's sign-ins here, not a day's calls
    {
      title: 'is the last',
      answer: { ...THROTTLED, status: 429, headers: { 'x-ratelimit-remaining': '0' } },
      seconds: 35,
    },
  ])('waits for the minute’s end unless it $title', ({ answer, seconds }) => {
    const now = Date.parse('2026-11-21T12:00:25Z');
    expect(signInRefusal(answer, 'springfield', now)).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterSeconds: seconds,
    });
    expect(signInVerdictOf(answer, now)).toMatchObject({ kind: 'throttled' });
    expect(signInVerdictOf(answer, now)).not.toHaveProperty('remaining');
  });

  it('is not told from refused credentials by its status alone', () => {
    expect(signInVerdictOf({ status: 403, headers: {}, text: 'Forbidden' }, 0)).toEqual({ kind: 'answered' });
  });

  it('is a matter of time, not of credentials', async () => {
    const server = await serve(({ url }, nth) =>
      url !== '/token'
        ? { body: [{ patientid: '5001' }] }
        : nth === 1
          ? { status: 403, headers: THROTTLED.headers, body: '<h1>Developer Over Qps</h1>' }
          : { body: { access_token: 'token', expires_in: '3600' } },
    );
    const auth = {
      type: 'client-credentials',
      tokenUrl: `${server.url}/token`,
      clientId: 'c',
      clientSecret: new Secret('s'),
      scope: 's',
    } as const;
    const bed = connect({ baseUrl: server.url, auth });
    const upstream = new Upstream(bed.source, Date.now);
    closing.push(server.close, bed.close, () => upstream.close());
    const client = new AthenanetClient(bed.source, upstream, Date.now);
    expect((await client.one(READ, Row, bed.call))?.patientid).toBe('5001');
  });
});
