import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../upstream/source.ts';
import { closeAll, closeLater, connected, scripted, settingsFor, start, wanted } from './fixtures/server.ts';

afterEach(closeAll);

const patient = (id: string, more: object = {}) => ({ resourceType: 'Patient', id, ...more });

describe('signing in', () => {
  const token = { access_token: 'fresh', token_type: 'bearer', expires_in: 300 };

  it('finds the token endpoint by SMART configuration and signs with the source’s key', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fhir-key-'));
    const privateKeyFile = join(folder, 'key.pem');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    writeFileSync(privateKeyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const { connector, call, server } = await start(
      'EPIC',
      ({ url }, base) => {
        if (url === '/.well-known/smart-configuration') return { body: { token_endpoint: `${base}/token` } };
        return url === '/token' ? { body: token } : { body: patient('1') };
      },
      { type: 'smart-backend', clientId: 'c', privateKeyFile, scope: 'system/Patient.read' },
    );
    expect(await connector.read.Patient(wanted('1'), call)).toMatchObject([{ record: { key: '1' } }]);
    rmSync(folder, { recursive: true });
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /.well-known/smart-configuration',
      'POST /token',
      'GET /Patient/1',
    ]);
    expect(server.requests[2]?.headers.authorization).toBe('Bearer fresh');
  });

  it('renews a refused token once, where it can be renewed', async () => {
    const server = await scripted(({ url, headers }) => {
      if (url === '/token') return { body: { ...token, access_token: `t${server.requests.length}` } };
      return headers.authorization === 'Bearer t1' ? { status: 401 } : { body: patient('1') };
    });
    const auth = {
      type: 'client-credentials',
      tokenUrl: `${server.url}/token`,
      clientId: 'c',
      clientSecret: new Secret('s'),
    } as const;
    const source = connected(settingsFor(server.url, undefined, auth));
    closeLater(source, server);
    expect(await source.connector.read.Patient(wanted('1'), source.call)).toMatchObject([{ record: { key: '1' } }]);
    expect(server.requests.map(({ url }) => url)).toEqual(['/token', '/Patient/1', '/token', '/Patient/1']);
  });

  it('reports a refused password', async () => {
    const auth = { type: 'basic', username: 'u', password: new Secret('p') } as const;
    const { connector, call, server } = await start('GENERIC_FHIR', () => ({ status: 401 }), auth);
    expect(await connector.read.Patient(wanted('1'), call)).toMatchObject([{ code: 'UNAUTHENTICATED_AT_VENDOR' }]);
    expect(server.requests[0]?.headers.authorization).toBe('Basic dTpw');
  });
});
