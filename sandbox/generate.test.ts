import { beforeAll, describe, expect, it } from 'vitest';
import { generatePractices, SHARED_PEOPLE } from './generate.ts';
import { MOMENTS, values, WEDNESDAY } from './population/moments.fixture.ts';
import { PROFILES, VENDORS } from './population/profiles.ts';
import type { Patient } from './practice.ts';

describe('generatePractices', () => {
  it('gives the same for the same seed and moment, and something else for another seed', () => {
    const first = generatePractices({ seed: 7, now: WEDNESDAY });
    expect(generatePractices({ seed: 7, now: WEDNESDAY })).toEqual(first);
    expect(generatePractices({ seed: 8, now: WEDNESDAY })).not.toEqual(first);
  });

  it('gives practices that share nothing with those given before', () => {
    const { unity } = generatePractices({ seed: 7, now: WEDNESDAY });
    const [patient] = unity.patients;
    if (patient !== undefined) patient.changedAt = 'changed';
    expect(generatePractices({ seed: 7, now: WEDNESDAY }).unity.patients[0]?.changedAt).not.toBe('changed');
  });

  it('refuses a moment that is none', () => {
    expect(() => generatePractices({ seed: 1, now: 'yesterday' })).toThrow(RangeError);
  });

  it('keeps the cast of shared people whatever the seed', () => {
    const names = (seed: number) => {
      const practices = generatePractices({ seed, now: WEDNESDAY });
      return SHARED_PEOPLE.map(({ ids }) =>
        VENDORS.map((vendor) => {
          const found = practices[vendor].patients.find(({ id }) => id === ids[vendor]);
          return found && `${found.first} ${found.last}`;
        }),
      );
    };
    expect(names(11)).toEqual(names(12));
  });
});

