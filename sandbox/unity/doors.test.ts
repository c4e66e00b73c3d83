import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, fault, openBench, refused } from './caller.ts';
import { UNITY } from './envelope.ts';
import { smallPractice } from './fixture.ts';
import { UNITY_SIGN_IN, type UnityOptions } from './simulator.ts';

const { appName, username, password, ehrUser } = UNITY_SIGN_IN;

const open: Bench[] = [];
const bench = async (options?: Partial<UnityOptions>): Promise<Bench> => {
  const started = await openBench(options);
  open.push(started);
  return started;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ simulator }) => simulator.close()));
});

const NOT_LICENSED = 'Error: Action is not valid for this license.';
const NOT_AUTHENTICATED = 'User must be authenticated before calling this action.';

describe('the SOAP door', () => {
  const envelope = (body: string): string =>
    `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`;
  const GET_TOKEN = `<GetSecurityToken xmlns="${UNITY}"><Username>${username}</Username><Password>${password}</Password></GetSecurityToken>`;
  const HEADERS = { 'content-type': 'text/xml', soapaction: `${UNITY}/IUnityService/GetSecurityToken` };

  it.each([
    ['/Unity/UnityService.svc/unityservice'],
    ['/UNITY/unityservice.SVC/UnityService'],
    ['/Unity/UnityService.svc'],
    ['/UnityService.svc/Unityservice'],
  ])('stands at %s', async (path) => {
    const { post } = await bench();
    expect((await post(path, envelope(GET_TOKEN), HEADERS)).status).toBe(200);
  });

  it.each([
    ['no SOAPAction', envelope(GET_TOKEN), { soapaction: '' }, 500, 'ActionNotSupported'],
    [
      'an unknown SOAPAction',
      envelope(GET_TOKEN),
      { soapaction: `${UNITY}/IUnityService/Other` },
      500,
      'ActionNotSupported',
    ],
    ['another operation in the body', envelope(`<Magic xmlns="${UNITY}"/>`), {}, 500, 'DeserializationFailed'],
    ['another namespace', envelope(GET_TOKEN.replace(UNITY, 'urn:other')), {}, 500, 'DeserializationFailed'],
    ['no text/xml', envelope(GET_TOKEN), { 'content-type': 'application/soap+xml' }, 415, ''],
    [
      'SOAP 1.2',
      envelope(GET_TOKEN).replace(
        'http://schemas.xmlsoap.org/soap/envelope/',
        'http://www.w3.org/2003/05/soap-envelope',
      ),
      {},
      400,
      '',
    ],
    ['broken XML', envelope('<a>'), {}, 400, ''],
    ['a document type', `<!DOCTYPE a [<!ENTITY b "c">]>${envelope(GET_TOKEN)}`, {}, 400, ''],
    [
      'a binary that is none',
      envelope(`<Magic xmlns="${UNITY}"><data>***</data></Magic>`),
      { soapaction: `${UNITY}/IUnityService/Magic` },
      500,
      'DeserializationFailed',
    ],
  ])('refuses %s', async (_case, body, headers, status, text) => {
    const { post } = await bench();
    const answer = await post('/Unity/UnityService.svc/unityservice', body, { ...HEADERS, ...headers });
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(text);
  });

  it('takes prefixes, and counts a part in another namespace, out of order or repeated as absent', async () => {
    const { post, signIn } = await bench();
    const Token = await signIn();
    const send = (parts: string) =>
      post('/Unity/UnityService.svc/unityservice', envelope(`<u:Magic xmlns:u="${UNITY}">${parts}</u:Magic>`), {
        'content-type': 'text/xml',
        soapaction: `"${UNITY}/IUnityService/Magic"`,
      });
    const echo = `<u:Action>Echo</u:Action><u:Appname>${appName}</u:Appname>`;
    const first = await (
      await send(`${echo}<u:Parameter1>a &amp; &lt;b&gt; </u:Parameter1><u:Parameter1>c</u:Parameter1>`)
    ).text();
    expect(first).toContain('<Parameter1>a &amp; &lt;b&gt; </Parameter1>');
    expect(await (await send(`${echo}<u:Parameter2>b</u:Parameter2><u:Parameter1>a</u:Parameter1>`)).text()).toContain(
      '<Parameter1/><Parameter2>b</Parameter2>',
    );
    expect(await (await send(`${echo}<Parameter1>a</Parameter1>`)).text()).toContain('<Parameter1/>');
    const late = `<u:Action>GetPatient</u:Action><u:Token>${Token}</u:Token><u:UserID>${ehrUser}</u:UserID><u:Appname>${appName}</u:Appname>`;
    expect(await fault(await send(late))).toEqual(refused('GetPatient', NOT_LICENSED));
  });

  it('takes a parameter with a thousand escaped signs', async () => {
    const { magic } = await bench();
    const text = '<item name="&"/>'.repeat(2000);
    const answer = await (await magic({ Action: 'Echo', Parameter1: text })).text();
    expect(answer).toContain(
      text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    );
  });

  it('answers a fault without detail when the server itself fails', async () => {
    const practice = smallPractice();
    const { signIn, magic } = await bench({
      practice: { ...practice, appointments: practice.appointments.map((one) => ({ ...one, start: 'never' })) },
    });
    const answer = await magic({ Action: 'GetSchedule', UserID: ehrUser, Token: await signIn(), Parameter4: 'All' });
    const text = await answer.text();
    expect(answer.status).toBe(500);
    expect(text).toContain('InternalServiceFault');
    expect(text).not.toContain('UnityFault');
  });

  it.each([
    ['GET', '/Unity/UnityService.svc', 405],
    ['GET', '/Unity/RunRequest', 405],
    ['GET', '/Unity/UnityService.svc/json/MagicJson', 405],
    ['POST', '/Unity/UnityService.svc/json/Other', 404],
    ['GET', '/', 404],
  ])('answers %s %s with %i', async (method, path, status) => {
    const { simulator } = await bench();
    expect((await fetch(`${simulator.url}${path}`, { method })).status).toBe(status);
  });
});

