import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { FHIR_BASE_PATH, FHIR_SIGN_IN, fhirSimulator } from '../../sandbox/fhir/simulator.ts';
import { generatePractices } from '../../sandbox/generate.ts';
import { listen } from '../../sandbox/server.ts';
import { Secret } from '../../upstream/source.ts';
import { closeAll, closeLater, connected, NOW, scripted, settingsFor, start, wanted } from './fixtures/server.ts';

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

  it.each([
    ['RS384', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['ES384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
  ] as const)(
    'satisfies a server that checks assertions as the standard says, by %s, again and again',
    async (alg, pair) => {
      const { privateKey, publicKey } = pair();
      const folder = mkdtempSync(join(tmpdir(), 'fhir-key-'));
      const privateKeyFile = join(folder, 'key.pem');
      writeFileSync(privateKeyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
      const { fhir } = generatePractices({ seed: 1, now: new Date(NOW).toISOString() });
      const keys = [{ ...(await exportJWK(publicKey)), kid: 'key-1', alg }];
      const behaviour = await fhirSimulator({ practice: fhir, now: () => NOW, keys });
      const simulator = await listen(behaviour);
      const { backendClientId: clientId } = FHIR_SIGN_IN;
      const auth = { type: 'smart-backend', clientId, privateKeyFile, keyId: 'key-1', scope: 'system/*.read' } as const;
      const source = connected(settingsFor(`${simulator.url}${FHIR_BASE_PATH}`, undefined, auth));
      closeLater(source, simulator);
      const key = `pat-${fhir.patients[0]?.id}`;
      for (let round = 0; round < 3; round += 1) {
        expect(await source.connector.read.Patient(wanted(key), source.call)).toMatchObject([{ record: { key } }]);
        behaviour.expireTokens();
      }
      rmSync(folder, { recursive: true });
      expect(simulator.calls.filter((call) => call === 'POST token')).toHaveLength(3);
    },
  );

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
