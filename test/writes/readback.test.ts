import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Changes } from '../../sandbox/change.ts';
import type { Commit } from '../../sandbox/ledger.ts';
import type { Graph } from '../harness.ts';
import { commitsOf, mend, type Place, SOURCES, startClinic, write } from './clinic.ts';
import { booked, type Input, newBooking, newClaim, newPerson, newPressure } from './deeds.ts';
import { type Ground, groundAt, groundsOf } from './ground.ts';

let graph: Graph;
let grounds: readonly Ground[];
beforeAll(async () => {
  graph = await startClinic();
  grounds = await groundsOf(graph);
});
afterEach(() => mend(graph));
afterAll(() => graph.close());

/** How the vendor is asked for a record after it was written. */
const READS: Readonly<Record<Place['vendor'], Readonly<Record<'Observation' | 'Patient' | 'Appointment', string>>>> = {
  unity: {
    ...{ Observation: 'Magic GetClinicalSummary', Patient: 'Magic GetPatient' },
    Appointment: 'Magic GetAppointmentById',
  },
  athenanet: { Observation: 'GET /chart/', Patient: 'GET /patients/', Appointment: 'GET /appointments/{' },
  fhir: { Observation: 'GET Observation', Patient: 'GET Patient', Appointment: 'GET Appointment' },
};
/** Long enough for the change to come in between; nobody waits for it to end. */
const BETWEEN_MS = 400;

describe.each(SOURCES)('what $source keeps', (place) => {
  let ground: Ground;
  beforeAll(() => {
    ground = groundAt(grounds, place);
  });

  /** A write whose record somebody else changes between the commit and the reading back. */
  const changedBetween = async <T extends 'Observation' | 'Patient' | 'Appointment'>(
    type: T,
    set: Changes[T],
    [mutation, input]: readonly [mutation: string, input: Input],
  ) => {
    const from = commitsOf(graph, place).length;
    graph.sandbox.simulators[place.vendor].fault({ kind: 'delay', ms: BETWEEN_MS, match: READS[place.vendor][type] });
    const result = write(graph, mutation, input);
    const commit: Commit = await vi.waitFor(
      () =>
        commitsOf(graph, place)
          .slice(from)
          .find((one) => one.type === type) ?? Promise.reject(new Error('Not yet.')),
      { timeout: 20_000, interval: 5 },
    );
    graph.sandbox.change(place.vendor, type, commit.id, set);
    const answer = await result;
    // whatever the vendor made of it, it was sent once
    expect(
      commitsOf(graph, place)
        .slice(from)
        .filter((one) => one.type === type),
    ).toEqual([commit]);
    return answer;
  };

  it('otherwise than it was meant is a refusal that names the record and the difference', async () => {
    const value = { kind: 'quantity', value: '33', unit: 'mm[Hg]', ucum: 'mm[Hg]' } as const;
    const result = await changedBetween('Observation', { value }, ['recordObservation', newPressure(ground)]);
    expect(result).toMatchObject({
      ...{ __typename: 'VendorRejected', code: 'VENDOR_REJECTED', retryable: false },
      message: 'The vendor saved something other than was meant.',
      write: {
        ...{ state: 'REJECTED', target: { id: expect.stringContaining('/Observation/') } },
        warnings: expect.arrayContaining([expect.objectContaining({ path: ['value'] })]),
      },
    });
  });

  it('of an appointment at another time than was meant is a refusal', async () => {
    const start = '2027-02-24T15:00:00Z';
    const result = await changedBetween('Appointment', { start }, ['bookAppointment', newBooking(ground)]);
    expect(result).toMatchObject({
      __typename: 'VendorRejected',
      write: {
        ...{ state: 'REJECTED', target: { id: expect.stringContaining('/Appointment/') } },
        warnings: [{ path: ['start'] }],
      },
    });
  });

  it('with a flaw is saved, with a warning at what is otherwise', async () => {
    const { id } = ground.patient();
    const patient = { email: 'first@example.com', phoneMobile: '+17735550142' };
    const result = await changedBetween('Patient', { email: 'second@example.com' }, ['updatePatient', { id, patient }]);
    expect(result).toMatchObject({
      ...{ __typename: 'PatientSaved', patient: { id, phoneMobile: '+17735550142' } },
      write: { state: 'CONFIRMED', warnings: [{ path: ['patient', 'email'], rule: 'kept' }] },
    });
  });

  it('and does not show again is saved, with a warning that says so', async () => {
    graph.sandbox.simulators[place.vendor].fault({
      ...{ kind: 'status', status: 403, match: READS[place.vendor].Appointment, times: 1 },
    });
    const result = await write(graph, 'bookAppointment', newBooking(ground));
    expect(result).toMatchObject({
      __typename: 'AppointmentSaved',
      write: { state: 'CONFIRMED', warnings: [{ path: [], rule: 'read-back' }] },
    });
  });
});

