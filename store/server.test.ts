import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Random } from '../test/random.ts';
import { connected, draftFor, newSource, onServer, schema, serverAnswers } from '../test/store/databases.ts';
import { ended, idsOf, saved } from '../test/store/suite.ts';
import { type ClaimedWrite, openStore, type Store, type StoreSettings } from './index.ts';

const there = await serverAnswers('what several processes do with one PostgreSQL');

/** The write, as soon as no connection that was cut is in the way: each is found out by one failure at most. */
const foundAgain = async (store: Store, id: string): Promise<unknown> => {
  for (let tries = 0; tries < 30; tries++) {
    const found = await store.journal.get(id).catch(() => undefined);
    if (found !== undefined) return found;
  }
  return undefined;
};

describe.runIf(there)('stores on one server', () => {
  let place: Awaited<ReturnType<typeof schema>>;
  const stores: Store[] = [];
  const open = (given: Partial<StoreSettings> = {}): Store => {
    const store = openStore({ ...place.settings, ...given } as StoreSettings);
    stores.push(store);
    return store;
  };
  beforeEach(async () => {
    place = await schema();
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await place.remove();
  });
  const WHICH = { all: 'true', listening: "query ilike 'listen%'", waiting: "wait_event_type = 'Lock'" };
  const connections = (which: keyof typeof WHICH) =>
    `from pg_stat_activity where application_name = 'practicegraph' and query like '%${place.schema}%' and ${WHICH[which]}`;
  const waiting = async (): Promise<number> => (await onServer(`select pid ${connections('waiting')}`)).length;
  /** Ends connections of the stores; gives how many. */
  const cut = async (which: keyof typeof WHICH): Promise<number> =>
    (await onServer(`select pg_terminate_backend(pid) ${connections(which)}`)).length;

  it('bring its tables up to date once, however many start at the same moment', async () => {
    const six = Array.from({ length: 6 }, () => open());
    await Promise.all(six.map((store) => store.ready()));
    expect(await onServer(`select name from ${place.schema}.migrations`)).toEqual([
      { name: '0001-writes' },
      { name: '0002-changes' },
    ]);
    await open().ready();
    expect(await onServer(`select count(*)::int as many from ${place.schema}.migrations`)).toEqual([{ many: 2 }]);
  });

  it('refuse tables that a newer version made', async () => {
    await open().ready();
    await onServer(`insert into ${place.schema}.migrations values ('9999-later', '2030-01-01T00:00:00Z')`);
    await expect(open().ready()).rejects.toMatchObject({ name: 'StoreError', code: 'unfit' });
  });

  it('tell when no server answers, and nothing of its address', async () => {
    const url = 'postgres://someone:secret@127.0.0.1:1/nowhere';
    const thrown: unknown = await open({ kind: 'postgres', url: { reveal: () => url } } as StoreSettings)
      .ready()
      .catch((error: unknown) => error);
    expect(thrown).toMatchObject({
      name: 'StoreError',
      code: 'unavailable',
      message: 'The database cannot be reached.',
    });
    expect(JSON.stringify(thrown)).not.toMatch(/secret|127/);
  });

  it('record one write when one key comes to both at the same moment', async () => {
    const [one, two] = [open(), open()];
    const source = newSource();
    for (let round = 0; round < 20; round++) {
      const draft = draftFor(source);
      const answers = await Promise.all([one, two, one, two].map(({ journal }) => journal.submit(draft)));
      expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
      expect(new Set(idsOf(answers.map(({ write }) => write))).size).toBe(1);
    }
  });

  it('never carry out two writes of a lane at a time, nor out of turn, nor one twice', async () => {
    const seed = Number(process.env.SEED ?? 261_121);
    console.info(`seed ${seed}`);
    const random = new Random(seed);
    const [one, two] = [open({ leaseMs: 60_000 }), open({ leaseMs: 60_000 })];
    const source = newSource();
    const order = new Map<string, string[]>();
    for (let n = 0; n < 300; n++) {
      const lane = `lane ${random.below(25)}`;
      const { write } = await one.journal.submit(draftFor(source, { lane }));
      order.set(lane, [...(order.get(lane) ?? []), write.id]);
    }
    const under = new Set<string>();
    const done = new Map<string, string[]>();
    const faults: string[] = [];
    let left = 300;
    const carry = async ({ journal }: Store, { id, lane, worker, attempts }: ClaimedWrite): Promise<void> => {
      if (under.has(lane)) faults.push(`two at a time in ${lane}`);
      under.add(lane);
      await sleep(random.below(6));
      await journal.departs(id, worker, 'POST');
      await sleep(random.below(6));
      under.delete(lane);
      if (attempts.length < 2 && random.chance(0.2))
        return journal.postpone(id, worker, Date.now() + random.below(20), true);
      done.set(lane, [...(done.get(lane) ?? []), id]);
      if (!(await journal.settle(id, worker, saved()))) faults.push(`lost ${id}`);
      left--;
    };
    const work = async (store: Store, worker: string): Promise<void> => {
      while (left > 0) {
        const writes = await store.journal.claim({ worker, sources: [source], most: 1 + random.below(8) });
        await Promise.all(writes.map((write) => carry(store, write)));
        if (writes.length === 0) await sleep(2);
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, n) => work(n % 2 === 0 ? one : two, `worker ${n}`)));
    expect(faults).toEqual([]);
    expect(done).toEqual(new Map([...done.keys()].map((lane) => [lane, order.get(lane)])));
    expect([...done.values()].flat()).toHaveLength(300);
  });

  it('never carry out two writes of a lane at a time, though writes change their lanes and come back', async () => {
    const seed = Number(process.env.SEED ?? 261_121);
    console.info(`seed ${seed}`);
    const random = new Random(seed);
    const [one, two] = [open({ leaseMs: 60_000 }), open({ leaseMs: 60_000 })];
    const source = newSource();
    for (let n = 0; n < 150; n++) {
      const lane = random.chance(0.5) ? `patient:${n % 5}` : `appointment:${n}`;
      await one.journal.submit(draftFor(source, { lane, input: { patient: `patient:${n % 5}` } }));
    }
    const under = new Set<string>();
    const faults: string[] = [];
    let left = 150;
    const carry = async ({ journal }: Store, { id, input, worker, attempts }: ClaimedWrite): Promise<void> => {
      const lane = (input as { readonly patient: string }).patient;
      if (!(await journal.relane(id, worker, lane))) return;
      if (under.has(lane)) faults.push(`two at a time in ${lane}`);
      under.add(lane);
      await journal.departs(id, worker, 'POST');
      await sleep(random.below(4));
      under.delete(lane);
      if (attempts.length === 0 && random.chance(0.5)) {
        await journal.settle(id, worker, ended('REJECTED'));
        await journal.retry(id);
      } else if (await journal.settle(id, worker, saved())) left--;
    };
    const work = async (store: Store, worker: string): Promise<void> => {
      while (left > 0) {
        const writes = await store.journal.claim({ worker, sources: [source], most: 1 + random.below(8) });
        await Promise.all(writes.map((write) => carry(store, write)));
        if (writes.length === 0) await sleep(2);
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, n) => work(n % 2 === 0 ? one : two, `worker ${n}`)));
    expect(faults).toEqual([]);
  });

  it('cannot hold two writes of one lane, whatever the code does', async () => {
    const one = open();
    const source = newSource();
    for (let n = 0; n < 2; n++) await one.journal.submit(draftFor(source, { lane: 'a' }));
    await expect(onServer(`update ${place.schema}.writes set worker = 'any', lease_until = 0`)).rejects.toMatchObject({
      code: '23505',
    });
  });

  it('pass by what another one is about to take', async () => {
    const one = open();
    const source = newSource();
    const [first, second] = [await one.journal.submit(draftFor(source)), await one.journal.submit(draftFor(source))];
    const other = await connected();
    await other.query('begin');
    await other.query(`select 1 from ${place.schema}.writes where id = '${first.write.id}' for update`);
    expect(idsOf(await one.journal.claim({ worker: 'one', sources: [source], most: 2 }))).toEqual([second.write.id]);
    await other.end();
  });

  it('let go of a write whose new lane another one takes at the same moment', async () => {
    const one = open();
    const source = newSource();
    const { write } = await one.journal.submit(draftFor(source, { lane: 'appointment:1' }));
    const [claimed] = await one.journal.claim({ worker: 'one', sources: [source], most: 1 });
    const { write: later } = await one.journal.submit(draftFor(source, { lane: 'patient:1' }));
    const other = await connected();
    await other.query('begin');
    await other.query(`update ${place.schema}.writes set worker = 'two', lease_until = 0 where id = '${later.id}'`);
    const moved = one.journal.relane(write.id, claimed?.worker ?? '', 'patient:1');
    // others may wait for a moment: it is this one that goes on waiting
    for (let seen = 0; seen < 5; seen = (await waiting()) > 0 ? seen + 1 : 0) await sleep(5);
    await other.query('commit');
    await other.end();
    expect(await moved).toBe(false);
    expect(idsOf(await one.journal.claim({ worker: 'one', sources: [source], most: 2 }))).toEqual([later.id]);
  });

  it('take over what another one abandoned, by the server’s clock, however wrong theirs are', async () => {
    const real = Date.now.bind(Date);
    vi.spyOn(Date, 'now').mockImplementation(() => real() + 3_600_000);
    const one = open({ leaseMs: 150 });
    vi.restoreAllMocks();
    const two = open({ leaseMs: 150 });
    const source = newSource();
    const { write } = await one.journal.submit(draftFor(source));
    expect(Math.abs(Date.parse(write.submittedAt) - real())).toBeLessThan(600_000);
    await one.journal.claim({ worker: 'one', sources: [source], most: 1 });
    await one.journal.departs(write.id, 'one', 'POST');
    const before = real();
    const due = [await one.journal.nextDue([source]), await two.journal.nextDue([source])];
    expect((due[0] ?? 0) - (due[1] ?? 0)).toBeGreaterThan(3_000_000); // each by its own clock
    let taken: readonly ClaimedWrite[] = [];
    while (taken.length === 0) {
      taken = await two.journal.claim({ worker: 'two', sources: [source], most: 1 });
      await sleep(10);
    }
    expect(taken[0]?.leftAt).toBeGreaterThan(before - 600_000);
    expect(taken[0]?.leftAt).toBeLessThan(before + 600_000);
    await two.journal.postpone(write.id, 'two', real(), true);
    const [again] = await one.journal.claim({ worker: 'one', sources: [source], most: 1 });
    expect(again?.leftAt).toBeGreaterThan(before + 3_000_000);
  });

  it('wake each other, for work and for what is settled', async () => {
    const [one, two] = [open(), open()];
    await Promise.all([one.ready(), two.ready()]);
    const source = newSource();
    const rung = new Promise<void>((resolve) => two.journal.onWork([source], resolve));
    const { write } = await one.journal.submit(draftFor(source));
    await rung;
    const own: string[] = [];
    const end = two.journal.onWork([source], () => own.push('rung'));
    await two.journal.claim({ worker: 'two', sources: [source], most: 1 });
    const heard = new Promise<void>((resolve) => one.journal.onWork([source], resolve));
    const waiting = one.journal.settled(write.id, new AbortController().signal);
    await two.journal.settle(write.id, 'two', saved());
    expect(await waiting).toMatchObject({ state: 'CONFIRMED' });
    await heard;
    await one.journal.get(write.id);
    expect(own).toEqual(['rung']); // by itself, and not again by the server’s echo
    end();
  });

  it('hear again when their connection was cut, and look after what they missed', async () => {
    const [one, two] = [open(), open()];
    await Promise.all([one.ready(), two.ready()]);
    const source = newSource();
    const missed = new Promise<void>((resolve) => two.journal.onWork([source], resolve));
    expect(await cut('listening')).toBe(2);
    await missed;
    const rung = new Promise<void>((resolve) => two.journal.onWork([source], resolve));
    await one.journal.submit(draftFor(source));
    await rung;
  });

  it('see what is settled even when nobody tells them', async () => {
    const [one, two] = [open(), open()];
    await two.ready();
    const source = newSource();
    const { write } = await one.journal.submit(draftFor(source));
    const waiting = two.journal.settled(write.id, new AbortController().signal);
    await onServer(
      `update ${place.schema}.writes set state = 'DISCARDED', settled_at = submitted_at, outcome = '{"kind":"discarded","reason":"By hand."}'`,
    );
    expect(await waiting).toMatchObject({ state: 'DISCARDED' });
  });

  it('tell whoever asks when the connection is cut meanwhile', async () => {
    const one = open();
    const { write } = await one.journal.submit(draftFor(newSource()));
    const other = await connected();
    await other.query('begin');
    await other.query(`lock table ${place.schema}.writes`);
    const asked = expect(one.journal.get(write.id)).rejects.toMatchObject({ name: 'StoreError', code: 'unavailable' });
    while ((await cut('waiting')) === 0) await sleep(5);
    await other.end();
    await asked;
    expect(await foundAgain(one, write.id)).toMatchObject({ id: write.id });
  });

  it('go on after all their connections were cut', async () => {
    const one = open();
    const source = newSource();
    const { write } = await one.journal.submit(draftFor(source));
    await Promise.all(Array.from({ length: 20 }, () => one.journal.get(write.id)));
    expect(await cut('all')).toBeGreaterThan(1);
    expect(await foundAgain(one, write.id)).toMatchObject({ id: write.id });
  });
});
