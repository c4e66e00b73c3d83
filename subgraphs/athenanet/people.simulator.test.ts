import { beforeAll, describe, expect, it } from 'vitest';
import { ATHENANET_PRACTICE_ID, ATHENANET_SIGN_IN, athenanetSimulator } from '../../sandbox/athenanet/simulator.ts';
import { generatePractices } from '../../sandbox/generate.ts';
import type { Patient } from '../../sandbox/practice.ts';
import { listen } from '../../sandbox/server.ts';
import { all, type Bed, connect, fields, found, signedIn } from './testbed.ts';

/** The whole way, against the sandbox’s athenaNet: what the practice knows is what the graph says. */
const { athenanet: truth } = generatePractices({ seed: 20_261_120, now: '2026-11-20T15:00:00Z' });
const LIMITS = { perSecond: 1e6, perDay: 1e9, tokenPerMinute: 1e3 };
const behaviour = athenanetSimulator({ practice: truth, now: Date.now, limits: LIMITS });
const SIGN_IN = { ...ATHENANET_SIGN_IN, practiceId: ATHENANET_PRACTICE_ID };
let bed: Bed;
beforeAll(async () => {
  const simulator = await listen(behaviour);
  const connected = connect(signedIn(simulator.url, SIGN_IN, truth.timeZone));
  bed = connected;
  return async () => {
    await connected.close();
    await simulator.close();
  };
});

describe('patients', () => {
  const GENDER = { M: 'MALE', F: 'FEMALE', O: null, U: 'UNKNOWN' } as const;
  const e164 = (digits: string | undefined) => (digits === undefined ? null : `+1${digits}`);
  const told = (patient: Patient) => ({
    key: String(patient.id),
    firstName: patient.first,
    lastName: patient.last,
    dateOfBirth: patient.birthDate ?? null,
    gender: patient.sex === undefined ? null : GENDER[patient.sex],
    deceased: patient.deceased === undefined ? null : true,
    phoneHome: e164(patient.homePhone),
    phoneMobile: e164(patient.mobilePhone),
    email: patient.email ?? null,
    race: patient.race.map(({ code }) => ({ codings: [{ code }] })),
  });

  it('read by id are who they are', async () => {
    const wanted = truth.patients.map(({ id }) => ({ key: String(id), fields: fields('email') }));
    const patients = all(await bed.connector.read.Patient(wanted, bed.call)).map(({ record }) => record);
    expect(patients).toMatchObject(truth.patients.map(told));
    expect(patients.map(({ preferredLanguage }) => preferredLanguage?.codings[0]?.code)).toEqual(
      truth.patients.map(({ language }) => language?.code),
    );
    expect(bed.calls()).toEqual(truth.patients.map(() => 'GET /patients/{id}'));
  });

  it.each([
    { by: 'last name', query: (one: Patient) => ({ lastName: one.last }), calls: ['GET /patients'] },
    { by: 'both names', query: (one: Patient) => ({ name: `${one.last}, ${one.first}` }), calls: ['GET /patients'] },
    { by: 'birth date', query: (one: Patient) => ({ dateOfBirth: one.birthDate ?? '' }), calls: ['GET /patients'] },
    { by: 'telephone', query: (one: Patient) => ({ phone: `+1${one.homePhone}` }), calls: ['GET /patients'] },
    { by: 'identifier', query: (one: Patient) => ({ identifier: String(one.id) }), calls: ['GET /patients/{id}'] },
    {
      by: 'a part of the name',
      query: (one: Patient) => ({ name: one.last.slice(0, 4) }),
      calls: ['GET /patients/search'],
    },
  ])('are found by $by in one call', async ({ query, calls }) => {
    const one = truth.patients.find(({ birthDate, homePhone }) => birthDate?.length === 10 && homePhone !== undefined);
    const patient = found(one);
    bed.calls();
    const page = await bed.connector.searchPatients(query(patient), { first: 100 }, bed.call);
    expect(page.items.map(({ record }) => record.key)).toContain(String(patient.id));
    expect(bed.calls()).toEqual(calls);
  });

  it('have the coverages that the practice has', async () => {
    const insured = truth.patients.filter(({ coverages }) => coverages.length > 0);
    const coverages = all(
      await bed.connector.coverages(
        insured.map(({ id }) => String(id)),
        bed.call,
      ),
    );
    expect(coverages.map((list) => list.map(({ payer, memberId }) => [payer, memberId ?? undefined]))).toEqual(
      insured.map((patient) => patient.coverages.map(({ payer, memberId }) => [payer, memberId])),
    );
  });

  it('who are nobody are null', async () => {
    expect(await bed.connector.read.Patient([{ key: '99999999', fields: fields('email') }], bed.call)).toEqual([null]);
    expect(await bed.connector.coverages(['99999999'], bed.call)).toEqual([null]);
  });
});

describe('the schedule', () => {
  it('has the free time of the practice, readable by id', async () => {
    const span = { from: '2026-11-20T15:00:00Z', to: '2026-11-25T15:00:00Z' };
    const slots = (await bed.connector.slots(span, bed.call)).map(({ record }) => record);
    const free = truth.slots.filter(({ start }) => start >= span.from && start < span.to);
    const of = (list: readonly (string | null | undefined)[][]) => list.map((one) => one.join(' ')).sort();
    expect(
      of(
        slots.map(({ start, end, practitionerKey, locationKey }) => [
          start,
          String((Date.parse(end) - Date.parse(start)) / 60_000),
          practitionerKey,
          locationKey,
        ]),
      ),
    ).toEqual(
      of(
        free.map(({ start, minutes, practitionerId, locationId }) => [
          start,
          String(minutes),
          String(practitionerId),
          String(locationId),
        ]),
      ),
    );
    const read = all(
      await bed.connector.read.Slot(
        slots.slice(0, 3).map(({ key }) => ({ key, fields: fields('start') })),
        bed.call,
      ),
    );
    expect(read.map(({ record }) => record)).toEqual(slots.slice(0, 3));
  });

  it('has its people and places', async () => {
    const people = await bed.connector.practitioners({ first: 100 }, bed.call);
    expect(people.items.map(({ record }) => [record.key, record.npi]).sort()).toEqual(
      truth.practitioners.map(({ id, npi }) => [String(id), npi]).sort(),
    );
    const places = await bed.connector.locations(bed.call);
    expect(places.map(({ key, name, timeZone }) => ({ key, name, timeZone }))).toEqual(
      truth.locations.map(({ id, name, timeZone }) => ({ key: String(id), name, timeZone })),
    );
  });
});
