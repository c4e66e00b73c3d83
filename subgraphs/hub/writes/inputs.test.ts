import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandKind } from '../../../schema/commands.ts';
import { startHub, type TestHub } from './fixture/hub.ts';

const NOW = Date.parse('2026-11-18T15:00:00Z');

let hub: TestHub;
beforeAll(async () => {
  hub = await startHub({ now: () => NOW });
});
afterAll(() => hub?.close());

const id = (type: string, key = '7', source = 'north'): string => `${source}/${type}/${key}`;

/** An input of each mutation that nothing is wrong with. */
const SOUND = {
  createPatient: { source: 'north', patient: { firstName: 'Ana', lastName: 'Lee', dateOfBirth: '1990-02-28' } },
  updatePatient: { id: id('Patient'), patient: { phoneHome: '+12175550141' } },
  bookAppointment: { patient: id('Patient'), practitioner: id('Practitioner'), start: '2026-11-20T15:00:00Z' },
  rescheduleAppointment: { id: id('Appointment'), start: '2026-11-20T15:00:00Z' },
  cancelAppointment: { id: id('Appointment') },
  checkInAppointment: { id: id('Appointment') },
  markNoShow: { id: id('Appointment') },
  recordObservation: {
    patient: id('Patient'),
    code: '8480-6',
    value: { quantity: { value: '120', code: 'mm[Hg]' } },
    effective: '2026-11-18T14:00:00Z',
  },
  submitClaim: {
    patient: id('Patient'),
    practitioner: id('Practitioner'),
    diagnoses: ['I10', 'E11.9'],
    lines: [{ procedure: '99213', diagnosisPointers: [1], units: '1', charge: '125.00', serviceDate: '2026-11-17' }],
  },
  saveDocument: { patient: id('Patient'), type: '11502-2', contentType: 'application/pdf', content: 'JVBERg==' },
} as const satisfies Record<CommandKind, object>;

const faultsOf = async (kind: CommandKind, change: object): Promise<readonly string[]> => {
  const answer = await hub.write(kind, { waitMs: 0, ...SOUND[kind], ...change });
  if (answer.__typename === 'WritePending') return [];
  expect(answer).toMatchObject({ __typename: 'ValidationFailed', code: 'VALIDATION' });
  const { issues } = answer as { issues: readonly { path: readonly string[]; rule: string }[] };
  return issues.map(({ path, rule }) => `${path.join('.')} ${rule}`);
};

const line = SOUND.submitClaim.lines[0];
const lines = (change: object) => ({ lines: [{ ...line, ...change }] });
const observed = (value: object) => ({ value });
const bytes = (count: number): string => Buffer.alloc(count).toString('base64');
const patient = (change: object) => ({ patient: { ...SOUND.createPatient.patient, ...change } });

const SOUND_CHANGES: readonly (readonly [CommandKind, string, object])[] = [
  ['createPatient', 'a key of 8 characters', { idempotencyKey: '12345678' }],
  ['createPatient', 'a key of 200 characters', { idempotencyKey: 'k'.repeat(200) }],
  ['createPatient', 'nulls for what is not given', { location: null, waitMs: 0, dryRun: null }],
  ['createPatient', 'somebody born today', patient({ dateOfBirth: '2026-11-18' })],
  ['createPatient', 'somebody born in 1850', patient({ dateOfBirth: '1850-01-01' })],
  ['createPatient', 'a name of 100 characters', patient({ lastName: 'é'.repeat(100) })],
  ['createPatient', 'no first name', patient({ firstName: null })],
  ['createPatient', 'a place of the source', { location: id('Location') }],
  ['createPatient', 'codes of race and language', patient({ race: ['2106-3'], preferredLanguage: 'es-US' })],
  ['updatePatient', 'a field that shall be empty', { patient: {}, clear: ['email', 'firstName'] }],
  ['bookAppointment', 'a slot alone', { slot: id('Slot'), practitioner: null, start: null }],
  ['bookAppointment', 'a slot and a time in it', { slot: id('Slot'), minutes: 15 }],
  ['bookAppointment', 'a time that is past', { start: '2026-01-05T15:00:00Z', minutes: 1440 }],
  ['bookAppointment', 'a note of two lines', { note: 'Fasting.\nBring the list of medicines.' }],
  ['rescheduleAppointment', 'a slot alone', { start: null, slot: id('Slot') }],
  ['recordObservation', 'a code of the practice’s own', { code: 'GLU' }],
  ['recordObservation', 'no', observed({ boolean: false })],
  ['recordObservation', 'nought', observed({ integer: 0 })],
  ['recordObservation', 'a correction', { status: 'CORRECTED', corrects: id('Observation') }],
  ['submitClaim', 'four modifiers and no charge', lines({ modifiers: ['25', '59', 'LT', 'X1'], charge: '0' })],
  ['submitClaim', 'HCPCS and half a unit', lines({ procedure: 'G0439', units: '0.5', diagnosisPointers: [2, 1] })],
  ['submitClaim', '12 diagnoses', { diagnoses: Array.from({ length: 12 }, (_, i) => `E11.${i + 10}`) }],
  ['saveDocument', '10 MB', { content: bytes(10 * 1024 * 1024) }],
  ['saveDocument', 'a media type with a parameter', { contentType: 'text/plain; charset=utf-8', content: 'YQ==' }],
];

