import { afterEach, describe, expect, it } from 'vitest';
import { Upstream } from '../../../upstream/upstream.ts';
import { UnityClient } from '../client.ts';
import { PATIENT, SERVICE, service } from '../fixture/service.ts';
import { actionOf, dataSet, faultAnswer, magicAnswer, operation, type Reply, settings } from '../fixture/vendor.ts';
import { attempt } from '../fixture/writing.ts';
import { Directory } from '../records/directory.ts';
import type { Unity } from '../records/unity.ts';
import { save, savedId } from './saving.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const serving = async (...given: Parameters<typeof service>) => {
  const { server, requests, closeClient } = await service(...given);
  const source = settings(`${server.url}${SERVICE}`, { timeoutMs: 500 });
  const upstream = new Upstream(source, Date.now);
  const client = new UnityClient(source, upstream, Date.now);
  const unity: Unity = { source, client, directory: new Directory(source, client, upstream.cache) };
  closing.push(server.close, closeClient, () => upstream.close());
  return { unity, client, saves: () => requests.filter((one) => actionOf(one) === 'SavePatient').length };
};

const PATHS = { Patient_ID: 'key', DOB: 'patient.dateOfBirth' };
const VALUES = { patient: '1', xml: '<patient/>' };
const savePatient = (unity: Unity) =>
  save(unity, 'SavePatient', VALUES, PATHS, attempt(undefined, Date.now).sending.call);
const answered = (...rows: readonly Record<string, string>[]): string => magicAnswer(dataSet('SavePatient', rows));

describe('an answer to a save', () => {
  it('with the id of what was saved tells it', async () => {
    const { unity } = await serving(() => answered({ Patient_ID: '7', Status: 'Success' }));
    expect(savedId(await savePatient(unity), unity, 'Patient_ID')).toBe('7');
  });

  it.each<[string, Reply, string]>([
    ['critical status', { body: answered({ STATUS: 'Critical: No such thing.' }) }, 'VENDOR_REJECTED'],
    [
      'critical status beside other cells',
      { body: answered({ Patient_ID: '7', STATUS: 'Critical' }) },
      'VENDOR_REJECTED',
    ],
    ['time that is taken', { body: answered({ STATUS: 'Critical: Resource is not available.' }) }, 'SLOT_TAKEN'],
    [
      'a state that forbids it',
      { body: answered({ STATUS: 'Critical: Status cannot be changed.' }) },
      'ILLEGAL_TRANSITION',
    ],
    ['a record that is not there', { body: answered({ STATUS: 'Critical: Patient_ID is not valid.' }) }, 'NOT_FOUND'],
    ['a value that is wrong', { body: answered({ STATUS: 'Critical: dob is required.' }) }, 'VALIDATION'],
    [
      'a value of which nothing is known',
      { body: answered({ STATUS: 'Critical: Foo is not valid.' }) },
      'VENDOR_REJECTED',
    ],
    [
      'no licence',
      { status: 500, body: faultAnswer('Magic Error - Action: X - Error: Action is not valid for this license.') },
      'UNSUPPORTED_BY_VENDOR',
    ],
    [
      'a refusal in a fault',
      { status: 500, body: faultAnswer('Magic Error - Action: SavePatient - Locked.') },
      'VENDOR_REJECTED',
    ],
  ])('that refuses for sure is told so: %s', async (_, reply, code) => {
    const { unity, saves } = await serving(() => reply);
    await expect(savePatient(unity)).rejects.toMatchObject({ code, retryable: false });
    expect(saves()).toBe(1);
  });

  it.each<[string, Reply]>([
    ['nothing', { body: answered() }],
    [
      'a server that broke down',
      {
        status: 500,
        body: faultAnswer('Magic Error - Action: SavePatient - Object reference not set to an instance of an object.'),
      },
    ],
    ['a fault in nobody’s words', { status: 500, body: faultAnswer('Failed.') }],
    ['a page of the gateway', { status: 502, type: 'text/html', body: '<html/>' }],
    ['another document', { body: '<html/>' }],
    ['half an answer', { body: answered({ Patient_ID: '7' }), cut: true }],
  ])('that may have saved is told as not sure, and nothing is sent again: %s', async (_, reply) => {
    const { unity, saves } = await serving(() => reply);
    await expect(savePatient(unity)).rejects.toMatchObject({ retryable: true });
    expect(saves()).toBe(1);
  });

  it('without an id is not sure', async () => {
    const { unity } = await serving(() => answered({ Status: 'Success' }));
    const saved = await savePatient(unity);
    expect(() => savedId(saved, unity, 'Patient_ID')).toThrow(expect.objectContaining({ code: 'BAD_VENDOR_ANSWER' }));
  });
});

describe('the call of a write', () => {
  it('asks anew what it asked before, unlike an operation that reads', async () => {
    const asked = { patient: '10001' };
    let reads = 0;
    const { client } = await serving(() => {
      reads += 1;
      return PATIENT;
    });
    const reading = operation(Date.now);
    await client.run('GetPatient', asked, reading);
    await client.run('GetPatient', asked, reading);
    expect(reads).toBe(1);
    const { call } = attempt(undefined, Date.now).sending;
    await client.run('GetPatient', asked, call);
    await Promise.all([client.run('GetPatient', asked, call), client.run('GetPatient', asked, call)]);
    expect(reads).toBe(3);
  });
});
