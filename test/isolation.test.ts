import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../app.ts';
import { findKeys, type Keys } from '../bench/isolation/keys.ts';
import { faultsOf, type RunOptions, runIsolation } from '../bench/isolation/run.ts';
import { openWorld, type Product, type World } from '../bench/isolation/world.ts';
import { readConfig } from '../config.ts';
import { startSandbox } from '../sandbox/index.ts';
import { Session } from '../subgraphs/vendor/session.ts';
import { openSharedState } from '../upstream/shared-state.ts';
import { Secret } from '../upstream/source.ts';

const product: Product = { startEngine, readConfig, startSandbox, openSharedState, Secret, Session };
let world: World;
let keys: Keys;

beforeAll(async () => {
  world = await openWorld(6, product);
  keys = await findKeys(world);
});
afterAll(() => world?.close());

const run = (more: Partial<RunOptions> = {}) =>
  runIsolation(world, keys, product, { operations: 200, atOnce: 50, seed: 1, ...more });

describe('sources with equal keys', () => {
  it('never see a value of one another, whatever is asked at the same time', async () => {
    const tally = await run();
    expect({ faults: faultsOf(tally), examples: tally.examples }).toEqual({ faults: [], examples: [] });
    // every kind of operation was asked, by callers who may see everything and by others, over the cache and past it
    const names = Object.keys(tally.byName);
    expect(new Set(names.map((name) => name.replace(' (limited)', ''))).size).toBe(8);
    expect(names.filter((name) => name.endsWith('(limited)')).length).toBeGreaterThan(3);
    expect(tally.vendorCalls).toBeGreaterThan(0);
    expect(tally.cacheHits).toBeGreaterThan(0);
    expect(tally.marks).toBeGreaterThan(tally.operations);
  });

  it.each(['shared-keys', 'wrong-session', 'open-callers'] as const)(
    'are seen to mix when a rule is broken: %s',
    async (sabotage) => {
      expect((await run({ operations: 60, sabotage })).foreign).toBeGreaterThan(0);
    },
  );
});
