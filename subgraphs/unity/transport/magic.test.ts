import { inspect } from 'node:util';
import { XMLParser } from 'fast-xml-parser';
import { afterEach, describe, expect, it } from 'vitest';
import type { SourceSettings } from '../../../upstream/source.ts';
import { Upstream } from '../../../upstream/upstream.ts';
import { UnityClient } from '../client.ts';
import {
  actionOf,
  dataSet,
  faultAnswer,
  magicAnswer,
  operation,
  type Reply,
  type Request,
  SIGN_IN,
  serve,
  settings,
  tokenAnswer,
  userAnswer,
} from '../fixture.ts';

const SERVICE = '/Unity/UnityService.svc';
const patient = magicAnswer(dataSet('GetPatient', [{ ID: '10001', LastName: 'Sampleton' }]));

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A service that signs in and answers every other action by `magic`. */
const service = async (
  magic: (request: Request, count: number) => Reply | string,
  more: Parameters<typeof settings>[1] = {},
  signIn: (action: string) => string | undefined = () => undefined,
) => {
  const counts = new Map<string, number>();
  let tokens = 0;
  const server = await serve((request) => {
    const action = actionOf(request);
    counts.set(action, (counts.get(action) ?? 0) + 1);
    const given = signIn(action);
    if (given !== undefined) return { body: given };
    if (action === 'GetSecurityToken') {
      tokens += 1;
      return { body: tokenAnswer(`TOKEN-${tokens}`) };
    }
    if (action === 'GetUserAuthentication') return { body: userAnswer() };
    if (action === 'RetireSecurityToken') return { body: magicAnswer('').replaceAll('Magic', 'RetireSecurityToken') };
    const reply = magic(request, counts.get(action) ?? 0);
    return typeof reply === 'string' ? { body: reply } : reply;
  });
  const source: SourceSettings = settings(`${server.url}${SERVICE}`, more);
  const upstream = new Upstream(source, Date.now);
  const client = new UnityClient(source, upstream, Date.now);
  closing.push(
    () => server.close(),
    () => upstream.close(),
  );
  return { client, server, requests: server.requests };
};

const bodyOf = (request: Request | undefined): unknown => {
  const parser = new XMLParser({
    ignoreAttributes: false,
    parseTagValue: false,
    preserveOrder: true,
    removeNSPrefix: true,
  });
  return parser.parse(request?.body ?? '');
};

/** Names and texts of the operation's children, in the order of the wire. */
const argumentsOf = (request: Request | undefined): readonly (readonly [string, string])[] => {
  type Element = Readonly<Record<string, readonly Record<string, unknown>[]>>;
  const find = (nodes: readonly Element[], name: string): readonly Element[] =>
    (nodes.find((node) => name in node)?.[name] ?? []) as unknown as readonly Element[];
  const body = find(find(bodyOf(request) as readonly Element[], 'Envelope'), 'Body');
  const [operationNode] = body;
  const children = Object.values(operationNode ?? {})[0] as unknown as readonly Element[];
  return children.map((child) => {
    const [name = ''] = Object.keys(child);
    return [name, String(child[name]?.[0]?.['#text'] ?? '')];
  });
};

