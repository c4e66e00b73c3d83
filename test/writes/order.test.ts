import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Graph } from '../harness.ts';
import { commitsOf, mend, newKey, SOURCES, startClinic, write } from './clinic.ts';
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

type Asked = readonly [mutation: string, input: Input];

/** Hands writes in one after the other without waiting for any; gives what waits for all of them. */
const handIn = async (asked: readonly Asked[]) => {
  const keyed = asked.map(([mutation, input]) => [mutation, { ...input, idempotencyKey: newKey() }] as const);
  for (const [mutation, input] of keyed) await write(graph, mutation, { ...input, waitMs: 0 });
  return () => Promise.all(keyed.map(([mutation, input]) => write(graph, mutation, input)));
};

const pressureOf = ({ value }: Input): string => (value as { quantity: { value: string } }).quantity.value;

describe.each(SOURCES)('$source', (place) => {
  let ground: Ground;
  beforeAll(() => {
    ground = groundAt(grounds, place);
  });
  const simulator = () => graph.sandbox.simulators[place.vendor];
  /** What was committed since, in a word each: a result's value, a visit's state and its hour. */
  const since = (from: number): readonly string[] =>
    commitsOf(graph, place)
      .slice(from)
      .flatMap(({ record }) => {
        if ('value' in record && record.value?.kind === 'quantity') return [record.value.value];
        return 'status' in record && 'start' in record ? [`${record.status} ${record.start.slice(0, 16)}`] : [];
      });

  it('gets one patient’s writes in the order in which they were handed in', async () => {
    const patients = [ground.patient().id, ground.patient().id, ground.patient().id];
    const results = Array.from({ length: 12 }, (_, i) => newPressure(ground, patients[i % 3]));
    const from = commitsOf(graph, place).length;
    const all = await handIn(results.map((input) => ['recordObservation', input]));
    for (const one of await all()) expect(one).toMatchObject({ __typename: 'ObservationSaved' });
    const committed = since(from);
    expect(committed).toHaveLength(12);
    for (const patient of patients) {
      const own = results.filter((input) => input.patient === patient).map(pressureOf);
      expect(committed.filter((value) => own.includes(value))).toEqual(own);
    }
  });

  it('gets them in order though the first one has to be sent again', async () => {
    const patient = ground.patient().id;
    const results = Array.from({ length: 4 }, () => newPressure(ground, patient));
    const from = commitsOf(graph, place).length;
    const call = {
      unity: 'Magic SaveVitalsData',
      athenanet: 'POST /chart/{patientid}/vitals',
      fhir: 'POST Observation',
    };
    simulator().fault({ kind: 'status', status: 500, match: call[place.vendor], times: 2 });
    const all = await handIn(results.map((input) => ['recordObservation', input]));
    for (const one of await all()) expect(one).toMatchObject({ __typename: 'ObservationSaved' });
    expect(since(from)).toEqual(results.map(pressureOf));
  });

  it('gets changes of an appointment in order with its patient’s other writes', async () => {
    const patient = ground.patient().id;
    const [first, second] = [newPressure(ground, patient), newPressure(ground, patient)];
    const id = await booked(graph, ground, patient);
    const from = commitsOf(graph, place).length;
    const all = await handIn([
      ['recordObservation', first],
      ['checkInAppointment', { id }],
      ['recordObservation', second],
    ]);
    expect((await all()).map((one) => one.__typename)).toEqual([
      ...['ObservationSaved', 'AppointmentSaved', 'ObservationSaved'],
    ]);
    const committed = since(from).map((one) => one.split(' ')[0]);
    expect(committed).toHaveLength(3);
    expect([committed[0], committed[2]]).toEqual([pressureOf(first), pressureOf(second)]);
  });

  it('gets changes of an appointment that was booked elsewhere in order', async () => {
    const query = `query ($id: ID!) { patient(id: $id) {
      appointments(from: "2026-11-19T06:00:00Z", to: "2026-12-20T00:00:00Z") { nodes { id status } } } }`;
    const lists = await Promise.all(ground.people.map(({ id }) => graph.ask(query, { id })));
    const standing = lists
      .flatMap(({ data }) => data.patient.appointments.nodes as readonly { id: string; status: string }[])
      .filter(({ status }) => status === 'BOOKED')
      .slice(0, 4);
    expect(standing.length).toBeGreaterThan(0);
    const all = await handIn(
      standing.flatMap(({ id }): readonly Asked[] => [
        ['cancelAppointment', { id }],
        ['checkInAppointment', { id }],
      ]),
    );
    const answers = await all();
    expect(answers.map((one) => [one.__typename, one.from])).toEqual(
      standing.flatMap(() => [
        ['AppointmentSaved', undefined],
        ['IllegalTransition', 'CANCELLED'],
      ]),
    );
  });

  it('gets one of two bookings of the same time', async () => {
    const time = ground.time();
    const from = commitsOf(graph, place).length;
    const patients = [ground.patient().id, ground.patient().id];
    const answers = await Promise.all(patients.map((patient) => write(graph, 'bookAppointment', { patient, ...time })));
    expect(answers.map((one) => one.__typename).sort()).toEqual(['AppointmentSaved', 'SlotTaken']);
    expect(since(from).filter((one) => one.startsWith('booked'))).toHaveLength(1);
  });

  it('gets one of two registrations of the same person', async () => {
    const input = { source: place.source, location: ground.location, patient: newPerson(ground) };
    const from = commitsOf(graph, place).length;
    const [one, other] = await Promise.all([
      write(graph, 'createPatient', input),
      write(graph, 'createPatient', input),
    ]);
    const [saved, refused] = one.__typename === 'PatientSaved' ? [one, other] : [other, one];
    expect(refused).toMatchObject({ __typename: 'PossibleDuplicate', candidates: [{ id: saved.patient.id }] });
    expect(
      commitsOf(graph, place)
        .slice(from)
        .map(({ kind, type }) => `${kind} ${type}`),
    ).toEqual(['created Patient']);
  });

  it('gets one of two changes that are meant for the same version', async () => {
    const { id } = ground.patient();
    const query = 'query ($id: ID!) { patient(id: $id) { meta { versionId } } }';
    const ifVersion = (await graph.ask(query, { id })).data.patient.meta.versionId;
    const changed = (email: string) => write(graph, 'updatePatient', { id, ifVersion, patient: { email } });
    const from = commitsOf(graph, place).length;
    const answers = await Promise.all([changed('one@example.com'), changed('other@example.com')]);
    expect(answers.map((one) => one.__typename).sort()).toEqual(['PatientSaved', 'VersionConflict']);
    expect(commitsOf(graph, place).length - from).toBe(1);
  });

  it('gets the writes of others while one patient’s write gets no answer', async () => {
    const [stuck, others] = [ground.patient().id, [ground.patient().id, ground.patient().id, ground.patient().id]];
    const from = commitsOf(graph, place).length;
    simulator().fault({ kind: 'hang', match: 'unanswered' });
    await handIn([
      ['bookAppointment', { ...newBooking(ground), patient: stuck, note: 'unanswered' }],
      ['recordObservation', newPressure(ground, stuck)],
    ]);
    const results = others.map((patient) => newPressure(ground, patient));
    const all = await handIn(results.map((input) => ['recordObservation', input]));
    for (const one of await all()) expect(one).toMatchObject({ __typename: 'ObservationSaved' });
    expect([...since(from)].sort()).toEqual(results.map(pressureOf).sort());
  });
});
