import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Graph } from '../harness.ts';
import { commitsOf, mend, newKey, type Place, SOURCES, startClinic, write } from './clinic.ts';
import { booked, can, DEEDS, type Input, newBooking, newDocument, newPressure } from './deeds.ts';
import { atEvery, type Ground, groundAt, groundsOf } from './ground.ts';

/** The seed guide's door of the same system: it lists no documents, so that nobody can look one up. */
const GUIDE = 'lakeside-guide';

let graph: Graph;
let grounds: readonly Ground[];
beforeAll(async () => {
  graph = await startClinic({
    configure: (config) => {
      const [unity, ...others] = config.sources;
      return { ...config, sources: [unity, ...others, { ...unity, id: GUIDE, dialect: 'run-request' }] };
    },
  });
  grounds = await groundsOf(graph);
});
afterEach(() => mend(graph));
afterAll(() => graph.close());

const since = (place: Place, from: number): readonly string[] =>
  commitsOf(graph, place)
    .slice(from)
    .map(({ kind, type }) => `${kind} ${type}`);

describe.each(DEEDS)('one key for $name', (deed) => {
  it('writes once, whether the client asks again at once or afterwards', async () => {
    const seen = await atEvery(grounds, async (ground) => {
      if (!can(ground, deed)) return undefined;
      const input = { ...(await deed.input(graph, ground)), idempotencyKey: newKey() };
      const from = commitsOf(graph, ground.place).length;
      const ask = () => write(graph, deed.kind, input);
      const results = [...(await Promise.all([ask(), ask()])), await ask()];
      return {
        commits: since(ground.place, from),
        replayed: results.map((one) => one.write.replayed).sort(),
        different: new Set(results.map((one) => `${one.__typename} ${one.write.id} ${one.write.target?.id}`)).size,
      };
    });
    const once = (ground: Ground) =>
      can(ground, deed)
        ? { commits: deed.leaves[ground.place.vendor], replayed: [false, true, true], different: 1 }
        : undefined;
    expect(seen).toEqual(await atEvery(grounds, async (ground) => once(ground)));
  });
});

describe.each(SOURCES)('a key at $source', (place) => {
  it('is refused for another input, and nothing is written', async () => {
    const ground = groundAt(grounds, place);
    const idempotencyKey = newKey();
    const input = newBooking(ground);
    await write(graph, 'bookAppointment', { ...input, idempotencyKey });
    const from = commitsOf(graph, place).length;
    for (const other of [{ minutes: 15 }, { note: 'Another one' }, ground.time()])
      expect(await write(graph, 'bookAppointment', { ...input, ...other, idempotencyKey })).toMatchObject({
        __typename: 'ValidationFailed',
        code: 'IDEMPOTENCY_MISMATCH',
        issues: [{ path: ['idempotencyKey'] }],
      });
    expect(since(place, from)).toEqual([]);
  });

  it('serves another kind of write and another caller besides', async () => {
    const ground = groundAt(grounds, place);
    const idempotencyKey = newKey();
    const caller = { subject: 'somebody else', scopes: ['*'], sources: 'all' } as const;
    const [mine, theirs] = [newBooking(ground), newBooking(ground)];
    const results = [
      await write(graph, 'bookAppointment', { ...mine, idempotencyKey }),
      await write(graph, 'bookAppointment', { ...theirs, idempotencyKey }, { caller }),
      await write(graph, 'recordObservation', { ...newPressure(ground), idempotencyKey }),
    ];
    expect(results.map((one) => one.write?.replayed)).toEqual([false, false, false]);
    expect(new Set(results.map((one) => one.write.id)).size).toBe(3);
  });
});

