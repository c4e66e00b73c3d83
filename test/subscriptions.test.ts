import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../schema/context.ts';
import { recordId } from '../schema/ids.ts';
import { RESYNC } from '../schema/resync.ts';
import { draftFor } from './store/databases.ts';
import {
  type ChangingGraph,
  changeOf,
  type Row,
  type Subscribed,
  sourceOf,
  startChangingGraph,
} from './subscriptions/graph.ts';

let graph: ChangingGraph;
/** An appointment of each source, and other records of the first one's patient. */
let visits: readonly Row[];
let result: Row;
let open: Subscribed[] = [];

beforeAll(async () => {
  graph = await startChangingGraph();
  const { appointments, claims } = await graph.ask(`{ appointments(first: 100,
    search: { from: "2026-11-18T00:00:00Z", to: "2026-11-20T00:00:00Z" }) { nodes { id status patient { id lastName } practitioner { id } source { id } } }
    claims(first: 1, search: {}) { nodes { id status } } }`);
  visits = ['lakeside', 'springfield', 'mercy'].map((name) =>
    appointments.nodes.find(
      ({ source, patient, practitioner }: Row) => source.id === name && patient !== null && practitioner !== null,
    ),
  );
  const { patients } = await graph.ask(
    `{ patients(first: 100, search: { name: "Rivera" }) { nodes { observations(first: 1) { nodes { id status } } } } }`,
  );
  result = patients.nodes.flatMap(({ observations }: Row) => observations?.nodes ?? [])[0];
  expect([...visits, result, claims.nodes[0]].every((record) => record !== undefined)).toBe(true);
  [claim] = claims.nodes;
  await graph.store.changes.append([changeOf(visits[0].id)]);
});
let claim: Row;
beforeEach(() => {
  for (const one of open) one.leave();
  open = [];
  graph.asked.length = 0;
});
afterAll(() => graph?.close());

const subscribe: ChangingGraph['subscribe'] = (...given) => {
  const subscribed = graph.subscribe(...given);
  open.push(subscribed);
  return subscribed;
};

/** Subscribes from here on, so that nothing depends on when it has begun. */
const subscribeFromNow = async (query: string, variables: object = {}, caller: Partial<Caller> = {}) => {
  const after = await graph.store.changes.end();
  const more = { caller: { subject: 'test', scopes: ['*'], sources: 'all' as const, ...caller } };
  return subscribe(query, { after, ...variables }, more);
};

const keyOf = (id: string): string => decodeURIComponent(id.split('/')[2] ?? '');
const append = (...drafts: Parameters<ChangingGraph['store']['changes']['append']>[0]) =>
  graph.store.changes.append(drafts);

const VISITS = `subscription($after: String, $patients: [ID!], $practitioners: [ID!], $sources: [ID!]) {
  appointmentChanged(after: $after, patients: $patients, practitioners: $practitioners, sources: $sources) {
    cursor at kind cause source { id name } appointment { __typename id status patient { lastName } } } }`;

