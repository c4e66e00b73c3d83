import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Changes } from '../sandbox/index.ts';
import { openStore, type Store } from '../store/index.ts';
import { type Graph, startGraph } from './harness.ts';

const PLACES = [
  { source: 'lakeside', vendor: 'unity' },
  { source: 'springfield', vendor: 'athenanet' },
  { source: 'mercy', vendor: 'fhir' },
] as const;

let graph: Graph;
let store: Store;
beforeAll(async () => {
  store = openStore({ kind: 'memory' });
  const athenanetLimits = { perSecond: 1e6, perDay: 1e9, tokenPerMinute: 1e6 };
  graph = await startGraph({ watch: { everyMs: 50 }, athenanetLimits, store });
});
afterAll(async () => {
  await graph?.close();
  await store?.close();
});

/** Until the feeds have begun: what happened before is not told. */
const begun = async (source: string): Promise<void> => {
  const simulator = graph.sandbox.simulators[PLACES.find((one) => one.source === source)?.vendor ?? 'fhir'];
  const calls = (): number => simulator.traffic.total;
  for (let before = -1; before < 0 || calls() < before + 20; ) {
    before = before < 0 ? calls() : before;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

describe.each(PLACES)('what changes at $source itself', ({ source, vendor }) => {
  it('tells a visit that is moved, not kept and cancelled as three things on the same one', async () => {
    await begun(source);
    const visit = graph.sandbox.practices[vendor]?.appointments.find(({ status }) => status === 'booked');
    if (visit === undefined) throw new Error('nobody is booked');
    const later = new Date(Date.parse(visit.start) + 7 * 86_400_000).toISOString();
    const selection = 'kind cause source { id } appointment { id externalId status start }';
    const told = async (set: Changes['Appointment']) => {
      const after = await store.changes.end();
      const next = graph.next(
        `subscription { appointmentChanged(sources: ["${source}"], after: "${after}") { ${selection} } }`,
      );
      graph.sandbox.change(vendor, 'Appointment', visit.id, set);
      return (await next).appointmentChanged;
    };
    const seen = [await told({ start: later }), await told({ status: 'noshow' }), await told({ status: 'cancelled' })];
    const base = { kind: 'UPDATED', cause: 'POLL', source: { id: source } };
    const appointment = { id: seen[0].appointment.id, externalId: expect.stringContaining(String(visit.id)) };
    const start = expect.stringContaining(later.slice(0, 16));
    expect(seen).toMatchObject(
      ['BOOKED', 'NO_SHOW', 'CANCELLED'].map((status) => ({ ...base, appointment: { ...appointment, start, status } })),
    );
  });
});
