import { describe, expect, it } from 'vitest';
import type { CommandKind, Commands } from '../../../schema/commands.ts';
import type { RecordType } from '../../../schema/ids.ts';
import type { Mapped } from '../../../schema/records.ts';
import { differences, expectations } from './expected.ts';

type Told = { readonly essential: readonly string[]; readonly minor: readonly string[] };

const told = <K extends CommandKind>(kind: K, input: Commands[K], record: object, skipped: string[] = []): Told => {
  const found = differences(expectations(kind, input), record as Mapped<RecordType>, new Set(skipped));
  const paths = (issues: typeof found.minor) => issues.map(({ path }) => path.join('.'));
  return { essential: paths(found.essential), minor: paths(found.minor) };
};

const SAME: Told = { essential: [], minor: [] };

describe('a patient', () => {
  const input: Commands['createPatient'] = {
    patient: {
      firstName: 'Zoë',
      lastName: 'O’Neill',
      dateOfBirth: '1980-02-29',
      gender: 'FEMALE',
      address: { line1: '1 Elm St', city: 'Springfield', country: 'US' },
      phoneMobile: '+12175550141',
      email: 'Zoe@example.org',
      preferredLanguage: 'en-US',
      race: ['2106-3'],
    },
    onDuplicate: 'FAIL',
  };
  const kept = {
    firstName: 'ZOE',
    lastName: 'O’NEILL',
    dateOfBirth: '1980-02-29',
    gender: 'FEMALE',
    address: { line1: '1 ELM  ST', city: 'Springfield', country: 'US' },
    phoneMobile: '+12175550141',
    email: 'zoe@example.org',
    preferredLanguage: { codings: [{ code: 'en' }] },
    race: [{ codings: [{ code: '2106-3' }] }],
  };

  it.each<[string, object, Told]>([
    ['is the same in capitals and with other blanks', {}, SAME],
    ['has another name', { lastName: 'Neill' }, { essential: ['patient.lastName'], minor: [] }],
    ['has another birth date', { dateOfBirth: '1980-03-01' }, { essential: ['patient.dateOfBirth'], minor: [] }],
    ['lost the mobile', { phoneMobile: null }, { essential: [], minor: ['patient.phoneMobile'] }],
    [
      'has another street',
      { address: { ...kept.address, line1: '2 Elm St' } },
      { essential: [], minor: ['patient.address.line1'] },
    ],
    ['has no race', { race: [] }, { essential: [], minor: ['patient.race.0'] }],
  ])('that %s is told so', (_what, more, difference) => {
    expect(told('createPatient', input, { ...kept, ...more })).toEqual(difference);
  });

  it('is not compared in what the vendor does not keep', () => {
    const lost = { ...kept, address: { ...kept.address, country: null }, race: [] };
    expect(told('createPatient', input, lost, ['address.country', 'race'])).toEqual(SAME);
  });

  it('must be without what was cleared', () => {
    const clear: Commands['updatePatient'] = { key: '1', patient: {}, clear: ['email', 'race'] };
    expect(told('updatePatient', clear, { email: null, race: [] })).toEqual(SAME);
    expect(told('updatePatient', clear, { email: 'a@example.org', race: [] })).toEqual({
      essential: [],
      minor: ['clear'],
    });
  });
});

describe('an appointment', () => {
  const input: Commands['bookAppointment'] = {
    patient: '7',
    practitioner: '71',
    start: '2026-12-01T15:00:00Z',
    minutes: 20,
    reason: 'Cough',
  };
  const kept = {
    patientKey: '7',
    practitionerKey: '71',
    start: '2026-12-01T15:00:00.000Z',
    minutes: 20,
    status: 'BOOKED',
    reason: { codings: [], text: 'cough' },
  };

  it.each<[string, object, Told]>([
    ['stands as it was meant', {}, SAME],
    ['is another patient’s', { patientKey: '8' }, { essential: ['patient'], minor: [] }],
    ['is an hour off', { start: '2026-12-01T16:00:00Z' }, { essential: ['start'], minor: [] }],
    ['was cancelled', { status: 'CANCELLED' }, { essential: [''], minor: [] }],
    ['is shorter', { minutes: 15 }, { essential: [], minor: ['minutes'] }],
    ['lost its reason', { reason: null }, { essential: [], minor: ['reason'] }],
  ])('that %s is told so', (_what, more, difference) => {
    expect(told('bookAppointment', input, { ...kept, ...more })).toEqual(difference);
  });

  it.each([
    ['cancelAppointment', 'CANCELLED', 'NO_SHOW'],
    ['markNoShow', 'NO_SHOW', 'CANCELLED'],
    ['checkInAppointment', 'ARRIVED', 'BOOKED'],
  ] as const)('after %s stands in %s and not in %s', (kind, right, wrong) => {
    expect(told(kind, { key: '1' }, { status: right })).toEqual(SAME);
    expect(told(kind, { key: '1' }, { status: wrong }).essential).toHaveLength(1);
  });
});

