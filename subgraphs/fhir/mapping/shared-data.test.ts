import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  DateScalar,
  DateTimeScalar,
  DecimalScalar,
  PartialDateScalar,
  PhoneNumberScalar,
  UriScalar,
} from '../../../schema/scalars.ts';
import { parseFhir } from '../document.ts';
import { context } from '../fixtures/records.ts';
import { Included } from '../included.ts';
import { type Resource, type ResourceType, toResource } from '../payload.ts';
import { toAppointment } from './appointment.ts';
import { toClaim } from './claim.ts';
import { toCoverage } from './coverage.ts';
import { toLocation, toPractitioner, toSlot } from './directory.ts';
import { toObservation } from './observation.ts';
import { toPatient } from './patient.ts';

const DATA = fileURLToPath(new URL('../../../../shared/data/fhir', import.meta.url));
const present = existsSync(DATA);
if (!present) process.stdout.write('fhir mapping over shared data: skipped, no ../shared here\n');

const SETS = ['synthea', 'synthea-bulk', 'generated', 'odd-shapes', 'hl7-r4-examples', 'us-core-examples'];

const textsOf = (set: string, type: string): readonly string[] => {
  const file = join(DATA, set, `${type}.ndjson`);
  if (existsSync(file))
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  const folder = join(DATA, set, type);
  return existsSync(folder) ? readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')) : [];
};

const load = <T extends ResourceType>(set: string, type: T): readonly Resource<T>[] =>
  textsOf(set, type).map((text) => toResource(type, parseFhir(text), set));

const MAPPINGS: { readonly [T in ResourceType]?: (resource: Resource<T>) => unknown } = {
  Patient: (one) => toPatient(one, context),
  Appointment: (one) => toAppointment(one, context),
  Observation: (one) => toObservation(one, context),
  Claim: (one) => toClaim(one, [], context),
  Coverage: (one) => toCoverage(one, new Included('test'), context),
  Practitioner: (one) => toPractitioner(one, context),
  Location: (one) => toLocation(one, context),
  Slot: (one) => toSlot(one, undefined, context),
};

/** The scalar that the graph serialises a field with, by the field's name. */
const SCALARS: Readonly<Record<string, { serialize(value: unknown): unknown }>> = {
  start: DateTimeScalar,
  end: DateTimeScalar,
  issued: DateTimeScalar,
  lastUpdated: DateTimeScalar,
  filedAt: DateTimeScalar,
  bookedAt: DateTimeScalar,
  serviceDate: DateScalar,
  paidOn: DateScalar,
  filedOn: DateScalar,
  dateOfBirth: PartialDateScalar,
  phoneHome: PhoneNumberScalar,
  phoneMobile: PhoneNumberScalar,
  units: DecimalScalar,
  periodMs: DecimalScalar,
  factor: DecimalScalar,
};

/** Walks a mapped record and names what the graph could not serialise. */
const unserialisable = (value: unknown, path = ''): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap((one, i) => unserialisable(one, `${path}[${i}]`));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, field]) => {
    const isSystem = name === 'system' && !('rank' in value);
    const isNumber = name === 'value' && ('currency' in value || 'comparator' in value);
    const scalar = isSystem ? UriScalar : isNumber ? DecimalScalar : SCALARS[name];
    if (scalar === undefined || field === null || field === undefined) return unserialisable(field, `${path}.${name}`);
    try {
      scalar.serialize(field);
      return [];
    } catch {
      return [`${path}.${name}`];
    }
  });
};

