import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandKind } from '../../../schema/commands.ts';
import type { Caller } from '../../../schema/context.ts';
import { sourceId } from '../../../schema/ids.ts';
import { EVERYTHING, startHub, type TestHub } from './fixture/hub.ts';

const UNSUPPORTED = 'This connection has no claims.';
let hub: TestHub;
beforeAll(async () => {
  hub = await startHub({
    south: 'off',
    capabilities: EVERYTHING.filter(({ type }) => type !== 'Document').map((row) =>
      row.type === 'Claim' || (row.type === 'Observation' && row.capability === 'UPDATE')
        ? { ...row, level: 'UNSUPPORTED', note: UNSUPPORTED }
        : row,
    ),
  });
});
afterAll(() => hub?.close());

const at = (sources: Caller['sources'], patient?: string): Caller => ({
  subject: randomUUID(),
  scopes: [],
  sources,
  ...(patient === undefined ? {} : { patient }),
});
const NORTH = [sourceId('north')];

const book = (patient: string, more: object = {}) => ({
  patient,
  slot: patient.replace('Patient', 'Slot'),
  waitMs: 0,
  ...more,
});
const observe = (more: object = {}) => ({
  patient: `north/Patient/${randomUUID()}`,
  code: '8480-6',
  value: { integer: 1 },
  effective: '2026-11-18T14:00:00Z',
  waitMs: 0,
  ...more,
});
const create = { source: 'north', patient: { lastName: 'Lee', dateOfBirth: '1990-02-28' }, waitMs: 0 };

