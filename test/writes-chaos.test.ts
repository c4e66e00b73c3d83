import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type App, startApp } from '../app.ts';
import { faultsOf } from '../bench/writes/checker.ts';
import { Graph } from '../bench/writes/graph.ts';
import { groundsOf } from '../bench/writes/grounds.ts';
import { type Load, runWrites, tellersOf } from '../bench/writes/run.ts';
import { type Parts, sabotaged } from '../bench/writes/sabotage.ts';
import type { Teller } from '../bench/writes/stories.ts';
import { readConfig } from '../config.ts';
import type { Fault } from '../sandbox/faults.ts';
import { type Sandbox, startSandbox } from '../sandbox/index.ts';
import { openStore, type Store } from '../store/index.ts';
import { WriteLog } from '../store/writes.ts';
import { Work } from '../subgraphs/vendor/writes/work.ts';

const SEED = 1;
const VENDORS = ['unity', 'athenanet', 'fhir'] as const;
const SOURCES = { unity: 'lakeside', athenanet: 'springfield', fhir: 'mercy' } as const;
const UNLIMITED = { perSecond: 100_000, perDay: 100_000_000, tokenPerMinute: 100_000 };
/** Nothing hangs here, so that no time-out is waited for. */
const MIX: Fault = { kind: 'mix', status: 0.04, reset: 0.03, lose: 0.08 };
/** A part of the names of calls that make something, at each vendor. */
const MAKING = { unity: 'Magic Save', athenanet: 'POST', fhir: 'POST' } as const;
const LOAD: Load = {
  ...{ writes: 54, clients: 12, seed: SEED, settleMs: 20_000 },
  manners: { waitMs: 10_000, patienceMs: 20_000, cut: 0.1, twice: 0.1 },
};
const parts: Parts = { WriteLog, Work };

let sandbox: Sandbox;
let store: Store;
let app: App;
let graph: Graph;
let tellers: readonly Teller[];

const misbehave = (faultAt: (vendor: (typeof VENDORS)[number]) => Fault): void => {
  for (const vendor of VENDORS) sandbox.simulators[vendor].fault(faultAt(vendor));
};
const anywhere = (): Fault => MIX;
const afterMaking = (vendor: (typeof VENDORS)[number]): Fault => ({
  ...{ kind: 'lose', match: MAKING[vendor], share: 0.5 },
});

beforeAll(async () => {
  sandbox = await startSandbox({ athenanetLimits: UNLIMITED });
  store = openStore({ kind: 'memory' });
  const config = readConfig(sandbox.config, {});
  app = await startApp(
    { ...config, gateway: { ...config.gateway, port: 0 } },
    { store, writeTimes: { settleMs: 60, pauseMs: 30 } },
  );
  graph = new Graph(() => app.graphUrl, 40);
  const simulated = VENDORS.map((vendor) => ({
    ...{ vendor, source: SOURCES[vendor], url: sandbox.simulators[vendor].url },
    people: (sandbox.practices[vendor]?.patients ?? []).map(({ id }) => id),
  }));
  tellers = tellersOf(await groundsOf(graph, simulated), SEED);
}, 60_000);
afterEach(() => {
  for (const vendor of VENDORS) sandbox.simulators[vendor].reset();
});
afterAll(async () => {
  await graph?.close();
  await app?.close();
  await store?.close();
  await sandbox?.close();
});

describe(`writes whose answers are lost (seed ${SEED})`, () => {
  it('are carried out once each', async () => {
    misbehave(anywhere);
    const { verdict, submitted, unanswered } = await runWrites(graph, tellers, LOAD);
    expect({ findings: verdict.findings, inDoubt: verdict.inDoubt, unanswered }).toEqual({
      ...{ findings: [], inDoubt: [], unanswered: 0 },
    });
    expect(submitted.length).toBeGreaterThanOrEqual(LOAD.writes);
    expect(new Set(submitted.map(({ kind }) => kind)).size).toBe(10);
    // every source took part, and clients sent again what was recorded before
    expect(new Set(submitted.map(({ source }) => source)).size).toBe(3);
    expect(submitted.some(({ told }) => told.some(({ replayed }) => replayed === true))).toBe(true);
  }, 60_000);

  // a vendor refuses what it can tell was sent before, so that it takes many to find one that it carries out twice
  it.each([
    ['blind-resend', 80, afterMaking, /\d+ doubled/],
    ['double-submit', 20, anywhere, /\d+ doubled/],
    ['forget', 20, anywhere, /\d+ lost/],
    ['deny', 20, anywhere, /\d+ ghost/],
  ] as const)(
    'are seen to go wrong with %s',
    async (sabotage, writes, fault, red) => {
      misbehave(fault);
      const mend = sabotaged(sabotage, parts);
      try {
        const { verdict, submitted } = await runWrites(graph, tellers, { ...LOAD, writes });
        expect(faultsOf(verdict, submitted.length).join(', ')).toMatch(red);
      } finally {
        mend();
      }
    },
    60_000,
  );
});
