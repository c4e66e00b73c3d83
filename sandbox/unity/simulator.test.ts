import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, fault, inTag, openBench, refused } from './caller.ts';
import { smallPractice } from './fixture.ts';
import { UNITY_SIGN_IN, type UnityOptions, unitySimulator } from './simulator.ts';

const { appName, username, password, ehrUser, ehrPassword } = UNITY_SIGN_IN;
const GUID = /^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;
const MINUTE = 60_000;

const open: Bench[] = [];
const bench = async (options?: Partial<UnityOptions>): Promise<Bench> => {
  const started = await openBench(options);
  open.push(started);
  return started;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ simulator }) => simulator.close()));
});

const LOGGED_OUT = 'As a Security precaution, you have been logged out due to inactivity.';
const NOT_LICENSED = 'Error: Action is not valid for this license.';
const NOT_AUTHENTICATED = 'User must be authenticated before calling this action.';

describe('signing in', () => {
  it('hands out upper-case GUIDs', async () => {
    const { soap, json } = await bench();
    const token = inTag(
      await (await soap('GetSecurityToken', { Username: username, Password: password })).text(),
      'GetSecurityTokenResult',
    );
    expect(token).toMatch(GUID);
    const plain = await json('GetToken', { Username: username, Password: password });
    expect(plain.headers.get('content-type')).toBe('application/octet-stream');
    expect(await plain.text()).toMatch(GUID);
  });

  it('gives an old token back while it lives, and a new one when it does not', async () => {
    const { soap, signIn, pass } = await bench();
    const token = await signIn();
    const renew = async () =>
      inTag(
        await (
          await soap('GetValidSecurityToken', { Username: username, Password: password, originalToken: token })
        ).text(),
        'GetValidSecurityTokenResult',
      );
    expect(await renew()).toBe(token);
    pass(21 * MINUTE);
    expect(await renew()).not.toBe(token);
  });

  it.each([
    ['a wrong password', { Username: username, Password: 'guess' }],
    ['a wrong user', { Username: 'guess', Password: password }],
    ['parts in the wrong order', { Password: password, Username: username }],
    ['nothing', {}],
  ])('answers an error text in place of the token to %s', async (_case, parts) => {
    const { soap } = await bench();
    const answer = await soap('GetSecurityToken', parts);
    expect(answer.status).toBe(200);
    expect(inTag(await answer.text(), 'GetSecurityTokenResult')).toBe(
      'error: Username and Password not valid for any licenses on this server',
    );
  });

  it.each([
    ['the right password', ehrUser, ehrPassword, 'YES', ''],
    ['a login name in another case', ehrUser.toUpperCase(), ehrPassword, 'YES', ''],
    ['a wrong password', ehrUser, 'guess', 'NO', 'Invalid username or password.'],
    ['an unknown user', 'nobody', ehrPassword, 'NO', 'Invalid username or password.'],
    ['a locked user', 'tmarchbanks', ehrPassword, 'NO', 'User account is locked.'],
    ['a locked user with a wrong password', 'tmarchbanks', 'guess', 'NO', 'Invalid username or password.'],
  ])('tells in a normal answer whether %s is valid', async (_case, user, secret, valid, message) => {
    const { soap, magic } = await bench({ locked: new Set(['TMARCHBANKS']) });
    const Token =
      inTag(
        await (await soap('GetSecurityToken', { Username: username, Password: password })).text(),
        'GetSecurityTokenResult',
      ) ?? '';
    const answer = await magic({ Action: 'GetUserAuthentication', UserID: user, Token, Parameter1: secret });
    const text = await answer.text();
    expect([answer.status, inTag(text, 'ValidUser'), inTag(text, 'ErrorMessage') ?? '']).toEqual([200, valid, message]);
    const next = await magic({ Action: 'GetPatient', UserID: user, Token, PatientID: '11' });
    expect(next.status).toBe(valid === 'YES' ? 200 : 500);
  });
});

