import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from './index.ts';
import { FILES } from './load/fixture/export.ts';
import { folderWith } from './load/fixture/folder.ts';
import { ADA } from './load/fixture/people.ts';
import type { SourceEntry } from './sources.ts';

const NOW = '2026-11-18T15:00:00Z';
const running: Sandbox[] = [];
const start = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const sandbox = await startSandbox({ now: NOW, ...options });
  running.push(sandbox);
  return sandbox;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

const sourceOf = ({ config }: Sandbox, id: string): SourceEntry => {
  const source = config.sources.find((one) => one.id === id);
  if (source === undefined) throw new Error('no such source');
  return source;
};

const token = async ({ auth }: SourceEntry): Promise<string> => {
  const answer = await fetch(auth.tokenUrl ?? '', {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`${auth.clientId}:${auth.clientSecret}`)}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: auth.scope ?? '' }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
};

const get = async (source: SourceEntry, path: string): Promise<string> => {
  const answer = await fetch(`${source.baseUrl}${path}`, {
    headers: { authorization: `Bearer ${await token(source)}` },
  });
  expect(answer.status).toBe(200);
  return answer.text();
};

/** One action in Unity's JSON flavour, after signing in as the configuration says. */
const magic = async ({ baseUrl, auth }: SourceEntry, action: string, patient: string): Promise<string> => {
  const post = async (route: string, body: object): Promise<string> =>
    (await fetch(`${baseUrl}/json/${route}`, { method: 'POST', body: JSON.stringify(body) })).text();
  const ticket = await post('GetToken', { Username: auth.username, Password: auth.password });
  const call = (name: string, patientId: string, first: string) =>
    post('MagicJson', {
      Action: name,
      AppUserID: auth.ehrUser,
      Appname: auth.appName,
      PatientID: patientId,
      Token: ticket,
      Parameter1: first,
      ...Object.fromEntries([2, 3, 4, 5, 6].map((at) => [`Parameter${at}`, ''])),
      Data: '',
    });
  await call('GetUserAuthentication', '', auth.ehrPassword ?? '');
  return call(action, patient, '');
};

const taken = (): Promise<{ readonly port: number; readonly server: Server }> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({ server, port: typeof address === 'object' && address !== null ? address.port : 0 });
    });
  });

