import { afterEach, describe, expect, it } from 'vitest';
import { type Fault, listen } from '../../../sandbox/server.ts';
import { UNITY_SIGN_IN, unitySimulator } from '../../../sandbox/unity/simulator.ts';
import type { PatientFields } from '../../../schema/commands.ts';
import type { Call } from '../../../upstream/call.ts';
import type { SourceSettings } from '../../../upstream/source.ts';
import type { Connector } from '../../vendor/connector.ts';
import { NOW, practice } from '../fixture/practice.ts';
import { NOTHING_KEPT, operation } from '../fixture/vendor.ts';
import { connectWorld, keysOf, MAGIC, recordOf, wanted, window } from '../fixture/world.ts';
import { attempt, carryOut, refusedPaths, writerOf } from '../fixture/writing.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const world = async (cache: SourceSettings['cache'] = NOTHING_KEPT) => {
  const simulator = await listen(unitySimulator({ practice: practice(), now: () => NOW }));
  const connected = await connectWorld<Fault>(simulator, MAGIC, UNITY_SIGN_IN, { timeoutMs: 500, cache });
  closing.push(connected.close);
  return { ...connected, commits: simulator.commits };
};

const read = async (connector: Connector, key: string) =>
  recordOf(
    (
      await connector.read.Patient(
        [wanted(key)],
        operation(() => NOW),
      )
    )[0],
  );

const FULL: Required<PatientFields> = {
  firstName: 'Zoë “Z” <&>',
  lastName: 'O\'Sample-Müller "Jr"',
  dateOfBirth: '1988-02-29',
  gender: 'OTHER',
  address: { line1: '1 & 2 <Main>', line2: 'Apt "3"', city: 'Springfield', state: 'IL', postalCode: '62701' },
  phoneHome: '+12175550111',
  phoneMobile: '+12175550112',
  email: 'zoe@example.org',
  preferredLanguage: 'es',
  race: ['2106-3', '2028-9'],
  ethnicity: '2135-2',
};

const codes = (concepts: readonly { readonly codings: readonly { readonly code: string }[] }[]) =>
  concepts.map(({ codings }) => codings[0]?.code);

describe('a new patient', () => {
  it('is saved with everything, and reads back as it was meant', async () => {
    const { connector, commits } = await world();
    const one = attempt();
    const { key } = await carryOut(connector, 'createPatient', { patient: FULL, onDuplicate: 'FAIL' }, one);
    expect(one.departed).toEqual(['Magic SavePatient']);
    const { race, ethnicity, preferredLanguage, ...same } = FULL;
    const kept = await read(connector, key);
    expect(kept).toMatchObject(same);
    expect(codes(kept.race)).toEqual(race);
    expect(kept.ethnicity?.codings[0]?.code).toBe(ethnicity);
    expect(kept.preferredLanguage?.codings[0]?.code).toBe(preferredLanguage);
    expect(commits).toMatchObject([{ kind: 'created', type: 'Patient', call: 'Magic SavePatient' }]);
  });

  it.each(['Newcomer', 'New, comer', "O'New-Comer"])(
    'called %s is found at once by the calls of a write, whatever is kept for others',
    async (lastName) => {
      const { connector } = await world({ ttlSeconds: { Patient: 60 }, staleSeconds: 60 });
      const patient = { firstName: 'Nell', lastName, dateOfBirth: '1990-01-02', gender: 'FEMALE' } as const;
      const search = { lastName, dateOfBirth: '1990-01-02' };
      const find = async (call: Call) => keysOf(await connector.searchPatients(search, window(['firstName']), call));
      expect(await find(operation(() => NOW))).toEqual([]);
      const { key } = await carryOut(connector, 'createPatient', { patient, onDuplicate: 'FAIL' });
      expect(await find(operation(() => NOW))).toEqual([]);
      expect(await find(attempt().sending.call)).toEqual([key]);
    },
  );

  it.each<[string, PatientFields, readonly string[]]>([
    ['without a birth date', { firstName: 'A', lastName: 'B', gender: 'MALE' }, ['patient.dateOfBirth']],
    ['without a sex', { firstName: 'A', lastName: 'B', dateOfBirth: '1990-01-01' }, ['patient.gender']],
    ['with a state that is none', { ...FULL, address: { state: 'Illinois' } }, ['patient.address.state']],
  ])('is refused by the vendor and told where: %s', async (_, patient, paths) => {
    const { connector, commits } = await world();
    await expect(carryOut(connector, 'createPatient', { patient, onDuplicate: 'FAIL' })).rejects.toMatchObject({
      code: 'VALIDATION',
      issues: paths.map((path) => ({ path: path.split('.') })),
    });
    expect(commits).toEqual([]);
  });
});