describe('an observation', () => {
  const code = (one: string) => ({ codings: [{ code: one }] });
  const input: Commands['recordObservation'] = {
    patient: '7',
    code: '8480-6',
    value: { quantity: { value: '120', unit: 'mmHg', code: 'mm[Hg]' } },
    effective: '2026-11-18T15:00:31Z',
    status: 'FINAL',
  };
  const quantity = { __typename: 'Quantity', value: '120.0', code: 'mm[Hg]' };
  const kept = {
    patientKey: '7',
    code: code('8480-6'),
    value: quantity,
    components: [],
    effective: { start: '2026-11-18T15:00:00Z' },
    status: 'FINAL',
    categories: [],
  };

  it.each<[string, object, Told]>([
    ['is kept to the minute and with another number of digits', {}, SAME],
    [
      'stands in a panel',
      { code: code('85354-9'), value: null, components: [{ code: code('8480-6'), value: quantity }] },
      SAME,
    ],
    ['has another value', { value: { ...quantity, value: '12' } }, { essential: ['value'], minor: [] }],
    ['is below the value', { value: { ...quantity, comparator: '<' } }, { essential: ['value'], minor: [] }],
    ['has another unit', { value: { ...quantity, code: 'kPa' } }, { essential: [], minor: ['value.quantity.unit'] }],
    ['is of another day', { effective: { start: '2026-11-17T15:00:00Z' } }, { essential: ['effective'], minor: [] }],
    ['is preliminary', { status: 'PRELIMINARY' }, { essential: [], minor: ['status'] }],
  ])('that %s is told so', (_what, more, difference) => {
    expect(told('recordObservation', input, { ...kept, ...more })).toEqual(difference);
  });

  it.each<[string, Commands['recordObservation']['value'], object]>([
    ['a code', { code: 'LA28397-0' }, { __typename: 'CodeableConcept', ...code('LA28397-0') }],
    ['a text', { text: 'clear' }, { __typename: 'TextValue', text: 'Clear' }],
    ['yes or no', { boolean: false }, { __typename: 'BooleanValue', boolean: false }],
    ['yes or no as text', { boolean: true }, { __typename: 'TextValue', text: 'true' }],
    ['a whole number', { integer: 7 }, { __typename: 'IntegerValue', integer: 7 }],
    ['a whole number as a quantity', { integer: 7 }, { __typename: 'Quantity', value: '7' }],
    [
      'a moment',
      { dateTime: '2026-01-01T00:00:00Z' },
      { __typename: 'DateTimeValue', dateTime: '2025-12-31T18:00:00-06:00' },
    ],
  ])('is recognised by %s', (_what, value, shown) => {
    expect(told('recordObservation', { ...input, value }, { ...kept, value: shown })).toEqual(SAME);
    expect(told('recordObservation', { ...input, value }, { ...kept, value: null }).essential).toEqual(['value']);
  });

  it('that was withdrawn need not say anything more', () => {
    const withdrawn = { ...kept, status: 'ENTERED_IN_ERROR', value: null };
    expect(told('recordObservation', { ...input, status: 'ENTERED_IN_ERROR' }, withdrawn)).toEqual(SAME);
  });
});

it('compares a claim line by line, and its diagnoses without their points', () => {
  const line = {
    procedure: '99213',
    modifiers: ['25'],
    diagnosisPointers: [1],
    units: '1',
    charge: '120.00',
    serviceDate: '2026-11-18',
  };
  const input: Commands['submitClaim'] = { patient: '7', practitioner: '71', diagnoses: ['E11.9'], lines: [line] };
  const kept = {
    patientKey: '7',
    practitionerKey: '71',
    diagnoses: [{ codings: [{ code: 'E119' }] }],
    lines: [
      {
        procedure: { codings: [{ code: '99213' }] },
        modifiers: [{ code: '25' }],
        diagnosisPointers: [],
        units: null,
        charge: { value: '120', currency: 'USD' },
        serviceDate: '2026-11-18',
      },
    ],
  };
  expect(told('submitClaim', input, kept, ['lines.units', 'lines.diagnosisPointers'])).toEqual(SAME);
  expect(told('submitClaim', input, kept).minor).toEqual(['lines.0.units', 'lines.0.diagnosisPointers']);
  expect(told('submitClaim', input, { ...kept, diagnoses: [] }).essential).toEqual(['diagnoses.0']);
  expect(told('submitClaim', input, { ...kept, lines: [] }).essential).toContain('lines');
});
