import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SourceId } from '../../schema/ids.ts';
import { Random } from '../../test/random.ts';
import { changeOf, told } from '../../test/store/changes.ts';
import { connected, newSource, onServer, schema, serverAnswers } from '../../test/store/databases.ts';
import { appendAndFollow } from '../../test/store/following.ts';
import { expectNothingLost, killAppenders } from '../../test/store/killing.ts';
import { DAY_MS } from '../../test/store/suite.ts';
import { type Changes, openStore, type Store } from '../index.ts';

const there = await serverAnswers('what several processes do with one stream of changes');

describe.runIf(there)('streams on one server', () => {
  let place: Awaited<ReturnType<typeof schema>>;
  let source: SourceId;
  const stores: Store[] = [];
  const open = (now?: () => number): Changes => {
    const store = openStore(place.settings, now === undefined ? {} : { now });
    stores.push(store);
    return store.changes;
  };
  beforeEach(async () => {
    place = await schema();
    source = newSource();
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await place.remove();
  });
  const activity = (which: string) =>
    `from pg_stat_activity where application_name = 'practicegraph' and query like '%${place.schema}%' and ${which}`;
  const waiting = () => onServer(`select pid ${activity("wait_event_type = 'Lock'")}`);
  const appended = (changes: Changes) => new Promise<void>((resolve) => changes.onAppend(resolve));
  const received = (changes: Changes) => new Promise<SourceId>((resolve) => changes.onReceive(resolve));
  /** Writes a change by hand, as far as a statement that is under way, or that tells nobody. */
  const byHand = (key: string) => `
    update ${place.schema}.change_head set seq = seq + 1;
    insert into ${place.schema}.changes (seq, at, source, type, key, kind, cause, fingerprint)
      select seq, 0, '${source}', 'Patient', '${key}', 'UPDATED', 'POLL', '1' from ${place.schema}.change_head`;

  it('are in one order for all, whoever appends and reads at the same moment', async () => {
    const seed = Number(process.env.SEED ?? 261_121);
    const many = await appendAndFollow([open(), open(), open()], source, new Random(seed));
    console.info(`seed ${seed}: ${many} rows`);
    expect(many).toBeGreaterThan(1_500);
  });

  it('show no change before those that have a smaller number', async () => {
    const [one, two] = [open(), open()];
    const start = await one.end();
    const other = await connected();
    await other.query('begin');
    await other.query(byHand('slow'));
    const appending = two.append([changeOf(source, 'quick')]);
    while ((await waiting()).length === 0) await sleep(5);
    expect(await one.after(start, 9)).toEqual([]);
    await other.query('commit');
    await other.end();
    await appending;
    expect(told(await one.after(start, 9))).toEqual(['slow 1', 'quick 1']);
  });

  it('tell of a record once when both notice the same change at the same moment', async () => {
    const both = [open(), open(), open(), open()];
    for (let round = 0; round < 6; round++) {
      const drafts = Array.from({ length: 300 }, (_, n) => changeOf(source, `${round} ${n}`));
      const orders = [drafts, drafts.toReversed(), drafts, drafts.toReversed()];
      const found = await Promise.all(both.map((changes, n) => changes.append(orders[n] ?? [])));
      expect(told(found.flat()).toSorted()).toEqual(told(drafts).toSorted());
    }
  });

  it('leave out a reading that is overtaken while it waits for the one that overtakes it', async () => {
    const [one, two] = [open(), open()];
    await one.append([changeOf(source, 'known')]);
    const mark = await two.mark();
    const other = await connected();
    await other.query('begin');
    const newer = `'${source}', 'Patient'`;
    await other.query(`
      insert into ${place.schema}.changed_records (source, type, key, fingerprint, several)
        values (${newer}, 'known', '3', false), (${newer}, 'new', '3', false)
        on conflict (source, type, key) do update set fingerprint = '3', mark = default`);
    const drafts = ['known', 'new', 'free'].map((key) => changeOf(source, key, { fingerprint: '2' }));
    const late = two.appendRead(drafts, mark);
    while ((await waiting()).length === 0) await sleep(5);
    await other.query('commit');
    await other.end();
    const { rows, overtaken } = await late;
    expect(told(rows)).toEqual(['free 2']);
    expect(told(overtaken)).toEqual(['known 2', 'new 2']);
    const again = await two.appendRead(overtaken, await one.mark());
    expect(told(again.rows)).toEqual(['known 2', 'new 2']);
  });

  it('never go back in what they read of a record, whoever reads and appends at the same moment', async () => {
    const logs = [open(), open(), open()];
    const start = await logs[0]?.end();
    let version = 0;
    const read = async (changes: Changes, turns: number): Promise<void> => {
      for (let turn = 0; turn < 20; turn++) {
        const mark = await changes.mark();
        const drafts = [changeOf(source, 'a', { fingerprint: `${version}` })];
        for (let slow = 0; slow < turns; slow++) await changes.end();
        version += 1;
        await changes.appendRead(drafts, mark);
      }
    };
    await Promise.all(logs.flatMap((changes) => [0, 1, 3].map((turns) => read(changes, turns))));
    const versions = (await logs[0]?.after(start, 999))?.map(({ fingerprint }) => Number(fingerprint)) ?? [];
    expect(versions).toEqual(versions.toSorted((first, second) => first - second));
    expect(versions.length).toBeGreaterThan(1);
  });

  it('wake each other, and themselves only once', async () => {
    const [one, two] = [open(), open()];
    await Promise.all([one.end(), two.end()]);
    const heard = [appended(two), received(two)];
    let own = 0;
    one.onAppend(() => own++);
    await one.append([changeOf(source, '1')]);
    await one.receive([{ source, event: 'a', content: {} }]);
    await heard[0];
    expect(await heard[1]).toBe(source);
    expect(await two.held(source, 'two', 9, 1_000)).toHaveLength(1);
    await one.end();
    expect(own).toBe(1); // by itself, and not again by the server’s echo
  });

  it('do not wake those who wait for writes, nor the other way round', async () => {
    const [one, two] = [open(), open()];
    await Promise.all([one.end(), two.end()]);
    const wrong: string[] = [];
    stores[1]?.journal.onWork([source], () => wrong.push('work'));
    const heard = received(two);
    await one.receive([{ source, event: 'a', content: {} }]);
    await heard;
    expect(wrong).toEqual([]);
  });

  it('hear again when their connection was cut, and look after what they missed', async () => {
    const [one, two] = [open(), open()];
    await Promise.all([one.end(), two.end()]);
    const [missed, event] = [appended(two), received(two)];
    await onServer(`select pg_terminate_backend(pid) ${activity("query ilike 'listen%'")}`);
    await one.append([changeOf(source, '1')]);
    await one.receive([{ source, event: 'a', content: {} }]);
    await missed;
    expect(await event).toBe(source);
  });

  it('see changes and events of which nobody tells them', async () => {
    const one = open();
    await one.end();
    const start = await one.end();
    const [change, event] = [appended(one), received(one)];
    await onServer(byHand('silent'));
    await onServer(
      `insert into ${place.schema}.inbox values (gen_random_uuid(), '${source}', 'a', '{}', 0, null, null, null)`,
    );
    await change;
    expect(await event).toBe(source);
    expect(told(await one.after(start, 9))).toEqual(['silent 1']);
  });

  it('have one cursor for all, and know one of another deployment', async () => {
    const [one, two] = [open(), open()];
    const rows = await one.append(['1', '2'].map((key) => changeOf(source, key)));
    expect(await two.after(rows[0]?.cursor, 9)).toEqual(rows.slice(1));
    const elsewhere = await schema();
    const other = openStore(elsewhere.settings);
    await other.changes.append(['1', '2'].map((key) => changeOf(source, key)));
    await expect(other.changes.after(rows[0]?.cursor, 9)).rejects.toMatchObject({ name: 'CursorTooOld' });
    await other.close();
    await elsewhere.remove();
  });

  it('forget at the same moment what is old, and nothing else, while others append', async () => {
    let now = Date.now();
    const [one, two] = [open(() => now), open(() => now)];
    const old = await one.append(Array.from({ length: 2_300 }, (_, n) => changeOf(source, `${n}`)));
    now += 7 * DAY_MS;
    const start = await two.end();
    const [removed, , young] = await Promise.all([
      stores[0]?.purge(),
      stores[1]?.purge(),
      Promise.all(Array.from({ length: 20 }, (_, n) => two.append([changeOf(source, `young ${n}`)]))),
    ]);
    expect(removed).toBeLessThanOrEqual(2_300);
    expect(await one.after(undefined, 99)).toEqual(await one.after(start, 99));
    expect(await one.after(start, 99)).toHaveLength(young.flat().length);
    await expect(one.after(old.at(-2)?.cursor, 9)).rejects.toMatchObject({ name: 'CursorTooOld' });
  });

  it('hold leases and events by the server’s clock, however wrong theirs are', async () => {
    const real = Date.now.bind(Date);
    vi.spyOn(Date, 'now').mockImplementation(() => real() + 3_600_000);
    const one = open();
    await one.receive([{ source, event: 'a', content: {} }]);
    vi.restoreAllMocks();
    const two = open();
    expect(await one.lease('poll', 'one', 60_000)).toBe(true);
    expect(await two.lease('poll', 'two', 60_000)).toBe(false);
    expect(await one.lease('short', 'one', 50)).toBe(true);
    while (!(await two.lease('short', 'two', 50))) await sleep(10);
    const [held] = await one.held(source, 'one', 1, 50);
    expect(Math.abs(Date.parse(held?.receivedAt ?? '') - real())).toBeLessThan(600_000);
    while ((await two.held(source, 'two', 1, 50)).length === 0) await sleep(10);
  });

  it('take an event in once, and give it to one of them', async () => {
    const both = [open(), open()];
    for (let round = 0; round < 10; round++) {
      const events = Array.from({ length: 20 }, (_, n) => ({ source, event: `${round} ${n}`, content: { n } }));
      const orders = [events, events.toReversed()];
      const taken = await Promise.all(both.map((changes, n) => changes.receive(orders[n] ?? [])));
      expect(taken.flat().filter(Boolean)).toHaveLength(20);
      const held = await Promise.all(both.map((changes, n) => changes.held(source, `${n}`, 20, 60_000)));
      const rest = await both[0]?.held(source, 'rest', 20, 60_000);
      const all = [...held.flat(), ...(rest ?? [])];
      expect(all.map(({ event }) => event).toSorted()).toEqual(events.map(({ event }) => event).toSorted());
      await both[1]?.done(all.map(({ id }) => id));
    }
  });

  it('lose nothing that was acknowledged when a process is killed, and never have a place ahead of it', async () => {
    const seed = Number(process.env.SEED ?? 261_121);
    console.info(`seed ${seed}`);
    const url = process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/test';
    const acknowledged = await killAppenders(['postgres', url, place.schema, source], new Random(seed));
    while ((await onServer(`select pid ${activity('true')}`)).length > 0) await sleep(5); // it ends what the dead began
    await expectNothingLost(open(), source, acknowledged);
  });
});
