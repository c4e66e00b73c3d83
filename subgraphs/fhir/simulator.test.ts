import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FHIR_BASE_PATH, FHIR_SIGN_IN, fhirSimulator } from '../../sandbox/fhir/simulator.ts';
import { generatePractices } from '../../sandbox/generate.ts';
import type { Appointment, Patient, Practice } from '../../sandbox/practice.ts';
import { listen, type Simulator } from '../../sandbox/server.ts';
import { ownCall } from '../../upstream/call.ts';
import { Secret } from '../../upstream/source.ts';
import type { Found, Page } from '../vendor/connector.ts';
import { type Connected, connected, NOW, settingsFor, wanted } from './fixtures/server.ts';

const SERVERS = [
  ['generic', 'GENERIC_FHIR'],
  ['epic', 'EPIC'],
  ['cerner', 'CERNER'],
] as const;

const practiceOf = (): Practice => generatePractices({ seed: 7, now: new Date(NOW).toISOString() }).fhir;
const keyOf = (patient: Pick<Patient, 'id'>): string => `pat-${patient.id}`;

const pageOf = <T extends 'Appointment' | 'Observation' | 'Claim'>(answer: Page<T> | Error | undefined): Page<T> => {
  if (answer === undefined || answer instanceof Error) throw answer ?? new Error('no answer');
  return answer;
};
const foundOf = <T extends 'Patient'>(answer: Found<T> | null | Error | undefined): Found<T> => {
  if (answer === undefined || answer === null || answer instanceof Error) throw answer ?? new Error('no answer');
  return answer;
};

