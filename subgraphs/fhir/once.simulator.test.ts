import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FHIR_BASE_PATH, FHIR_SIGN_IN, fhirSimulator } from '../../sandbox/fhir/simulator.ts';
import { generatePractices } from '../../sandbox/generate.ts';
import type { Practice } from '../../sandbox/practice.ts';
import { listen, type Simulator } from '../../sandbox/server.ts';
import type { CommandKind, Commands } from '../../schema/commands.ts';
import { Secret } from '../../upstream/source.ts';
import { type Connected, connected, NOW, settingsFor } from './fixtures/server.ts';
import { carryOut, type Desk, deskOf, PERSON, readBack, sendingOf, writerOf } from './fixtures/writing.ts';

describe('writes at a server that takes If-None-Exist', () => {
  let practice: Practice;
  let simulator: Simulator;
  let source: Connected;
  let desk: Desk;
  beforeAll(async () => {
    practice = generatePractices({ seed: 7, now: new Date(NOW).toISOString() }).fhir;
    simulator = await listen(await fhirSimulator({ now: () => NOW, practice }));
    const auth = { type: 'bearer', token: new Secret(FHIR_SIGN_IN.bearer) } as const;
    source = connected(settingsFor(`${simulator.url}${FHIR_BASE_PATH}`, 'GENERIC_FHIR', auth));
    desk = deskOf(source);
  });
  afterAll(async () => {
    await source.close();
    await simulator.close();
  });

  const booking = (minute: number): Commands['bookAppointment'] => ({
    patient: `pat-${practice.patients[0]?.id}`,
    practitioner: `prac-${practice.practitioners[0]?.id}`,
    location: `loc-${practice.locations[0]?.id}`,
    start: `2027-03-01T06:${minute}:00Z`,
    minutes: 10,
    type: 'Well child',
    note: 'wheelchair',
  });

  it('makes a record once, however often the same write is sent', async () => {
    const cases: readonly (readonly [CommandKind, object])[] = [
      ['createPatient', PERSON],
      ['bookAppointment', booking(10)],
      ['saveDocument', { patient: 'pat-1', type: 'Letter', contentType: 'text/plain', content: 'aGk=' }],
    ];
    for (const [kind, input] of cases) {
      const since = simulator.commits.length;
      const sending = sendingOf(desk);
      const writer = writerOf(desk, kind);
      simulator.fault({ kind: 'lose', match: 'POST', times: 1 });
      await expect(writer.send(input as never, sending)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
      const first = await writer.send(input as never, sending);
      expect(await writer.send(input as never, sending)).toEqual(first);
      expect(await writer.find?.(input as never, sending)).toEqual({ kind: 'found', key: first.key });
      expect(await writer.find?.(input as never, sendingOf(desk))).toEqual({ kind: 'absent' });
      expect(simulator.commits.length).toBe(since + 1);
    }
  });

  it('books by practitioner and time, and moves to another length and person', async () => {
    const key = await carryOut(desk, 'bookAppointment', booking(30));
    const booked = await readBack(desk, 'Appointment', key);
    const { type, note, patient, practitioner, location, start, minutes } = booking(30);
    expect(booked).toMatchObject({
      patientKey: patient,
      practitionerKey: practitioner,
      locationKey: location,
      start,
      minutes,
      note,
      type: { text: type },
    });
    await expect(carryOut(desk, 'bookAppointment', booking(35))).rejects.toMatchObject({ code: 'SLOT_TAKEN' });
    const other = `prac-${practice.practitioners[1]?.id}`;
    await carryOut(desk, 'rescheduleAppointment', { key, start: '2027-03-02T06:00:00Z', practitioner: other });
    expect(await readBack(desk, 'Appointment', key)).toMatchObject({
      start: '2027-03-02T06:00:00Z',
      minutes: 10,
      practitionerKey: other,
      locationKey: location,
      note,
    });
    await carryOut(desk, 'rescheduleAppointment', { key, start: '2027-03-02T06:00:00Z', minutes: 45 });
    expect((await readBack(desk, 'Appointment', key)).minutes).toBe(45);
  });

  it('refuses to move a visit to a time that is taken', async () => {
    await carryOut(desk, 'bookAppointment', booking(45));
    const key = await carryOut(desk, 'bookAppointment', { ...booking(45), start: '2027-03-04T06:00:00Z' });
    await expect(
      carryOut(desk, 'rescheduleAppointment', { key, start: booking(45).start ?? '' }),
    ).rejects.toMatchObject({ code: 'SLOT_TAKEN' });
  });

  it('submits a claim on the patient’s coverage', async () => {
    const insured = practice.patients.find(({ coverages }) => coverages.length === 1);
    const input: Commands['submitClaim'] = {
      patient: `pat-${insured?.id}`,
      practitioner: `prac-${practice.practitioners[0]?.id}`,
      diagnoses: ['E11.9', 'I10'],
      lines: [
        {
          procedure: '99213',
          modifiers: ['25'],
          diagnosisPointers: [1, 2],
          units: '1',
          charge: '189.50',
          serviceDate: '2026-11-02',
        },
      ],
    };
    const sending = sendingOf(desk);
    const { key } = await writerOf(desk, 'submitClaim').send(input, sending);
    const record = await readBack(desk, 'Claim', key);
    expect(record).toMatchObject({
      patientKey: input.patient,
      practitionerKey: input.practitioner,
      status: 'SUBMITTED',
      payer: insured?.coverages[0]?.payer,
      totalCharge: { value: '189.50' },
      lines: [{ units: '1', charge: { value: '189.50' }, diagnosisPointers: [1, 2], serviceDate: '2026-11-02' }],
    });
    expect(await writerOf(desk, 'submitClaim').find?.(input, sending)).toEqual({ kind: 'found', key });
  });
});

describe('writes that Epic refuses', () => {
  it('tells Epic’s number', async () => {
    const practice = generatePractices({ seed: 7, now: new Date(NOW).toISOString() }).fhir;
    const simulator = await listen(await fhirSimulator({ now: () => NOW, profile: 'epic', practice }));
    const auth = { type: 'bearer', token: new Secret(FHIR_SIGN_IN.bearer) } as const;
    const source = connected(settingsFor(`${simulator.url}${FHIR_BASE_PATH}`, 'EPIC', auth));
    const desk = deskOf(source);
    const result: Commands['recordObservation'] = {
      patient: `pat-${practice.patients[0]?.id}`,
      code: '8867-4',
      value: { quantity: { value: '70', code: '/min' } },
      effective: '2026-11-20T09:00:00Z',
      status: 'FINAL',
    };
    await carryOut(desk, 'recordObservation', result);
    const refusals = [
      [result, '59141'],
      [{ ...result, code: '2345-7', category: 'laboratory' }, '59187'],
    ] as const;
    for (const [input, vendorCode] of refusals)
      await expect(carryOut(desk, 'recordObservation', input)).rejects.toMatchObject({
        code: 'VENDOR_REJECTED',
        vendorCode,
      });
    await source.close();
    await simulator.close();
  });
});
