import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Graph, startGraph } from './harness.ts';

const PLACES = [
  { source: 'lakeside', vendor: 'unity' },
  { source: 'springfield', vendor: 'athenanet' },
  { source: 'mercy', vendor: 'fhir' },
] as const;

let graph: Graph;
beforeAll(async () => {
  const athenanetLimits = { perSecond: 1e6, perDay: 1e9, tokenPerMinute: 1e6 };
  graph = await startGraph({ watch: { everyMs: 50 }, athenanetLimits });
});
afterAll(() => graph?.close());

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
  it('reaches a subscriber with its new values, and so does what came of it', async () => {
    await begun(source);
    const visit = graph.sandbox.practices[vendor]?.appointments.find(({ status }) => status === 'booked');
    if (visit === undefined) throw new Error('nobody is booked');
    const selection = 'kind cause source { id } appointment { externalId status start }';
    const told = graph.next(`subscription { appointmentChanged(sources: ["${source}"]) { ${selection} } }`);
    graph.sandbox.change(vendor, 'Appointment', visit.id, { status: 'noshow' });
    const { appointmentChanged } = await told;
    expect(appointmentChanged).toMatchObject({
      kind: 'UPDATED',
      cause: 'POLL',
      source: { id: source },
      appointment: { status: 'NO_SHOW', externalId: expect.stringContaining(String(visit.id)) },
    });
  });
});
