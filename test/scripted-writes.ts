import { parse, specifiedRules, validate } from 'graphql';
import { expect } from 'vitest';
import { readConfig } from '../config.ts';
import { compose } from '../gateway/composition.ts';
import { Engine } from '../gateway/engine.ts';
import { localSubgraph } from '../gateway/local.ts';
import { startSandbox } from '../sandbox/index.ts';
import type { OperationContext } from '../schema/context.ts';
import { Cursors } from '../schema/cursor.ts';
import { SCALARS } from '../schema/scalars.ts';
import { openStore } from '../store/index.ts';
import type { ClaimedWrite } from '../store/journal.ts';
import { hubSubgraph } from '../subgraphs/hub/index.ts';
import { carry, type Decision } from '../subgraphs/hub/writes/fixture/carrier.ts';
import { EVERYTHING } from '../subgraphs/hub/writes/fixture/hub.ts';
import { watched } from '../subgraphs/hub/writes/fixture/watched.ts';
import { VENDORS } from '../subgraphs/index.ts';
import { hitsField, vendorSubgraph } from '../subgraphs/vendor/subgraph.ts';
import type { SourceSettings } from '../upstream/source.ts';
import { contextOf, NOW } from './harness.ts';

// biome-ignore lint/suspicious/noExplicitAny: rows of answers are looked into by tests, each in its own way
export type Row = any;
type Variables = Readonly<Record<string, unknown>>;

/** What happened since a test began. */
export interface Happened {
  /** The writes that were carried out. */
  readonly carried: ClaimedWrite[];
  /** Which subgraph was asked, and under which operation's id. */
  readonly asked: { readonly subgraph: string; readonly operation: string }[];
  /** What hub did with the journal, in order. */
  readonly steps: string[];
}

/** Hub, and the vendors' subgraphs over the sandbox, which read alone: how each write ends, the test says. */
const openSubgraphs = async (sources: readonly SourceSettings[], happened: Happened) => {
  const store = openStore({ kind: 'memory' });
  const cursors = new Cursors('a secret of these tests');
  const journal = watched(store.journal, {
    submitted: ({ kind }) => happened.steps.push(`${kind} is recorded`),
    waited: () => happened.steps.push('answered'),
  });
  const vendors = VENDORS.map(({ name, prefix, vendors: served }) => ({
    prefix,
    vendors: served,
    hitsField: hitsField(name),
    capabilities: () => EVERYTHING,
  }));
  const subgraphs = await Promise.all([
    hubSubgraph(vendors, sources, { cursors, journal }),
    ...VENDORS.map((vendor) => vendorSubgraph(vendor, sources, { now: Date.now, cursors })),
  ]);
  return { store, subgraphs };
};

export interface ScriptedGraph {
  /** The same graph, compiled from the first run on and not at all. */
  readonly engines: readonly Engine[];
  readonly happened: Happened;
  /** What becomes of the next writes. */
  decide(as: (write: ClaimedWrite) => Decision): void;
  /** Forgets what happened. */
  reset(): void;
  close(): Promise<void>;
}

/** The graph over the sandbox, with writes that end as a test says and reach no vendor. */
export const startScripted = async (): Promise<ScriptedGraph> => {
  const sandbox = await startSandbox({ now: NOW });
  const happened: Happened = { carried: [], asked: [], steps: [] };
  const sources = readConfig(sandbox.config, {}).sources.map((one) => ({ ...one, writes: 'on' as const }));
  const { store, subgraphs } = await openSubgraphs(sources, happened);
  const supergraph = compose(subgraphs);
  const seen = subgraphs.map((one) => ({
    ...one,
    contextFor: (context: OperationContext) => {
      happened.asked.push({ subgraph: one.name, operation: context.id });
      return one.contextFor(context);
    },
  }));
  const engineFrom = (compileFrom: number): Engine => {
    const local = seen.map((one) => localSubgraph(one, { compileFrom }));
    return new Engine(supergraph, local, { scalars: SCALARS });
  };
  let decide: (write: ClaimedWrite) => Decision = () => 'wait';
  const ids = sources.map(({ id }) => id);
  const stop = carry(store.journal, ids, (write) => {
    happened.carried.push(write);
    return decide(write);
  });
  return {
    engines: [engineFrom(1), engineFrom(Number.POSITIVE_INFINITY)],
    happened,
    decide: (as) => {
      decide = as;
    },
    reset: () => {
      for (const list of Object.values(happened)) list.length = 0;
    },
    close: async () => {
      await stop();
      await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
      await store.close();
      await sandbox.close();
    },
  };
};

/** Runs an operation, which must be valid. */
export const run = async (engine: Engine, query: string, variables: Variables = {}) => {
  const document = parse(query);
  expect(validate(engine.schema, document, specifiedRules)).toEqual([]);
  const { data, errors } = await engine.execute({ document, text: query, variables }, contextOf([]));
  return { data: data as Row, errors };
};

export const SOURCES = ['lakeside', 'springfield', 'mercy'] as const;

/** What the sandbox has of each source: an appointment with its patient, and free slots. */
export const findRecords = async (engine: Engine) => {
  const day = '{ from: "2026-11-18T00:00:00Z", to: "2026-11-20T00:00:00Z" }';
  const { data, errors } = await run(
    engine,
    `{ appointments(search: ${day}, first: 100) { nodes { id start status source { id } patient { id lastName } practitioner { id } } }
       sources { id slots(from: "2026-11-19T00:00:00Z", to: "2026-11-21T00:00:00Z") { id start end practitioner { id } } } }`,
  );
  expect(errors).toEqual([]);
  return new Map<string, { readonly appointment: Row; readonly slots: readonly Row[] }>(
    SOURCES.map((name) => {
      const appointment = data.appointments.nodes.find(
        ({ source, patient }: Row) => source.id === name && patient !== null,
      );
      const { slots } = data.sources.find(({ id }: Row) => id === name);
      expect(slots.length).toBeGreaterThan(1);
      return [name, { appointment, slots }];
    }),
  );
};
