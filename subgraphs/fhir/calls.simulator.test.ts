import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FHIR_BASE_PATH, FHIR_SIGN_IN, fhirSimulator } from '../../sandbox/fhir/simulator.ts';
import { generatePractices } from '../../sandbox/generate.ts';
import { listen, type Simulator } from '../../sandbox/server.ts';
import type { Vendor } from '../../schema/enums.ts';
import { Secret } from '../../upstream/source.ts';
import type { Found, Page, Related } from '../vendor/connector.ts';
import { type Connected, connected, NOW, settingsFor } from './fixtures/server.ts';

const practice = generatePractices({ seed: 7, now: new Date(NOW).toISOString() }).fhir;
const PATIENTS = practice.patients.slice(0, 20).map(({ id }) => `pat-${id}`);
const [PATIENT = ''] = PATIENTS;
const visit = practice.appointments.find(
  ({ practitionerId, locationId, status }) =>
    practitionerId !== undefined && locationId !== undefined && status === 'booked',
);
const APPOINTMENT = `appt-${visit?.id}`;
const CLAIM = `claim-${practice.claims[0]?.id}`;
const FIVE = practice.practitioners.slice(0, 5).map(({ id }) => `prac-${id}`);
const DAY = { from: '2026-11-18T05:00:00Z', to: '2026-11-19T05:00:00Z' };
const WEEK = { from: '2026-11-20T12:00:00Z', to: '2026-11-27T12:00:00Z' };
const TYPE = String(practice.slots[0]?.type.id);
const LINKS = ['patient', 'patient.lastName', 'practitioner', 'practitioner.name', 'location', 'location.name'];

const fields = (...names: readonly string[]) => new Set(names);
const wanted = (keys: readonly string[], ...names: readonly string[]) =>
  keys.map((key) => ({ key, fields: fields(...names) }));
const lists = <F extends object>(patients: readonly string[], filter: F, ...names: readonly string[]) =>
  patients.map((patient) => ({ patient, filter, window: { first: 20, fields: fields(...names) } }));
const twice = <T>(count: number, one: T): readonly T[] => Array.from({ length: count }, () => one);

type Answer = unknown;
type Ask = (source: Connected) => Promise<Answer>;

const QUESTIONS = {
  'a patient by id': ({ connector, call }) => connector.read.Patient(wanted([PATIENT], 'lastName'), call),
  'a patient with coverages': async ({ connector, call }) => {
    const [found] = await connector.read.Patient(wanted([PATIENT], 'lastName', 'coverages'), call);
    if ((found as Found<'Patient'>).coverages === undefined) await connector.coverages([PATIENT], call);
  },
  '20 patients by id': ({ connector, call }) => connector.read.Patient(wanted(PATIENTS, 'lastName'), call),
  'patients by name and birth date': ({ connector, call }) => {
    const {
      first: firstName,
      last: lastName,
      birthDate: dateOfBirth = '',
    } = practice.patients[0] ?? { first: '', last: '' };
    return connector.searchPatients(
      { firstName, lastName, dateOfBirth },
      { first: 20, fields: fields('lastName') },
      call,
    );
  },
  'a patient’s appointments with names': ({ connector, call }) =>
    connector.patientAppointments(lists([PATIENT], {}, 'start', 'practitioner', 'location'), call),
  'appointments of 20 patients': ({ connector, call }) =>
    connector.patientAppointments(lists(PATIENTS, {}, 'start', 'practitioner', 'location'), call),
  'observations of both categories': ({ connector, call }) =>
    connector.patientObservations(
      [...lists([PATIENT], { category: 'laboratory' }), ...lists([PATIENT], { category: 'vital-signs' })],
      call,
    ),
  'a trend of results': ({ connector, call }) =>
    connector.patientObservations(lists([PATIENT], { codes: ['4548-4'] }), call),
  'a patient’s claims': ({ connector, call }) => connector.patientClaims(lists([PATIENT], {}, 'status', 'payer'), call),
  'claims of a quarter with patients': ({ connector, call }) =>
    connector.searchClaims(
      { from: '2026-09-01', to: '2026-11-30' },
      { first: 20, fields: fields('status', 'patient') },
      call,
    ),
  'a claim by id with its ledger': ({ connector, call }) =>
    connector.read.Claim(wanted([CLAIM], 'status', 'adjudications', 'payer'), call),
  'the day of five practitioners with names': ({ connector, call }) =>
    connector.searchAppointments(
      { ...DAY, practitioners: FIVE },
      { first: 100, fields: fields('start', ...LINKS) },
      call,
    ),
  'an appointment by id with names': ({ connector, call }) =>
    connector.read.Appointment(wanted([APPOINTMENT], 'start', ...LINKS), call),
  'slots of a week with names': ({ connector, call }) =>
    connector.slots({ ...WEEK, type: TYPE, practitioners: FIVE, fields: fields('start', ...LINKS) }, call),
} as const satisfies Record<string, Ask>;
type Question = keyof typeof QUESTIONS;

const ONE_EACH = { read: 'GET Patient/{id}', list: 'GET Patient' } as const;
/** What one answer does not bring along is asked for by ids, all at once, above: so these are all first calls. */
const EXPECTED: Readonly<
  Record<'generic' | 'epic' | 'cerner', Readonly<Record<Question, readonly string[] | undefined>>>
