import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Changes, openStore, type Store } from '../../../store/index.ts';
import { changeOf } from '../../../test/store/changes.ts';
import { newSource, schema, serverAnswers } from '../../../test/store/databases.ts';
import { recordTag } from '../../../upstream/cache/key.ts';
import { MemoryStore } from '../../../upstream/cache/memory.ts';
import { SourceCache } from '../../../upstream/cache.ts';
import { noticed, Visits } from './fixture/visits.ts';
import { SILENT } from './meter.ts';
import { type ChangeWays, openChanges } from './open.ts';
import { recordChanges } from './record.ts';

const TTL_MS = 3_600_000;

describe.runIf(await serverAnswers('two processes with caches of their own'))('a process with its own cache', () => {
  let place: Awaited<ReturnType<typeof schema>>;
  let stores: readonly Store[];
  let mercy: Visits;
  let cache: SourceCache;
  let ways: ChangeWays;
  let voided: number;

  beforeEach(async () => {
    place = await schema();
    stores = [openStore(place.settings), openStore(place.settings)];
    await Promise.all(stores.map((store) => store.ready()));
    mercy = new Visits();
    mercy.visits.set('7', { status: 'BOOKED' });
    voided = 0;
    cache = new (class extends SourceCache {
      override changed(change: Parameters<SourceCache['changed']>[0]) {
        voided++;
        return super.changed(change);
      }
    })({ source: mercy.id, now: Date.now, store: new MemoryStore(1 << 20), staleMs: 0 });
    const source = { ...mercy.source, upstream: { cache } } as unknown as typeof mercy.source;
    ways = openChanges(new Map([[mercy.id, source]]), { now: Date.now, changes: changesOf(1) });
    await changesOf(0).append([changeOf(newSource(), '1')]);
    while ((await changesOf(1).after(undefined, 1)).length === 0); // it hears the others now
  });
  afterEach(async () => {
    await ways.close();
    await Promise.all(stores.map((store) => store.close()));
    await place.remove();
  });

  const changesOf = (process: number): Changes => {
    const store = stores[process];
    if (store === undefined) throw new RangeError('there are two');
    return store.changes;
  };
  const shown = () =>
    cache.through('visit', '7', TTL_MS, mercy.call(), async () => mercy.visits.get('7')?.status, [
      recordTag('Appointment', '7'),
    ]);
  const arrives = (process: number, at = mercy.source) => {
    mercy.visits.set('7', { status: 'ARRIVED' });
    const recording = { source: at, changes: changesOf(process), meter: SILENT, cause: 'POLL' } as const;
    return recordChanges([noticed('7')], recording, mercy.call());
  };

  it('shows nothing from before a change of another process once that is told here', async () => {
    const start = await changesOf(1).end();
    expect(await shown()).toBe('BOOKED');
    await arrives(0);
    while ((await changesOf(1).after(start, 1)).length === 0);
    expect(await shown()).toBe('ARRIVED');
  });

  it('hears of it also while nobody follows the stream', async () => {
    expect(await shown()).toBe('BOOKED');
    await arrives(0);
    while ((await shown()) !== 'ARRIVED') await sleep(5);
    expect(voided).toBe(1);
  });

  it('does not read again what it knows because of changes of its own', async () => {
    const start = await changesOf(1).end();
    await arrives(1, { ...mercy.source, upstream: { cache } } as unknown as typeof mercy.source);
    const before = voided;
    expect(await changesOf(1).after(start, 9)).toHaveLength(1);
    await arrives(0);
    mercy.visits.set('7', { status: 'BOOKED' });
    const recording = { source: mercy.source, changes: changesOf(0), meter: SILENT, cause: 'POLL' } as const;
    await recordChanges([noticed('7')], recording, mercy.call());
    expect(await changesOf(1).after(start, 9)).toHaveLength(2);
    expect(voided).toBe(before + 1);
  });

  it('hears nothing any more when it is closed', async () => {
    const start = await changesOf(1).end();
    await ways.close();
    await arrives(0);
    expect(await changesOf(1).after(start, 9)).toHaveLength(1);
    expect(voided).toBe(0);
  });
});
