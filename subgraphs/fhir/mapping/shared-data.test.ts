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
import { context } from '../fixtures/records.ts';
import { Included } from '../included.ts';
import { parseFhir, type Resource, type ResourceType, toResource } from '../payload.ts';
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
});
