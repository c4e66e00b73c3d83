import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandKind, WriteOutcome } from '../../../schema/commands.ts';
import { recordId, sourceId } from '../../../schema/ids.ts';
import type { Settlement } from '../../../store/journal.ts';
import { CARRIER, type Decision } from './fixture/carrier.ts';
import { startHub, type TestHub, WRITE } from './fixture/hub.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startHub({ south: 'shadow' });
});
afterAll(() => hub?.close());

const carriedBy = (input: { readonly idempotencyKey: string }) =>
  hub.carried.filter(({ idempotencyKey }) => idempotencyKey === input.idempotencyKey);

const key = (): string => randomUUID();
const id = (type: string, at: string, source = 'north'): string => `${source}/${type}/${at}`;
const target = (type: 'Patient' | 'Appointment' | 'Observation' | 'Claim', at: string) =>
  recordId(sourceId('north'), type, at);

/** Every lane is a new one, so that no test waits for another's write. */
const INPUTS: Readonly<Record<CommandKind, () => object>> = {
  createPatient: () => ({ source: 'north', patient: { lastName: key(), dateOfBirth: '1990-02-28' } }),
  updatePatient: () => ({ id: id('Patient', key()), patient: { firstName: 'Ana' } }),
  bookAppointment: () => ({ patient: id('Patient', key()), slot: id('Slot', '1') }),
  rescheduleAppointment: () => ({ id: id('Appointment', key()), slot: id('Slot', '1') }),
  cancelAppointment: () => ({ id: id('Appointment', key()) }),
  checkInAppointment: () => ({ id: id('Appointment', key()) }),
  markNoShow: () => ({ id: id('Appointment', key()) }),
  recordObservation: () => ({
    patient: id('Patient', key()),
    code: '8480-6',
    value: { quantity: { value: '120', unit: 'mm[Hg]' } },
    effective: '2026-11-18T14:00:00Z',
  }),
  submitClaim: () => ({
    patient: id('Patient', key()),
    practitioner: id('Practitioner', '1'),
    diagnoses: ['I10'],
    lines: [{ procedure: '99213', diagnosisPointers: [1], units: '1', charge: '125', serviceDate: '2026-11-17' }],
  }),
  saveDocument: () => ({ patient: id('Patient', key()), type: 'Letter', contentType: 'text/plain', content: 'YQ==' }),
};

const settle =
  (state: Exclude<Decision, 'wait'>['state'], outcome: WriteOutcome): (() => Decision) =>
  () =>
    ({ state, outcome }) as Decision;
const refuse = (code: Extract<WriteOutcome, { kind: 'refused' }>['code'], more: object = {}) =>
  settle('REJECTED', { kind: 'refused', code, message: 'A fixed sentence.', ...more });

const write = (kind: CommandKind, more: object = {}) => hub.write(kind, { ...INPUTS[kind](), ...more });

