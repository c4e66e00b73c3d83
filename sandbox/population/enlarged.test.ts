import { describe, expect, it } from 'vitest';
import { generatePractices } from '../generate.ts';
import type { Practice } from '../practice.ts';

const NOW = '2026-11-18T15:00:00Z';
const PEOPLE = 200;
const small = generatePractices({ seed: 1, now: NOW });
const large = generatePractices({ seed: 1, now: NOW, people: PEOPLE });
const vendors = Object.entries(large) as readonly (readonly [keyof typeof large, Practice])[];

const isUnique = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

describe.each(vendors)('a large practice at %s', (vendor, practice) => {
  it('has the people that were asked for, the small one among them, and at least five practitioners', () => {
    expect(practice.patients.length).toBeGreaterThanOrEqual(PEOPLE);
    expect(practice.patients.slice(0, small[vendor].patients.length)).toEqual(small[vendor].patients);
    expect(practice.practitioners.length).toBeGreaterThanOrEqual(5);
  });

  it('has every id, login and record number once', () => {
    for (const name of ['practitioners', 'patients', 'appointments', 'slots', 'observations', 'claims'] as const)
      expect(isUnique(practice[name].map(({ id }) => id)), name).toBe(true);
    for (const name of ['npi', 'username'] as const)
      expect(isUnique(practice.practitioners.map((one) => one[name])), name).toBe(true);
    expect(isUnique(practice.patients.map(({ mrn }) => mrn))).toBe(true);
  });

  it('leads from every record to others that are there', () => {
    const patients = new Set(practice.patients.map(({ id }) => id));
    const visits = new Set<number | undefined>([undefined, ...practice.appointments.map(({ id }) => id)]);
    const staff = new Set<number | undefined>([undefined, ...practice.practitioners.map(({ id }) => id)]);
    const records = [...practice.appointments, ...practice.observations, ...practice.claims];
    expect(records.filter(({ patientId }) => !patients.has(patientId))).toEqual([]);
    expect(
      [...practice.patients, ...practice.slots, ...records].filter((one) => !staff.has(one.practitionerId)),
    ).toEqual([]);
    expect([...practice.observations, ...practice.claims].filter((one) => !visits.has(one.appointmentId))).toEqual([]);
  });
});

it('knows people of a copy at several practices, under one name', () => {
  const names = vendors.map(
    ([vendor, practice]) =>
      new Set(
        practice.patients
          .slice(small[vendor].patients.length)
          .map((one) => `${one.first} ${one.last} ${one.birthDate}`),
      ),
  );
  const [unity, athenanet] = names;
  expect([...(unity ?? [])].filter((name) => athenanet?.has(name)).length).toBeGreaterThan(PEOPLE / 10);
});

it.each([0, 1.5, 10_001, Number.NaN])('refuses %s people', (people) => {
  expect(() => generatePractices({ seed: 1, now: NOW, people })).toThrow(RangeError);
});