describe.skipIf(!present)('mapping over the shared data', () => {
  const cases = SETS.flatMap((set) =>
    (Object.keys(MAPPINGS) as ResourceType[])
      .filter((type) => textsOf(set, type).length > 0)
      .map((type) => ({ set, type })),
  );

  it.each(cases)('maps every $type of $set to what the graph can serialise', ({ set, type }) => {
    const map = MAPPINGS[type] as (resource: Resource<ResourceType>) => unknown;
    const broken = load(set, type).flatMap((one) => unserialisable(map(one), one.id));
    expect(broken).toEqual([]);
  });

  const oddities = (): Readonly<Record<string, string>> =>
    JSON.parse(readFileSync(join(DATA, 'generated', 'appointment-oddities.json'), 'utf8')) as Record<string, string>;
  type Mapped = ReturnType<typeof toAppointment>;
  const EXPECTED: Readonly<Record<string, (appointment: Mapped, raw: Resource<'Appointment'>) => boolean>> = {
    'participant-type-without-actor': ({ practitionerKey, patientKey }) =>
      practitionerKey === null && patientKey !== null,
    'contained-location': ({ locationKey, own }) => locationKey === null && JSON.stringify(own).includes('Room'),
    'dst-boundary': ({ start, end, minutes }) => (Date.parse(end ?? '') - Date.parse(start ?? '')) / 60_000 === minutes,
    'minutesDuration-disagrees-with-end': ({ minutes }, raw) => minutes !== raw.minutesDuration,
    'no-minutesDuration': ({ start, minutes }) => start === null || typeof minutes === 'number',
    'absolute-patient-reference': ({ patientKey }) => patientKey === null, // of another server
    'no-practitioner-no-location': ({ practitionerKey, locationKey }) =>
      practitionerKey === null && locationKey === null,
    'patient-by-logical-identifier': ({ patientKey }) => patientKey === null,
    'two-practitioners': ({ practitionerKey }, raw) =>
      raw.participant.some(
        (one) => one.required !== 'optional' && one.actor?.reference === `Practitioner/${practitionerKey}`,
      ),
    'proposed-no-start-with-requestedPeriod': ({ start, end, own }) =>
      start === null && end === null && own?.requestedPeriod !== null,
    'no-type': ({ type }) => type === null,
    'mirrors-encounter': ({ status, start }) => status !== 'UNMAPPED' && start !== null,
  };

  it('maps each oddity of the appointments as what it is', () => {
    const names = oddities();
    const seen = new Set<string>();
    for (const raw of load('generated', 'Appointment')) {
      const name = names[raw.id]?.replace(/:.*/, '');
      if (name === undefined) continue;
      seen.add(name);
      const holds = EXPECTED[name];
      expect(holds?.(toAppointment(raw, context), raw), name).toBe(true);
    }
    expect([...seen].sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  it('links patients by absolute references when they are of this server', () => {
    const base = { origin: 'https://fhir.example.org', path: '/r4/tenant-1' };
    const names = oddities();
    const absolute = load('generated', 'Appointment').filter(({ id }) => names[id] === 'absolute-patient-reference');
    for (const raw of absolute) expect(toAppointment(raw, { ...context, base }).patientKey).not.toBeNull();
    expect(absolute.length).toBeGreaterThan(0);
  });

  it.each([
    ['names', { firstName: 'Peter', lastName: "O'Brien-García" }],
    ['name-text-only', { firstName: null, lastName: null, names: [{ text: 'Ana María de la Cruz' }] }],
    ['birth-year', { dateOfBirth: '1974' }],
    ['birth-absent', { dateOfBirth: null, own: { birthDateAbsentReason: 'unknown' } }],
    ['dec-bool', { deceased: true }],
    ['dec-dt', { deceased: true, own: { deceasedAt: '2015-02' } }],
    ['mb-int', { own: { multipleBirth: true, multipleBirthOrder: 2 } }],
    ['phones', { phoneHome: '+16175550134', phoneMobile: '+16175550135', email: 'P.Chalmers@example.com' }],
    ['uscore', { race: [{ text: 'White' }, {}, { text: 'Shoshone' }], own: { birthSex: 'F' } }],
    [
      'ids',
      { identifiers: [{ value: 'A1' }, { value: 'E99' }, { value: 'B7' }], own: { oldIdentifiers: [{ value: 'A0' }] } },
    ],
    ['lang', { preferredLanguage: { text: 'English' } }],
    ['contact', { own: { contacts: [{ name: { family: 'du Marché' } }, { organization: 'Guardianship Office' }] } }],
    ['addr', { address: { line1: '534 Erewhon St', line2: 'Apt 2' } }],
  ])('maps the odd patient %s as what it is', (id, expected) => {
    const raw = load('odd-shapes', 'Patient').find((one) => one.id === id);
    expect(raw === undefined ? undefined : toPatient(raw, context)).toMatchObject(expected);
  });

  it('keeps the numbers of HL7’s decimal example digit by digit', () => {
    const raw = load('hl7-r4-examples', 'Observation').find(({ id }) => id === 'decimal');
    const values =
      raw === undefined
        ? []
        : toObservation(raw, context).components.map(({ value }) => (value as { value?: string }).value);
    expect(values).toEqual([
      '1.0',
      '1.00',
      '1.0',
      '1E-22',
      '1000000000000000000',
      '1.000000000000000000E-245',
      '-1.000000000000000000E+245',
    ]);
  });

  it.each([
    ['paid', 'PAID'],
    ['denied', 'DENIED'],
    ['queued', 'ACCEPTED'],
  ])('reads a claim by the explanation %s as %s', (id, status) => {
    const claim = load('odd-shapes', 'Claim').find((one) => one.id === 'prof');
    const eobs = load('odd-shapes', 'ExplanationOfBenefit').filter((one) => one.id === id);
    expect(claim === undefined ? undefined : toClaim(claim, eobs, context).status).toBe(status);
  });

  it('passes on no social security number of anybody', () => {
    const numbers = load('synthea', 'Patient').flatMap(({ identifier }) =>
      identifier.filter(({ system }) => system === 'http://hl7.org/fhir/sid/us-ssn').map(({ value }) => value ?? ''),
    );
    const mapped = JSON.stringify(load('synthea', 'Patient').map((one) => toPatient(one, context)));
    expect(numbers.length).toBeGreaterThan(100);
    expect(numbers.filter((number) => mapped.includes(number))).toEqual([]);
  });
});