describe('what a mutation answers', () => {
  it.each([
    ['createPatient', 'Patient', 'patient'],
    ['updatePatient', 'Patient', 'patient'],
    ['bookAppointment', 'Appointment', 'appointment'],
    ['rescheduleAppointment', 'Appointment', 'appointment'],
    ['cancelAppointment', 'Appointment', 'appointment'],
    ['checkInAppointment', 'Appointment', 'appointment'],
    ['markNoShow', 'Appointment', 'appointment'],
    ['recordObservation', 'Observation', 'observation'],
    ['submitClaim', 'Claim', 'claim'],
  ] as const)('is the saved record for %s, with what the vendor keeps otherwise', async (kind, type, field) => {
    const warnings = [{ path: ['note'], rule: 'length', message: 'The vendor keeps less of it.' }];
    hub.decide(() => ({
      state: 'CONFIRMED',
      outcome: { kind: 'saved', type, key: 'a/1', warnings },
      target: target(type, 'a/1'),
    }));
    const stub = { __typename: `Fhir${type}`, id: `north/${type}/a%2F1` };
    expect(await write(kind)).toMatchObject({
      __typename: `${type}Saved`,
      [field]: stub,
      write: {
        kind,
        state: 'CONFIRMED',
        replayed: false,
        source: { id: 'north' },
        target: stub,
        warnings,
        error: null,
      },
    });
  });

  it('is the document’s id for saveDocument, which is no record of the graph', async () => {
    hub.decide(settle('CONFIRMED', { kind: 'saved', type: 'Document', key: 'd 1' }));
    expect(await write('saveDocument')).toMatchObject({
      __typename: 'DocumentSaved',
      documentId: 'north/Document/d%201',
      write: { state: 'CONFIRMED', target: null },
    });
  });

  const slot = { __typename: 'FhirSlot', id: 'north/Slot/2' };
  const patient = { __typename: 'FhirPatient', id: 'north/Patient/3' };
  const issues = [{ path: ['location'], rule: 'required', message: 'Is required.' }];
  it.each([
    ['bookAppointment', 'SLOT_TAKEN', { alternatives: ['2'] }, { __typename: 'SlotTaken', alternatives: [slot] }],
    ['rescheduleAppointment', 'SLOT_TAKEN', {}, { __typename: 'SlotTaken', alternatives: [] }],
    [
      'cancelAppointment',
      'ILLEGAL_TRANSITION',
      { from: 'FULFILLED', allowed: ['ENTERED_IN_ERROR'] },
      { __typename: 'IllegalTransition', from: 'FULFILLED', allowed: ['ENTERED_IN_ERROR'] },
    ],
    [
      'updatePatient',
      'VERSION_CONFLICT',
      { currentVersion: '4' },
      { __typename: 'VersionConflict', currentVersion: '4' },
    ],
    ['recordObservation', 'VERSION_CONFLICT', {}, { __typename: 'VersionConflict', currentVersion: null }],
    [
      'createPatient',
      'POSSIBLE_DUPLICATE',
      { candidates: ['3'] },
      { __typename: 'PossibleDuplicate', candidates: [patient] },
    ],
    ['submitClaim', 'UNSUPPORTED_BY_VENDOR', {}, { __typename: 'UnsupportedByVendor', vendor: 'EPIC' }],
    ['createPatient', 'VALIDATION', { issues }, { __typename: 'ValidationFailed', code: 'VALIDATION', issues }],
    [
      'bookAppointment',
      'VALIDATION',
      { path: ['start'] },
      { path: ['start'], issues: [{ path: ['start'], rule: 'vendor', message: 'A fixed sentence.' }] },
    ],
    ['markNoShow', 'NOT_FOUND', { path: ['id'] }, { __typename: 'ValidationFailed', code: 'NOT_FOUND', path: ['id'] }],
    ['saveDocument', 'FORBIDDEN', {}, { __typename: 'NotAllowed', code: 'FORBIDDEN' }],
    [
      'bookAppointment',
      'VENDOR_REJECTED',
      { vendorCode: 'E17' },
      { __typename: 'VendorRejected', vendorCode: 'E17', retryable: false, rejected: { state: 'REJECTED' } },
    ],
    [
      'updatePatient',
      'VENDOR_REJECTED',
      { issues, target: { type: 'Patient', key: '3' } },
      { __typename: 'VendorRejected', rejected: { warnings: issues } },
    ],
    ['updatePatient', 'VENDOR_REJECTED', { issues }, { __typename: 'VendorRejected', rejected: { warnings: [] } }],
    ['saveDocument', 'SLOT_TAKEN', {}, { __typename: 'VendorRejected', code: 'SLOT_TAKEN' }],
    ['cancelAppointment', 'ILLEGAL_TRANSITION', {}, { __typename: 'VendorRejected', code: 'ILLEGAL_TRANSITION' }],
    ['updatePatient', 'RATE_LIMITED', {}, { __typename: 'VendorRejected', retryable: true }],
  ] as const)(
    'is, when %s is refused with %s %j, what the client can do about it',
    async (kind, code, more, expected) => {
      hub.decide(refuse(code, more));
      expect(await write(kind)).toMatchObject(expected);
    },
  );

  it('says of a write that could not be sent for too long that it may be tried again', async () => {
    hub.decide(settle('DEAD', { kind: 'refused', code: 'SOURCE_UNAVAILABLE', message: 'Not reached.' }));
    const answer = await write('bookAppointment');
    expect(answer).toMatchObject({ __typename: 'VendorRejected', code: 'SOURCE_UNAVAILABLE', retryable: true });
    expect(answer.rejected.error).toMatchObject({ __typename: 'VendorRejected' });
  });

  it('is pending for a write in doubt, with why and what it may be', async () => {
    hub.decide(settle('IN_DOUBT', { kind: 'doubt', reason: 'Two look alike.', candidates: ['5'] }));
    expect(await write('bookAppointment')).toMatchObject({
      __typename: 'WritePending',
      reason: 'Two look alike.',
      write: { state: 'IN_DOUBT', candidates: [{ __typename: 'FhirAppointment', id: 'north/Appointment/5' }] },
    });
  });

  const calls = [{ vendorCall: 'POST Appointment', fields: [{ name: 'start', value: '***' }] }];
  it.each([
    ['a rehearsal', 'north', true, 'This was a rehearsal: nothing was sent to the vendor.'],
    [
      'a source that rehearses',
      'south',
      false,
      'The source only rehearses its writes: nothing was sent to the vendor.',
    ],
  ])('is pending for %s, with what would be sent', async (_case, source, dryRun, reason) => {
    hub.decide(settle('DISCARDED', { kind: 'planned', calls }));
    const input = { patient: id('Patient', key(), source), slot: id('Slot', '1', source), dryRun };
    expect(await hub.write('bookAppointment', input)).toMatchObject({
      __typename: 'WritePending',
      reason,
      write: { state: 'DISCARDED', reason, wouldSend: calls },
    });
  });
});