describe('startSandbox', () => {
  it('gives the sources that read its simulators', async () => {
    const sandbox = await start();
    const { unity, athenanet, fhir } = sandbox.simulators;
    expect(sandbox.config.sources).toMatchObject([
      {
        id: 'lakeside',
        name: 'Lakeside Family Medicine',
        vendor: 'allscripts-touchworks',
        dialect: 'magic-soap',
        baseUrl: `${unity.url}/Unity/UnityService.svc`,
        timeZone: 'America/Chicago',
        auth: { type: 'unity' },
        allowPrivateNetwork: true,
      },
      {
        id: 'springfield',
        name: 'Springfield Family Practice',
        vendor: 'athenahealth',
        dialect: 'platform',
        baseUrl: athenanet.url,
        timeZone: 'America/New_York',
        practiceId: expect.stringMatching(/^\d+$/),
        auth: { type: 'client-credentials' },
        allowPrivateNetwork: true,
      },
      {
        id: 'mercy',
        name: 'Mercy Primary Care',
        vendor: 'fhir',
        baseUrl: `${fhir.url}/fhir/R4`,
        timeZone: 'America/New_York',
        auth: { type: 'client-credentials' },
        allowPrivateNetwork: true,
      },
    ]);
    expect(sandbox).not.toHaveProperty('report');
  });

  it('lets in whoever signs in as the configuration says, and shows the same person everywhere', async () => {
    const sandbox = await start();
    const springfield = sourceOf(sandbox, 'springfield');
    const answers = await Promise.all([
      magic(sourceOf(sandbox, 'lakeside'), 'GetPatient', '12345'),
      get(springfield, `/v1/${springfield.practiceId}/patients/12345`),
      get(sourceOf(sandbox, 'mercy'), '/Patient/pat-12345'),
    ]);
    for (const answer of answers) expect(answer).toContain('Doe');
  });

  it('names the families, the one with most people first', async () => {
    const { familyNames, practices } = await start();
    for (const [vendor, names] of Object.entries(familyNames)) {
      expect(names[0], vendor).toBe('Rivera');
      expect(new Set(names).size).toBe(names.length);
    }
    expect(practices.fhir?.patients.filter(({ last }) => last === 'Rivera')).toHaveLength(4);
  });

  it('gives the same people for the same seed and others for another', async () => {
    const [one, same, other] = [await start({ seed: 3 }), await start({ seed: 3 }), await start({ seed: 4 })];
    expect(same.practices).toEqual(one.practices);
    expect(other.practices).not.toEqual(one.practices);
  });

  it('takes the port that it is told, and a free one when that is taken', async () => {
    const { port, server } = await taken();
    const beside = await start({ ports: { unity: port } });
    expect(beside.simulators.unity.url).not.toBe(`http://127.0.0.1:${port}`);
    await new Promise((resolve) => server.close(resolve));
    const told = await start({ ports: { unity: port } });
    expect(told.simulators.unity.url).toBe(`http://127.0.0.1:${port}`);
    expect(sourceOf(told, 'lakeside').baseUrl).toContain(`:${port}/`);
  });

  it.each([
    ['those of production', undefined, 150],
    ['lower ones', { perSecond: 5, perDay: 100, tokenPerMinute: 10 }, 5],
    ['higher ones', { perSecond: 1e6, perDay: 1e9, tokenPerMinute: 1e6 }, 1e6],
  ])('gives athenaNet a limit within %s', async (_name, athenanetLimits, most) => {
    const sandbox = await start(athenanetLimits === undefined ? {} : { athenanetLimits });
    const { limits } = sourceOf(sandbox, 'springfield');
    expect(limits.perSecond).toBeGreaterThan(0);
    expect(limits.perSecond).toBeLessThan(most);
    expect(limits.perDay).toBeLessThan(athenanetLimits?.perDay ?? 500_000);
  });

  it('gives sources other ids, and marks the people without touching their ids', async () => {
    const sourceIds = { unity: 'one', athenanet: 'two', fhir: 'three' };
    const [plain, other] = [await start(), await start({ watermark: 'w07', sourceIds })];
    expect(other.config.sources.map(({ id }) => id)).toEqual(['one', 'two', 'three']);
    for (const { name } of other.config.sources) expect(name).toContain('w07');
    const ids = ({ practices }: Sandbox) => practices.unity.appointments.map(({ id, patientId }) => [id, patientId]);
    expect(ids(other)).toEqual(ids(plain));
    const answers = [
      await magic(sourceOf(other, 'one'), 'GetPatient', '12345'),
      await get(sourceOf(other, 'two'), '/v1/999901/patients/12345'),
      await get(sourceOf(other, 'three'), '/Patient/pat-12345'),
    ];
    for (const answer of answers) expect(answer).toContain('Doe-w07');
  });

  it('strikes the same calls with the same seed', async () => {
    const statuses = async (faultSeed: number): Promise<readonly number[]> => {
      const { simulators } = await start({ faultSeed });
      simulators.fhir.fault({ kind: 'mix', status: 0.5 });
      const seen: number[] = [];
      for (let i = 0; i < 20; i += 1) seen.push((await fetch(`${simulators.fhir.url}/fhir/R4/metadata`)).status);
      return seen;
    };
    const [one, same, other] = [await statuses(3), await statuses(3), await statuses(4)];
    expect(same).toEqual(one);
    expect(other).not.toEqual(one);
    expect(new Set(one)).toEqual(new Set([200, 500]));
  });

  it('tells over its control routes what was called and what misbehaves', async () => {
    const { simulators } = await start();
    const control = async (method: string, path: string, body?: object): Promise<[number, Record<string, unknown>]> => {
      const answer = await fetch(`${simulators.fhir.url}/_control/${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return [answer.status, (await answer.json()) as Record<string, unknown>];
    };
    await fetch(`${simulators.fhir.url}/fhir/R4/metadata`);
    expect(await control('GET', 'calls')).toMatchObject([
      200,
      {
        total: 1,
        inFlight: 0,
        mostInFlight: 1,
        mostInSecond: 1,
        counts: { 'GET metadata': 1 },
        calls: ['GET metadata'],
      },
    ]);
    const [, { id }] = await control('POST', 'faults', { kind: 'delay', ms: 1, upTo: 2, share: 0.5 });
    expect(await control('GET', 'faults')).toMatchObject([200, { faults: [{ id, kind: 'delay', share: 0.5 }] }]);
    expect((await control('POST', 'faults', { kind: 'hang', share: 2 }))[0]).toBe(400);
    expect(await control('DELETE', `faults/${id}`)).toEqual([200, { faults: [] }]);
    expect((await control('DELETE', `faults/${id}`))[0]).toBe(404);
  });

  it.each([
    ['a mark that is none', { watermark: 'a b' }],
    ['a mark for people out of files', { watermark: 'w07', data: ['.'] }],
    ['no people at all', { people: 0 }],
  ])('refuses %s', async (_name, options) => {
    await expect(startSandbox({ now: NOW, ...options })).rejects.toThrow(RangeError);
  });

  it('stops listening when it is closed', async () => {
    const sandbox = await startSandbox({ now: NOW });
    await sandbox.close();
    for (const { url } of Object.values(sandbox.simulators)) await expect(fetch(url)).rejects.toThrow();
  });

  it('refuses a beginning that is no instant', async () => {
    await expect(startSandbox({ now: 'soon' })).rejects.toThrow(RangeError);
  });
});

describe('startSandbox over files', () => {
  it('plays the same people in all three systems and reports what has no place', async () => {
    const folder = await folderWith(FILES);
    const sandbox = await start({ data: [folder.path] });
    await folder.dispose();
    const springfield = sourceOf(sandbox, 'springfield');
    const [unity, athenanet, fhir] = await Promise.all([
      magic(sourceOf(sandbox, 'lakeside'), 'GetPatient', '1'),
      get(springfield, `/v1/${springfield.practiceId}/patients/1`),
      get(sourceOf(sandbox, 'mercy'), `/Patient/${ADA}`),
    ]);
    for (const answer of [unity, athenanet, fhir]) expect(answer).toContain('Weimann987');
    expect(await get(sourceOf(sandbox, 'mercy'), '/Observation/decimals')).toContain('"value":1.00,');
    expect(sandbox.practices).not.toHaveProperty('fhir');
    expect(sandbox.practices.unity.patients[0]).not.toBe(sandbox.practices.athenanet.patients[0]);
    expect(sandbox.familyNames.fhir).toContain('Weimann987');
    const types = new Map(sandbox.report?.types.map((row) => [row.type, row.loaded]));
    expect(types.get('Patient')).toEqual({ unity: 3, athenanet: 3, fhir: 3 });
    // In a room without a record: athenaNet needs a department.
    expect(types.get('Appointment')).toEqual({ unity: 5, athenanet: 4, fhir: 11 });
    expect(sandbox.report?.text.split('\n')[0]).toBe('Appointment: 11 in the files; unity 5, athenanet 4, fhir 11');
  });

  it('opens no port when the files are broken', async () => {
    const folder = await folderWith({ 'Patient.ndjson': ['{'] });
    await expect(startSandbox({ data: [folder.path] })).rejects.toThrow(/line 1: the line is not JSON$/);
    await folder.dispose();
  });
});
