import { afterEach, describe, expect, it } from 'vitest';
import { argumentsOf, connectTo, PATIENT, SERVICE, service } from '../fixture/service.ts';
import {
  actionOf,
  dataSet,
  faultAnswer,
  magicAnswer,
  operation,
  SIGN_IN,
  tokenAnswer,
  userAnswer,
} from '../fixture/vendor.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const serving = async (...given: Parameters<typeof service>) => {
  const started = await service(...given);
  closing.push(started.server.close, started.closeClient);
  return started;
};

describe('signing in', () => {
  it('gets a token, binds the EHR user to it once, and sends both with every call', async () => {
    const { client, requests } = await serving(() => PATIENT);
    const call = operation();
    await client.run('GetPatient', { patient: '10001' }, call);
    await client.run('GetPatient', { patient: '10001' }, operation());
    expect(requests.map(actionOf)).toEqual(['GetSecurityToken', 'GetUserAuthentication', 'GetPatient', 'GetPatient']);
    expect(call.made).toEqual(['GetSecurityToken', 'Magic GetUserAuthentication', 'Magic GetPatient']);
    expect(argumentsOf(requests[0])).toEqual([
      ['Username', SIGN_IN.username],
      ['Password', SIGN_IN.password],
    ]);
    expect(argumentsOf(requests[1]).slice(0, 6)).toEqual([
      ['Action', 'GetUserAuthentication'],
      ['UserID', SIGN_IN.ehrUser],
      ['Appname', SIGN_IN.appName],
      ['PatientID', ''],
      ['Token', 'TOKEN-1'],
      ['Parameter1', SIGN_IN.ehrPassword],
    ]);
  });

  it.each([
    [
      'a bad service user',
      'GetSecurityToken',
      tokenAnswer('error: Username and Password not valid for any licenses on this server'),
    ],
    ['a bad service user, as a fault', 'GetSecurityToken', faultAnswer('Username and Password not valid')],
    ['a bad EHR user', 'GetUserAuthentication', userAnswer('NO')],
    ['a licence without sign-in', 'GetUserAuthentication', faultAnswer('Error: Action is not valid for this license.')],
  ])('fails for %s', async (_, refused, body) => {
    const { client } = await serving(
      () => PATIENT,
      (action) => (action === refused ? body : undefined),
    );
    await expect(client.run('GetPatient', { patient: '1' }, operation())).rejects.toMatchObject({
      code: 'UNAUTHENTICATED_AT_VENDOR',
      source: 'lakeside',
    });
  });

  it.each([
    ['no token', 'GetSecurityToken', tokenAnswer('')],
    ['no verdict on the user', 'GetUserAuthentication', magicAnswer(dataSet('GetUserAuthentication', [{ X: '1' }]))],
  ])('does not understand an answer with %s', async (_, odd, body) => {
    const { client } = await serving(
      () => PATIENT,
      (action) => (action === odd ? body : undefined),
    );
    await expect(client.run('GetPatient', { patient: '1' }, operation())).rejects.toMatchObject({
      code: 'BAD_VENDOR_ANSWER',
    });
  });

  it('retires its token when it closes, and sends nothing when it has none', async () => {
    const { client, requests } = await serving(() => PATIENT);
    await client.close();
    expect(requests).toEqual([]);
    await client.run('GetPatient', { patient: '10001' }, operation());
    await client.close();
    expect(requests.map(actionOf).at(-1)).toBe('RetireSecurityToken');
    expect(argumentsOf(requests.at(-1))).toEqual([
      ['Token', 'TOKEN-1'],
      ['Appname', SIGN_IN.appName],
    ]);
  });

  it('closes although the source is gone', async () => {
    const { client, server } = await serving(() => PATIENT);
    await client.run('GetPatient', { patient: '10001' }, operation());
    await server.close();
    await expect(client.close()).resolves.toBeUndefined();
  });
});

describe('a Magic call', () => {
  it('sends SOAP 1.1 with all twelve arguments in the server’s order', async () => {
    const { client, requests } = await serving(() => PATIENT);
    await client.run('GetSchedule', { start: '2025-03-10', end: '2025-03-11', patient: '', provider: '' }, operation());
    const [, , sent] = requests;
    expect(sent?.path).toBe(`${SERVICE}/unityservice`);
    expect(sent?.headers.soapaction).toBe('"http://www.allscripts.com/Unity/IUnityService/Magic"');
    expect(sent?.headers['content-type']).toBe('text/xml; charset=utf-8');
    expect(sent?.body).toContain('xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"');
    expect(sent?.body).toContain('<Magic xmlns="http://www.allscripts.com/Unity"><Action>');
    expect(sent?.body).toContain('<data xsi:nil="true">');
    expect(argumentsOf(sent)).toEqual([
      ['Action', 'GetSchedule'],
      ['UserID', SIGN_IN.ehrUser],
      ['Appname', SIGN_IN.appName],
      ['PatientID', ''],
      ['Token', 'TOKEN-1'],
      ['Parameter1', '03/10/2025|03/11/2025'],
      ['Parameter2', ''],
      ['Parameter3', 'N'],
      ['Parameter4', 'All'],
      ['Parameter5', ''],
      ['Parameter6', ''],
      ['data', ''],
    ]);
  });

  it('escapes what it is given', async () => {
    const { client, requests } = await serving(() => magicAnswer(dataSet('SearchPatients', [], ['ID'])));
    await client.run('SearchPatients', { text: `O'Neil & <Sons> "x"]]>` }, operation());
    expect(argumentsOf(requests[2])[5]).toEqual(['Parameter1', `O'Neil & <Sons> "x"]]>`]);
  });

  it.each(['\u0000', 'a\nb', '\ud800'])('refuses text that XML cannot carry: %j', async (text) => {
    const { client, requests } = await serving(() => PATIENT);
    await expect(client.run('SearchPatients', { text }, operation())).rejects.toMatchObject({ code: 'VALIDATION' });
    expect(requests).toEqual([]);
  });

  it.each(['', '/unityservice'])('finds the service when the address ends in UnityService.svc%s', async (suffix) => {
    const { server } = await serving(() => PATIENT);
    const other = connectTo(`${server.url}${SERVICE}${suffix}`);
    closing.push(other.closeClient);
    await other.client.run('GetPatient', { patient: '10001' }, operation());
    expect(server.requests.at(-1)?.path).toBe(`${SERVICE}/unityservice`);
  });

  it('renews an ended session once and repeats itself', async () => {
    const ended = faultAnswer('Magic Error - Action: GetPatient - you have been logged out due to inactivity.');
    const { client, requests } = await serving((_, count) => (count === 1 ? { status: 500, body: ended } : PATIENT));
    await expect(client.run('GetPatient', { patient: '10001' }, operation())).resolves.toMatchObject({
      tables: [expect.anything()],
    });
    expect(requests.map(actionOf)).toEqual([
      'GetSecurityToken',
      'GetUserAuthentication',
      'GetPatient',
      'GetSecurityToken',
      'GetUserAuthentication',
      'GetPatient',
    ]);
    expect(argumentsOf(requests[5])[4]).toEqual(['Token', 'TOKEN-2']);
  });
});