describe('signing in', () => {
  it('gets a token, binds the EHR user to it once, and sends both with every call', async () => {
    const { client, requests } = await service(() => patient);
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
    const { client } = await service(
      () => patient,
      {},
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
    const { client } = await service(
      () => patient,
      {},
      (action) => (action === odd ? body : undefined),
    );
    await expect(client.run('GetPatient', { patient: '1' }, operation())).rejects.toMatchObject({
      code: 'BAD_VENDOR_ANSWER',
    });
  });

  it('retires its token when it closes, and sends nothing when it has none', async () => {
    const { client, requests } = await service(() => patient);
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
    const { client, server } = await service(() => patient);
    await client.run('GetPatient', { patient: '10001' }, operation());
    await server.close();
    await expect(client.close()).resolves.toBeUndefined();
  });
});

describe('a Magic call', () => {
  it('sends SOAP 1.1 with all twelve arguments in the server’s order', async () => {
    const { client, requests } = await service(() => patient);
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
    const { client, requests } = await service(() => magicAnswer(dataSet('SearchPatients', [], ['ID'])));
    await client.run('SearchPatients', { text: `O'Neil & <Sons> "x"]]>` }, operation());
    expect(argumentsOf(requests[2])[5]).toEqual(['Parameter1', `O'Neil & <Sons> "x"]]>`]);
  });

  it.each(['\u0000', 'a\nb', '\ud800'])('refuses text that XML cannot carry: %j', async (text) => {
    const { client, requests } = await service(() => patient);
    await expect(client.run('SearchPatients', { text }, operation())).rejects.toMatchObject({ code: 'VALIDATION' });
    expect(requests).toEqual([]);
  });

  it.each(['', '/unityservice'])('finds the service when the address ends in UnityService.svc%s', async (suffix) => {
    const { server } = await service(() => patient);
    const source = settings(`${server.url}${SERVICE}${suffix}`);
    const upstream = new Upstream(source, Date.now);
    closing.push(() => upstream.close());
    await new UnityClient(source, upstream, Date.now).run('GetPatient', { patient: '10001' }, operation());
    expect(server.requests.at(-1)?.path).toBe(`${SERVICE}/unityservice`);
  });

  it('is made once for equal questions of one operation, and anew in the next', async () => {
    const { client, requests } = await service(() => patient);
    const call = operation();
    await Promise.all([1, 2, 3].map(() => client.run('GetPatient', { patient: '10001' }, call)));
    expect(requests.map(actionOf).filter((action) => action === 'GetPatient')).toHaveLength(1);
    await client.run('GetPatient', { patient: '10001' }, operation());
    expect(requests.map(actionOf).filter((action) => action === 'GetPatient')).toHaveLength(2);
  });

  it('is asked again within an operation when it failed', async () => {
    const { client } = await service((_, count) => (count === 1 ? { status: 503, body: 'down' } : patient));
    const call = operation();
    await expect(client.run('GetPatient', { patient: '1' }, call)).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
    });
    await expect(client.run('GetPatient', { patient: '1' }, call)).resolves.toHaveLength(1);
  });

  it('renews an ended session once and repeats itself', async () => {
    const ended = faultAnswer('Magic Error - Action: GetPatient - you have been logged out due to inactivity.');
    const { client, requests } = await service((_, count) => (count === 1 ? { status: 500, body: ended } : patient));
    await expect(client.run('GetPatient', { patient: '10001' }, operation())).resolves.toHaveLength(1);
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

describe('an action outside the licence', () => {
  const unlicensed = faultAnswer('Magic Error - Action: X - Error: Action is not valid for this license.');

  it('is remembered: many questions at once cost one call', async () => {
    const { client, requests } = await service(() => ({ status: 500, body: unlicensed }));
    const asked = ['1', '2', '3', '4'].map((patient) => client.run('GetPatientPolicy', { patient }, operation()));
    for (const answer of await Promise.allSettled(asked))
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'UNSUPPORTED_BY_VENDOR' } });
    expect(requests.map(actionOf).filter((action) => action === 'GetPatientPolicy')).toHaveLength(1);
    expect(client.offers('GetPatientPolicy')).toBe(false);
    expect(client.offers('GetPatient')).toBe(true);
  });

  it('is tried again after an hour', async () => {
    let time = 0;
    const { server } = await service((_, count) => (count === 1 ? { status: 500, body: unlicensed } : patient));
    const source = settings(`${server.url}${SERVICE}`);
    const upstream = new Upstream(source, () => time);
    closing.push(() => upstream.close());
    const client = new UnityClient(source, upstream, () => time);
    await expect(client.run('GetPatient', { patient: '10001' }, operation())).rejects.toMatchObject({
      code: 'UNSUPPORTED_BY_VENDOR',
    });
    time = 60 * 60_000 - 1;
    expect(client.offers('GetPatient')).toBe(false);
    time = 60 * 60_000;
    await expect(client.run('GetPatient', { patient: '10001' }, operation())).resolves.toHaveLength(1);
  });
});

describe('a failing answer', () => {
  const HTML = '<!DOCTYPE html><html><head><title>Secret Patient</title></head><body/></html>';
  const internal = magicAnswer('').replace(
    /<MagicResponse.*<\/MagicResponse>/s,
    '<s:Fault><faultcode xmlns:a="urn:a">a:InternalServiceFault</faultcode><faultstring xml:lang="en-US">The server was unable to process the request due to an internal error.</faultstring></s:Fault>',
  );

  it.each<[string, Reply, string]>([
    ['an HTML page', { body: HTML, type: 'text/html' }, 'BAD_VENDOR_ANSWER'],
    ['nothing', { body: '' }, 'BAD_VENDOR_ANSWER'],
    ['JSON', { body: '[{"getpatientinfo":[]}]' }, 'BAD_VENDOR_ANSWER'],
    ['XML that stops', { body: patient.slice(0, patient.length - 60) }, 'BAD_VENDOR_ANSWER'],
    ['broken XML', { body: patient.replace('</LastName>', '</Name>') }, 'BAD_VENDOR_ANSWER'],
    [
      'an envelope without a body',
      { body: '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>' },
      'BAD_VENDOR_ANSWER',
    ],
    ['another operation’s answer', { body: tokenAnswer('TOKEN') }, 'BAD_VENDOR_ANSWER'],
    ['an unknown element', { body: magicAnswer('').replaceAll('Magic', 'Wand') }, 'BAD_VENDOR_ANSWER'],
    ['no data set', { body: magicAnswer('') }, 'BAD_VENDOR_ANSWER'],
    ['words for a data set', { body: magicAnswer('Secret Patient') }, 'BAD_VENDOR_ANSWER'],
    ['a server exception', { status: 500, body: internal }, 'SOURCE_UNAVAILABLE'],
    ['a gateway page', { status: 503, body: HTML }, 'SOURCE_UNAVAILABLE'],
    ['too many calls', { status: 429, body: '' }, 'RATE_LIMITED'],
    ['no such service', { status: 404, body: HTML }, 'SOURCE_UNAVAILABLE'],
    ['a fault of its own', { status: 500, body: faultAnswer('Secret Patient is locked') }, 'VENDOR_REJECTED'],
    ['a fault with status 200', { body: faultAnswer('Secret Patient is locked') }, 'VENDOR_REJECTED'],
    ['a connection that breaks', { body: patient, cut: true }, 'SOURCE_UNAVAILABLE'],
  ])('%s is a typed error that tells nothing of it', async (_, reply, code) => {
    const { client } = await service(() => reply);
    const failure: unknown = await client
      .run('GetPatient', { patient: '10001' }, operation())
      .catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code, source: 'lakeside' });
    const printed = inspect(failure, { depth: 10 }) + JSON.stringify(failure);
    for (const secret of ['Secret Patient', '10001', 'TOKEN-1', SIGN_IN.password, SIGN_IN.ehrPassword])
      expect(printed).not.toContain(secret);
  });
});