describe('the JSON door', () => {
  it.each([
    ['no JSON', 'Action=GetPatient'],
    ['a list', '[]'],
    ['no Data', JSON.stringify({ Action: 'Echo' })],
    ['a number', JSON.stringify({ Action: 'Echo', Data: '', PatientID: 11 })],
    ['a null', JSON.stringify({ Action: 'Echo', Data: null })],
  ])('cannot bind %s', async (_case, body) => {
    const { json } = await bench();
    const answer = await json('MagicJson', body);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      [{ Error: 'Object reference not set to an instance of an object.' }],
    ]);
  });

  it('does not know the user under the name that SOAP uses', async () => {
    const { json, signIn } = await bench();
    const body = { Action: 'GetPatient', UserID: ehrUser, Appname: appName, Token: await signIn(), Data: '' };
    expect(await (await json('MagicJson', body)).json()).toEqual([
      { Error: refused('GetPatient', NOT_AUTHENTICATED)[1] },
    ]);
  });

  it('answers 500 when the server itself fails', async () => {
    const practice = smallPractice();
    const { signIn, json } = await bench({
      practice: { ...practice, patients: practice.patients.map((one) => ({ ...one, changedAt: 'never' })) },
    });
    const body = {
      Action: 'GetChangedPatients',
      AppUserID: ehrUser,
      Appname: appName,
      Token: await signIn(),
      Data: '',
    };
    expect((await json('MagicJson', body)).status).toBe(500);
  });
});

describe('trouble in front of the server', () => {
  it.each([429, 502, 503, 504])('reaches a caller of either flavour as %i with a page', async (status) => {
    const { simulator, magic, json } = await bench();
    simulator.fault({ kind: 'status', status, match: 'Magic', times: 2 });
    for (const answer of [await magic({ Action: 'Echo' }), await json('MagicJson', { Action: 'Echo', Data: '' })])
      expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/html']);
  });

  it('reaches a caller as a connection that is reset', async () => {
    const { simulator, magic } = await bench();
    simulator.fault({ kind: 'reset', match: 'Magic Echo', times: 1 });
    await expect(magic({ Action: 'Echo' })).rejects.toThrow(TypeError);
  });
});
