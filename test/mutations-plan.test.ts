import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { COMMANDS } from '../schema/commands.ts';
import { recordId, sourceId } from '../schema/ids.ts';
import type { Decision } from '../subgraphs/hub/writes/fixture/carrier.ts';
import { findRecords, type Row, run, type ScriptedGraph, SOURCES, startScripted } from './scripted-writes.ts';

let graph: ScriptedGraph;
let found: Awaited<ReturnType<typeof findRecords>>;
beforeAll(async () => {
  graph = await startScripted();
  const [engine] = graph.engines;
  if (engine !== undefined) found = await findRecords(engine);
});
afterAll(() => graph?.close());
beforeEach(() => graph.reset());

const at = (name: string) => {
  const known = found.get(name);
  if (known === undefined) throw new Error('There is no such source.');
  return known;
};

/** Asks both forms of the graph, one after the other, and gives what both answered. */
const ask = async (query: string, variables: () => Readonly<Record<string, unknown>> = () => ({})) => {
  const answers = [];
  for (const engine of graph.engines) answers.push(await run(engine, query, variables()));
  return answers;
};

const confirmed = (source: string, id: string): Decision => ({
  state: 'CONFIRMED',
  outcome: { kind: 'saved', type: 'Appointment', key: keyOf(id) },
  target: recordId(sourceId(source), 'Appointment', keyOf(id)),
});

const keyOf = (id: string): string => decodeURIComponent(id.split('/')[2] ?? '');

const BOOK = `mutation Book($input: BookAppointmentInput!) {
  bookAppointment(input: $input) {
    __typename
    ... on AppointmentSaved {
      appointment { __typename id start status patient { id lastName } practitioner { id } ... on AthenaAppointment { patientTypeName } }
      write { id kind state replayed source { id name } target { __typename id ... on Appointment { start } } error { code }
        attempts { vendorCall outcome durationMs } warnings { message } wouldSend { vendorCall } }
    }
    ... on SlotTaken { code message alternatives { id start end } }
    ... on WritePending { reason write { id state } }
    ... on UserError { code message path }
    ... on ValidationFailed { issues { path rule message } }
  }
}`;

const WRITTEN = `__typename ... on AppointmentSaved { appointment { id status patient { lastName } } write { state } }
  ... on WritePending { reason } ... on ValidationFailed { issues { path rule } } ... on IllegalTransition { from allowed }
  ... on SlotTaken { alternatives { id start practitioner { id } } } ... on VendorRejected { retryable write { id state source { name } } }`;

const key = (): string => randomUUID();

describe.each(SOURCES)('a mutation at %s', (name) => {
  it('answers with the record that was written, completed by its vendor, and with the same when it is repeated', async () => {
    const { id, start, status, patient, practitioner } = at(name).appointment;
    graph.decide(() => confirmed(name, id));
    const input = { idempotencyKey: key(), patient: patient.id, practitioner: practitioner.id, start };
    const answers = await ask(BOOK, () => ({ input }));
    for (const [i, { data, errors }] of answers.entries()) {
      expect(errors).toEqual([]);
      expect(data.bookAppointment).toMatchObject({
        __typename: 'AppointmentSaved',
        appointment: { id, start, status, patient, practitioner },
        write: {
          kind: 'bookAppointment',
          state: 'CONFIRMED',
          replayed: i > 0,
          source: { id: name },
          target: { id, start },
          error: null,
          attempts: [{ vendorCall: 'POST /test', outcome: 'answered 200', durationMs: 7 }],
        },
      });
    }
    expect(graph.happened.carried).toHaveLength(1);
  });

  it('offers slots that are free, completed by their vendor', async () => {
    const { appointment, slots } = at(name);
    const keys = slots.slice(0, 2).map(({ id }) => keyOf(id));
    graph.decide(() => ({
      state: 'REJECTED',
      outcome: { kind: 'refused', code: 'SLOT_TAKEN', message: 'The slot is no longer free.', alternatives: keys },
    }));
    const input = () => ({ idempotencyKey: key(), patient: appointment.patient.id, slot: slots[0].id });
    for (const { data, errors } of await ask(BOOK, () => ({ input: input() }))) {
      expect(errors).toEqual([]);
      expect(data.bookAppointment).toMatchObject({
        __typename: 'SlotTaken',
        code: 'SLOT_TAKEN',
        alternatives: slots.slice(0, 2).map(({ id, start, end }) => ({ id, start, end })),
      });
    }
  });

  it('names people who may be the same, completed by their vendor', async () => {
    const { patient } = at(name).appointment;
    graph.decide(() => ({
      state: 'REJECTED',
      outcome: { kind: 'refused', code: 'POSSIBLE_DUPLICATE', message: 'x', candidates: [keyOf(patient.id)] },
    }));
    const query = `mutation($input: CreatePatientInput!) { createPatient(input: $input) {
      ... on PatientSaved { patient { id } } ... on PossibleDuplicate { candidates { id lastName source { id } } } } }`;
    const input = () => ({
      idempotencyKey: key(),
      source: name,
      patient: { lastName: key(), dateOfBirth: '1980-02-02' },
    });
    for (const { data, errors } of await ask(query, () => ({ input: input() }))) {
      expect(errors).toEqual([]);
      expect(data.createPatient).toEqual({ candidates: [{ ...patient, source: { id: name } }] });
    }
  });
});

