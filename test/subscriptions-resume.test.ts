import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../gateway/server.ts';
import { type Sandbox, startSandbox } from '../sandbox/index.ts';
import { recordId, sourceId } from '../schema/ids.ts';
import type { ChangeDraft, ChangedType, ChangeRow } from '../store/changes.ts';
import { openStore, type Store } from '../store/index.ts';
import { NOW } from './harness.ts';
import { Random } from './random.ts';
import { folder, memory, type Place, schema, serverAnswers } from './store/databases.ts';
import { type ChangingGraph, changeOf, serve, startChangingGraph } from './subscriptions/graph.ts';
import { Portal, type Shown } from './subscriptions/portal.ts';

const SOURCES = ['lakeside', 'springfield', 'mercy'] as const;
const TYPES: readonly ChangedType[] = ['Patient', 'Appointment', 'Observation', 'Claim'];
const KEYS = ['1', '2', '3', '4', '5', '6'];
const seed = Number(process.env.SEED ?? 261_121);

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ now: NOW });
});
afterAll(() => sandbox?.close());

/** What a portal asks for, and whether a change is one of it. */
interface Wish extends Shown {
  readonly wants: (row: ChangeRow) => boolean;
}

const someWish = (random: Random): Wish => {
  const type = random.pick(TYPES);
  const source = sourceId(random.pick(SOURCES));
  const key = random.pick(KEYS);
  const field = `${type.toLowerCase()}Changed`;
  if (random.chance(0.4)) return { field, types: '', names: [], variables: {}, wants: (row) => row.type === type };
  if (random.chance(0.5))
    return {
      field,
      types: '$sources: [ID!],',
      names: ['sources'],
      variables: { sources: [source] },
      wants: (row) => row.type === type && row.source === source,
    };
  return {
    field,
    types: '$patients: [ID!],',
    names: ['patients'],
    variables: { patients: [recordId(source, 'Patient', key)] },
    wants: (row) =>
      row.type === type &&
      row.source === source &&
      (type === 'Patient' ? row.key === key : row.patient === key || row.former?.patient === key),
  };
};

const someDraft = (random: Random): ChangeDraft =>
  changeOf(recordId(sourceId(random.pick(SOURCES)), random.pick(TYPES), random.pick(KEYS)), {
    patient: random.pick(KEYS),
  });

const allAfter = async ({ changes }: Store, from: string): Promise<readonly ChangeRow[]> => {
  const rows: ChangeRow[] = [];
  for (;;) {
    const page = await changes.after(rows.at(-1)?.cursor ?? from, 500);
    if (page.length === 0) return rows;
    rows.push(...page);
  }
};

/** The product, over a store that outlives it where its place does. */
class Product {
  store: Store;
  graph: ChangingGraph | undefined;
  server: RunningServer | undefined;
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
    this.store = openStore(place.settings);
  }

  async start(): Promise<void> {
    await this.store.ready();
    this.graph = await startChangingGraph({ store: this.store, sandbox });
    this.server = await serve(this.graph);
  }

  async stop(): Promise<void> {
    await this.server?.close();
    await this.graph?.close();
    if (this.#place.settings.kind === 'memory') return;
    await this.store.close();
    this.store = openStore(this.#place.settings);
  }

  get url(): string {
    return `${this.server?.url.replace('http', 'ws')}/graphql`;
  }
}

const WHERE: readonly { readonly where: string; readonly make: () => Promise<Place>; readonly there: boolean }[] = [
  { where: 'in memory', make: memory, there: true },
  { where: 'in a folder', make: folder, there: true },
  { where: 'on a server', make: schema, there: await serverAnswers('resuming on PostgreSQL') },
];

describe.each(WHERE.filter(({ there }) => there))(
  'portals that lose their connection, over a log $where',
  ({ make }) => {
    it(`miss nothing and are told nothing twice, even when the product is restarted (SEED=${seed})`, async () => {
      const random = new Random(seed);
      const place = await make();
      const product = new Product(place);
      await product.start();
      await product.store.changes.append([someDraft(random)]);
      const from = await product.store.changes.end();
      const wishes = Array.from({ length: 24 }, () => someWish(random));
      const portals = wishes.map((wish) => new Portal(wish, from));
      const connect = (): void => {
        for (const portal of portals) portal.connect(product.url);
      };
      connect();
      for (let step = 0; step < 120; step++) {
        await product.store.changes.append(Array.from({ length: 1 + random.below(12) }, () => someDraft(random)));
        const portal = random.pick(portals);
        if (random.chance(0.3)) portal.cut();
        else if (random.chance(0.5)) portal.connect(product.url);
        if (random.chance(0.2)) await wait(random.below(20));
        if (step !== 60) continue;
        await product.stop();
        await product.start();
        connect();
      }
      connect();
      const rows = await allAfter(product.store, from);
      const right = wishes.map(({ wants }) => rows.filter(wants).map(({ cursor }) => cursor));
      const missing = () => portals.filter(({ got }, i) => got.length < (right[i]?.length ?? 0)).length;
      await expect.poll(missing, { timeout: 20_000 }).toBe(0);
      expect(portals.map(({ got }) => got)).toEqual(right);
      expect(portals.flatMap(({ refused }) => refused)).toEqual([]);
      for (const portal of portals) portal.cut();
      await product.stop();
      await product.store.close();
      await place.remove();
    }, 60_000);
  },
);