it('warns of a telephone number that athenaNet drops without a word', async () => {
  const { id } = groundAt(grounds, SOURCES[1]).patient();
  // no area code begins with a 1
  const patient = { phoneMobile: '+11234567890', email: 'kept@example.com' };
  expect(await write(graph, 'updatePatient', { id, patient })).toMatchObject({
    __typename: 'PatientSaved',
    write: { state: 'CONFIRMED', warnings: [{ path: ['patient', 'phoneMobile'], rule: 'kept' }] },
  });
});

const SHOWN: Readonly<Record<string, string>> = {
  appointment: 'id start minutes status patient { id } practitioner { id }',
  patient: 'id firstName lastName dateOfBirth gender',
  observation: 'id status effective { start } value { ... on Quantity { value unit code } }',
  claim: 'id status lines { charge { value } procedure { codings { code } } }',
};

describe.each(SOURCES)('right after a write at $source', (place) => {
  let ground: Ground;
  beforeAll(() => {
    ground = groundAt(grounds, place);
  });

  const shown = async (field: string, id: string) => {
    const { data, calls } = await graph.ask(`query ($id: ID!) { ${field}(id: $id) { ${SHOWN[field]} } }`, { id });
    return { record: data[field], calls: calls.map(({ call }) => call) };
  };

  it('a query shows what was booked, without asking the vendor again', async () => {
    const input = newBooking(ground);
    const { appointment } = await write(graph, 'bookAppointment', input);
    const { patient, practitioner, minutes } = input;
    expect(await shown('appointment', appointment.id)).toEqual({
      record: {
        ...{ id: appointment.id, start: appointment.start, minutes, status: 'BOOKED' },
        ...{ patient: { id: patient }, practitioner: { id: practitioner } },
      },
      calls: [],
    });
  });

  it('a query shows what was registered and changed, without asking the vendor again', async () => {
    const person = newPerson(ground);
    const { patient } = await write(graph, 'createPatient', {
      ...{ source: place.source, location: ground.location, patient: person },
    });
    expect(await shown('patient', patient.id)).toEqual({ record: { id: patient.id, ...person }, calls: [] });
    await write(graph, 'updatePatient', { id: patient.id, patient: { firstName: 'Beda' } });
    expect(await shown('patient', patient.id)).toMatchObject({ record: { firstName: 'Beda' }, calls: [] });
  });

  it('a query shows what was recorded and claimed, without asking the vendor again', async () => {
    const { observation } = await write(graph, 'recordObservation', newPressure(ground));
    const { id, status, effective, value } = observation;
    expect(await shown('observation', id)).toEqual({ record: { id, status, effective, value }, calls: [] });
    if (!ground.does('submitClaim')) return;
    const { claim } = await write(graph, 'submitClaim', newClaim(ground));
    expect(await shown('claim', claim.id)).toMatchObject({ record: { lines: claim.lines }, calls: [] });
  });
});