describe('several mutations in one operation', () => {
  const BOTH = `mutation($first: ChangeAppointmentInput!, $second: ChangeAppointmentInput!) {
    first: cancelAppointment(input: $first) { ${WRITTEN} } second: markNoShow(input: $second) { ${WRITTEN} } }`;
  const changes = () => ({
    first: { idempotencyKey: key(), id: at('mercy').appointment.id },
    second: { idempotencyKey: key(), id: at('springfield').appointment.id },
  });

  it('are carried out one after the other, each with its own answer', async () => {
    graph.decide(({ kind }) =>
      kind === 'cancelAppointment'
        ? {
            state: 'REJECTED',
            outcome: { kind: 'refused', code: 'ILLEGAL_TRANSITION', message: 'x', from: 'FULFILLED', allowed: [] },
          }
        : confirmed('springfield', at('springfield').appointment.id),
    );
    for (const { data, errors } of await ask(BOTH, changes)) {
      expect(errors).toEqual([]);
      expect(data.first).toEqual({ __typename: 'IllegalTransition', from: 'FULFILLED', allowed: [] });
      const { id, status, patient } = at('springfield').appointment;
      expect(data.second).toEqual({
        __typename: 'AppointmentSaved',
        appointment: { id, status, patient: { lastName: patient.lastName } },
        write: { state: 'CONFIRMED' },
      });
    }
    expect(graph.happened.carried.map(({ kind }) => kind)).toEqual([
      'cancelAppointment',
      'markNoShow',
      'cancelAppointment',
      'markNoShow',
    ]);
  });

  it('wait each in its turn: the second is recorded when the first has answered', async () => {
    graph.decide(({ kind }) =>
      kind === 'cancelAppointment' ? 'wait' : confirmed('springfield', at('springfield').appointment.id),
    );
    for (const engine of graph.engines) {
      graph.reset();
      const { first, second } = changes();
      const { data, errors } = await run(engine, BOTH, {
        first: { ...first, id: `mercy/Appointment/${key()}`, waitMs: 300 },
        second,
      });
      expect(errors).toEqual([]);
      expect(data.first.__typename).toBe('WritePending');
      expect(data.second.__typename).toBe('AppointmentSaved');
      expect(graph.happened.steps).toEqual([
        'cancelAppointment is recorded',
        'answered',
        'markNoShow is recorded',
        'answered',
      ]);
    }
  });

  it('wait in their turn in one request to hub, too', async () => {
    graph.decide(() => 'wait');
    const query = `mutation($first: ChangeAppointmentInput!, $second: ChangeAppointmentInput!) {
      first: cancelAppointment(input: $first) { __typename } second: markNoShow(input: $second) { __typename } }`;
    for (const engine of graph.engines) {
      graph.reset();
      const open = (waitMs: number) => ({ idempotencyKey: key(), id: `mercy/Appointment/${key()}`, waitMs });
      const { data } = await run(engine, query, { first: open(200), second: open(0) });
      expect(data).toEqual({ first: { __typename: 'WritePending' }, second: { __typename: 'WritePending' } });
      expect(graph.happened.steps).toEqual(['cancelAppointment is recorded', 'answered', 'markNoShow is recorded']);
      expect(graph.happened.asked).toHaveLength(1);
    }
  });

  it('read what they wrote anew: nothing that was loaded before a write stands for what came of it', async () => {
    const { id } = at('mercy').appointment;
    graph.decide(() => confirmed('mercy', id));
    for (const engine of graph.engines) {
      graph.reset();
      await run(engine, BOTH, { first: { idempotencyKey: key(), id }, second: { idempotencyKey: key(), id } });
      expect(graph.happened.asked.map(({ subgraph }) => subgraph)).toEqual(['hub', 'fhir', 'hub', 'fhir']);
      const [before, read, after, again] = graph.happened.asked.map(({ operation }) => operation);
      expect([read, again]).toEqual([before, after]);
      expect(before).not.toBe(after);
    }
  });
});