const FAULTY: readonly (readonly [CommandKind, string, object, readonly string[]])[] = [
  ['createPatient', 'a key of 7 characters', { idempotencyKey: '1234567' }, ['idempotencyKey key']],
  ['createPatient', 'a key of 201 characters', { idempotencyKey: 'k'.repeat(201) }, ['idempotencyKey key']],
  ['createPatient', 'a key with a line break', { idempotencyKey: '1234567\n8' }, ['idempotencyKey key']],
  ['createPatient', 'a wait that is too long', { waitMs: 20_001 }, ['waitMs range']],
  ['createPatient', 'a negative wait', { waitMs: -1 }, ['waitMs range']],
  [
    'createPatient',
    'a birth date in the future',
    patient({ dateOfBirth: '2026-11-20' }),
    ['patient.dateOfBirth range'],
  ],
  ['createPatient', 'a birth date before 1850', patient({ dateOfBirth: '1849-12-31' }), ['patient.dateOfBirth range']],
  ['createPatient', 'no last name', patient({ lastName: null }), ['patient identity']],
  ['createPatient', 'no birth date', patient({ dateOfBirth: null }), ['patient identity']],
  ['createPatient', 'a blank name', patient({ lastName: '  ' }), ['patient.lastName text']],
  ['createPatient', 'a name of 101 characters', patient({ lastName: 'x'.repeat(101) }), ['patient.lastName text']],
  ['createPatient', 'a name with a zero byte', patient({ firstName: 'A\u0000na' }), ['patient.firstName text']],
  ['createPatient', 'half a character', patient({ firstName: 'A\ud83d' }), ['patient.firstName text']],
  ['createPatient', 'an empty address', patient({ address: { city: null } }), ['patient.address address']],
  ['createPatient', 'a word for race', patient({ race: ['white'] }), ['patient.race code']],
  ['createPatient', 'an unknown source', { source: 'west' }, ['source id']],
  ['createPatient', 'a place of another source', { location: id('Location', '1', 'south') }, ['location source']],
  ['updatePatient', 'nothing to change', { patient: {}, clear: [] }, ['patient change']],
  ['updatePatient', 'a last name to clear', { clear: ['lastName'] }, ['clear field']],
  ['updatePatient', 'an unknown field to clear', { clear: ['shoeSize'] }, ['clear field']],
  ['updatePatient', 'a field both given and cleared', { clear: ['phoneHome'] }, ['clear contradiction']],
  ['updatePatient', 'the id of an appointment', { id: id('Appointment') }, ['id id']],
  ['updatePatient', 'no id at all', { id: '%%%' }, ['id id']],
  [
    'bookAppointment',
    'neither slot nor time',
    { practitioner: null, start: null },
    ['practitioner when', 'start when'],
  ],
  ['bookAppointment', 'a time without practitioner', { practitioner: null }, ['practitioner when']],
  ['bookAppointment', 'no minutes', { minutes: 0 }, ['minutes range']],
  ['bookAppointment', 'more than a day', { minutes: 1441 }, ['minutes range']],
  ['bookAppointment', 'a slot of another source', { slot: id('Slot', '1', 'south') }, ['slot source']],
  ['bookAppointment', 'a practitioner for a slot', { slot: id('Practitioner') }, ['slot id']],
  ['rescheduleAppointment', 'neither slot nor start', { start: null, minutes: 30 }, ['start when']],
  ['cancelAppointment', 'an empty reason', { reason: '' }, ['reason text']],
  ['recordObservation', 'a wrong check digit', { code: '8480-7' }, ['code loinc']],
  ['recordObservation', 'no value', observed({}), ['value oneOf']],
  ['recordObservation', 'two values', observed({ text: 'high', integer: 1 }), ['value oneOf']],
  ['recordObservation', 'an exponent', observed({ quantity: { value: '1e3' } }), ['value.quantity.value decimal']],
  [
    'recordObservation',
    'a unit of blanks',
    observed({ quantity: { value: '1', code: 'mm Hg' } }),
    ['value.quantity.code ucum'],
  ],
  ['recordObservation', 'a status of orders', { status: 'REGISTERED' }, ['status status']],
  ['recordObservation', 'a correction of nothing', { status: 'AMENDED' }, ['status correction']],
  ['submitClaim', 'no diagnosis', { diagnoses: [] }, ['diagnoses items', 'lines.0.diagnosisPointers pointer']],
  [
    'submitClaim',
    '13 diagnoses',
    { diagnoses: Array.from({ length: 13 }, (_, i) => `E11.${i + 10}`) },
    ['diagnoses items'],
  ],
  ['submitClaim', 'a word for a diagnosis', { diagnoses: ['flu'] }, ['diagnoses icd10']],
  ['submitClaim', 'no line', { lines: [] }, ['lines items']],
  ['submitClaim', '51 lines', { lines: Array.from({ length: 51 }, () => line) }, ['lines items']],
  ['submitClaim', 'no pointer', lines({ diagnosisPointers: [] }), ['lines.0.diagnosisPointers items']],
  ['submitClaim', 'a pointer beyond', lines({ diagnosisPointers: [3] }), ['lines.0.diagnosisPointers pointer']],
  ['submitClaim', 'a pointer to none', lines({ diagnosisPointers: [0] }), ['lines.0.diagnosisPointers pointer']],
  ['submitClaim', 'a pointer twice', lines({ diagnosisPointers: [1, 1] }), ['lines.0.diagnosisPointers pointer']],
  ['submitClaim', 'no unit', lines({ units: '0' }), ['lines.0.units units']],
  ['submitClaim', 'a third decimal', lines({ charge: '1.005' }), ['lines.0.charge money']],
  ['submitClaim', 'a negative charge', lines({ charge: '-1' }), ['lines.0.charge money']],
  ['submitClaim', 'a word for a procedure', lines({ procedure: 'visit' }), ['lines.0.procedure procedure']],
  ['submitClaim', 'a long modifier', lines({ modifiers: ['253'] }), ['lines.0.modifiers modifier']],
  ['submitClaim', 'five modifiers', lines({ modifiers: ['25', '26', '27', '28', '29'] }), ['lines.0.modifiers items']],
  ['saveDocument', 'no content', { content: '' }, ['content size']],
  ['saveDocument', 'a byte too much', { content: bytes(10 * 1024 * 1024 + 1) }, ['content size']],
  ['saveDocument', 'a file’s extension', { contentType: 'pdf' }, ['contentType contentType']],
];