describe.each(SOURCES)('a write at $source', (place) => {
  const simulator = () => graph.sandbox.simulators[place.vendor];

  it('is pending while the source is down, and carried out when it is back', async () => {
    const ground = groundAt(grounds, place);
    const input = { ...newBooking(ground), idempotencyKey: newKey() };
    const from = commitsOf(graph, place).length;
    simulator().fault({ kind: 'status', status: 500 });
    const pending = await write(graph, 'bookAppointment', { ...input, waitMs: 300 });
    expect(pending).toMatchObject({ __typename: 'WritePending', reason: expect.stringMatching(/goes on/) });
    expect(since(place, from)).toEqual([]);
    mend(graph);
    const settled = await write(graph, 'bookAppointment', input);
    expect(settled).toMatchObject({
      __typename: 'AppointmentSaved',
      write: { id: pending.write.id, state: 'CONFIRMED', replayed: true },
    });
    expect(since(place, from).filter((one) => one.endsWith('Appointment'))).toEqual(['created Appointment']);
  });

  it('is not forgotten when the product is restarted before the source is back', async () => {
    const ground = groundAt(grounds, place);
    const input = { ...newPressure(ground), idempotencyKey: newKey() };
    const from = commitsOf(graph, place).length;
    simulator().fault({ kind: 'status', status: 500 });
    const pending = await write(graph, 'recordObservation', { ...input, waitMs: 0 });
    await graph.restart();
    expect(since(place, from)).toEqual([]);
    mend(graph);
    expect(await write(graph, 'recordObservation', input)).toMatchObject({
      __typename: 'ObservationSaved',
      write: { id: pending.write.id, state: 'CONFIRMED', replayed: true },
    });
    expect(since(place, from)).toEqual(['created Observation']);
  });

  it('that is refused is not sent again', async () => {
    const ground = groundAt(grounds, place);
    const id = await booked(graph, ground);
    const from = commitsOf(graph, place).length;
    const match = DEEDS.find(({ name }) => name === 'cancelAppointment')?.call[place.vendor] ?? '';
    const planted = simulator().fault({ kind: 'status', status: 400, match });
    const refused = await write(graph, 'cancelAppointment', { id });
    planted.remove();
    expect(refused).toMatchObject({
      ...{ __typename: 'VendorRejected', code: 'VENDOR_REJECTED', retryable: false },
      write: { state: 'REJECTED', target: null, attempts: [{ outcome: 'answered 400' }] },
    });
    expect(await asked(refused.write.id)).toMatchObject({ state: 'REJECTED', attempts: [{ outcome: 'answered 400' }] });
    expect(since(place, from)).toEqual([]);
  });

  it('with a key of its own is not taken for its twin, even when its answer is lost', async () => {
    const ground = groundAt(grounds, place);
    const input = newPressure(ground);
    const from = commitsOf(graph, place).length;
    const first = await write(graph, 'recordObservation', input);
    const match = DEEDS.find(({ name }) => name === 'recordObservation')?.call[place.vendor] ?? '';
    simulator().fault({ kind: 'lose', match, times: 1 });
    const second = await write(graph, 'recordObservation', input);
    expect(second).toMatchObject({ __typename: 'ObservationSaved', write: { state: 'CONFIRMED', replayed: false } });
    expect(second.observation.id).not.toBe(first.observation.id);
    expect(since(place, from)).toEqual(['created Observation', 'created Observation']);
  });
});

const asked = async (id: string) => {
  const query = `query ($id: ID!) { write(id: $id) { state reason replayed attempts { outcome } target { id } } }`;
  return (await graph.ask(query, { id })).data.write;
};
const queue = async () => {
  const { data } = await graph.ask('{ writes(states: [IN_DOUBT], first: 100) { nodes { id state reason } } }');
  return data.writes.nodes as readonly { readonly id: string; readonly reason: string }[];
};
const decide = async (mutation: 'retryWrite' | 'discardWrite', id: string, reason?: string) => {
  const [parameter, argument] = reason === undefined ? ['', ''] : [', $reason: String!', ', reason: $reason'];
  const text = `mutation ($id: ID!${parameter}) { ${mutation}(id: $id${argument}) { id state reason } }`;
  const { data, errors } = await graph.ask(text, { id, reason });
  return data?.[mutation] ?? errors?.[0]?.extensions?.code;
};