> = {
  generic: {
    'a patient by id': [ONE_EACH.read],
    'a patient with coverages': [ONE_EACH.list],
    '20 patients by id': [ONE_EACH.list],
    'patients by name and birth date': [ONE_EACH.list],
    'a patient’s appointments with names': ['GET Appointment'],
    'appointments of 20 patients': ['GET Appointment'],
    'observations of both categories': ['GET Observation'],
    'a trend of results': ['GET Observation'],
    'a patient’s claims': ['GET Claim'],
    'claims of a quarter with patients': ['GET Claim'],
    'a claim by id with its ledger': ['GET Claim'],
    'the day of five practitioners with names': ['GET Appointment'],
    'an appointment by id with names': ['GET Appointment'],
    'slots of a week with names': ['GET Slot'],
  },
  epic: {
    'a patient by id': [ONE_EACH.read],
    'a patient with coverages': [ONE_EACH.read, 'GET Coverage'],
    '20 patients by id': [ONE_EACH.list],
    'patients by name and birth date': [ONE_EACH.list],
    'a patient’s appointments with names': ['GET Appointment'],
    'appointments of 20 patients': twice(20, 'GET Appointment'),
    'observations of both categories': twice(2, 'GET Observation'),
    'a trend of results': ['GET Observation'],
    'a patient’s claims': undefined,
    'claims of a quarter with patients': undefined,
    'a claim by id with its ledger': ['GET Claim/{id}', 'GET ExplanationOfBenefit'],
    'the day of five practitioners with names': undefined,
    'an appointment by id with names': ['GET Appointment'],
    'slots of a week with names': undefined,
  },
  cerner: {
    'a patient by id': [ONE_EACH.read],
    'a patient with coverages': [ONE_EACH.read, 'GET Coverage'],
    '20 patients by id': [ONE_EACH.list],
    'patients by name and birth date': [ONE_EACH.list],
    'a patient’s appointments with names': ['GET Appointment'],
    'appointments of 20 patients': ['GET Appointment'],
    'observations of both categories': ['GET Observation'],
    'a trend of results': ['GET Observation'],
    'a patient’s claims': undefined,
    'claims of a quarter with patients': undefined,
    'a claim by id with its ledger': undefined,
    'the day of five practitioners with names': ['GET Appointment'],
    'an appointment by id with names': ['GET Appointment/{id}'],
    'slots of a week with names': ['GET Slot'],
  },
};

const SERVERS = [
  ['generic', 'GENERIC_FHIR'],
  ['epic', 'EPIC'],
  ['cerner', 'CERNER'],
] as const satisfies readonly (readonly [string, Vendor])[];

describe.each(SERVERS)('at the %s server', (profile, vendor) => {
  let simulator: Simulator;
  let source: Connected;
  beforeAll(async () => {
    simulator = await listen(await fhirSimulator({ now: () => NOW, profile, practice }));
    const auth = { type: 'bearer', token: new Secret(FHIR_SIGN_IN.bearer) } as const;
    source = connected(settingsFor(`${simulator.url}${FHIR_BASE_PATH}`, vendor, auth));
  });
  afterEach(() => simulator.reset());
  afterAll(async () => {
    await source.close();
    await simulator.close();
  });

  const asked = Object.entries(EXPECTED[profile]).map(([name, calls]) => [name as Question, calls] as const);

  it.each(asked)('asks for %s as few times as it may', async (question, expected) => {
    const answer: unknown = await QUESTIONS[question](source).catch((thrown: unknown) => thrown);
    const [first] = Array.isArray(answer) ? answer : [answer];
    if (expected === undefined) expect(first).toMatchObject({ code: 'UNSUPPORTED_BY_VENDOR' });
    else expect(first).not.toBeInstanceOf(Error);
    expect([...simulator.calls].sort()).toEqual([...(expected ?? [])].sort());
  });
});

describe('names that come along at a generic server', () => {
  let simulator: Simulator;
  let source: Connected;
  beforeAll(async () => {
    simulator = await listen(await fhirSimulator({ now: () => NOW, practice }));
    const auth = { type: 'bearer', token: new Secret(FHIR_SIGN_IN.bearer) } as const;
    source = connected(settingsFor(`${simulator.url}${FHIR_BASE_PATH}`, 'GENERIC_FHIR', auth));
  });
  afterAll(async () => {
    await source.close();
    await simulator.close();
  });

  const linked = (record: object): readonly string[] => {
    const { patientKey, practitionerKey, locationKey } = record as Readonly<Record<string, string | null | undefined>>;
    return [
      ...(patientKey == null ? [] : [`Patient/${patientKey}`]),
      ...(practitionerKey == null ? [] : [`Practitioner/${practitionerKey}`]),
      ...(locationKey == null ? [] : [`Location/${locationKey}`]),
    ];
  };
  const namesOf = (related: readonly Related[]) =>
    related.filter(({ covers }) => covers === 'all').map(({ type, record }) => `${type}/${record.key}`);

  it.each([
    'the day of five practitioners with names',
    'claims of a quarter with patients',
    'an appointment by id with names',
    'slots of a week with names',
  ] as const)('are everybody’s, and whole: %s', async (question) => {
    const answer = (await QUESTIONS[question](source)) as
      | Page<'Appointment'>
      | readonly (Found<'Appointment'> | null)[];
    const found = 'items' in answer ? answer.items : answer.filter((one) => one !== null);
    const related = 'items' in answer ? (answer.related ?? []) : found.flatMap((one) => one.related ?? []);
    const all = new Set(found.flatMap(({ record }) => linked(record)));
    const without = question === 'claims of a quarter with patients' ? 'Practitioner' : 'none';
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(namesOf(related))).toEqual(new Set([...all].filter((name) => !name.startsWith(without))));
  });
});
