import { request } from 'node:http';
import { join } from 'node:path';
import { parse } from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../config.ts';
import { type RunningServer, startServer } from '../../gateway/server.ts';
import type { OperationContext } from '../../schema/context.ts';
import { contextOf } from '../harness.ts';
import { type OddServer, startOddServer, until } from './asking.ts';
import { startRemoteEngine } from './engine.ts';

const QUERY = '{ patient(id: "slow/Patient/1") { lastName } }';

/** A vendor that takes requests and never answers them. */
let vendor: OddServer;
let remote: Awaited<ReturnType<typeof startRemoteEngine>>;
let server: RunningServer;
let seen = 0;

beforeAll(async () => {
  vendor = await startOddServer(() => undefined);
  const baseUrl = vendor.url.replace('/graphql', '');
  const source = { id: 'slow', name: 'Slow', vendor: 'fhir', baseUrl, timeZone: 'Europe/Paris', timeoutMs: 60_000 };
  remote = await startRemoteEngine(readConfig({ sources: [{ ...source, allowPrivateNetwork: true }] }, {}));
  server = await startServer({
    engine: remote.engine,
    host: '127.0.0.1',
    port: 0,
    explorer: false,
    explorerRoot: join(import.meta.dirname, 'none'),
    now: Date.now,
    authenticate: () => ({ subject: 'test', scopes: ['*'], sources: 'all' }),
    ready: () => true,
  });
});
afterEach(() => {
  seen = vendor.asked.length;
});
afterAll(async () => {
  await server.close();
  await remote.close();
  await vendor.close();
});

const ask = (more: Partial<OperationContext> = {}) =>
  remote.engine.execute({ document: parse(QUERY), text: QUERY, variables: {} }, { ...contextOf([]), ...more });

describe('the end of an operation', () => {
  it('ends the vendor’s call when its client goes away', async () => {
    const gone = vendor.brokenOff();
    const client = request(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    client.on('error', () => undefined);
    client.end(JSON.stringify({ query: QUERY }));
    await until(() => vendor.asked.length === seen + 1);
    expect(vendor.brokenOff()).toBe(gone);
    client.destroy();
    await until(() => vendor.brokenOff() === gone + 1);
  });

  it('ends the vendor’s call when the gateway gives it up', async () => {
    const gone = vendor.brokenOff();
    const controller = new AbortController();
    const asked = ask({ signal: controller.signal });
    await until(() => vendor.asked.length === seen + 1);
    controller.abort();
    const { data, errors } = await asked;
    expect(data).toEqual({ patient: { lastName: null } });
    expect(errors.map(({ extensions, path }) => [extensions.code, path])).toEqual([
      ['TIMEOUT', ['patient', 'lastName']],
    ]);
    await until(() => vendor.brokenOff() === gone + 1);
  });

  it('reaches the vendor’s call as a deadline, although the gateway still waits', async () => {
    const gone = vendor.brokenOff();
    const { data, errors } = await ask({ deadline: Date.now() + 400 });
    expect(data).toEqual({ patient: null });
    expect(errors.map(({ extensions }) => extensions)).toEqual([{ code: 'TIMEOUT', retryable: true, source: 'slow' }]);
    await until(() => vendor.brokenOff() === gone + 1);
  });
});