/** A pulse that the practice has already, of which nobody can tell a second one that says the same. */
const knownPulse = ({ place, people }: Ground): Input => {
  const ids = new Map(people.map(({ id }) => [Number(/\d+$/.exec(id)?.[0]), id]));
  const found = graph.sandbox.practices[place.vendor]?.observations.find(
    ({ code, value, patientId, status }) =>
      code.code === '8867-4' && value?.kind === 'quantity' && status === 'final' && ids.has(patientId),
  );
  if (found?.value?.kind !== 'quantity') throw new Error('The practice has no pulse.');
  const { value, unit } = found.value;
  return {
    ...{ patient: ids.get(found.patientId), code: '8867-4', category: 'vital-signs', effective: found.effective },
    value: { quantity: { value, unit, code: '/min' } },
  };
};

interface Doubtful {
  readonly what: string;
  readonly kind: 'recordObservation' | 'saveDocument';
  readonly place: Place;
  readonly match: string;
  readonly reason: RegExp;
  readonly input: (ground: Ground) => Input;
}

const SEVERAL = /more than one record/;
const DOUBTS: readonly Doubtful[] = [
  {
    ...{ what: 'a result like one that was there', kind: 'recordObservation', place: SOURCES[0] },
    ...{ match: 'Magic SaveVitalsData', reason: SEVERAL, input: knownPulse },
  },
  {
    ...{ what: 'a result like one that was there', kind: 'recordObservation', place: SOURCES[1] },
    ...{ match: 'POST /chart/{patientid}/vitals', reason: SEVERAL, input: knownPulse },
  },
  {
    ...{ what: 'a document where none are listed', kind: 'saveDocument', place: SOURCES[0] },
    ...{ match: 'RunRequest SaveClinicalDocument', reason: /only the practice can see/ },
    input: (ground) => {
      const { patient, type, contentType, content } = newDocument(ground);
      return { patient: String(patient).replace('lakeside', GUIDE), type, contentType, content };
    },
  },
];

describe.each(DOUBTS)('$what at $place.vendor, whose answer is lost,', ({ kind, place, match, reason, input }) => {
  /** In doubt, and committed nevertheless. */
  const doubtful = async () => {
    const given = { ...input(groundAt(grounds, place)), idempotencyKey: newKey() };
    const from = commitsOf(graph, place).length;
    graph.sandbox.simulators[place.vendor].fault({ kind: 'lose', match, times: 1 });
    const result = await write(graph, kind, given);
    expect(result).toMatchObject({
      ...{ __typename: 'WritePending', reason: expect.stringMatching(reason) },
      write: { state: 'IN_DOUBT', reason: expect.stringMatching(reason) },
    });
    return { id: result.write.id as string, commits: () => since(place, from).length, given };
  };

  it('is in doubt and listed with the reason until a person sends it again', async () => {
    const { id, commits, given } = await doubtful();
    expect(await queue()).toContainEqual({ id, state: 'IN_DOUBT', reason: expect.stringMatching(reason) });
    expect(commits()).toBe(1);
    expect(await decide('retryWrite', id)).toMatchObject({ id });
    const again = await write(graph, kind, given);
    expect(again).toMatchObject({ write: { id, state: 'CONFIRMED', replayed: true } });
    expect(commits()).toBe(2);
    expect((await queue()).map((one) => one.id)).not.toContain(id);
  });

  it('is never sent once a person gave it up', async () => {
    const { id, commits, given } = await doubtful();
    expect(await decide('discardWrite', id, 'Seen in the chart.')).toEqual({
      ...{ id, state: 'DISCARDED', reason: 'Seen in the chart.' },
    });
    const again = await write(graph, kind, given);
    expect(again).toMatchObject({ __typename: 'VendorRejected', write: { id, state: 'DISCARDED', replayed: true } });
    expect(await decide('retryWrite', id)).toBe('ILLEGAL_TRANSITION');
    expect(commits()).toBe(1);
    expect((await queue()).map((one) => one.id)).not.toContain(id);
  });
});