describe('a token', () => {
  it('lives for twenty minutes after its last use', async () => {
    const { signIn, magic, pass } = await bench();
    const Token = await signIn();
    const call = () => magic({ Action: 'GetPatient', UserID: ehrUser, Token, PatientID: '11' });
    for (const minutes of [19, 19]) {
      pass(minutes * MINUTE);
      expect((await call()).status).toBe(200);
    }
    pass(20 * MINUTE);
    expect(await fault(await call())).toEqual(refused('GetPatient', LOGGED_OUT));
  });

  it.each([
    ['retired in SOAP', (at: Bench, Token: string) => at.soap('RetireSecurityToken', { Token, Appname: appName })],
    ['retired in JSON', (at: Bench, Token: string) => at.json('RetireToken', { Token, Appname: appName })],
    [
      'retired in XML over JSON',
      (at: Bench, Token: string) => at.json('RetireSecurityToken', { Token, Appname: appName }),
    ],
  ])('is worthless once %s', async (_case, retire) => {
    const at = await bench();
    const Token = await at.signIn();
    expect((await retire(at, Token)).status).toBe(200);
    expect(await fault(await at.magic({ Action: 'GetPatient', UserID: ehrUser, Token }))).toEqual(
      refused('GetPatient', LOGGED_OUT),
    );
  });

  it('is worthless once the simulator is told to expire tokens, and the refused call is named', async () => {
    const { signIn, magic, simulator } = await bench();
    const Token = await signIn();
    simulator.reset();
    simulator.fault({ kind: 'expire-token', match: 'Magic GetPatient', times: 1 });
    const call = { Action: 'GETPATIENT', UserID: ehrUser, Token };
    expect(await fault(await magic(call))).toEqual(refused('GETPATIENT', LOGGED_OUT));
    expect(simulator.calls).toEqual(['Magic GetPatient']);
  });
});

describe('the checks before an action', () => {
  it.each([
    ['an unknown token', { Token: 'X' }, LOGGED_OUT],
    ['no token', { Token: '' }, LOGGED_OUT],
    ['an unlicensed action', { Action: 'GetCharges' }, NOT_LICENSED],
    ['an unlicensed action that needs no user name', { Action: 'GetProviders' }, NOT_LICENSED],
    ['an action that does not exist', { Action: 'SaveClinicalDocument' }, NOT_LICENSED],
    ['an application name in another case', { Appname: appName.toLowerCase() }, NOT_LICENSED],
    ['another user than the one bound', { UserID: 'omarchbanks' }, NOT_AUTHENTICATED],
    ['no user', { UserID: '' }, NOT_AUTHENTICATED],
    [
      'a date that the calendar does not have',
      { Action: 'GetSchedule', Parameter1: '02/30/2025' },
      'String was not recognized as a valid DateTime.',
    ],
  ])('refuse %s in both flavours', async (_case, given, text) => {
    const { signIn, magic, json } = await bench({ licensed: new Set(['getpatient', 'GetSchedule']) });
    const fields = { Action: 'GetPatient', UserID: ehrUser, Appname: appName, Token: await signIn(), ...given };
    expect(await fault(await magic(fields))).toEqual(refused(fields.Action, text));
    const { UserID, ...others } = fields;
    const answer = await json('MagicJson', { ...others, AppUserID: UserID, Data: '' });
    expect([answer.status, await answer.json()]).toEqual([200, [{ Error: refused(fields.Action, text)[1] }]]);
  });

  it('refuse a call before the user is authenticated, but not the few that need no user', async () => {
    const { magic, json } = await bench();
    const Token = await (await json('GetToken', { Username: username, Password: password })).text();
    expect(await fault(await magic({ Action: 'GetPatient', UserID: ehrUser, Token }))).toEqual(
      refused('GetPatient', NOT_AUTHENTICATED),
    );
    expect((await magic({ Action: 'GetServerInfo', Token })).status).toBe(200);
    expect((await magic({ Action: 'Echo', Parameter3: 'hello' })).status).toBe(200);
  });

  it('let providers be listed without naming a user once one is bound', async () => {
    const { rows } = await bench();
    expect(await rows('GetProviders', { AppUserID: ehrUser })).toHaveLength(2);
    const { signIn, magic } = await bench();
    expect((await magic({ Action: 'GetProviders', Token: await signIn() })).status).toBe(200);
  });
});

describe('the names of calls', () => {
  it('are the same for an action in every flavour of Magic', async () => {
    const { simulator, signIn, magic, rows } = await bench();
    await signIn();
    await magic({ Action: 'getpatient' });
    await rows('GETPATIENT');
    expect(simulator.calls).toEqual([
      ...['GetToken', 'Magic GetUserAuthentication', 'Magic GetPatient'],
      ...['GetToken', 'Magic GetUserAuthentication', 'Magic GetPatient'],
    ]);
  });
});

describe('the options', () => {
  it('refuse a practice whose zone has no name on Windows', () => {
    const practice = { ...smallPractice(), timeZone: 'Antarctica/Troll' };
    expect(() => unitySimulator({ practice, now: () => 0 })).toThrow('no Windows name');
  });
});
