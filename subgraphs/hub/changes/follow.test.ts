import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { recordId, sourceId } from '../../../schema/ids.ts';
import { RESYNC } from '../../../schema/resync.ts';
import { type Draft, draft, TestLog } from './fixture/log.ts';
import { cursors, EVERYBODY, NORTH, quiet, Reader, wanted } from './fixture/reader.ts';
import { Tail } from './tail.ts';
import type { Wanted } from './wanted.ts';

const atOnce = (): undefined => undefined;

describe('a follower of the log', () => {
  it('is told of what comes after it began, each once, and of nothing before', async () => {
    const log = new TestLog();
    log.append([draft(), draft()]);
    const reader = new Reader(new Tail(log), wanted(), undefined, atOnce);
    await setImmediate();
    log.append([draft(), draft({ type: 'Claim' }), draft()]);
    await expect.poll(() => cursors(reader.got)).toEqual(['test.3', 'test.5']);
    reader.leave();
    await reader.done;
    expect(log.listeners).toBe(0);
  });

  it('is one of many for whom the log is read once', async () => {
    const log = new TestLog();
    const tail = new Tail(log);
    const readers = Array.from({ length: 300 }, () => new Reader(tail, wanted(), undefined, atOnce));
    await setImmediate();
    for (let i = 0; i < 20; i++) {
      log.append([draft()]);
      await expect.poll(() => readers.every(({ got }) => got.length === i + 1), { interval: 1 }).toBe(true);
    }
    expect(log.reads).toBeLessThanOrEqual(40);
    for (const reader of readers) reader.leave();
    await Promise.all(readers.map(({ done }) => done));
  });

  it('reads nothing while nothing happens', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] });
    try {
      const log = new TestLog();
      const reader = new Reader(new Tail(log), wanted(), log.last(), atOnce);
      await setImmediate();
      const { reads } = log;
      await vi.advanceTimersByTimeAsync(3_600_000);
      expect(log.reads).toBe(reads);
      reader.leave();
      await reader.done;
    } finally {
      vi.useRealTimers();
    }
  });

  it('looks again by itself when the log could not be read', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] });
    try {
      const log = new TestLog();
      const reader = new Reader(new Tail(log), wanted(), log.last(), atOnce);
      await setImmediate();
      log.fails = true;
      log.append([draft()]);
      await vi.advanceTimersByTimeAsync(5_000);
      log.fails = false;
      await vi.advanceTimersByTimeAsync(5_000);
      await setImmediate();
      expect(cursors(reader.got)).toEqual(['test.1']);
      reader.leave();
      await reader.done;
    } finally {
      vi.useRealTimers();
    }
  });

  it('that takes nothing holds nobody back, and is told of everything when it takes again', async () => {
    const log = new TestLog();
    const tail = new Tail(log);
    const { promise: awake, resolve: wake } = Promise.withResolvers<void>();
    const slow = new Reader(tail, wanted(), log.last(), () => awake);
    const quick = new Reader(tail, wanted(), log.last(), atOnce);
    const all: string[] = [];
    await quiet();
    for (let i = 0; i < 50; i++) {
      log.append(Array.from({ length: 100 }, () => draft()));
      all.push(...cursors(log.rows.slice(-100)));
      await expect.poll(() => quick.got.length, { interval: 1 }).toBe(all.length);
    }
    expect(slow.got).toHaveLength(1);
    wake();
    await expect.poll(() => slow.got.length).toBe(all.length);
    expect([cursors(slow.got), cursors(quick.got)]).toEqual([all, all]);
    for (const reader of [slow, quick]) reader.leave();
    await Promise.all([slow.done, quick.done]);
  });

  it.each([
    ['a cursor that is too old', 'test.1'],
    ['a cursor of another deployment', 'other.7'],
    ['a cursor that was never given', 'test.999'],
  ])('is told to read anew for %s', async (_case, after) => {
    const log = new TestLog();
    log.append(Array.from({ length: 9 }, () => draft()));
    log.purge(3);
    const reader = new Reader(new Tail(log), wanted(), after, atOnce);
    await reader.done;
    expect(reader.failure).toMatchObject({ extensions: { code: RESYNC, retryable: false } });
    expect(reader.got).toEqual([]);
  });

  it('is told to read anew when the log was purged before it could be read', async () => {
    const log = new TestLog();
    const tail = new Tail(log);
    const reader = new Reader(tail, wanted(), log.last(), atOnce);
    await setImmediate();
    log.append([draft(), draft()], false);
    log.purge(1);
    log.ring();
    await reader.done;
    expect(reader.failure).toMatchObject({ extensions: { code: RESYNC } });
    expect(log.listeners).toBe(0);
  });

  it('is refused while the log cannot be read', async () => {
    const log = new TestLog();
    log.fails = true;
    for (const after of [undefined, log.last()]) {
      const reader = new Reader(new Tail(log), wanted(), after, atOnce);
      await reader.done;
      expect(reader.failure).toMatchObject({ code: 'SOURCE_UNAVAILABLE', retryable: true });
    }
    expect(log.listeners).toBe(0);
  });

  it.each<[string, Partial<Wanted>, Partial<Draft>, boolean]>([
    ['of one of its patients', { patients: new Set([recordId(NORTH, 'Patient', '1')]) }, { patient: '1' }, true],
    ['of another patient', { patients: new Set([recordId(NORTH, 'Patient', '1')]) }, { patient: '2' }, false],
    [
      'of a patient whose key is the same elsewhere',
      { patients: new Set([recordId(sourceId('south'), 'Patient', '1')]) },
      { patient: '1' },
      false,
    ],
    [
      'of nobody knows whom, when it asks for patients',
      { patients: new Set([recordId(NORTH, 'Patient', '1')]) },
      {},
      false,
    ],
    [
      'with one of its practitioners',
      { practitioners: new Set([recordId(NORTH, 'Practitioner', '5')]) },
      { practitioner: '5' },
      true,
    ],
    [
      'with another practitioner',
      { practitioners: new Set([recordId(NORTH, 'Practitioner', '5')]) },
      { practitioner: '6' },
      false,
    ],
    [
      'of its patient with another practitioner',
      {
        patients: new Set([recordId(NORTH, 'Patient', '1')]),
        practitioners: new Set([recordId(NORTH, 'Practitioner', '5')]),
      },
      { patient: '1', practitioner: '6' },
      false,
    ],
    [
      'with one of its codes',
      { type: 'Observation', codes: new Set(['a', 'b']) },
      { type: 'Observation', codes: ['c', 'b'] },
      true,
    ],
    [
      'with other codes',
      { type: 'Observation', codes: new Set(['a', 'b']) },
      { type: 'Observation', codes: ['c'] },
      false,
    ],
    ['without codes', { type: 'Observation', codes: new Set(['a']) }, { type: 'Observation' }, false],
    ['at another source', { sources: new Set([sourceId('south')]) }, {}, false],
    ['of another type', { type: 'Claim' }, {}, false],
    [
      'of itself',
      { type: 'Patient', patients: new Set([recordId(NORTH, 'Patient', '1')]) },
      { type: 'Patient', key: '1' },
      true,
    ],
    ['of another one', { caller: { ...EVERYBODY, patient: 'north/Patient/1' } }, { patient: '2' }, false],
    ['of its own', { caller: { ...EVERYBODY, patient: 'north/Patient/1' } }, { patient: '1' }, true],
    [
      'that leaves one of its patients for another',
      { patients: new Set(['1', '2'].map((key) => recordId(NORTH, 'Patient', key))) },
      { patient: '2', former: { patient: '1' } },
      true,
    ],
    [
      'that leaves its patient',
      { patients: new Set([recordId(NORTH, 'Patient', '1')]) },
      { patient: '2', former: { patient: '1' } },
      true,
    ],
    [
      'that leaves its practitioner',
      { practitioners: new Set([recordId(NORTH, 'Practitioner', '5')]) },
      { practitioner: '6', former: { practitioner: '5' } },
      true,
    ],
    [
      'that leaves all practitioners',
      { practitioners: new Set([recordId(NORTH, 'Practitioner', '5')]) },
      { former: { practitioner: '5' } },
      true,
    ],
    [
      'of its patient that leaves its practitioner',
      {
        patients: new Set([recordId(NORTH, 'Patient', '1')]),
        practitioners: new Set([recordId(NORTH, 'Practitioner', '5')]),
      },
      { patient: '1', practitioner: '6', former: { practitioner: '5' } },
      true,
    ],
    [
      'that comes to its patient from its practitioner',
      {
        patients: new Set([recordId(NORTH, 'Patient', '1')]),
        practitioners: new Set([recordId(NORTH, 'Practitioner', '5')]),
      },
      { patient: '1', practitioner: '6', former: { patient: '2', practitioner: '5' } },
      false,
    ],
    [
      'with one of its codes before',
      { type: 'Observation', codes: new Set(['a']) },
      { type: 'Observation', codes: ['c'], former: { codes: ['a', 'b'] } },
      true,
    ],
    [
      'of another one that was its own',
      {
        caller: { ...EVERYBODY, patient: 'north/Patient/1' },
        patients: new Set([recordId(NORTH, 'Patient', '1')]),
      },
      { patient: '2', former: { patient: '1' } },
      false,
    ],
    [
      'of its own that is gone',
      { caller: { ...EVERYBODY, patient: 'north/Patient/1' } },
      { kind: 'DELETED', patient: '1' },
      true,
    ],
    [
      'of another one that is gone and was its own before',
      { caller: { ...EVERYBODY, patient: 'north/Patient/1' } },
      { kind: 'DELETED', patient: '2', former: { patient: '1' } },
      false,
    ],
    ['of a source that it may not see', { caller: { ...EVERYBODY, sources: [sourceId('south')] } }, {}, false],
  ])('decides on a change %s the same way live and from the log', async (_case, asked, change, isTold) => {
    const log = new TestLog();
    const tail = new Tail(log);
    const all = wanted(asked);
    const live = new Reader(tail, all, undefined, atOnce);
    const marker = new Reader(tail, wanted({ type: change.type ?? 'Appointment' }), undefined, atOnce);
    const from = log.last();
    await setImmediate();
    log.append([draft(change), draft({ type: change.type ?? 'Appointment' })]);
    await expect.poll(() => marker.got.length).toBe(2);
    const late = new Reader(new Tail(log), all, from, atOnce);
    await quiet();
    for (const reader of [live, late])
      expect(cursors(reader.got).filter((cursor) => cursor === 'test.1')).toHaveLength(isTold ? 1 : 0);
    for (const reader of [live, late, marker]) reader.leave();
    await Promise.all([live.done, late.done, marker.done]);
  });
});
