import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { OperationContext } from '../../schema/context.ts';
import type { Graph } from '../harness.ts';
import { commitsOf, freeSlots, mend, SOURCES, startClinic, write } from './clinic.ts';
import { booked, type Input, newBooking, newPerson, newPressure } from './deeds.ts';
import { type Ground, groundAt, groundsOf } from './ground.ts';

let graph: Graph;
let grounds: readonly Ground[];
beforeAll(async () => {
  graph = await startClinic();
  grounds = await groundsOf(graph);
});
afterEach(() => mend(graph));
afterAll(() => graph.close());

const CHANGES = ['rescheduleAppointment', 'cancelAppointment', 'checkInAppointment', 'markNoShow'] as const;
/** How an appointment gets into a state in which it can be listed as possible. */
const LEADS_TO: Readonly<Record<string, (typeof CHANGES)[number]>> = {
  BOOKED: 'rescheduleAppointment',
  CANCELLED: 'cancelAppointment',
  CHECKED_IN: 'checkInAppointment',
  NO_SHOW: 'markNoShow',
};

describe.each(SOURCES)('$source', (place) => {
  let ground: Ground;
  beforeAll(() => {
    ground = groundAt(grounds, place);
  });

  /** What a write answers, and that nothing is committed for it. */
  const refused = async (...[mutation, input, more]: [string, Input, Partial<OperationContext>?]) => {
    const from = commitsOf(graph, place).length;
    const result = await write(graph, mutation, input, more);
    expect(commitsOf(graph, place).slice(from)).toEqual([]);
    return result;
  };
  const change = (mutation: (typeof CHANGES)[number], id: string) =>
    [mutation, { id, ...(mutation === 'rescheduleAppointment' ? ground.time() : {}) }] as [string, Input];
  const standing = (id: string, status: 'arrived' | 'fulfilled'): void => {
    const commit = commitsOf(graph, place).findLast(({ type }) => type === 'Appointment');
    if (!id.endsWith(String(commit?.id))) throw new Error('Another appointment was booked last.');
    graph.sandbox.change(place.vendor, 'Appointment', commit?.id ?? 0, { status });
    graph.forget();
  };

  describe('a time that is taken', () => {
    it('is refused with up to five that are free, the nearest first', async () => {
      const slots = await freeSlots(graph, place.source);
      const slot = slots[20];
      const patients = [ground.patient().id, ground.patient().id];
      await write(graph, 'bookAppointment', { patient: patients[0], slot: slot?.id });
      const { practitioner, location, start = '' } = slot ?? {};
      const wish = { practitioner: practitioner?.id, start, minutes: 15, ...(location && { location: location.id }) };
      const { alternatives, ...answer } = await refused('bookAppointment', { patient: patients[1], ...wish });
      expect(answer).toMatchObject({ __typename: 'SlotTaken', code: 'SLOT_TAKEN' });
      const away = alternatives.map((one: { start: string }) => Math.abs(Date.parse(one.start) - Date.parse(start)));
      expect(away.length).toBeGreaterThanOrEqual(1);
      expect(away.length).toBeLessThanOrEqual(5);
      expect(away).toEqual([...away].sort((one, other) => one - other));
      const free = await freeSlots(graph, place.source);
      expect(free.map(({ id }) => id)).toEqual(
        expect.arrayContaining(alternatives.map(({ id }: { id: string }) => id)),
      );
      for (const { id } of alternatives)
        expect(await write(graph, 'bookAppointment', { patient: patients[1], slot: id })).toMatchObject({
          __typename: 'AppointmentSaved',
        });
    });

    it('is refused by the slot’s id too, and for a move, which leaves the appointment where it is', async () => {
      const [slot, time] = [ground.slot(), ground.time()];
      await write(graph, 'bookAppointment', { patient: ground.patient().id, slot });
      await write(graph, 'bookAppointment', { patient: ground.patient().id, ...time });
      expect(await refused('bookAppointment', { patient: ground.patient().id, slot })).toMatchObject({
        __typename: 'SlotTaken',
      });
      const { appointment } = await write(graph, 'bookAppointment', newBooking(ground));
      for (const to of [{ slot }, time])
        expect(await refused('rescheduleAppointment', { id: appointment.id, ...to })).toMatchObject({
          __typename: 'SlotTaken',
        });
      graph.forget();
      const { data } = await graph.ask('query ($id: ID!) { appointment(id: $id) { start status } }', appointment);
      expect(data.appointment).toEqual({ start: appointment.start, status: 'BOOKED' });
    });
  });

  describe('an appointment', () => {
    it.each([
      ['cancelled', 'CANCELLED', 'cancelAppointment'],
      ['missed', 'NO_SHOW', 'markNoShow'],
    ] as const)('that was %s stays so', async (_, from, ending) => {
      const id = await booked(graph, ground);
      await write(graph, ending, { id });
      for (const mutation of CHANGES)
        expect(await refused(...change(mutation, id))).toMatchObject({
          ...{ __typename: 'IllegalTransition', code: 'ILLEGAL_TRANSITION', from, allowed: [] },
        });
    });

    it('that was kept stays so', async () => {
      const id = await booked(graph, ground);
      standing(id, 'fulfilled');
      for (const mutation of CHANGES)
        expect(await refused(...change(mutation, id))).toMatchObject({
          ...{ __typename: 'IllegalTransition', from: 'FULFILLED', allowed: [] },
        });
    });

    it('whose patient is there is not moved, and what is listed as possible is possible', async () => {
      const arrived = async () => {
        const id = await booked(graph, ground);
        standing(id, 'arrived');
        return id;
      };
      const answer = await refused(...change('rescheduleAppointment', await arrived()));
      expect(answer).toMatchObject({ __typename: 'IllegalTransition', from: 'ARRIVED' });
      for (const state of answer.allowed as readonly string[])
        expect(await write(graph, ...change(LEADS_TO[state] ?? 'markNoShow', await arrived()))).toMatchObject({
          __typename: 'AppointmentSaved',
        });
      for (const mutation of CHANGES.filter((one) => !answer.allowed.some((state: string) => LEADS_TO[state] === one)))
        expect(await refused(...change(mutation, await arrived()))).toMatchObject({ __typename: 'IllegalTransition' });
    });
  });

  describe('a version', () => {
    it('of an appointment that was changed since is a conflict, and the present one is not', async () => {
      const { appointment } = await write(graph, 'bookAppointment', newBooking(ground));
      const { id, meta } = appointment;
      const { id: record = 0 } = commitsOf(graph, place).findLast(({ type }) => type === 'Appointment') ?? {};
      graph.sandbox.change(place.vendor, 'Appointment', record, { minutes: 15 });
      for (const mutation of CHANGES) {
        const [name, input] = change(mutation, id);
        const answer = await refused(name, { ...input, ifVersion: meta.versionId });
        expect(answer).toMatchObject({ __typename: 'VersionConflict', code: 'VERSION_CONFLICT' });
        expect(answer.currentVersion).not.toBe(meta.versionId);
      }
      const { currentVersion } = await refused('cancelAppointment', { id, ifVersion: meta.versionId });
      expect(await write(graph, 'cancelAppointment', { id, ifVersion: currentVersion })).toMatchObject({
        __typename: 'AppointmentSaved',
      });
    });

    it('of a patient who was changed since is a conflict, and the present one is not', async () => {
      const { id } = ground.patient();
      const asked = 'query ($id: ID!) { patient(id: $id) { meta { versionId } } }';
      const ifVersion = (await graph.ask(asked, { id })).data.patient.meta.versionId;
      const email = `changed${ground.number()}@example.com`;
      graph.sandbox.change(place.vendor, 'Patient', Number(/\d+$/.exec(id)?.[0]), { email });
      const patient = { email: 'mine@example.com' };
      const answer = await refused('updatePatient', { id, patient, ifVersion });
      expect(answer).toMatchObject({ __typename: 'VersionConflict' });
      expect(await write(graph, 'updatePatient', { id, patient, ifVersion: answer.currentVersion })).toMatchObject({
        __typename: 'PatientSaved',
      });
    });
  });

  describe('somebody who is there already', () => {
    it('is not registered again unless that is wanted', async () => {
      const base = { source: place.source, location: ground.location };
      const person = newPerson(ground);
      const { patient } = await write(graph, 'createPatient', { ...base, patient: person });
      const shouted = { ...person, firstName: 'ADA', lastName: person.lastName?.toUpperCase() };
      for (const again of [person, shouted, { ...person, firstName: 'Ada Maria' }])
        expect(await refused('createPatient', { ...base, patient: again })).toMatchObject({
          ...{ __typename: 'PossibleDuplicate', candidates: [{ id: patient.id }] },
        });
      const existing = { ...base, patient: person, onDuplicate: 'RETURN_EXISTING' };
      expect(await refused('createPatient', existing)).toMatchObject({
        ...{ __typename: 'PatientSaved', patient: { id: patient.id } },
      });
      const anyway = { ...base, patient: person, onDuplicate: 'CREATE_ANYWAY' };
      const twin = await write(graph, 'createPatient', anyway);
      expect(twin).toMatchObject({ __typename: 'PatientSaved', write: { state: 'CONFIRMED' } });
      expect(twin.patient.id).not.toBe(patient.id);
      const both = [{ id: patient.id }, { id: twin.patient.id }];
      const answer = await refused('createPatient', existing);
      expect(answer).toMatchObject({ __typename: 'PossibleDuplicate' });
      expect(answer.candidates).toEqual(expect.arrayContaining(both));
    });

    it('is somebody else with another birth date, gender or family name', async () => {
      const base = { source: place.source, location: ground.location };
      const person = newPerson(ground);
      const others = [
        ...[person, { ...person, dateOfBirth: '1980-04-06' }, { ...person, gender: 'MALE' }],
        ...[
          { ...person, lastName: newPerson(ground).lastName },
          { ...person, firstName: 'Beda' },
        ],
      ];
      for (const patient of others)
        expect(await write(graph, 'createPatient', { ...base, patient })).toMatchObject({ __typename: 'PatientSaved' });
    });
  });

  describe('an id', () => {
    const record = (type: string, prefix: string): string =>
      `${place.source}/${type}/${place.vendor === 'fhir' ? prefix : ''}99999999`;

    it('that the vendor does not know is told as such', async () => {
      const [id, patient] = [record('Appointment', 'appt-'), record('Patient', 'pat-')];
      for (const mutation of CHANGES)
        expect(await refused(...change(mutation, id))).toMatchObject({
          ...{ __typename: 'ValidationFailed', code: 'NOT_FOUND' },
        });
      expect(await refused('updatePatient', { id: patient, patient: { email: 'a@example.com' } })).toMatchObject({
        ...{ __typename: 'ValidationFailed', code: 'NOT_FOUND' },
      });
      expect(await refused('recordObservation', newPressure(ground, patient))).toMatchObject({
        __typename: 'ValidationFailed',
      });
    });

    it('of another source is refused before anything is recorded', async () => {
      const other = grounds.find((one) => one.place !== place);
      const patient = ground.patient().id;
      expect(await refused('bookAppointment', { patient, slot: other?.slot() })).toMatchObject({
        ...{ __typename: 'ValidationFailed', issues: [{ path: ['slot'], rule: 'source' }] },
      });
      const time = { ...ground.time(), practitioner: other?.practitioner };
      expect(await refused('bookAppointment', { patient, ...time })).toMatchObject({
        ...{ __typename: 'ValidationFailed', issues: [{ path: ['practitioner'], rule: 'source' }] },
      });
    });
  });

  describe('a patient who signs in', () => {
    const as = (patient: string) => ({
      caller: { subject: `patient ${patient}`, scopes: ['*'], sources: 'all', patient } as const,
    });

    it('writes for themselves', async () => {
      const { id } = ground.patient();
      const { appointment, __typename } = await write(
        graph,
        'bookAppointment',
        { ...newBooking(ground), patient: id },
        as(id),
      );
      expect(__typename).toBe('AppointmentSaved');
      const theirs = await booked(graph, ground, id);
      for (const one of [appointment.id, theirs])
        expect(await write(graph, 'cancelAppointment', { id: one }, as(id))).toMatchObject({
          __typename: 'AppointmentSaved',
        });
      const patient = { email: `me${ground.number()}@example.com` };
      expect(await write(graph, 'updatePatient', { id, patient }, as(id))).toMatchObject({
        __typename: 'PatientSaved',
      });
    });

    it('and for nobody else', async () => {
      const [mine, other] = [ground.patient().id, ground.patient().id];
      const NOT_ALLOWED = { __typename: 'NotAllowed', code: 'FORBIDDEN' };
      const theirs = await booked(graph, ground, other);
      for (const mutation of CHANGES)
        expect(await refused(...change(mutation, theirs), as(mine))).toMatchObject(NOT_ALLOWED);
      const patient = { email: 'me@example.com' };
      expect(await refused('updatePatient', { id: other, patient }, as(mine))).toMatchObject(NOT_ALLOWED);
      expect(await refused('bookAppointment', { ...newBooking(ground), patient: other }, as(mine))).toMatchObject(
        NOT_ALLOWED,
      );
      expect(await refused('recordObservation', newPressure(ground, other), as(mine))).toMatchObject(NOT_ALLOWED);
      const person = { source: place.source, location: ground.location, patient: newPerson(ground) };
      expect(await refused('createPatient', person, as(mine))).toMatchObject(NOT_ALLOWED);
    });
  });
});
