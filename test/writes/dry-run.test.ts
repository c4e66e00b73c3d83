import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Graph } from '../harness.ts';
import { commitsOf, mend, newKey, startClinic, write } from './clinic.ts';
import { can, DEEDS, type Deed, type Input } from './deeds.ts';
import { atEvery, type Ground, groundsOf } from './ground.ts';

/** The same vendors once more, as sources that only rehearse their writes, and as sources that write nothing. */
const MODES = ['shadow', 'off'] as const;
type Mode = (typeof MODES)[number];

let graph: Graph;
let grounds: readonly Ground[];
beforeAll(async () => {
  const variants = (source: { readonly id: string }): readonly object[] => [
    source,
    ...MODES.map((mode) => ({ ...source, id: `${source.id}-${mode}`, writes: mode })),
  ];
  graph = await startClinic({ configure: (config) => ({ ...config, sources: config.sources.flatMap(variants) }) });
  grounds = await groundsOf(graph);
});
afterEach(() => mend(graph));
afterAll(() => graph.close());

/** People's data of which nothing may show, in any spelling of a vendor. */
const PERSON = {
  ...{ firstName: 'Quirina', dateOfBirth: '1961-07-23', phoneHome: '+13095550177', phoneMobile: '+13095550188' },
  ...{ email: 'quirina@example.com', preferredLanguage: 'es', race: ['2106-3'], ethnicity: '2135-2' },
  address: { line1: '4711 Elm St', line2: 'Apt 1387', city: 'Peoria', state: 'IL', postalCode: '61602' },
} as const;
const TEXT = 'Her parrot & she feel "odd"';
const CONTENT = Buffer.from('Letter about Quirina').toString('base64');
const SECRETS = [
  ...['quirina', 'vandersloot', '1961', '07/23', '0723', '5550177', '5550188', '2106-3', '2135-2'],
  ...['4711', '1387', 'peoria', '61602', 'parrot', CONTENT.toLowerCase(), '173', '417.33', '41733', 'e11.65', 'e1165'],
];

/** More to hide than a deed has by itself. */
const REVEALING: Readonly<Record<string, (input: Input) => Input>> = {
  createPatient: (input) => {
    const { lastName } = input.patient as { readonly lastName: string };
    return { ...input, patient: { ...PERSON, gender: 'FEMALE', lastName: `Vandersloot ${lastName}` } };
  },
  updatePatient: (input) => ({ ...input, patient: { ...PERSON, lastName: 'Vandersloot' } }),
  bookAppointment: (input) => ({ ...input, reason: TEXT }),
  cancelAppointment: (input) => ({ ...input, reason: TEXT }),
  recordObservation: (input) => ({ ...input, value: { quantity: { value: '173', unit: 'mm[Hg]', code: 'mm[Hg]' } } }),
  submitClaim: (input) => ({
    ...{ ...input, diagnoses: ['E11.65'] },
    lines: (input.lines as object[]).map((line) => ({ ...line, charge: '417.33' })),
  }),
  saveDocument: (input) => ({ ...input, title: TEXT, content: CONTENT }),
};

const revealing = async (ground: Ground, deed: Deed): Promise<Input> => {
  const input = await deed.input(graph, ground);
  return REVEALING[deed.kind]?.(input) ?? input;
};

const REFUSED = /^UnsupportedByVendor$/;
const WRITES = /Save|SetAppointmentStatus|^(PUT|PATCH|DELETE) |^POST (?!token|.*_search)/;

/** What a write that must not be carried out tells, shows and leaves. */
const rehearsed = async (ground: Ground, deed: Deed, input: Input) => {
  const simulator = graph.sandbox.simulators[ground.place.vendor];
  simulator.reset();
  const from = simulator.commits.length;
  const result = await write(graph, deed.kind, input);
  const shown = JSON.stringify(result.write?.wouldSend ?? []).toLowerCase();
  const keys = [input.patient, input.id].filter((id) => typeof id === 'string').map((id) => id.split('/')[2]);
  return {
    result: result.__typename,
    state: result.write?.state,
    planned: result.write?.wouldSend.length > 0,
    revealed: [
      ...SECRETS.filter((secret) => shown.includes(secret)),
      ...keys.filter((key) => shown.includes(`"${key}"`)),
    ],
    commits: simulator.commits.length - from,
    calls: [...simulator.calls],
  };
};