/** A patient's lists and a practice's that a write changes. */
const WINDOW = 'from: "2027-01-01T00:00:00Z", to: "2027-03-01T00:00:00Z"';
const LISTS = {
  visits: `patient(id: $patient) { appointments(${WINDOW}, first: 100) { nodes { id status } } }`,
  results: 'patient(id: $patient) { observations(codes: ["8480-6"], first: 100) { nodes { id } } }',
  claims: 'patient(id: $patient) { claims(first: 100) { nodes { id } } }',
} as const;

describe.each(SOURCES)('lists of $source that were read before a write', (place) => {
  let ground: Ground;
  beforeAll(() => {
    ground = groundAt(grounds, place);
  });

  const listed = async (list: keyof typeof LISTS, patient: string) => {
    const { data, calls } = await graph.ask(`query ($patient: ID!) { ${LISTS[list]} }`, { patient });
    const { nodes } = Object.values(data.patient as Record<string, { nodes: { id: string; status: string }[] }>)[0] ?? {
      nodes: [],
    };
    return { ids: nodes.map(({ id }) => id), statuses: nodes.map(({ status }) => status), calls: calls.length };
  };

  it('of visits show a booking, its move and its end', async () => {
    const patient = ground.patient().id;
    await listed('visits', patient);
    expect((await listed('visits', patient)).calls).toBe(0);
    const id = await booked(graph, ground, patient);
    expect((await listed('visits', patient)).ids).toContain(id);
    const { appointment } = await write(graph, 'rescheduleAppointment', { id, ...ground.time() });
    const moved = await listed('visits', patient);
    expect(moved.ids).toContain(appointment.id);
    await write(graph, 'cancelAppointment', { id: appointment.id });
    const ended = await listed('visits', patient);
    expect(ended.ids).toEqual(moved.ids);
    expect(ended.statuses[ended.ids.indexOf(appointment.id)]).toBe('CANCELLED');
  });

  it('of results show what was recorded', async () => {
    const patient = ground.patient().id;
    const before = await listed('results', patient);
    expect((await listed('results', patient)).calls).toBe(0);
    const { observation } = await write(graph, 'recordObservation', newPressure(ground, patient));
    expect((await listed('results', patient)).ids.sort()).toEqual([...before.ids, observation.id].sort());
  });

  it('of claims show what was claimed', async () => {
    const patient = ground.patient().id;
    const before = await listed('claims', patient);
    expect((await listed('claims', patient)).calls).toBe(0);
    const result = await write(graph, 'submitClaim', { ...newClaim(ground), patient });
    const added = ground.does('submitClaim') ? [result.claim.id] : [];
    expect((await listed('claims', patient)).ids.sort()).toEqual([...before.ids, ...added].sort());
  });

  it('of free time no longer show what was booked', async () => {
    const slots = async (): Promise<readonly { id: string; start: string; end: string }[]> => {
      const asked = `query ($id: ID!) { source(id: $id) {
        slots(from: "2026-11-19T06:00:00Z", to: "2026-11-24T00:00:00Z") { id start end } } }`;
      return (await graph.ask(asked, { id: place.source })).data.source.slots;
    };
    const [first] = await slots();
    await slots();
    await write(graph, 'bookAppointment', { patient: ground.patient().id, slot: first?.id });
    expect(await slots()).not.toContainEqual(first);
  });

  it('of people show who was registered', async () => {
    const { lastName, ...person } = newPerson(ground);
    const asked = `query ($id: ID!, $name: String!) { source(id: $id) {
      patients(search: { lastName: $name }) { nodes { id } } } }`;
    const found = async () => (await graph.ask(asked, { id: place.source, name: lastName })).data.source.patients.nodes;
    expect(await found()).toEqual([]);
    const { patient } = await write(graph, 'createPatient', {
      ...{ source: place.source, location: ground.location, patient: { lastName, ...person } },
    });
    expect(await found()).toEqual([{ id: patient.id }]);
  });
});
