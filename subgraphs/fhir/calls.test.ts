import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FHIR_BASE_PATH, FHIR_SIGN_IN, fhirSimulator } from '../../sandbox/fhir/simulator.ts';
import { generatePractices } from '../../sandbox/generate.ts';
import type { Patient, Practice } from '../../sandbox/practice.ts';
import { listen, type Simulator } from '../../sandbox/server.ts';
import { Secret } from '../../upstream/source.ts';
import type { Found, Page } from '../vendor/connector.ts';
import { type Connected, connected, NOW, settingsFor, wanted } from './fixtures/server.ts';

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

describe('the fewest calls, at a generic server', () => {
  const practice = practiceOf();
  let simulator: Simulator;
  let source: Connected;
  beforeAll(async () => {
    simulator = await listen(await fhirSimulator({ now: () => NOW, practice }));
    const auth = { type: 'bearer', token: new Secret(FHIR_SIGN_IN.bearer) } as const;
    source = connected(settingsFor(`${simulator.url}${FHIR_BASE_PATH}`, 'GENERIC_FHIR', auth));
  });
  afterEach(() => simulator.reset());
  afterAll(async () => {
    await source.close();
    await simulator.close();
  });

  it('makes 2 for 20 patients with their appointments', async () => {
    const { connector, call } = source;
    const patients = practice.patients.slice(0, 20).map(keyOf);
    const found = await connector.read.Patient(wanted(...patients), call);
    const pages = await connector.patientAppointments(
      patients.map((patient) => ({ patient, filter: {}, window: { first: 3 } })),
      call,
    );
    expect(found.map((one) => foundOf(one).record.key)).toEqual(patients);
    for (const [i, patient] of patients.entries()) {
      const { items, hasNextPage } = pageOf(pages[i]);
      const all = practice.appointments.filter(
        ({ patientId, status }) => `pat-${patientId}` === patient && status !== 'entered-in-error',
      );
      expect(items.length).toBe(Math.min(3, all.length));
      expect(hasNextPage).toBe(all.length > 3);
      for (const { record } of items) expect(record.patientKey).toBe(patient);
    }
    expect(simulator.calls).toEqual(['GET Patient', 'GET Appointment']);
  });

  it('makes one each for a patient’s page, names of people and places included', async () => {
    const { connector, call } = source;
    const patient = keyOf(practice.patients[0] ?? { id: 0 });
    const window = { first: 20 };
    await connector.read.Patient(wanted(patient), call);
    const [appointments] = await connector.patientAppointments([{ patient, filter: {}, window }], call);
    await connector.patientObservations([{ patient, filter: {}, window }], call);
    const [claims] = await connector.patientClaims([{ patient, filter: {}, window }], call);
    await connector.coverages([patient], call);
    const { items, related = [] } = pageOf(appointments);
    const named = new Set(
      related.filter(({ covers }) => covers === 'all').map(({ type, record }) => `${type}/${record.key}`),
    );
    for (const { record } of items) {
      if (record.practitionerKey != null) expect(named).toContain(`Practitioner/${record.practitionerKey}`);
      if (record.locationKey != null) expect(named).toContain(`Location/${record.locationKey}`);
    }
    expect(pageOf(claims).items.length).toBeGreaterThan(0);
    expect(simulator.calls).toEqual([
      'GET Patient/{id}',
      'GET Appointment',
      'GET Observation',
      'GET Claim',
      'GET Coverage',
    ]);
  });

  it('makes one for a day of the practice with everybody’s names', async () => {
    const { connector, call } = source;
    const search = { from: '2026-11-18T05:00:00Z', to: '2026-11-19T05:00:00Z' };
    const { items, related = [] } = await connector.searchAppointments(search, { first: 10 }, call);
    const expected = practice.appointments.filter(
      ({ start, status }) =>
        Date.parse(start) >= Date.parse(search.from) &&
        Date.parse(start) < Date.parse(search.to) &&
        status !== 'entered-in-error',
    );
    expect(items.length).toBe(Math.min(10, expected.length));
    expect(items.length).toBeGreaterThan(0);
    const patients = new Set(related.filter(({ type }) => type === 'Patient').map(({ record }) => record.key));
    for (const { record } of items) expect(patients).toContain(record.patientKey);
    expect(simulator.calls).toEqual(['GET Appointment']);
  });

  it('tells the state and the money of every claim, in one call', async () => {
    const { connector, call } = source;
    const { items, totalCount } = await connector.searchClaims({}, { first: 100 }, call);
    // the payer has it and has not begun: R4 calls that queued, the graph accepted; a claim that waits here is not with the payer
    const states: Readonly<Record<string, string>> = { 'partially-paid': 'PARTIALLY_PAID', queued: 'SUBMITTED' };
    expect(totalCount).toBe(practice.claims.length);
    for (const claim of practice.claims) {
      const record = items.find((item) => item.record.key === `claim-${claim.id}`)?.record;
      expect(record?.totalCharge?.value).toBe(claim.totalCharge);
      expect(record?.lines.length).toBe(claim.lines.length);
      if (claim.payer === undefined) continue; // what patients pay themselves, no explanation of benefit tells
      expect(record?.status).toBe(states[claim.status] ?? claim.status.toUpperCase());
      expect(record?.totalPaid?.value).toBe(claim.insurancePaid);
      expect(record?.payer).toBe(claim.payer);
    }
    expect(simulator.calls).toEqual(['GET Claim']);
  });

  it('lists the free slots of one practitioner in one call', async () => {
    const { connector, call } = source;
    const search = { from: '2026-11-20T12:00:00Z', to: '2026-11-27T12:00:00Z', practitioners: ['prac-1'] };
    const slots = (await connector.slots(search, call)).map(({ record }) => record);
    const expected = practice.slots.filter(
      ({ start, practitionerId }) =>
        practitionerId === 1 &&
        Date.parse(start) >= Date.parse(search.from) &&
        Date.parse(start) < Date.parse(search.to),
    );
    expect(slots.map(({ key }) => key).sort()).toEqual(expected.map(({ id }) => `slot-${id}`).sort());
    expect(slots.length).toBeGreaterThan(0);
    expect(simulator.calls).toEqual(['GET Slot']);
  });
});
