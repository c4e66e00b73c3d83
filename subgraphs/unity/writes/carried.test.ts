import { afterEach, describe, expect, it } from 'vitest';
import { type Fault, listen } from '../../../sandbox/server.ts';
import { UNITY_SIGN_IN, unitySimulator } from '../../../sandbox/unity/simulator.ts';
import type { Command } from '../../../schema/commands.ts';
import { openStore } from '../../../store/index.ts';
import { Carrier } from '../../vendor/writes/carrier.ts';
import { practice } from '../fixture/practice.ts';
import { settings } from '../fixture/vendor.ts';
import { connectWorld, DIALECTS, MAGIC } from '../fixture/world.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** The product's own way of carrying writes out, over a simulator: the vendor's folder as it is used. */
const world = async (dialect: (typeof DIALECTS)[number]) => {
  const simulator = await listen(unitySimulator({ practice: practice(), now: Date.now }));
  const cache = { ttlSeconds: { Patient: 60, Appointment: 60, Observation: 60, Claim: 60 }, staleSeconds: 60 };
  const connected = await connectWorld<Fault>(simulator, dialect, UNITY_SIGN_IN, {
    now: Date.now,
    timeoutMs: 400,
    cache,
  });
  const source = settings(`${simulator.url}/Unity/UnityService.svc`, { dialect, timeoutMs: 400 });
  const store = openStore({ kind: 'memory' });
  const { connector, upstream } = connected;
  const carrier = new Carrier({
    source: { id: source.id, settings: source, upstream, connector },
    prefix: 'Unity',
    journal: store.journal,
    worker: 'one',
    now: Date.now,
    times: { settleMs: 300, pauseMs: 50, longestPauseMs: 200 },
  });
  closing.push(
    connected.close,
    () => store.close(),
    () => carrier.close(),
  );
  let count = 0;
  const write = async ({ kind, input }: Command, lane: string) => {
    count += 1;
    const { write: row } = await store.journal.submit({
      caller: 'tester',
      kind,
      idempotencyKey: `key-${count}`,
      source: source.id,
      lane,
      input,
      dryRun: false,
    });
    return store.journal.settled(row.id, AbortSignal.timeout(20_000));
  };
  return { write, simulator, commits: simulator.commits };
};

const NEXT_YEAR = new Date().getUTCFullYear() + 1;
/** Half past eight and later at the practice, one for each number. */
const start = (i: number): string =>
  `${NEXT_YEAR}-03-${String(1 + (i % 5)).padStart(2, '0')}T${15 + Math.floor(i / 5)}:00:00Z`;

const booking = (i: number): Command => ({
  kind: 'bookAppointment',
  input: {
    patient: ['10', '11', '12'][i % 3] ?? '10',
    practitioner: '68',
    start: start(i),
    minutes: 30,
    reason: `R ${i}`,
  },
});

describe.each(DIALECTS)('over %s, when calls break off', (dialect) => {
  it('every booking is made once', async () => {
    const { write, simulator, commits } = await world(dialect);
    simulator.fault({ kind: 'mix', match: 'SaveAppointment', lose: 0.2, reset: 0.1, status: 0.05, hang: 0.02 });
    const rows = await Promise.all(
      Array.from({ length: 20 }, (_, i) => write(booking(i), `patient:${['10', '11', '12'][i % 3]}`)),
    );
    expect(rows.map((row) => row?.state)).toEqual(Array(20).fill('CONFIRMED'));
    expect(commits).toHaveLength(20);
    const warned = rows.filter((row) => row?.outcome?.kind === 'saved' && row.outcome.warnings !== undefined);
    expect(warned.map((row) => row?.outcome)).toEqual([]);
  }, 40_000);
});

/** Each with the call of which the answer is lost. */
const LOST: readonly (readonly [call: string, Command])[] = [
  [
    'Magic SavePatient',
    {
      kind: 'createPatient',
      input: {
        onDuplicate: 'FAIL',
        patient: {
          firstName: 'Nell',
          lastName: 'New',
          dateOfBirth: '1990-01-02',
          gender: 'FEMALE',
          race: ['2106-3'],
          address: { line1: '1 New Street', city: 'Springfield', state: 'IL', postalCode: '62701', country: 'US' },
        },
      },
    },
  ],
  [
    'Magic SavePatient',
    { kind: 'updatePatient', input: { key: '10', patient: { phoneMobile: '+12175550123' }, clear: ['email'] } },
  ],
  ['Magic SetAppointmentStatus', { kind: 'cancelAppointment', input: { key: '101', reason: 'Weather' } }],
  ['Magic SaveAppointment', { kind: 'rescheduleAppointment', input: { key: '103', start: start(1) } }],
  ['Magic SetAppointmentStatus', { kind: 'checkInAppointment', input: { key: '103' } }],
  ['Magic SetAppointmentStatus', { kind: 'markNoShow', input: { key: '105' } }],
  [
    'Magic SaveVitalsData',
    {
      kind: 'recordObservation',
      input: {
        patient: '10',
        code: '8480-6',
        value: { quantity: { value: '120', unit: 'mmHg', code: 'mm[Hg]' } },
        effective: '2025-06-12T15:45:31.250Z',
        status: 'FINAL',
      },
    },
  ],
  // the second of its two calls
  [
    '&quot;true&quot;',
    {
      kind: 'saveDocument',
      input: { patient: '10', type: 'sLETTER', contentType: 'text/plain', content: 'SGVsbG8=' },
    },
  ],
];

describe('over magic-soap, when the answer is lost', () => {
  it('every kind of write is carried out once, and found', async () => {
    const { write, simulator, commits } = await world(MAGIC);
    for (const [i, [match, command]] of LOST.entries()) {
      simulator.fault({ kind: 'lose', match, times: 1 });
      const row = await write(command, 'patient:10');
      expect(row, command.kind).toMatchObject({ state: 'CONFIRMED' });
      expect(row?.attempts.at(-1)?.outcome, command.kind).toContain('no answer');
      expect(row?.outcome, command.kind).not.toHaveProperty('warnings');
      expect(commits, command.kind).toHaveLength(i + 1);
    }
  }, 40_000);
});
