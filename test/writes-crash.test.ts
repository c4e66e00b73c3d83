import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runKills } from '../bench/crashes/kills.ts';
import { type Deployment, deploy } from '../bench/crashes/process.ts';
import { LIMITS } from '../bench/load/run.ts';
import { simulatedBy } from '../bench/writes/grounds.ts';
import { newStore, type Place } from '../bench/writes/stores.ts';
import { type Sandbox, startSandbox } from '../sandbox/index.ts';

const SEED = 1;
const VENDORS = ['unity', 'athenanet', 'fhir'] as const;
const UNLIMITED = { perSecond: 100_000, perDay: 100_000_000, tokenPerMinute: 100_000 };

const byVendor = <T>(of: (vendor: (typeof VENDORS)[number]) => T) => ({
  ...{ unity: of('unity'), athenanet: of('athenanet'), fhir: of('fhir') },
});

let sandbox: Sandbox;
let store: Place;
let deployment: Deployment;

beforeAll(async () => {
  sandbox = await startSandbox({ athenanetLimits: UNLIMITED });
  store = await newStore('folder');
  const sources = sandbox.config.sources.map((source) => ({ ...source, limits: LIMITS }));
  deployment = await deploy({ ...sandbox.config, sources, store: store.config }, store.environment);
  // long enough to die in
  for (const vendor of VENDORS) sandbox.simulators[vendor].fault({ kind: 'delay', ms: 20, upTo: 120 });
});
afterAll(async () => {
  await deployment?.remove();
  await store?.remove();
  await sandbox?.close();
});

describe(`a product that is killed in the midst of its writes (seed ${SEED})`, () => {
  it('carries every write out once, and forgets none that it acknowledged', async () => {
    const simulated = simulatedBy({
      urls: byVendor((vendor) => sandbox.simulators[vendor].url),
      people: byVendor((vendor) => sandbox.practices[vendor]?.patients ?? []),
    });
    const { verdict, unanswered, kills, writes } = await runKills(deployment, simulated, {
      ...{ kills: 3, clients: 8, seed: SEED, restless: true },
    });
    expect({ findings: verdict.findings, inDoubt: verdict.inDoubt, unanswered }).toEqual({
      ...{ findings: [], inDoubt: [], unanswered: 0 },
    });
    // every kill found writes that were acknowledged and not settled
    expect(kills.map(({ open }) => open > 0)).toEqual([true, true, true]);
    expect(writes).toBeGreaterThan(20);
  }, 120_000);
});