const NOTHING_SENT = { result: 'WritePending', state: 'DISCARDED', planned: true, revealed: [], commits: 0 };
const UNSUPPORTED = { result: 'UnsupportedByVendor', state: undefined, planned: false, revealed: [], commits: 0 };

describe.each(DEEDS)('a dry run of $name', (deed) => {
  it('reaches no vendor, shows what would be sent without anything of a person, and leaves the key free', async () => {
    const seen = await atEvery(grounds, async (ground) => {
      const input = { ...(await revealing(ground, deed)), idempotencyKey: newKey() };
      const rehearsal = await rehearsed(ground, deed, { ...input, dryRun: true });
      const from = commitsOf(graph, ground.place).length;
      const real = await write(graph, deed.kind, input);
      const commits = commitsOf(graph, ground.place).length - from;
      return { ...rehearsal, real: [real.__typename, real.write?.replayed], commitsOfReal: commits };
    });
    const expected = (ground: Ground) =>
      can(ground, deed)
        ? {
            ...{ ...NOTHING_SENT, calls: [], real: [expect.stringMatching(/Saved$/), false] },
            commitsOfReal: deed.leaves[ground.place.vendor].length,
          }
        : { ...UNSUPPORTED, calls: [], real: [expect.stringMatching(REFUSED), undefined], commitsOfReal: 0 };
    expect(seen).toEqual(await atEvery(grounds, async (ground) => expected(ground)));
  });
});

/** The same input for another source of the same vendor. */
const at = (mode: Mode, { place }: Ground, input: Input): Input =>
  JSON.parse(
    JSON.stringify(input)
      .replaceAll(`"${place.source}/`, `"${place.source}-${mode}/`)
      .replaceAll(`"${place.source}"`, `"${place.source}-${mode}"`),
  );

describe.each(DEEDS)('$name', (deed) => {
  it('at a source that rehearses its writes is checked with the vendor, shown and not sent', async () => {
    const seen = await atEvery(grounds, async (ground) => {
      const input = at('shadow', ground, await revealing(ground, deed));
      const { calls, ...rehearsal } = await rehearsed(ground, deed, input);
      return { ...rehearsal, asked: calls.length > 0, writes: calls.filter((call) => WRITES.test(call)) };
    });
    // what names a record, a slot or a person who may be there already is looked at
    const asks = /updatePatient|Appointment$|slot|createPatient|correction/.test(deed.name);
    const expected = (ground: Ground) =>
      can(ground, deed)
        ? { ...NOTHING_SENT, asked: asks || expect.any(Boolean), writes: [] }
        : { ...UNSUPPORTED, asked: false, writes: [] };
    expect(seen).toEqual(await atEvery(grounds, async (ground) => expected(ground)));
  });

  it('at a source that writes nothing is not allowed, but can be tried', async () => {
    const seen = await atEvery(grounds, async (ground) => {
      const input = at('off', ground, await revealing(ground, deed));
      const real = await rehearsed(ground, deed, input);
      const dry = await rehearsed(ground, deed, { ...input, dryRun: true });
      return { real: [real.result, real.calls, real.commits], dry };
    });
    const expected = (ground: Ground) =>
      can(ground, deed)
        ? { real: ['NotAllowed', [], 0], dry: { ...NOTHING_SENT, calls: [] } }
        : { real: ['UnsupportedByVendor', [], 0], dry: { ...UNSUPPORTED, calls: [] } };
    expect(seen).toEqual(await atEvery(grounds, async (ground) => expected(ground)));
  });
});