describe('what the vendor cannot keep', () => {
  it.each<[string, PatientFields, readonly string[]]>([
    ['a number of another country', { phoneHome: '+442071838750' }, ['patient.phoneHome']],
    ['a country', { address: { country: 'DE' } }, ['patient.address.country']],
    ['the home country', { address: { country: 'US' } }, []],
    ['a language without a word', { preferredLanguage: 'tlh' }, ['patient.preferredLanguage']],
    ['a language with a region', { preferredLanguage: 'en-US' }, []],
    ['codes without words', { race: ['2106-3', '9999-9'], ethnicity: '1-1' }, ['patient.race.1', 'patient.ethnicity']],
    [
      'control characters',
      { firstName: 'a\u0000b', address: { city: 'c\u001bd' } },
      ['patient.firstName', 'patient.address.city'],
    ],
  ])('is refused before anything leaves: %s', async (_, patient, paths) => {
    const { connector, simulator } = await world();
    const calls = simulator.calls.length;
    expect(refusedPaths(connector, { kind: 'createPatient', input: { patient, onDuplicate: 'FAIL' } })).toEqual(paths);
    expect(refusedPaths(connector, { kind: 'updatePatient', input: { key: '10', patient, clear: [] } })).toEqual(paths);
    expect(simulator.calls.length).toBe(calls);
  });
});

describe('a patient who is changed', () => {
  it('has what was given and keeps the rest', async () => {
    const { connector, commits } = await world();
    const before = await read(connector, '10');
    const patient = { phoneMobile: '+12175550199', lastName: 'Sampleton-Day' };
    expect(await carryOut(connector, 'updatePatient', { key: '10', patient, clear: ['email'] })).toEqual({ key: '10' });
    const after = await read(connector, '10');
    expect(after).toMatchObject({ ...patient, email: null });
    expect(after).toMatchObject({ firstName: 'Avery', address: before.address, phoneHome: before.phoneHome });
    expect(codes(after.race)).toEqual(codes(before.race));
    expect(commits).toMatchObject([{ kind: 'updated', id: 10 }]);
  });

  it('and moves away, leaves nothing of the old address behind', async () => {
    const { connector } = await world();
    const address = { line1: '7 New Street', city: 'Chicago', state: 'IL' };
    await carryOut(connector, 'updatePatient', { key: '10', patient: { address }, clear: [] });
    expect((await read(connector, '10')).address).toEqual({ ...address, line2: null, postalCode: null });
  });

  it('has nothing of what is cleared', async () => {
    const { connector } = await world();
    const clear = ['address', 'phoneHome', 'phoneMobile', 'race', 'ethnicity', 'preferredLanguage'] as const;
    await carryOut(connector, 'updatePatient', { key: '10', patient: {}, clear });
    expect(await read(connector, '10')).toMatchObject({
      address: null,
      phoneHome: null,
      phoneMobile: null,
      race: [],
      ethnicity: null,
      preferredLanguage: null,
    });
  });

  it('and is not there, is refused', async () => {
    const { connector } = await world();
    const input = { key: '999', patient: { email: 'a@example.org' }, clear: [] };
    await expect(carryOut(connector, 'updatePatient', input)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('cannot lose the name, and the vendor says where', async () => {
    const { connector, commits } = await world();
    const input = { key: '10', patient: {}, clear: ['lastName'] as const };
    await expect(carryOut(connector, 'updatePatient', input)).rejects.toMatchObject({
      code: 'VALIDATION',
      issues: [{ path: ['patient', 'lastName'] }],
    });
    expect(commits).toEqual([]);
  });
});

describe('a write of a patient', () => {
  it('whose answer was lost is not sure', async () => {
    const { connector, simulator, commits } = await world();
    simulator.fault({ kind: 'lose', match: 'Magic SavePatient' });
    const input = { patient: FULL, onDuplicate: 'FAIL' } as const;
    await expect(carryOut(connector, 'createPatient', input)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(commits).toHaveLength(1);
  });

  it('is planned without a word about the person', async () => {
    const { connector } = await world();
    const [call] = writerOf(connector, 'createPatient').plan({ patient: FULL, onDuplicate: 'FAIL' });
    expect(call?.vendorCall).toBe('Magic SavePatient');
    expect(call?.fields.map(({ name }) => name)).toContain('Cell_Phone');
    expect(new Set(call?.fields.map(({ value }) => value))).toEqual(new Set(['', '***']));
  });
});