describe('the inputs of mutations', () => {
  it.each(Object.keys(SOUND) as CommandKind[])('are recorded for %s', async (kind) => {
    expect(await faultsOf(kind, {})).toEqual([]);
  });

  it.each(SOUND_CHANGES)('let %s have %s', async (kind, _what, change) => {
    expect(await faultsOf(kind, change)).toEqual([]);
  });

  it.each(FAULTY)('refuse %s with %s', async (kind, _what, change, expected) => {
    const before = hub.submitted.length;
    expect(await faultsOf(kind, change)).toEqual(expected);
    expect(hub.submitted).toHaveLength(before);
  });

  it('are told every fault at once, and never a value', async () => {
    const secret = 'Zzyzx';
    const answer = await hub.write('createPatient', {
      idempotencyKey: secret,
      waitMs: 99_999,
      source: secret,
      patient: { firstName: `${secret}\u0007`, preferredLanguage: `${secret}!`, ethnicity: secret, address: {} },
      location: secret,
    });
    expect(answer.issues).toHaveLength(9);
    expect(JSON.stringify(answer)).not.toContain(secret);
  });

  it('are recorded in the keys of their source, without what was not given', async () => {
    const patient = id('Patient', '8');
    await hub.write('bookAppointment', {
      ...SOUND.bookAppointment,
      patient,
      slot: null,
      reason: '  cough ',
      waitMs: 0,
    });
    expect(hub.submitted.at(-1)).toMatchObject({
      kind: 'bookAppointment',
      source: 'north',
      lane: 'patient:8',
      patient,
    });
    expect(hub.submitted.at(-1)?.input).toEqual({
      patient: '8',
      practitioner: '7',
      start: '2026-11-20T15:00:00Z',
      reason: 'cough',
    });
  });
});