describe.each(SERVERS)('against the %s simulator', (profile, vendor) => {
  const practice = practiceOf();
  let simulator: Simulator;
  let source: Connected;
  const calls = (): readonly string[] => simulator.calls;

  const settings = () =>
    settingsFor(`${simulator.url}${FHIR_BASE_PATH}`, vendor, {
      type: 'bearer',
      token: new Secret(FHIR_SIGN_IN.bearer),
    });
  beforeAll(async () => {
    simulator = await listen(await fhirSimulator({ now: () => NOW, profile, practice }));
    source = connected(settings());
  });
  afterEach(() => simulator.reset());
  afterAll(async () => {
    await source.close();
    await simulator.close();
  });

  /** By start; requests have none in FHIR and so come last. */
  const visitsOf = (patient: Patient): readonly Appointment[] => {
    const rank = ({ status, start }: Appointment): number =>
      status === 'proposed' || status === 'waitlist' ? Number.MAX_VALUE : Date.parse(start);
    return practice.appointments
      .filter(({ patientId, status }) => patientId === patient.id && status !== 'entered-in-error')
      .sort((one, other) => rank(one) - rank(other) || (`appt-${one.id}` < `appt-${other.id}` ? -1 : 1));
  };

  it('reads every patient as the practice knows them', async () => {
    const { connector, call } = source;
    const found = await connector.read.Patient(wanted(...practice.patients.map(keyOf)), call);
    for (const [i, patient] of practice.patients.entries()) {
      const { record, covers } = foundOf(found[i]);
      expect(covers).toBe('all');
      expect(record).toMatchObject({
        key: keyOf(patient),
        firstName: patient.first,
        lastName: patient.last,
        dateOfBirth: patient.birthDate ?? null,
        gender: patient.sex === undefined ? null : { M: 'MALE', F: 'FEMALE', O: 'OTHER', U: 'UNKNOWN' }[patient.sex],
        phoneHome: patient.homePhone === undefined ? null : `+1${patient.homePhone}`,
        phoneMobile: patient.mobilePhone === undefined ? null : `+1${patient.mobilePhone}`,
        email: patient.email ?? null,
      });
      expect(record.preferredLanguage?.codings[0]?.code).toBe(patient.language?.code);
      expect(record.race.map(({ codings }) => codings[0]?.code)).toEqual(patient.race.map(({ code }) => code));
      expect(record.ethnicity?.codings[0]?.code).toBe(patient.ethnicity?.code);
      expect(record.deceased ?? false).toBe(patient.deceased !== undefined);
      expect(record.address?.city ?? undefined).toBe(patient.address?.city);
      expect(record.identifiers.map(({ value }) => value)).toContain(patient.mrn);
    }
  });

  it('walks each patient’s whole list of appointments by pages, each once and in order', async () => {
    const { connector, call } = source;
    for (const patient of practice.patients.slice(0, 8)) {
      const keys: string[] = [];
      let after: string | undefined;
      for (let more = true; more; ) {
        const window = { first: 2, ...(after === undefined ? {} : { after }) };
        const [answer] = await connector.patientAppointments([{ patient: keyOf(patient), filter: {}, window }], call);
        const page = pageOf(answer);
        keys.push(...page.items.map(({ record }) => record.key));
        after = page.items.at(-1)?.after;
        more = page.hasNextPage;
      }
      expect(keys).toEqual(visitsOf(patient).map(({ id }) => `appt-${id}`));
    }
  });

  it('tells appointments as the practice has them, by time and state', async () => {
    const { connector, call } = source;
    const from = '2026-11-01T00:00:00Z';
    const asked = practice.patients.map((patient) => ({
      patient: keyOf(patient),
      filter: { from, status: ['BOOKED' as const, 'NO_SHOW' as const] },
      window: { first: 100 },
    }));
    const pages = await connector.patientAppointments(asked, call);
    for (const [i, patient] of practice.patients.entries()) {
      const expected = visitsOf(patient).filter(
        ({ start, status }) => Date.parse(start) >= Date.parse(from) && (status === 'booked' || status === 'noshow'),
      );
      const { items } = pageOf(pages[i]);
      expect(
        items.map(({ record }) => [record.key, Date.parse(record.start ?? ''), record.minutes, record.patientKey]),
      ).toEqual(expected.map(({ id, start, minutes }) => [`appt-${id}`, Date.parse(start), minutes, keyOf(patient)]));
    }
  });

  it('finds a blood pressure by the code of one of its components', async () => {
    const { connector, call } = source;
    const withPressure = practice.observations.filter(
      ({ components, status }) =>
        status !== 'entered-in-error' && components.some(({ code }) => code.code === '8480-6'),
    );
    const [one] = withPressure;
    const patient = `pat-${one?.patientId}`;
    const [answer] = await connector.patientObservations(
      [{ patient, filter: { codes: ['8480-6'] }, window: { first: 100 } }],
      call,
    );
    const expected = withPressure
      .filter(({ patientId }) => `pat-${patientId}` === patient)
      .map(({ id }) => `obs-${id}`);
    expect(
      pageOf(answer)
        .items.map(({ record }) => record.key)
        .sort(),
    ).toEqual([...expected].sort());
    expect(pageOf(answer).items.length).toBeGreaterThan(0);
  });

  it('lists every observation of a patient once, newest first, without errors', async () => {
    const { connector, call } = source;
    const [patient] = practice.patients;
    if (patient === undefined) throw new Error('an empty practice');
    const keys: string[] = [];
    const times: number[] = [];
    let after: string | undefined;
    for (let more = true; more; ) {
      const window = { first: 20, ...(after === undefined ? {} : { after }) };
      const [answer] = await connector.patientObservations([{ patient: keyOf(patient), filter: {}, window }], call);
      const page = pageOf(answer);
      keys.push(...page.items.map(({ record }) => record.key));
      times.push(...page.items.map(({ record }) => Date.parse(record.effective?.start ?? '')));
      after = page.items.at(-1)?.after;
      more = page.hasNextPage;
    }
    const expected = practice.observations.filter(
      ({ patientId, status }) => patientId === patient.id && status !== 'entered-in-error',
    );
    expect(times).toEqual([...times].sort((one, other) => other - one));
    expect(keys.length).toBe(new Set(keys).size);
    expect([...keys].sort()).toEqual(expected.map(({ id }) => `obs-${id}`).sort());
  });

  it('keeps the digits and states of results', async () => {
    const { connector, call } = source;
    const results = practice.observations.slice(0, 60);
    const found = await connector.read.Observation(wanted(...results.map(({ id }) => `obs-${id}`)), call);
    for (const [i, { status, value }] of results.entries()) {
      const one = found[i];
      if (one === null || one === undefined || one instanceof Error) throw new Error('not found');
      expect(one.record.vendorStatus).toBe(status);
      if (value?.kind === 'quantity') expect(one.record.value).toMatchObject({ value: value.value, unit: value.unit });
    }
  });

  it('finds patients by what the server can search by', async () => {
    const { connector, call } = source;
    const patient = practice.patients.find(({ birthDate }) => birthDate?.length === 10);
    if (patient === undefined) throw new Error('nobody with a date of birth');
    const whole = { firstName: patient.first, lastName: patient.last, dateOfBirth: patient.birthDate ?? '' };
    const byName = await connector.searchPatients(whole, { first: 5 }, call);
    const identifier = vendor === 'EPIC' ? `MRN|${patient.mrn}` : patient.mrn;
    const byNumber = await connector.searchPatients({ identifier }, { first: 5 }, call);
    expect(byName.items.map(({ record }) => record.key)).toEqual([keyOf(patient)]);
    expect(byNumber.items.map(({ record }) => record.key)).toEqual([keyOf(patient)]);
    expect(calls()).toHaveLength(2);
  });

  it('answers coverages of everybody', async () => {
    const { connector, call } = source;
    const found = await connector.coverages(practice.patients.map(keyOf), call);
    for (const [i, { coverages }] of practice.patients.entries())
      expect(found[i]).toMatchObject(coverages.map(({ payer, memberId }) => ({ payer, memberId: memberId ?? null })));
  });

  it('answers null for somebody whom nobody knows', async () => {
    const { connector, call } = source;
    const [patient] = practice.patients;
    expect(await connector.read.Patient(wanted('pat-99999'), call)).toEqual([null]);
    expect(await connector.read.Patient(wanted('pat-99999', keyOf(patient ?? { id: 0 })), call)).toMatchObject([
      null,
      { covers: 'all' },
    ]);
  });

  it.each([
    [{ kind: 'truncate' }, 'SOURCE_UNAVAILABLE'],
    [{ kind: 'reset' }, 'SOURCE_UNAVAILABLE'],
    [{ kind: 'hang' }, 'TIMEOUT'],
    [{ kind: 'status', status: 429, retryAfter: '1' }, 'RATE_LIMITED'],
    [{ kind: 'status', status: 503 }, 'SOURCE_UNAVAILABLE'],
    [{ kind: 'status', status: 404 }, 'BAD_VENDOR_ANSWER'],
    [{ kind: 'body', body: '<html></html>' }, 'BAD_VENDOR_ANSWER'],
    [
      { kind: 'body', body: '{"resourceType":"Patient","id":"somebody-else"}', contentType: 'application/fhir+json' },
      'BAD_VENDOR_ANSWER',
    ],
  ] as const)('turns %j into %s', async (fault, code) => {
    const [patient] = practice.patients;
    // its own, since what fails again and again is not asked for a while
    const { connector, close } = connected(settings());
    simulator.fault({ ...fault, match: 'Patient' });
    const found = await connector.read.Patient(wanted(keyOf(patient ?? { id: 0 })), ownCall(2_000, Date.now));
    expect(found).toMatchObject([{ code }]);
    await close();
  });
});