describe('a mutation that is repeated', () => {
  const saved = settle('CONFIRMED', { kind: 'saved', type: 'Appointment', key: '1' });

  it('gives the first result, and carries nothing out again', async () => {
    hub.decide(saved);
    const input = { ...INPUTS.bookAppointment(), idempotencyKey: key() };
    const first = await hub.write('bookAppointment', input);
    // another wait, and nulls, are the same input
    const second = await hub.write('bookAppointment', { ...input, waitMs: 1, note: null });
    expect([first.write.replayed, second.write.replayed]).toEqual([false, true]);
    expect(second).toEqual({ ...first, write: { ...first.write, replayed: true } });
    expect(carriedBy(input)).toHaveLength(1);
  });

  it('gives a refusal again, too', async () => {
    hub.decide(refuse('SLOT_TAKEN'));
    const input = { ...INPUTS.bookAppointment(), idempotencyKey: key() };
    const first = await hub.write('bookAppointment', input);
    expect(await hub.write('bookAppointment', input)).toEqual(first);
    expect(carriedBy(input)).toHaveLength(1);
  });

  it('with other input is a mismatch', async () => {
    hub.decide(saved);
    const input = { ...INPUTS.bookAppointment(), idempotencyKey: key() };
    await hub.write('bookAppointment', input);
    expect(await hub.write('bookAppointment', { ...input, note: 'other' })).toMatchObject({
      __typename: 'ValidationFailed',
      code: 'IDEMPOTENCY_MISMATCH',
      path: ['idempotencyKey'],
      issues: [{ path: ['idempotencyKey'], rule: 'sameInput' }],
    });
    expect(carriedBy(input)).toHaveLength(1);
  });

  it('waits for the first one while that is open', async () => {
    hub.decide(() => 'wait');
    const input = { ...INPUTS.cancelAppointment(), idempotencyKey: key() };
    const first = await hub.write('cancelAppointment', { ...input, waitMs: 0 });
    expect(first).toMatchObject({ __typename: 'WritePending', write: { replayed: false } });
    const second = hub.write('cancelAppointment', { ...input, waitMs: 20_000 });
    await expect.poll(() => carriedBy(input)).toHaveLength(1);
    const [{ id = '' } = {}] = carriedBy(input);
    await hub.store.journal.settle(id, CARRIER, saved() as Settlement);
    expect(await second).toMatchObject({ __typename: 'AppointmentSaved', write: { replayed: true } });
  });

  it('by another caller, or of another kind, or after a rehearsal, is a write of its own', async () => {
    hub.decide(saved);
    const input = { ...INPUTS.cancelAppointment(), idempotencyKey: key() };
    const caller = { subject: 'somebody else', scopes: [], sources: 'all' as const };
    const answers = [
      await hub.write('cancelAppointment', { ...input, dryRun: true }),
      await hub.write('cancelAppointment', input),
      await hub.write('cancelAppointment', input, { caller }),
      await hub.write('markNoShow', input),
    ];
    expect(answers.map(({ write }) => write.replayed)).toEqual([false, false, false, false]);
    expect(new Set(answers.map(({ write }) => write.id)).size).toBe(4);
  });
});

describe('a mutation that is not settled', () => {
  const OPEN = 'The write is recorded and goes on; it was not settled within the time to wait.';
  const left = () => AbortSignal.abort();
  it.each([
    ['waits for nothing', { waitMs: 0 }, () => ({})],
    ['waits a moment', { waitMs: 20 }, () => ({})],
    ['has a client that has left', { waitMs: 20_000 }, () => ({ signal: left() })],
    ['is about to be over', { waitMs: 20_000 }, () => ({ deadline: Date.now() + 1_900 })],
  ])('is pending when it %s', async (_case, input, more) => {
    hub.decide(() => 'wait');
    const answer = await hub.write('bookAppointment', { ...INPUTS.bookAppointment(), ...input }, more());
    expect(answer).toMatchObject({ __typename: 'WritePending', reason: OPEN, write: { state: 'QUEUED', error: null } });
  });

  it('ends its wait when its client leaves', async () => {
    hub.decide(() => 'wait');
    const client = new AbortController();
    const input = { ...INPUTS.bookAppointment(), idempotencyKey: key(), waitMs: 20_000 };
    const answer = hub.write('bookAppointment', input, { signal: client.signal });
    await expect.poll(() => carriedBy(input)).toHaveLength(1);
    client.abort();
    expect(await answer).toMatchObject({ __typename: 'WritePending' });
  });

  it('can be asked for later, by `write` and by `node`', async () => {
    hub.decide(() => 'wait');
    const { write } = await hub.write('bookAppointment', { ...INPUTS.bookAppointment(), waitMs: 0 });
    const query = `query($id: ID!) { write(id: $id) { ${WRITE} } node(id: $id) { __typename id ... on Write { state } } nodes(ids: [$id]) { id } }`;
    expect(await hub.ask(query, { id: write.id })).toMatchObject({
      write: { id: write.id, kind: 'bookAppointment', replayed: false, attempts: [] },
      node: { __typename: 'Write', id: write.id },
      nodes: [{ id: write.id }],
    });
  });
});