describe('a mutation', () => {
  it.each<readonly [string, Caller, CommandKind, object, string]>([
    ['who sees the source', at(NORTH), 'bookAppointment', book('north/Patient/1'), 'WritePending'],
    ['who does not see it', at(NORTH), 'bookAppointment', book('south/Patient/1'), 'NotAllowed'],
    ['who is told nothing of one that is none', at(NORTH), 'bookAppointment', book('west/Patient/1'), 'NotAllowed'],
    ['who sees all, of one that is none', at('all'), 'bookAppointment', book('west/Patient/1'), 'ValidationFailed'],
    ['who is the patient', at('all', 'north/Patient/2'), 'bookAppointment', book('north/Patient/2'), 'WritePending'],
    ['who is another patient', at('all', 'north/Patient/2'), 'bookAppointment', book('north/Patient/3'), 'NotAllowed'],
    [
      'who is a patient elsewhere',
      at(NORTH, 'south/Patient/2'),
      'bookAppointment',
      book('north/Patient/2'),
      'NotAllowed',
    ],
    ['who is a patient, for a new one', at('all', 'north/Patient/2'), 'createPatient', create, 'NotAllowed'],
    ['who is no patient, for a new one', at('all'), 'createPatient', create, 'WritePending'],
  ])('is for one %s', async (_who, caller, kind, input, expected) => {
    const answer = await hub.write(kind, input, { caller });
    expect(answer.__typename).toBe(expected);
    if (expected === 'NotAllowed') expect(answer).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('of a patient about an appointment is left to the source, which knows whose it is', async () => {
    const patient = 'north/Patient/2';
    const input = { id: `north/Appointment/${randomUUID()}`, waitMs: 0 };
    await hub.write('cancelAppointment', input, { caller: at('all', patient) });
    expect(hub.submitted.at(-1)).toMatchObject({ kind: 'cancelAppointment', callerPatient: patient });
  });

  it.each<readonly [string, CommandKind, object, object]>([
    [
      'a source cannot do it, and says why',
      'submitClaim',
      {
        patient: 'north/Patient/1',
        practitioner: 'north/Practitioner/1',
        diagnoses: ['I10'],
        lines: [{ procedure: '99213', diagnosisPointers: [1], units: '1', charge: '1', serviceDate: '2026-11-17' }],
      },
      { __typename: 'UnsupportedByVendor', vendor: 'EPIC', message: UNSUPPORTED },
    ],
    [
      'its source’s table says nothing of it',
      'saveDocument',
      { patient: 'north/Patient/1', type: 'Letter', contentType: 'text/plain', content: 'YQ==' },
      { __typename: 'UnsupportedByVendor', message: 'The vendor does not offer this.' },
    ],
    [
      'its source can record and not correct',
      'recordObservation',
      observe({ corrects: 'north/Observation/1' }),
      { __typename: 'UnsupportedByVendor' },
    ],
    [
      'writes are off at the source',
      'bookAppointment',
      book('south/Patient/1'),
      { __typename: 'NotAllowed', message: 'Writes are switched off at this source.' },
    ],
  ])('is not recorded where %s', async (_case, kind, input, expected) => {
    const before = hub.submitted.length;
    expect(await hub.write(kind, input)).toMatchObject(expected);
    expect(hub.submitted).toHaveLength(before);
  });

  it('may be rehearsed where writes are off, and not where they are unsupported', async () => {
    const rehearsed = await hub.write('bookAppointment', book('south/Patient/1', { dryRun: true }));
    expect(rehearsed).toMatchObject({ __typename: 'WritePending' });
    const document = { patient: 'north/Patient/1', type: 'Letter', contentType: 'text/plain', content: 'YQ==' };
    const refused = await hub.write('saveDocument', { ...document, dryRun: true });
    expect(refused).toMatchObject({ __typename: 'UnsupportedByVendor' });
  });

  it('records where its source can only do that', async () => {
    expect(await hub.write('recordObservation', observe())).toMatchObject({ __typename: 'WritePending' });
  });
});

describe('without a journal', () => {
  let none: TestHub;
  beforeAll(async () => {
    none = await startHub({ journal: () => undefined });
  });
  afterAll(() => none?.close());

  const NEEDS = { code: 'FORBIDDEN', message: 'Writes need a database that all processes share: set DATABASE_URL.' };
  it.each([
    ['a mutation', () => none.write('bookAppointment', book('north/Patient/1'))],
    ['a rehearsal', () => none.write('bookAppointment', book('north/Patient/1', { dryRun: true }))],
    ['retryWrite', () => none.ask('mutation { retryWrite(id: "Write/1") { id } }')],
    ['discardWrite', () => none.ask('mutation { discardWrite(id: "Write/1", reason: "x") { id } }')],
    ['write', () => none.ask('{ write(id: "Write/1") { id } }')],
    ['writes', () => none.ask('{ writes { nodes { id } } }')],
  ])('%s fails and says what is needed', async (_what, run) => {
    await expect(run()).rejects.toMatchObject(NEEDS);
  });
});

describe('with a journal that fails', () => {
  it('says so without the database’s words, and that it may be tried again', async () => {
    const broken = () => Promise.reject(new Error('relation "writes" of Maria Rivera'));
    const failing = await startHub({
      journal: () => ({ submit: broken, get: broken, list: broken, laneOf: broken }) as never,
    });
    const error = { code: 'SOURCE_UNAVAILABLE', retryable: true, message: 'The journal of writes cannot be reached.' };
    await expect(failing.write('bookAppointment', book('north/Patient/1'))).rejects.toMatchObject(error);
    await expect(failing.ask('{ writes { nodes { id } } }')).rejects.toMatchObject(error);
    await failing.close();
  });

  it('calls a write pending that it recorded before', async () => {
    const journal = () => Promise.reject(new Error('gone'));
    const failing = await startHub({
      journal: (one) =>
        ({ laneOf: async () => undefined, submit: (draft: never) => one.submit(draft), settled: journal }) as never,
    });
    expect(await failing.write('bookAppointment', book('north/Patient/1', { waitMs: 5_000 }))).toMatchObject({
      __typename: 'WritePending',
    });
    await failing.close();
  });
});
