import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Graph, startGraph } from '../harness.ts';
import { commitsOf, freeSlots, SOURCES, somebody, write } from '../writes/clinic.ts';

/** Writes at athenaNet through the whole graph: each leaves one record, also when its answer is lost after the commit. */
const PLACE = SOURCES[1];
let graph: Graph;
beforeAll(async () => {
  graph = await startGraph();
});
afterAll(() => graph.close());
afterEach(() => graph.sandbox.simulators.athenanet.reset());

const place = async () => {
  const { data } = await graph.ask(
    '{ source(id: "springfield") { locations { id } practitioners { nodes { id } } } }',
    {},
  );
  return { location: data.source.locations[0].id, practitioner: data.source.practitioners.nodes[0].id };
};

/** What is written, in which call, and how many records come into being. */
const CASES = [
  {
    kind: 'createPatient',
    call: 'POST /patients',
    type: 'Patient',
    input: async (n: number) => ({
      source: 'springfield',
      location: (await place()).location,
      patient: {
        firstName: `Zo${'abc'[n]}`,
        lastName: 'O’Hara & Söhne',
        dateOfBirth: '1999-07-09',
        gender: 'FEMALE',
        phoneMobile: '+12175550142',
        email: 'zo@example.com',
        address: { line1: '7 Sample Mews', city: 'Exampleville', state: 'MA', postalCode: '02118', country: 'US' },
        preferredLanguage: 'es',
        race: ['2106-3'],
        ethnicity: '2186-5',
      },
    }),
  },
  {
    kind: 'updatePatient',
    call: 'PUT /patients/{id}',
    type: 'Patient',
    input: async (n: number) => ({
      id: await somebody(graph, PLACE),
      patient: {
        phoneMobile: `+1217555014${n}`,
        address: { line1: `${n + 1} Elsewhere Rd`, city: 'Springfield', state: 'IL' },
      },
      clear: ['email'],
    }),
  },
  {
    kind: 'bookAppointment',
    call: 'PUT /appointments/{id}',
    type: 'Appointment',
    input: async (n: number) => ({
      patient: await somebody(graph, PLACE, 1),
      slot: (await freeSlots(graph, 'springfield'))[n * 7]?.id,
      note: 'Bring “films” & <x-rays>',
    }),
  },
  {
    kind: 'recordObservation',
    call: 'POST /chart/{patientid}/vitals',
    type: 'Observation',
    input: async (n: number) => ({
      patient: await somebody(graph, PLACE),
      code: '8480-6',
      category: 'vital-signs',
      value: { quantity: { value: String(120 + n), unit: 'mmHg', code: 'mm[Hg]' } },
      effective: '2026-11-17T14:30:00Z',
    }),
  },
  {
    kind: 'recordObservation',
    call: 'POST /chart/{patientid}/vitals',
    type: 'Observation',
    input: async (n: number) => ({
      patient: await somebody(graph, PLACE),
      code: '29463-7',
      value: { quantity: { value: `7${n}.5`, code: 'kg' } },
      effective: '2026-11-17T14:30:00Z',
    }),
  },
  {
    kind: 'submitClaim',
    call: 'POST /claims',
    type: 'Claim',
    input: async (n: number) => ({
      patient: await somebody(graph, PLACE),
      practitioner: (await place()).practitioner,
      diagnoses: ['J02.9'],
      lines: [
        {
          procedure: '99213',
          modifiers: ['25'],
          diagnosisPointers: [1],
          units: '1',
          charge: `18${n}.50`,
          serviceDate: '2026-11-16',
        },
      ],
    }),
  },
  {
    kind: 'saveDocument',
    call: 'POST /patients/{patientid}/documents',
    type: 'Document',
    input: async (n: number) => ({
      patient: await somebody(graph, PLACE),
      type: 'ADMIN_CONSENT',
      title: `Consent ${n}`,
      contentType: 'application/pdf',
      content: Buffer.from('%PDF-1.4').toString('base64'),
    }),
  },
] as const;

describe.each(CASES)('$kind', ({ kind, call, type, input }) => {
  it.each([
    { title: 'answered', fault: undefined },
    { title: 'lost after the commit', fault: { kind: 'lose', match: call, times: 1 } as const },
    { title: 'lost before it', fault: { kind: 'reset', match: call, times: 1 } as const },
  ])('leaves one record when it is $title', async ({ fault }) => {
    const n = fault === undefined ? 0 : fault.kind === 'lose' ? 1 : 2;
    const wanted = await input(n);
    const before = commitsOf(graph, PLACE).length;
    if (fault !== undefined) graph.sandbox.simulators.athenanet.fault(fault);
    const result = await write(graph, kind, wanted);
    expect(result).toMatchObject({ write: { state: 'CONFIRMED', warnings: [] } });
    const made = commitsOf(graph, PLACE).slice(before);
    expect(made.map((commit) => commit.type)).toEqual([type]);
  });
});

it('gives back whom athenaNet takes for the same', async () => {
  const wanted = await CASES[0].input(0);
  const refused = await write(graph, 'createPatient', wanted);
  expect(refused).toMatchObject({ __typename: 'PossibleDuplicate' });
  const given = await write(graph, 'createPatient', { ...wanted, onDuplicate: 'RETURN_EXISTING' });
  expect(given).toMatchObject({ __typename: 'PatientSaved', patient: { lastName: 'O’Hara & Söhne' } });
});

it('says SLOT_TAKEN with alternatives', async () => {
  const [slot] = await freeSlots(graph, 'springfield');
  const patient = await somebody(graph, PLACE, 2);
  await write(graph, 'bookAppointment', { patient, slot: slot?.id });
  const taken = await write(graph, 'bookAppointment', { patient: await somebody(graph, PLACE), slot: slot?.id });
  expect(taken.__typename).toBe('SlotTaken');
  expect(taken.alternatives).toHaveLength(5);
});

it('says what cannot be written at athenaNet', async () => {
  const patient = await somebody(graph, PLACE);
  const value = { quantity: { value: '7.1', unit: '%' } };
  const refused = await write(graph, 'recordObservation', {
    patient,
    code: '4548-4',
    value,
    effective: '2026-11-17T14:30:00Z',
  });
  expect(refused).toMatchObject({ __typename: 'ValidationFailed', issues: [{ path: ['code'] }] });
});
