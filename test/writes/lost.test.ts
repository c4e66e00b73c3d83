import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/faults.ts';
import type { Graph } from '../harness.ts';
import { commitsOf, mend, startClinic, write } from './clinic.ts';
import { can, DEEDS, type Deed } from './deeds.ts';
import { atEvery, type Ground, groundsOf } from './ground.ts';

/** `{id}` and `{patientid}` are the same place. */
const named = (call: string): string => call.replace(/\{\w+\}/g, '{}');

/** One deed at one source, whose request is struck once. */
const struck = async (graph: Graph, ground: Ground, deed: Deed, fault: Fault) => {
  const { vendor } = ground.place;
  const input = await deed.input(graph, ground);
  const from = commitsOf(graph, ground.place).length;
  const match = deed.says?.[vendor] ?? deed.call[vendor];
  if (can(ground, deed)) graph.sandbox.simulators[vendor].fault({ ...fault, match, times: 1 });
  const result = await write(graph, deed.kind, input);
  const attempts: readonly { vendorCall: string; outcome: string }[] = result.write?.attempts ?? [];
  return {
    result: result.__typename,
    state: result.write?.state,
    commits: commitsOf(graph, ground.place)
      .slice(from)
      .map(({ kind, type }) => `${kind} ${type}`),
    outcomes: attempts
      .filter(({ vendorCall }) => named(vendorCall) === named(deed.call[vendor]))
      .map(({ outcome }) => outcome),
  };
};

const carriedOut = (ground: Ground, deed: Deed, outcomes: unknown) => {
  if (!can(ground, deed)) return { result: 'UnsupportedByVendor', state: undefined, commits: [], outcomes: [] };
  const { vendor } = ground.place;
  return {
    ...{ result: expect.stringMatching(/Saved$/), state: 'CONFIRMED', commits: deed.leaves[vendor] },
    outcomes,
  };
};

const ANSWERED = expect.stringMatching(/^answered 20[01]$/);

/** How often the request leaves when it comes back. */
const before = ({ place }: Ground, deed: Deed): readonly unknown[] =>
  deed.says?.[place.vendor] === undefined ? [] : [ANSWERED];

describe('a write', () => {
  let graph: Graph;
  let grounds: readonly Ground[];
  beforeAll(async () => {
    graph = await startClinic();
    grounds = await groundsOf(graph);
  });
  afterEach(() => mend(graph));
  afterAll(() => graph.close());

  /** What strikes its request once, and how the attempts then read. */
  const LOSSES: readonly (readonly [what: string, fault: Fault, outcomes: readonly unknown[]])[] = [
    ['whose answer is cut off', { kind: 'lose', how: 'reset' }, ['no answer: SOURCE_UNAVAILABLE']],
    ['whose answer is replaced by a gateway’s', { kind: 'lose', how: 'status' }, ['answered 502']],
    ['that does not arrive', { kind: 'reset' }, ['no answer: SOURCE_UNAVAILABLE', ANSWERED]],
    ['that fails at the vendor', { kind: 'status', status: 500 }, ['answered 500', ANSWERED]],
    ['that somebody else answers', { kind: 'body', body: '<html>Please sign in</html>' }, ['answered 200', ANSWERED]],
  ];

  describe.each(LOSSES)('%s', (_, fault, outcomes) => {
    it.each(DEEDS)('is carried out once: $name', async (deed) => {
      const seen = await atEvery(grounds, (ground) => struck(graph, ground, deed, fault));
      const told = async (ground: Ground) => carriedOut(ground, deed, [...before(ground, deed), ...outcomes]);
      expect(seen).toEqual(await atEvery(grounds, told));
    });
  });

  /** Of writes that take several requests, the one that the deeds do not aim at. */
  const STEPS: readonly (readonly [deed: string, source: string, call: string, says?: string])[] = [
    ['bookAppointment at a time', 'springfield', 'PUT /appointments/{id}'],
    ['rescheduleAppointment', 'springfield', 'POST /appointments/open'],
    ['saveDocument', 'lakeside', 'Magic SaveDocumentImage', 'bDoneUpload&quot; value=&quot;false'],
  ];

  describe.each(STEPS)('%s at %s by several requests, of which %s is lost,', (name, source, call, says) => {
    it.each(LOSSES)('is carried out once: %s', async (_, fault) => {
      const deed = DEEDS.find((one) => one.name === name);
      const ground = grounds.find(({ place }) => place.source === source);
      if (deed === undefined || ground === undefined) throw new Error('There is no such deed.');
      const { vendor } = ground.place;
      const aimed = {
        ...deed,
        call: { ...deed.call, [vendor]: call },
        says: says === undefined ? {} : { [vendor]: says },
      };
      expect(await struck(graph, ground, aimed, fault)).toEqual(carriedOut(ground, deed, expect.any(Array)));
    });
  });
});

describe('a write whose answer never comes', () => {
  let graph: Graph;
  let grounds: readonly Ground[];
  beforeAll(async () => {
    const impatient = (source: object) => ({ ...source, timeoutMs: 1_000 });
    graph = await startClinic({ configure: (config) => ({ ...config, sources: config.sources.map(impatient) }) });
    grounds = await groundsOf(graph);
  });
  afterEach(() => mend(graph));
  afterAll(() => graph.close());

  it.each(DEEDS)('is carried out once: $name', async (deed) => {
    const seen = await atEvery(grounds, (ground) => struck(graph, ground, deed, { kind: 'lose', how: 'hang' }));
    const outcomes = expect.arrayContaining(['no answer: TIMEOUT']);
    expect(seen).toEqual(await atEvery(grounds, async (ground) => carriedOut(ground, deed, outcomes)));
  });
});
