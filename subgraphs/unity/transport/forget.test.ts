import { inspect } from 'node:util';
import type { Client } from 'soap';
import { expect, it, vi } from 'vitest';
import { Upstream } from '../../../upstream/upstream.ts';
import { UnityClient } from '../client.ts';
import {
  actionOf,
  dataSet,
  magicAnswer,
  operation,
  SIGN_IN,
  serve,
  settings,
  tokenAnswer,
  userAnswer,
} from '../fixture/vendor.ts';

const made: Client[] = [];

// the real library; only its clients are noted down, since nobody else can see them
vi.mock('soap', async (importOriginal) => {
  const soap = await importOriginal<typeof import('soap')>();
  return {
    ...soap,
    createClientAsync: async (...args: Parameters<typeof soap.createClientAsync>) => {
      const client = await soap.createClientAsync(...args);
      made.push(client);
      return client;
    },
  };
});

const ANSWERS: Readonly<Record<string, string>> = {
  GetSecurityToken: tokenAnswer('TOKEN-1'),
  GetUserAuthentication: userAnswer(),
  GetPatient: magicAnswer(dataSet('GetPatient', [{ ID: '10001', LastName: 'Sampleton' }])),
  SearchPatients: '<html>Sampleton</html>',
};

it('leaves no exchange in the SOAP library’s client, whether it went well or not', async () => {
  const server = await serve((request) => ({ body: ANSWERS[actionOf(request)] ?? '' }));
  const source = settings(`${server.url}/Unity/UnityService.svc`);
  const upstream = new Upstream(source, Date.now);
  const client = new UnityClient(source, upstream, Date.now);
  try {
    await client.run('GetPatient', { patient: '10001' }, operation());
    await client.run('SearchPatients', { text: 'Sampleton' }, operation()).catch(() => undefined);
  } finally {
    await upstream.close();
    await server.close();
  }
  expect(made).toHaveLength(1);
  const printed = inspect(made, { depth: 4, maxStringLength: null, maxArrayLength: null });
  expect(printed).toContain('httpClient');
  for (const secret of ['Sampleton', '10001', 'TOKEN-1', SIGN_IN.password, SIGN_IN.ehrPassword])
    expect(printed).not.toContain(secret);
});
