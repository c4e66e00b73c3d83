import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../app.ts';
import { type CallCounters, countCalls } from '../bench/chaos/counters.ts';
import type { Parts, Times } from '../bench/chaos/product.ts';
import { type Chances, type RunOptions, run } from '../bench/chaos/run.ts';
import { sabotaged } from '../bench/chaos/sabotage.ts';
import { startWorld, type World } from '../bench/chaos/world.ts';
import { readConfig } from '../config.ts';
import { startSandbox } from '../sandbox/index.ts';
import { random } from '../sandbox/population/random.ts';
import { Session } from '../subgraphs/vendor/session.ts';
import { processState } from '../upstream/shared-state.ts';
import { Upstream } from '../upstream/upstream.ts';

const parts: Parts = { startEngine, readConfig, startSandbox, random, Session, processState, Upstream };
/** Nothing hangs here, so that no time-out is waited for. */
const MIX = { kind: 'mix', status: 0.08, reset: 0.04 } as const;
const TIMES: Times = { timeoutMs: 20_000, ttlSeconds: 1, staleSeconds: 2, deadlineMs: 30_000 };
const OPTIONS: RunOptions = { reads: 120, clients: 8, changeEveryMs: 20, times: TIMES };
const chances: Chances = (label) => random(1).fork(label).next;

/**
 * A version that is made of a record's content is made of what two calls told when a search was completed by a reading:
 * of a record that changed between them it may be one that never was. A write that names it is refused.
 */
const isTorn = ({ what, times }: { readonly what: string; readonly times: number }): boolean =>
  what === 'Patient.meta' && times <= 2;

let counters: CallCounters;
let world: World;

beforeAll(async () => {
  counters = countCalls(Upstream.prototype);
  world = await startWorld(parts, { seed: 1, tenants: 2, patients: 3, times: TIMES }, counters.uncounted);
  for (const { sandbox, vendor } of world.places) sandbox.simulators[vendor].fault(MIX);
}, 120_000);
afterAll(async () => {
  await world?.close();
  counters?.restore();
});

describe('reads while vendors fail and records change', () => {
  it('answer nothing but what the vendors held', async () => {
    const found = await run(parts, world, counters, OPTIONS, chances);
    expect(found.wrongs.filter((wrong) => !isTorn(wrong))).toEqual([]);
    expect(found.reads).toBe(OPTIONS.reads);
    expect(found.compared).toBeGreaterThan(3_000);
    expect(found.changes).toBeGreaterThan(0);
    expect(found.vendor.attempts).toBeGreaterThan(found.vendor.calls);
  }, 120_000);

  it.each(['shared-key', 'no-source-check'] as const)(
    'are seen to be wrong with %s',
    async (sabotage) => {
      const broken = sabotaged(sabotage, parts, counters, chances('sabotage'));
      const state = broken.state === undefined ? {} : { state: broken.state };
      try {
        const { wrong } = await run(parts, world, counters, { ...OPTIONS, ...state, reads: 60 }, chances);
        expect(wrong).toBeGreaterThan(0);
      } finally {
        broken.mend();
      }
    },
    60_000,
  );
});
