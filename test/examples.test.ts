import { readFile } from 'node:fs/promises';
import { parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../app.ts';
import { readConfig } from '../config.ts';
import { operations } from '../gateway/explorer/operations.ts';
import { limitRules } from '../gateway/limits.ts';
import { openStore, type Store } from '../store/index.ts';
import { type Graph, NOW, startGraph } from './harness.ts';

let graph: Graph;
let store: Store;
let readme: string;
beforeAll(async () => {
  store = openStore({ kind: 'memory' });
  await store.warm(); // to open it may take longer than a client waits for its first write
  graph = await startGraph({ store });
  readme = await readFile('README.md', 'utf8');
});
afterAll(async () => {
  await graph?.close();
  await store?.close();
});

// biome-ignore lint/suspicious/noExplicitAny: rows of answers
type Row = any;
const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text = '']) => text);
const saved = operations(new Date(NOW));

describe('the README', () => {
  it('answers its first query with people of all three vendors', async () => {
    const [first = ''] = blocks('graphql');
    const { data, errors } = await graph.ask(first);
    expect(errors).toBeUndefined();
    const types = new Set(data.patients.nodes.map((row: Row) => row.__typename));
    expect([...types].sort()).toEqual(['AthenaPatient', 'FhirPatient', 'UnityPatient']);
    expect(data.patients.outcomes.every(({ ok }: Row) => ok)).toBe(true);
  });

  it('has examples that all answer', async () => {
    const [first = '', page = '', day = '', _booking, _subscription, ...more] = blocks('graphql');
    expect(more).toEqual([]);
    const { data } = await graph.ask(first);
    for (const { id } of data.patients.nodes as Row[]) {
      const { data: answer, errors } = await graph.ask(page, { id });
      expect(errors, id).toBeUndefined();
      expect(answer.patient.lastName).toMatch(/^Rivera/);
    }
    const schedule = await graph.ask(day, { from: '2026-11-18T05:00:00Z', to: '2026-11-19T05:00:00Z' });
    expect(schedule.errors).toBeUndefined();
    expect(schedule.data.appointments.nodes.length).toBeGreaterThan(10);
  });

  it('has a booking that books, once', async () => {
    const { 3: booking = '' } = blocks('graphql');
    const found = await graph.ask(`{ source(id: "mercy") {
      patients(search: { lastName: "Rivera" }) { nodes { id } }
      slots(from: "2026-11-19T00:00:00Z", to: "2026-11-26T00:00:00Z") { id start } } }`);
    const { patients, slots } = found.data.source;
    const variables = { key: 'readme-booking', patient: patients.nodes[0].id, slot: slots[0].id };
    const { data, errors } = await graph.ask(booking, variables);
    expect(errors).toBeUndefined();
    expect(data.bookAppointment).toMatchObject({
      __typename: 'AppointmentSaved',
      appointment: { start: slots[0].start, status: 'BOOKED' },
      write: { replayed: false, warnings: [] },
    });
    const again = await graph.ask(booking, variables);
    expect(again.data.bookAppointment).toMatchObject({
      appointment: data.bookAppointment.appointment,
      write: { replayed: true },
    });
  });

  it('has a subscription that tells of that booking’s cancellation, as those of the explorer do', async () => {
    const { 4: subscription = '' } = blocks('graphql');
    const subscriptions = [subscription, ...saved.filter(({ live }) => live).map(({ query }) => query)];
    const booked = await graph.ask('{ writes(first: 1) { nodes { target { id } } } }');
    const { id } = booked.data.writes.nodes[0].target;
    const cancel =
      'mutation ($id: ID!) { cancelAppointment(input: { idempotencyKey: "readme-cancel", id: $id }) { __typename } }';
    const told = Promise.all(subscriptions.map((text) => graph.next(text)));
    expect((await graph.ask(cancel, { id })).data.cancelAppointment.__typename).toBe('AppointmentSaved');
    const event = { kind: 'UPDATED', cause: 'WRITE', appointment: { id, status: 'CANCELLED' } };
    for (const { appointmentChanged } of await told) expect(appointmentChanged).toMatchObject(event);
  });

  it('has a shell example that is a query of this graph', async () => {
    const body = /-d '(.*)'/.exec(readme)?.[1] ?? '';
    const { query } = JSON.parse(body) as { query: string };
    expect((await graph.ask(query)).errors).toBeUndefined();
  });

  it('shows a configuration that is one', () => {
    const [yaml = ''] = blocks('yaml');
    const names = [...yaml.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
    return import('yaml').then(({ parse: parseYaml }) => {
      const config = readConfig(parseYaml(yaml), Object.fromEntries(names.map((name) => [name, 'x'])));
      expect(config.sources.map(({ id }) => id)).toEqual(['springfield', 'mercy', 'lakeside']);
    });
  });
});

describe('the explorer’s saved operations', () => {
  const answering = saved.filter(({ live }) => live === undefined);

  it('are a dozen or more', () => {
    expect(saved.length).toBeGreaterThanOrEqual(12);
  });

  it.each(answering.map((operation) => [operation.name, operation] as const))('%s answers', async (name, operation) => {
    const { data, errors } = await graph.ask(operation.query, operation.variables ?? {});
    if (name === 'PartialFailure') {
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND']);
      return;
    }
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data).length).toBeGreaterThan(100);
  });

  it('stay within the limits', async () => {
    const { engine, close } = await startEngine(graph.config);
    for (const { name, query } of saved)
      expect(validate(engine.schema, parse(query), [...limitRules]), name).toEqual([]);
    await close();
  });
});