describe('a subscription to changes', () => {
  it('tells each change with the record as its owner has it, at every source', async () => {
    const live = await subscribeFromNow(VISITS);
    const rows = await append(...visits.map(({ id }) => changeOf(id, { cause: 'WEBHOOK' })));
    const told = await live.take(visits.length);
    expect(told).toEqual(
      visits.map(({ id, status, patient, source }, i) => ({
        errors: [],
        plan: expect.any(Function),
        data: {
          appointmentChanged: {
            cursor: rows[i]?.cursor,
            at: rows[i]?.at,
            kind: 'UPDATED',
            cause: 'WEBHOOK',
            source: { id: source.id, name: expect.any(String) },
            appointment: { __typename: expect.any(String), id, status, patient: { lastName: patient.lastName } },
          },
        },
      })),
    );
  });

  it.each([
    ['patientChanged', 'patient', () => visits[0].patient.id],
    ['appointmentChanged', 'appointment', () => visits[0].id],
    ['observationChanged', 'observation', () => result.id],
    ['claimChanged', 'claim', () => claim.id],
  ])('of %s brings records of that type alone', async (field, record, idOf) => {
    const query = `subscription($after: String) { ${field}(after: $after) { kind ${record} { __typename id meta { freshness } } } }`;
    const live = await subscribeFromNow(query);
    const others = [visits[0].patient.id, visits[0].id, result.id, claim.id].filter((id) => id !== idOf());
    await append(...others.map((id) => changeOf(id)), changeOf(idOf(), { kind: 'CREATED' }));
    const [told] = await live.take(1);
    expect(told).toMatchObject({
      errors: [],
      data: { [field]: { kind: 'CREATED', [record]: { id: idOf(), meta: { freshness: expect.any(String) } } } },
    });
  });

  it('has no record for one that was deleted, and asks nobody', async () => {
    const live = await subscribeFromNow(VISITS);
    await append(changeOf(visits[0].id, { kind: 'DELETED' }));
    const query =
      'subscription($after: String) { appointmentChanged(after: $after) { kind recordId appointment { id status } } }';
    const [told] = await live.take(1);
    expect(told?.data.appointmentChanged).toMatchObject({ kind: 'DELETED', appointment: null });
    live.leave();
    const alone = await subscribeFromNow(query);
    graph.asked.length = 0;
    await append(changeOf(visits[1].id, { kind: 'DELETED' }));
    expect((await alone.take(1))[0]?.data).toEqual({
      appointmentChanged: { kind: 'DELETED', recordId: visits[1].id, appointment: null },
    });
    expect(graph.asked).toEqual([]);
  });

  it('tells only what its lists name', async () => {
    const [first, second] = visits;
    const live = await subscribeFromNow(VISITS, { patients: [first.patient.id], sources: [first.source.id] });
    await append(
      changeOf(second.id, { patient: keyOf(second.patient.id) }),
      changeOf(first.id, { patient: 'another' }),
      changeOf(first.id, { patient: keyOf(first.patient.id) }),
    );
    const [told] = await live.take(1);
    expect(told?.data.appointmentChanged.appointment.id).toBe(first.id);
  });

  it('goes on after the last cursor that was seen, in another process too', async () => {
    const other = await startChangingGraph({ store: graph.store });
    try {
      const live = await subscribeFromNow(VISITS);
      await append(changeOf(visits[0].id));
      const [seen] = await live.take(1);
      live.leave();
      const rows = await append(changeOf(visits[1].id), changeOf(visits[2].id));
      const again = other.subscribe(VISITS, { after: seen?.data.appointmentChanged.cursor });
      const missed = await again.take(2);
      expect(missed.map(({ data }) => data.appointmentChanged.cursor)).toEqual(rows.map(({ cursor }) => cursor));
      again.leave();
    } finally {
      await other.close();
    }
  });

  it.each(['nonsense', 'another-database.3', 'zzzz'])('ends with RESYNC for the cursor %s', async (after) => {
    const failure = await subscribe(VISITS, { after }).failure();
    expect(failure).toMatchObject({ extensions: { code: RESYNC, retryable: false } });
  });

  it('is refused with every fault of its arguments at once', async () => {
    const failure = await subscribe(VISITS, {
      sources: ['nowhere', 'mercy'],
      patients: [visits[0].patient.id, visits[0].id, 'nonsense'],
      practitioners: ['nowhere/Practitioner/1'],
      after: '',
    }).failure();
    expect(failure).toMatchObject({ extensions: { code: 'VALIDATION' } });
    const { issues } = (failure as { extensions: { issues: readonly { path: readonly string[] }[] } }).extensions;
    expect(issues.map(({ path }) => path.join('.')).sort()).toEqual([
      'after',
      'patients.1',
      'patients.2',
      'practitioners.0',
      'sources.0',
    ]);
  });

  it.each([
    ['sources', 'appointmentChanged(sources: $ids) { cursor }'],
    ['patients', 'claimChanged(patients: $ids) { cursor }'],
    ['practitioners', 'appointmentChanged(practitioners: $ids) { cursor }'],
    ['ids', 'writeSettled(ids: $ids) { id }'],
  ])('takes at most 100 %s', async (argument, field) => {
    const ids = Array.from({ length: 101 }, (_, i) => `mercy/Patient/${i}`);
    const failure = await subscribe(`subscription($ids: [ID!]!) { ${field} }`, { ids }).failure();
    expect(failure).toMatchObject({ extensions: { code: 'VALIDATION' } });
    expect(JSON.stringify((failure as { extensions: object }).extensions)).toContain(`"${argument}"`);
  });

  it('tells nothing of a source that the caller may not see, nor that there is one', async () => {
    const [first, second] = visits;
    const live = await subscribeFromNow(VISITS, {}, { sources: [second.source.id] });
    await append(changeOf(first.id), changeOf(second.id));
    expect((await live.take(1))[0]?.data.appointmentChanged.appointment.id).toBe(second.id);
    const asked = await subscribeFromNow(VISITS, { sources: [first.source.id] }, { sources: [second.source.id] });
    expect(await asked.failure()).toMatchObject({ extensions: { code: 'VALIDATION' } });
  });

  it('tells a patient of their own records alone', async () => {
    const [first, second] = visits;
    const patient = first.patient.id;
    const live = await subscribeFromNow(VISITS, {}, { patient });
    await append(
      changeOf(second.id, { patient: keyOf(second.patient.id) }),
      changeOf(first.id),
      changeOf(first.id, { patient: keyOf(patient) }),
    );
    expect((await live.take(1))[0]).toMatchObject({
      errors: [],
      data: { appointmentChanged: { appointment: { id: first.id } } },
    });
    const other = await subscribeFromNow(VISITS, { patients: [second.patient.id] }, { patient });
    expect(await other.failure()).toMatchObject({ extensions: { code: 'FORBIDDEN' } });
  });

  it('is completed once for all who show the same of it', async () => {
    const query =
      'subscription($after: String, $s: [ID!]) { appointmentChanged(after: $after, sources: $s) { cursor appointment { id status } } }';
    const [{ id, source }] = visits as readonly [Row];
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, i) => subscribeFromNow(query, i % 2 === 0 ? {} : { s: [source.id] })),
    );
    await append(changeOf(id));
    const told = await Promise.all(all.map((one) => one.take(1)));
    expect(new Set(told.map(([event]) => JSON.stringify(event?.data))).size).toBe(1);
    expect(graph.asked).toHaveLength(1);
  });
});

