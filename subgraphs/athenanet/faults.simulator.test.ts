import { beforeAll, describe, expect, it } from 'vitest';
import { ATHENANET_PRACTICE_ID, ATHENANET_SIGN_IN, athenanetSimulator } from '../../sandbox/athenanet/simulator.ts';
import { generatePractices } from '../../sandbox/generate.ts';
import { listen, type Simulator } from '../../sandbox/server.ts';
import type { SourceSettings } from '../../upstream/source.ts';
import { type Bed, connect, everybody, fields, found, records, signedIn } from './testbed.ts';

/** The sandbox’s athenaNet misbehaving, and in its other settings. */
const { athenanet: truth } = generatePractices({ seed: 20_261_120, now: '2026-11-20T15:00:00Z' });
const LIMITS = { perSecond: 1e6, perDay: 1e9, tokenPerMinute: 1e3 };
const behaviour = athenanetSimulator({ practice: truth, now: Date.now, limits: LIMITS });
const SIGN_IN = { ...ATHENANET_SIGN_IN, practiceId: ATHENANET_PRACTICE_ID };
let bed: Bed;
let simulator: Simulator;
beforeAll(async () => {
  simulator = await listen(behaviour);
  const connected = connect(signedIn(simulator.url, SIGN_IN, truth.timeZone));
  bed = connected;
  return async () => {
    await connected.close();
    await simulator.close();
  };
});

describe('misbehaviour', () => {
  const read = (call = bed.call) =>
    bed.connector.read.Patient([{ key: String(truth.patients[0]?.id), fields: fields('email') }], call);

  it('by an expired token is mended by a new one', async () => {
    simulator.fault({ kind: 'expire-token', match: 'GET /patients', times: 1 });
    expect(found((await read())[0])).toMatchObject({ covers: 'all' });
  });

  it.each([
    { title: 'HTML with status 200', fault: { kind: 'body', body: '<html>Sorry</html>' }, code: 'BAD_VENDOR_ANSWER' },
    { title: 'half an answer', fault: { kind: 'body', body: '[{"patientid":"50' }, code: 'BAD_VENDOR_ANSWER' },
    { title: 'somebody else', fault: { kind: 'body', body: '[{"patientid":"1"}]' }, code: 'BAD_VENDOR_ANSWER' },
  ] as const)('by $title is a typed error', async ({ fault, code }) => {
    simulator.fault({ match: 'GET /patients', times: 1, ...fault });
    expect((await read())[0]).toMatchObject({ code, source: 'springfield' });
  });

  it.each([
    { title: 'an outage', fault: { kind: 'status', status: 503 }, code: 'SOURCE_UNAVAILABLE' },
    { title: 'a lost connection', fault: { kind: 'reset' }, code: 'SOURCE_UNAVAILABLE' },
    { title: 'too many calls', fault: { kind: 'status', status: 429, retryAfter: '1' }, code: 'RATE_LIMITED' },
    {
      title: 'the old gateway’s throttle',
      fault: { kind: 'status', status: 403, body: '<h1>Developer Over Qps</h1>' },
      code: 'RATE_LIMITED',
    },
  ] as const)('by $title is mended by another attempt, and a typed error when it lasts', async ({ fault, code }) => {
    simulator.fault({ match: 'GET /patients', times: 1, ...fault });
    expect(found((await read())[0])).toMatchObject({ covers: 'all' });
    simulator.fault({ match: 'GET /patients', ...fault });
    expect((await read({ ...bed.call, deadline: bed.call.now() + 900 }))[0]).toMatchObject({
      code,
      source: 'springfield',
    });
    simulator.reset();
  });
});

describe('other settings', () => {
  const withSimulator = async (
    options: Partial<Parameters<typeof athenanetSimulator>[0]>,
    settings: Partial<SourceSettings>,
    test: (other: Bed) => Promise<void>,
  ) => {
    const other = await listen(athenanetSimulator({ practice: truth, now: Date.now, limits: LIMITS, ...options }));
    const connected = connect({ ...signedIn(other.url, SIGN_IN, truth.timeZone), ...settings });
    try {
      await test(connected);
    } finally {
      await connected.close();
      await other.close();
    }
  };
  const smith = truth.patients[0];

  it.each([
    { dialect: 'platform', call: 'GET /patients' },
    { dialect: 'guide', call: 'GET /patients/search' },
  ] as const)('with the $dialect dialect search as it wants', async ({ dialect, call }) => {
    await withSimulator({ strictDialect: dialect }, { dialect }, async (other) => {
      const query = { firstName: found(smith).first, lastName: found(smith).last };
      const page = await other.connector.searchPatients(query, { first: 10 }, other.call);
      expect(page.items.map(({ record }) => record.key)).toContain(String(found(smith).id));
      expect(other.calls()).toEqual([call]);
    });
  });

  it('with every id as text read the same', async () => {
    await withSimulator({ ids: 'text' }, {}, async (other) => {
      const ask = async (one: Bed) =>
        records(await one.connector.patientClaims(everybody(truth.patients, {}), one.call));
      expect(await ask(other)).toEqual(await ask(bed));
    });
  });

  it('for a practice that is not granted fail without asking for a new token', async () => {
    await withSimulator({ otherPractices: ['888888'] }, { practiceId: '888888' }, async (other) => {
      const [patient] = await other.connector.read.Patient([{ key: '1', fields: fields('email') }], other.call);
      expect(patient).toMatchObject({ code: 'UNAUTHENTICATED_AT_VENDOR' });
      expect(other.calls()).toEqual(['GET /patients/{id}']);
    });
  });

  it('for an unknown practice say that the source cannot be reached, not that the patient is nobody', async () => {
    await withSimulator({}, { practiceId: '99999999' }, async (other) => {
      const [patient] = await other.connector.read.Patient([{ key: '1', fields: fields('email') }], other.call);
      expect(patient).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    });
  });
});
