import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FHIR_BASE_PATH, FHIR_SIGN_IN, fhirSimulator } from '../../sandbox/fhir/simulator.ts';
import { generatePractices } from '../../sandbox/generate.ts';
import type { Practice, Slot } from '../../sandbox/practice.ts';
import { listen, type Simulator } from '../../sandbox/server.ts';
import type { CommandKind, Commands } from '../../schema/commands.ts';
import { Secret } from '../../upstream/source.ts';
import { type Connected, connected, NOW, settingsFor } from './fixtures/server.ts';
import { carryOut, type Desk, deskOf, PERSON, readBack, sendingOf, writerOf } from './fixtures/writing.ts';

const SERVERS = [
  ['generic', 'GENERIC_FHIR'],
  ['epic', 'EPIC'],
  ['cerner', 'CERNER'],
] as const;

describe.each(SERVERS)('writes at the %s simulator', (profile, vendor) => {
  let practice: Practice;
  let simulator: Simulator;
  let source: Connected;
  let desk: Desk;
  let patient: string;

  beforeAll(async () => {
    practice = generatePractices({ seed: 7, now: new Date(NOW).toISOString() }).fhir;
    simulator = await listen(await fhirSimulator({ now: () => NOW, profile, practice }));
    source = connected(
      settingsFor(`${simulator.url}${FHIR_BASE_PATH}`, vendor, {
        type: 'bearer',
        token: new Secret(FHIR_SIGN_IN.bearer),
      }),
    );
    patient = `pat-${practice.patients[0]?.id}`;
  });
  beforeEach(() => {
    desk = deskOf(source);
  });
  afterEach(() => simulator.reset());
  afterAll(async () => {
    await source.close();
    await simulator.close();
  });

  const pressure = (systolic: string, minute: number): Commands['recordObservation'] => ({
    patient,
    code: '8480-6',
    value: { quantity: { value: systolic, unit: 'mmHg', code: 'mm[Hg]' } },
    effective: `2026-11-20T09:${String(minute).padStart(2, '0')}:00Z`,
    status: 'FINAL',
  });
  const note = (title: string): Commands['saveDocument'] => ({
    patient,
    type: '11506-3',
    title,
    contentType: 'text/plain',
    content: Buffer.from('hällo\n<b>').toString('base64'),
  });
  /** A slot from now on that nobody booked. */
  const freeSlot = (): Slot => {
    const slot = practice.slots.find(({ start }) => Date.parse(start) > NOW);
    if (slot === undefined) throw new Error('no slot is free');
    return slot;
  };
  const commitsOf = (type: string, since: number) =>
    simulator.commits.slice(since).filter((commit) => commit.type === type);
  const offered = (kind: CommandKind) => source.connector.writers[kind] !== undefined;

  it('creates a patient, who reads back as meant, once', async () => {
    const since = simulator.commits.length;
    const key = await carryOut(desk, 'createPatient', PERSON);
    const { race, ethnicity, preferredLanguage, ...plain } = PERSON.patient;
    const record = await readBack(desk, 'Patient', key);
    expect(record).toMatchObject(plain);
    expect(record.race.flatMap(({ codings }) => codings.map(({ code }) => code))).toEqual(race);
    expect(record.ethnicity?.codings[0]?.code).toBe(ethnicity);
    expect(record.preferredLanguage?.codings[0]?.code).toBe(preferredLanguage);
    expect(desk.departed).toEqual(['POST Patient']);
    expect(commitsOf('Patient', since)).toHaveLength(1);
  });

  it('changes what is given of a patient, empties what shall be empty, and keeps the rest', async () => {
    if (!offered('updatePatient')) return expect(profile).toBe('epic');
    const key = await carryOut(desk, 'createPatient', PERSON);
    const before = await readBack(desk, 'Patient', key);
    await carryOut(desk, 'updatePatient', {
      key,
      patient: {
        lastName: 'Brown',
        phoneMobile: '+16175550199',
        address: { line1: '9 Elm St', city: 'Salem', state: 'MA' },
        race: ['2054-5'],
      },
      clear: ['email'],
    });
    const after = await readBack(desk, 'Patient', key);
    expect(after).toMatchObject({
      firstName: before.firstName,
      dateOfBirth: before.dateOfBirth,
      lastName: 'Brown',
      phoneHome: before.phoneHome,
      phoneMobile: '+16175550199',
      email: null,
      ethnicity: before.ethnicity,
    });
    expect(after.address).toMatchObject({ line1: '9 Elm St', line2: null, city: 'Salem', postalCode: null });
    expect(after.race.map(({ codings }) => codings[0]?.code)).toEqual(['2054-5']);
    expect(after.version?.versionId).not.toBe(before.version?.versionId);
  });

  it('books a slot, moves and cancels the visit, which is one all the while', async () => {
    if (!offered('bookAppointment')) return expect(profile).toBe('epic');
    const since = simulator.commits.length;
    const slot = freeSlot();
    const key = await carryOut(desk, 'bookAppointment', { patient, slot: `slot-${slot.id}`, reason: 'Cough & "cold"' });
    const booked = await readBack(desk, 'Appointment', key);
    expect(booked).toMatchObject({
      status: 'BOOKED',
      patientKey: patient,
      practitionerKey: `prac-${slot.practitionerId}`,
      locationKey: `loc-${slot.locationId}`,
      minutes: slot.minutes,
      reason: { text: 'Cough & "cold"' },
    });
    expect(Date.parse(booked.start ?? '')).toBe(Date.parse(slot.start));
    const other = freeSlot();
    await carryOut(desk, 'rescheduleAppointment', { key, slot: `slot-${other.id}` });
    const moved = await readBack(desk, 'Appointment', key);
    expect(Date.parse(moved.start ?? '')).toBe(Date.parse(other.start));
    expect(moved).toMatchObject({ status: 'BOOKED', practitionerKey: `prac-${other.practitionerId}` });
    await carryOut(desk, 'cancelAppointment', { key, reason: 'pat' });
    expect(await readBack(desk, 'Appointment', key)).toMatchObject({ status: 'CANCELLED' });
    expect(new Set(commitsOf('Appointment', since).map(({ id }) => `appt-${id}`))).toEqual(new Set([key]));
  });

  it('refuses a taken slot, for a new visit and for one that moves', async () => {
    if (!offered('bookAppointment')) return expect(profile).toBe('epic');
    const slot = `slot-${freeSlot().id}`;
    await carryOut(desk, 'bookAppointment', { patient, slot });
    const key = await carryOut(desk, 'bookAppointment', { patient, slot: `slot-${freeSlot().id}` });
    const since = simulator.commits.length;
    await expect(carryOut(desk, 'bookAppointment', { patient, slot })).rejects.toMatchObject({ code: 'SLOT_TAKEN' });
    await expect(carryOut(desk, 'rescheduleAppointment', { key, slot })).rejects.toMatchObject({ code: 'SLOT_TAKEN' });
    expect(simulator.commits.length).toBe(since);
  });

  it('checks in, and says that nobody came, where the server lets it', async () => {
    const standings = [
      ['checkInAppointment', 'CHECKED_IN'],
      ['markNoShow', 'NO_SHOW'],
    ] as const;
    const offers = { generic: standings, cerner: standings.slice(0, 1), epic: [] }[profile];
    expect(standings.filter(([kind]) => offered(kind))).toEqual(offers);
    for (const [kind, status] of offers) {
      const key = await carryOut(desk, 'bookAppointment', { patient, slot: `slot-${freeSlot().id}` });
      await carryOut(desk, kind, { key });
      expect((await readBack(desk, 'Appointment', key)).status).toBe(status);
    }
  });

  it('tells the vendor’s rule when a state does not follow on another', async () => {
    if (!offered('cancelAppointment')) return expect(profile).toBe('epic');
    const key = await carryOut(desk, 'bookAppointment', { patient, slot: `slot-${freeSlot().id}` });
    await carryOut(desk, 'cancelAppointment', { key });
    await expect(carryOut(desk, 'checkInAppointment', { key })).rejects.toMatchObject({
      code: 'VENDOR_REJECTED',
      vendorCode: 'business-rule',
    });
  });

  it('records a result and puts it right under the same id', async () => {
    const since = simulator.commits.length;
    const key = await carryOut(desk, 'recordObservation', pressure('120', 1));
    const before = await readBack(desk, 'Observation', key);
    expect(before).toMatchObject({
      status: 'FINAL',
      patientKey: patient,
      effective: { start: '2026-11-20T09:01:00Z' },
      value: { __typename: 'Quantity', value: '120', unit: 'mmHg', code: 'mm[Hg]' },
    });
    expect(commitsOf('Observation', since)[0]?.record).toMatchObject({
      code: { system: 'http://loinc.org', code: '8480-6', display: 'Systolic blood pressure' },
      value: { kind: 'quantity', value: '120', unit: 'mmHg', ucum: 'mm[Hg]' },
    });
    await carryOut(desk, 'recordObservation', { ...pressure('122.0', 1), corrects: key });
    const after = await readBack(desk, 'Observation', key);
    expect(after).toMatchObject({ key, status: 'CORRECTED', value: { value: '122.0' } });
    expect(after.version?.versionId).not.toBe(before.version?.versionId);
    expect(new Set(commitsOf('Observation', since).map(({ id }) => id)).size).toBe(1);
  });

  it('refuses a correction of somebody else’s result', async () => {
    const key = await carryOut(desk, 'recordObservation', pressure('121', 2));
    const other = `pat-${practice.patients[1]?.id}`;
    await expect(
      carryOut(desk, 'recordObservation', { ...pressure('122', 2), patient: other, corrects: key }),
    ).rejects.toMatchObject({ code: 'VALIDATION', issues: [{ path: ['patient'] }] });
  });

  it('saves a document, and finds it by its write', async () => {
    const sending = sendingOf(desk);
    const writer = writerOf(desk, 'saveDocument');
    expect((await writer.find?.(note('Letter'), sending))?.kind).not.toBe('found');
    const { key } = await writer.send(note('Letter'), sending);
    expect(await writer.find?.(note('Letter'), sending)).toEqual({ kind: 'found', key });
    const another = sendingOf(desk);
    const second = await writer.send(note('Letter'), another);
    expect(second.key).not.toBe(key);
    expect(await writer.find?.(note('Letter'), another)).toEqual({ kind: 'found', key: second.key });
    expect(simulator.commits.at(-1)).toMatchObject({ type: 'Document', record: { content: note('').content } });
  });

  it.each<[what: string, how: 'reset' | 'status']>([
    ['the connection is cut', 'reset'],
    ['a gateway answers', 'status'],
  ])('is unsure when the answer is lost after the commit and %s', async (_what, how) => {
    const lost: readonly (readonly [CommandKind, object])[] = [
      ['createPatient', PERSON],
      ['recordObservation', pressure('119', how === 'reset' ? 3 : 4)],
      ['saveDocument', note(how)],
    ];
    for (const [kind, input] of lost) {
      const since = simulator.commits.length;
      const sending = sendingOf(desk);
      simulator.fault({ kind: 'lose', how, match: 'POST', times: 1 });
      await expect(writerOf(desk, kind).send(input as never, sending)).rejects.toMatchObject({
        code: 'SOURCE_UNAVAILABLE',
      });
      expect(simulator.commits.length).toBe(since + 1);
      const seen = await writerOf(desk, kind).find?.(input as never, sending);
      if (profile === 'generic' || kind === 'saveDocument') expect(seen).toMatchObject({ kind: 'found' });
      else expect(seen).toBe(undefined);
    }
  });
});