describe.each(MOMENTS)('the practices $when', ({ now, seed }) => {
  let practices: ReturnType<typeof generatePractices>;
  beforeAll(() => {
    practices = generatePractices({ seed, now });
  });

  it('know about sixty people, many of them twice', () => {
    const records = VENDORS.reduce((sum, vendor) => sum + practices[vendor].patients.length, 0);
    const again = SHARED_PEOPLE.reduce((sum, { ids }) => sum + Object.keys(ids).length - 1, 0);
    expect(SHARED_PEOPLE.length).toBeGreaterThanOrEqual(10);
    expect(records - again).toBe(61);
  });

  it('write down shared people with the same birth date and small differences', () => {
    const told = ({ id: _, mrn: __, practitionerId: ___, locationId: ____, changedAt: _____, ...rest }: Patient) =>
      rest;
    for (const { key, ids } of SHARED_PEOPLE) {
      const records = VENDORS.flatMap((vendor) => {
        const found = practices[vendor].patients.filter(({ id }) => id === ids[vendor]);
        expect(found, `${key} at ${vendor}`).toHaveLength(ids[vendor] === undefined ? 0 : 1);
        return found;
      });
      expect(values(records, ({ birthDate }) => birthDate).size, key).toBe(1);
      expect(values(records, (record) => JSON.stringify(told(record))).size, key).toBe(records.length);
    }
  });

  it('are at hand in full', () => {
    for (const { vendor, name, timeZone } of PROFILES) {
      const { patients, practitioners, locations, ...practice } = practices[vendor];
      expect(practice).toMatchObject({ name, timeZone });
      expect(patients).toHaveLength(29);
      expect([4, 5]).toContain(practitioners.length);
      expect([2, 3]).toContain(locations.length);
    }
    const zones = practices.athenanet.locations.map(({ timeZone }) => timeZone);
    expect(zones).toEqual(['America/New_York', 'America/Chicago', 'America/Phoenix']);
  });

  it('have the people whom the guides name', () => {
    for (const vendor of VENDORS)
      expect(practices[vendor].patients.find(({ id }) => id === 12_345)).toMatchObject({ first: 'John', last: 'Doe' });
    expect(practices.unity.practitioners.some(({ id }) => id === 54_321)).toBe(true);
    expect(practices.athenanet.practitioners.some(({ id }) => id === 54_321)).toBe(true);
    expect(practices.athenanet.locations.some(({ id }) => id === 1)).toBe(true);
    expect(practices.athenanet.appointments.some(({ type }) => type.id === 82)).toBe(true);
  });

  it('include unusual people', () => {
    const all = VENDORS.flatMap((vendor) => practices[vendor].patients);
    const has = (test: (patient: Patient) => boolean): boolean => all.some(test);
    for (const vendor of VENDORS)
      expect(practices[vendor].patients.filter(({ last }) => last === 'Rivera').length, vendor).toBeGreaterThanOrEqual(
        2,
      );
    expect(has(({ birthDate }) => birthDate === undefined)).toBe(true);
    expect(has(({ birthDate }) => birthDate?.length === 4)).toBe(true);
    expect(has(({ birthDate }) => birthDate?.length === 7)).toBe(true);
    expect(values(all, ({ sex }) => sex)).toEqual(new Set(['F', 'M', 'O', 'U']));
    expect(has(({ homePhone, mobilePhone, workPhone }) => (homePhone ?? mobilePhone ?? workPhone) === undefined)).toBe(
      true,
    );
    expect(has(({ last }) => last.includes("'"))).toBe(true);
    expect(has(({ last }) => last.includes('-'))).toBe(true);
    expect(has(({ last }) => /\p{Diacritic}/u.test(last.normalize('NFD')))).toBe(true);
    expect(has(({ address }) => /^\d{5}-\d{4}$/.test(address?.postalCode ?? ''))).toBe(true);
    expect(has(({ coverages }) => coverages.length === 2)).toBe(true);
    expect(has(({ coverages }) => coverages.length === 0)).toBe(true);
    expect(has(({ deceased }) => deceased === true)).toBe(true);
    expect(has(({ deceased }) => typeof deceased === 'string')).toBe(true);
    expect(has(({ language }) => language !== undefined && language.code !== 'en')).toBe(true);
    expect(has(({ race }) => race.length > 1)).toBe(true);
  });

  it('use numbers and addresses that belong to nobody', () => {
    for (const vendor of VENDORS) {
      const { patients, locations, practitioners } = practices[vendor];
      const phones = patients.flatMap(({ homePhone, mobilePhone, workPhone }) => [homePhone, mobilePhone, workPhone]);
      for (const phone of [...phones, ...locations.map(({ phone: own }) => own)])
        if (phone !== undefined) expect(phone).toMatch(/^[2-9]\d{2}55501\d{2}$/);
      for (const { email } of patients) if (email !== undefined) expect(email).toMatch(/^[a-z.]+@example\.com$/);
      for (const { npi } of practitioners) {
        const digits = [...`80840${npi}`].reverse().map(Number);
        const sum = digits.reduce((total, digit, at) => total + (at % 2 ? digit * 2 - (digit > 4 ? 9 : 0) : digit), 0);
        expect(npi).toMatch(/^9\d{9}$/);
        expect(sum % 10, npi).toBe(0);
      }
    }
  });

  it('number everything once and refer only to what is there', () => {
    for (const vendor of VENDORS) {
      const practice = practices[vendor];
      const { patients, practitioners, locations, appointments, slots, observations, claims } = practice;
      const lines = claims.flatMap((claim) => claim.lines);
      const payments = claims.flatMap((claim) => claim.payments);
      for (const list of [
        patients,
        practitioners,
        locations,
        [...appointments, ...slots],
        observations,
        claims,
        lines,
        payments,
      ])
        expect(values<{ id: number }, number>(list, ({ id }) => id).size).toBe(list.length);
      const known = {
        patientId: values(patients, ({ id }) => id),
        practitionerId: values(practitioners, ({ id }) => id),
        locationId: values(locations, ({ id }) => id),
        appointmentId: values(appointments, ({ id }) => id),
      };
      for (const record of [...patients, ...practitioners, ...appointments, ...slots, ...observations, ...claims])
        for (const [name, ids] of Object.entries(known)) {
          const target: unknown = Object.entries(record).find(([key]) => key === name)?.[1];
          if (target !== undefined) expect(ids.has(Number(target)), `${vendor} ${name}`).toBe(true);
        }
    }
  });
});