const SETTLED =
  'subscription($ids: [ID!]!) { writeSettled(ids: $ids) { id state settledAt reason source { id name } } }';

describe('a subscription to writes', () => {
  const submit = async () => (await graph.store.journal.submit(draftFor(sourceOf(visits[0].id)))).write.id;
  const settle = async (id: string) => {
    const claimed = await graph.store.journal.claim({ worker: 'test', sources: [sourceOf(visits[0].id)], most: 50 });
    expect(claimed.map((write) => write.id)).toContain(id);
    await graph.store.journal.settle(id, 'test', {
      state: 'DEAD',
      outcome: { kind: 'doubt', reason: 'Nobody can tell.', candidates: [] },
    });
  };
  const named = (id: string): string => `Write/${id}`;

  it('tells each once, when it is settled or at once if it is, and then ends', async () => {
    const [before, later] = [await submit(), await submit()];
    await settle(before);
    const live = subscribe(SETTLED, { ids: [later, before, before, later].map(named) });
    expect((await live.take(1))[0]?.data).toMatchObject({
      writeSettled: {
        id: named(before),
        state: 'DEAD',
        source: { id: sourceOf(visits[0].id), name: expect.any(String) },
      },
    });
    await graph.store.journal.settle(later, 'test', {
      state: 'DISCARDED',
      outcome: { kind: 'discarded', reason: 'x' },
    });
    const rest = await live.take(2);
    expect(rest.map(({ data }) => data.writeSettled)).toMatchObject([{ id: named(later), state: 'DISCARDED' }]);
  });

  it('is refused for ids that there are not, and names all of them', async () => {
    const known = await submit();
    const ids = [named(known), 'Write/01890000-0000-7000-8000-000000000000', 'mercy/Patient/1'];
    expect(await subscribe(SETTLED, { ids }).failure()).toMatchObject({
      extensions: { code: 'NOT_FOUND', issues: [{ path: ['ids', '1'] }, { path: ['ids', '2'] }] },
    });
  });

  it('is refused for a write that the caller may not see', async () => {
    const ids = [named(await submit())];
    const callers: readonly Partial<Caller>[] = [
      { sources: [] },
      { patient: recordId(sourceOf(visits[0].id), 'Patient', 'another') },
    ];
    for (const caller of callers) {
      const more = { caller: { subject: 'test', scopes: ['*'], sources: 'all' as const, ...caller } };
      expect(await subscribe(SETTLED, { ids }, more).failure()).toMatchObject({ extensions: { code: 'NOT_FOUND' } });
    }
  });
});
