import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { sourceId } from '../../schema/ids.ts';
import { type Call, ownCall } from '../../upstream/call.ts';
import { Secret, type SourceSettings } from '../../upstream/source.ts';
import { Upstream } from '../../upstream/upstream.ts';
import type { Connector, Page, PatientList } from '../vendor/connector.ts';
import { connectAthenanet } from './connector.ts';

/** What a server of a test saw of one request. */
export interface Seen {
  readonly method: string;
  /** With the query, as it was sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Told {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is, anything else as JSON. */
  readonly body: unknown;
}

/** A connector with a way out of its own, and the names of the calls it made. */
export interface Bed {
  readonly connector: Connector;
  /** A further operation's, each time it is taken. */
  readonly call: Call;
  readonly source: SourceSettings;
  /** Names of the calls made since the last look, sign-ins left out. */
  calls(): readonly string[];
  close(): Promise<void>;
}

/** Connects one source for a test. `settings` replace what a test wants otherwise. */
export const connect = (settings: Partial<SourceSettings> & { readonly baseUrl: string }): Bed => {
  const source: SourceSettings = {
    id: sourceId('springfield'),
    name: 'Springfield',
    vendor: 'ATHENAHEALTH',
    dialect: 'platform',
    timeZone: 'America/New_York',
    practiceId: '999901',
    auth: { type: 'bearer', token: new Secret('test-token') },
    limits: { perSecond: 1000, perDay: 1_000_000, concurrency: 8 },
    timeoutMs: 5000,
    allowPrivateNetwork: true,
    cache: { ttlSeconds: {}, staleSeconds: 0 },
    writes: 'on',
    labCodes: {},
    ...settings,
  };
  const upstream = new Upstream(source, Date.now);
  const made: string[] = [];
  return {
    connector: connectAthenanet(source, upstream, Date.now),
    get call() {
      return ownCall(60_000, Date.now, ({ call: name }) => {
        if (name !== 'POST token') made.push(name);
      });
    },
    source,
    calls: () => made.splice(0),
    close: () => upstream.close(),
  };
};

/** A server on a free port that answers as `answer` says, and keeps what it was asked. */
export const serve = async (
  answer: (request: Seen, nth: number) => Told | Promise<Told>,
): Promise<{ readonly url: string; readonly seen: readonly Seen[]; close(): Promise<void> }> => {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers };
    request.resume().on('end', async () => {
      seen.push(one);
      const { status = 200, headers = {}, body } = await answer(one, seen.length);
      response.writeHead(status, { 'content-type': 'text/html; charset=iso-8859-1', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

export type Route = (query: URLSearchParams, path: string) => Told | object | Promise<Told | object>;

/**
 * A connector to a practice that answers by path below the practice (`/patients`, `/patients/*` for any one id), with
 * 404 for the rest. `lines` are the requests it got, below the practice, the list of departments left out. Closes when
 * the test ends.
 */
export const practice = async (
  routes: Readonly<Record<string, Route>>,
  settings: Partial<SourceSettings> = {},
): Promise<Bed & { lines(): readonly string[] }> => {
  const all: Readonly<Record<string, Route>> = { '/departments': () => DEPARTMENTS, ...routes };
  const server = await serve(async ({ url }) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const path = pathname.replace('/v1/999901', '');
    const route = all[path] ?? all[path.replace(/\/\d+(?=\/|$)/, '/*')];
    if (route === undefined) return { status: 404, body: { error: 'This patient does not exist in this context.' } };
    const told = await route(searchParams, path);
    return 'body' in told ? (told as Told) : { body: told };
  });
  const bed = connect({ ...settings, baseUrl: server.url });
  onTestFinished(async () => {
    await bed.close();
    await server.close();
  });
  const lines = () =>
    server.seen
      .map(({ url }) => decodeURIComponent(url.replace('/v1/999901', '')))
      .filter((line) => !line.startsWith('/departments?'));
  return {
    ...bed,
    get call() {
      return bed.call;
    },
    lines,
  };
};

/** The same with the departments at hand, as they are but once an hour. */
export const withDepartments = async (...args: Parameters<typeof practice>): ReturnType<typeof practice> => {
  const bed = await practice(...args);
  await bed.connector.locations(bed.call);
  bed.calls();
  return bed;
};

/** Routes of which none answers before each was asked: who asks one after the other waits in vain. */
export const atOnce = (routes: Readonly<Record<string, Route>>): Readonly<Record<string, Route>> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const left = new Set(Object.keys(routes));
  return Object.fromEntries(
    Object.entries(routes).map(([path, route]) => [
      path,
      async (query: URLSearchParams, asked: string) => {
        left.delete(path);
        if (left.size === 0) resolve();
        await promise;
        return route(query, asked);
      },
    ]),
  );
};

/** The graph's fields that a read is asked for. */
export const fields = (...names: readonly string[]): ReadonlySet<string> => new Set(names);

export const DEPARTMENTS = {
  totalcount: 3,
  departments: [
    { departmentid: '1', name: 'MAIN ST', timezonename: 'US/Eastern' },
    { departmentid: '2', name: 'LAKESIDE', timezonename: 'US/Central' },
    { departmentid: '3', name: 'DESERT', timezonename: 'US/Arizona' },
  ],
} as const;

/** Settings of a source that signs in at a simulator. */
export const signedIn = (
  url: string,
  signIn: {
    readonly practiceId: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly scope: string;
  },
  timeZone: string,
): Partial<SourceSettings> & { readonly baseUrl: string } => ({
  baseUrl: url,
  timeZone,
  practiceId: signIn.practiceId,
  auth: {
    type: 'client-credentials',
    tokenUrl: `${url}/oauth2/v1/token`,
    clientId: signIn.clientId,
    clientSecret: new Secret(signIn.clientSecret),
    scope: signIn.scope,
  },
});

/** The answer itself; a missing or failed one ends the test. */
export const found = <T>(one: T | null | Error | undefined): T => {
  if (one === null || one === undefined) throw new Error('not found');
  if (one instanceof Error) throw one;
  return one;
};
export const all = <T>(list: readonly (T | null | Error)[]): T[] => list.map(found);

/** The records of several pages, as one list. */
export const records = <T extends 'Appointment' | 'Observation' | 'Claim'>(pages: readonly (Page<T> | Error)[]) =>
  all(pages).flatMap(({ items }) => items.map(({ record }) => record));

/** One list asked for everybody. */
export const everybody = <F>(patients: readonly { readonly id: number }[], filter: F): PatientList<F>[] =>
  patients.map(({ id }) => ({ patient: String(id), filter, window: { first: 100 } }));
