import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { connectTo, PATIENT, SERVICE, service } from './fixture/service.ts';
import { actionOf, faultAnswer, magicAnswer, operation, type Reply, SIGN_IN, tokenAnswer } from './fixture/vendor.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const serving = async (...given: Parameters<typeof service>) => {
  const started = await service(...given);
  closing.push(started.server.close, started.closeClient);
  return started;
};

describe('a question', () => {
  it('is made once for equal questions of one operation, and anew in the next', async () => {
    const { client, requests } = await serving(() => PATIENT);
    const call = operation();
    await Promise.all([1, 2, 3].map(() => client.run('GetPatient', { patient: '10001' }, call)));
    expect(requests.map(actionOf).filter((action) => action === 'GetPatient')).toHaveLength(1);
    await client.run('GetPatient', { patient: '10001' }, operation());
    expect(requests.map(actionOf).filter((action) => action === 'GetPatient')).toHaveLength(2);
  });

  it('is asked again within an operation when it failed', async () => {
    const { client } = await serving((_, count) => (count <= 3 ? { status: 503, body: 'down' } : PATIENT));
    const call = operation();
    await expect(client.run('GetPatient', { patient: '1' }, call)).rejects.toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
    });
    await expect(client.run('GetPatient', { patient: '1' }, call)).resolves.toMatchObject({
      tables: [{ rows: [expect.anything()] }],
    });
  });
});

describe('an action outside the licence', () => {
  const unlicensed = faultAnswer('Magic Error - Action: X - Error: Action is not valid for this license.');

  it('is refused once and remembered', async () => {
    const { client, requests } = await serving(() => ({ status: 500, body: unlicensed }));
    for (const patient of ['1', '2', '3'])
      await expect(client.run('GetPatientPolicy', { patient }, operation())).rejects.toMatchObject({
        code: 'UNSUPPORTED_BY_VENDOR',
      });
    expect(requests.map(actionOf).filter((action) => action === 'GetPatientPolicy')).toHaveLength(1);
    expect(client.offers('GetPatientPolicy')).toBe(false);
    expect(client.offers('GetPatient')).toBe(true);
  });

  it('is tried again after an hour', async () => {
    let time = 0;
    const { server } = await serving((_, count) => (count === 1 ? { status: 500, body: unlicensed } : PATIENT));
    const { client, closeClient } = connectTo(`${server.url}${SERVICE}`, () => time);
    closing.push(closeClient);
    await expect(client.run('GetPatient', { patient: '10001' }, operation())).rejects.toMatchObject({
      code: 'UNSUPPORTED_BY_VENDOR',
    });
    time = 60 * 60_000 - 1;
    expect(client.offers('GetPatient')).toBe(false);
    time = 60 * 60_000;
    await expect(client.run('GetPatient', { patient: '10001' }, operation())).resolves.toMatchObject({
      tables: [{ rows: [expect.anything()] }],
    });
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
    ['XML that stops', { body: PATIENT.slice(0, PATIENT.length - 60) }, 'BAD_VENDOR_ANSWER'],
    ['broken XML', { body: PATIENT.replace('</LastName>', '</Name>') }, 'BAD_VENDOR_ANSWER'],
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
    ['a connection that breaks', { body: PATIENT, cut: true }, 'SOURCE_UNAVAILABLE'],
  ])('%s is a typed error that tells nothing of it', async (_, reply, code) => {
    const { client } = await serving(() => reply);
    const failure: unknown = await client
      .run('GetPatient', { patient: '10001' }, operation())
      .catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code, source: 'lakeside' });
    const printed = inspect(failure, { depth: 10 }) + JSON.stringify(failure);
    for (const secret of ['Secret Patient', '10001', 'TOKEN-1', SIGN_IN.password, SIGN_IN.ehrPassword])
      expect(printed).not.toContain(secret);
  });
});