describe('writes in the graph', () => {
  const FIELDS = `__typename id kind state reason source { name vendor } target { __typename id ... on Appointment { start patient { lastName } } }
    candidates { id ... on Appointment { start } } error { __typename code ... on VendorRejected { retryable write { id } } ... on SlotTaken { alternatives { start } } }`;

  it('are listed and found by id, over all vendors, with their records', async () => {
    const made: string[] = [];
    for (const name of SOURCES) {
      const { id, patient } = at(name).appointment;
      graph.decide(() => confirmed(name, id));
      const [answer] = await ask(BOOK, () => ({
        input: { idempotencyKey: key(), patient: patient.id, slot: at(name).slots[0].id },
      }));
      made.push(answer?.data.bookAppointment.write.id);
    }
    const ids = made.map((id) => JSON.stringify(id)).join();
    const query = `{ list: writes(states: [CONFIRMED], first: 100) { nodes { ${FIELDS} } pageInfo { hasNextPage } }
      nodes(ids: [${ids}]) { id ... on Write { state target { id } } } }`;
    for (const { data, errors } of await ask(query)) {
      expect(errors).toEqual([]);
      for (const [i, name] of SOURCES.entries()) {
        const { id, start, patient } = at(name).appointment;
        expect(data.list.nodes.find((row: Row) => row.id === made[i])).toMatchObject({
          source: { name: expect.any(String) },
          target: { id, start, patient: { lastName: patient.lastName } },
          error: null,
        });
        expect(data.nodes[i]).toEqual({ id: made[i], state: 'CONFIRMED', target: { id } });
      }
    }
  });

  it('in doubt show what they may be, and can be sent again or given up', async () => {
    const { id, start, patient } = at('lakeside').appointment;
    graph.decide(() => ({
      state: 'IN_DOUBT',
      outcome: { kind: 'doubt', reason: 'Two look alike.', candidates: [keyOf(id)] },
    }));
    for (const engine of graph.engines) {
      const input = { idempotencyKey: key(), patient: patient.id, slot: at('lakeside').slots[0].id };
      const { data } = await run(engine, BOOK, { input });
      expect(data.bookAppointment).toMatchObject({ __typename: 'WritePending', reason: 'Two look alike.' });
      const write = { id: data.bookAppointment.write.id };
      const shown = await run(engine, `query($id: ID!) { write(id: $id) { ${FIELDS} } }`, write);
      expect(shown.data.write).toMatchObject({ state: 'IN_DOUBT', candidates: [{ id, start }] });
      const given = await run(
        engine,
        'mutation($id: ID!) { discardWrite(id: $id, reason: "asked them") { state reason } }',
        write,
      );
      expect(given.data.discardWrite).toEqual({ state: 'DISCARDED', reason: 'asked them' });
      const again = await run(engine, 'mutation($id: ID!) { retryWrite(id: $id) { state } }', write);
      expect(again.data).toBeNull();
      expect(again.errors.map(({ extensions }) => extensions.code)).toEqual(['ILLEGAL_TRANSITION']);
    }
  });

  it('are told by an error of their own when they are not there', async () => {
    for (const { data, errors } of await ask('{ write(id: "Write/none") { id } node(id: "Write/none") { id } }')) {
      expect(data).toEqual({ write: null, node: null });
      expect(errors.map(({ path, extensions }) => [path, extensions.code])).toEqual([
        [['write'], 'NOT_FOUND'],
        [['node'], 'NOT_FOUND'],
      ]);
    }
  });

  it('are in what clients see of the graph', async () => {
    for (const { data } of await ask('{ __schema { mutationType { fields { name description } } } }')) {
      const { fields } = data.__schema.mutationType;
      expect(fields.map((field: Row) => field.name).sort()).toEqual(
        [...Object.keys(COMMANDS), 'retryWrite', 'discardWrite'].sort(),
      );
      for (const { description } of fields) expect(description).toMatch(/\.$/);
    }
  });
});
