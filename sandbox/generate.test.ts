import { beforeAll, describe, expect, it } from 'vitest';
import { generatePractices, SHARED_PEOPLE } from './generate.ts';
import { dateIn, minutesBetween, plusDays, timeIn } from './population/calendar.ts';
import { PROFILES, VENDORS } from './population/profiles.ts';
import type { Observation, Patient, Practice } from './practice.ts';

const WEDNESDAY = '2026-11-18T15:00:00Z';

/** Moments at which something is special. */
const MOMENTS = [
  { when: 'on a working day', now: WEDNESDAY, seed: 1 },
  { when: 'with another seed', now: WEDNESDAY, seed: 20_406 },
  { when: 'on a Saturday', now: '2026-11-21T15:00:00Z', seed: 2 },
  { when: 'while clocks go forward in the coming weeks', now: '2026-03-04T18:30:00Z', seed: 3 },
  { when: 'while clocks went back in the past weeks', now: '2026-11-05T20:15:12.345Z', seed: 4 },
];

const values = <T, K>(list: readonly T[], key: (item: T) => K): Set<K> => new Set(list.map(key));
const zoneOf = (practice: Practice, id: number | undefined): string =>
  practice.locations.find((location) => location.id === id)?.timeZone ?? 'none';

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

  it('see people on week days in working hours, one at a time', () => {
    for (const vendor of VENDORS) {
      const practice = practices[vendor];
      const planned = [...practice.appointments, ...practice.slots];
      const places = planned.map(({ start, locationId }) => {
        const zone = zoneOf(practice, locationId);
        return { date: dateIn(start, zone), time: timeIn(start, zone), today: dateIn(now, zone) };
      });
      const isWeekend = (date: string): boolean => [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay());
      expect(places.filter(({ date }) => isWeekend(date))).toEqual([]);
      expect(places.filter(({ time }) => time < '08:00' || time > '16:30')).toEqual([]);
      expect(places.filter(({ date, today }) => date < plusDays(today, -42) || date > plusDays(today, 28))).toEqual([]);
      for (const rows of Map.groupBy(planned, ({ practitionerId }) => practitionerId).values()) {
        rows.sort((one, other) => minutesBetween(other.start, one.start));
        const early = rows.filter(({ start }, at) => {
          const before = rows[at - 1];
          return before !== undefined && minutesBetween(before.start, start) < before.minutes;
        });
        expect(early).toEqual([]);
      }
    }
  });

  it('have appointments whose state fits their time, several for everybody', () => {
    const coming = new Set(['booked', 'pending', 'proposed', 'waitlist', 'cancelled']);
    const over = new Set(['fulfilled', 'noshow', 'cancelled', 'entered-in-error']);
    for (const vendor of VENDORS) {
      const { appointments, patients } = practices[vendor];
      for (const { start, minutes, status, changedAt, scheduledAt, cancellationReason } of appointments) {
        const ago = minutesBetween(start, now);
        if (ago > 65) expect(over, start).toContain(status);
        else if (ago < -15) expect(coming, start).toContain(status);
        else expect(['checked-in', 'arrived']).toContain(status);
        if (status === 'fulfilled') expect(ago).toBeGreaterThanOrEqual(minutes);
        expect(minutesBetween(scheduledAt, changedAt)).toBeGreaterThanOrEqual(0);
        expect(minutesBetween(changedAt, now)).toBeGreaterThanOrEqual(0);
        expect(cancellationReason !== undefined).toBe(status === 'cancelled');
      }
      for (const { id } of patients)
        expect(appointments.filter(({ patientId }) => patientId === id).length, `${id}`).toBeGreaterThanOrEqual(2);
      for (const { id, deceased } of patients)
        for (const { patientId, start } of appointments)
          if (patientId === id && typeof deceased === 'string') expect(start.slice(0, 10) <= deceased).toBe(true);
      const states = values(appointments, ({ status }) => status);
      for (const state of ['fulfilled', 'noshow', 'cancelled', 'booked'] as const) expect(states).toContain(state);
    }
    const fhir = values(practices.fhir.appointments, ({ status }) => status);
    for (const state of ['pending', 'proposed', 'waitlist', 'entered-in-error'] as const) expect(fhir).toContain(state);
  });

  it('offer free time in the coming weeks only', () => {
    for (const vendor of VENDORS) {
      expect(practices[vendor].slots.length).toBeGreaterThan(100);
      for (const { start } of practices[vendor].slots) expect(minutesBetween(now, start)).toBeGreaterThan(0);
    }
  });

  it('measure vital signs at every visit that took place', () => {
    const codes = ['39156-5', '59408-5', '29463-7', '8302-2', '8310-5', '8867-4', '9279-1', '85354-9'].sort();
    for (const vendor of VENDORS) {
      const { appointments, observations } = practices[vendor];
      const byVisit = Map.groupBy(
        observations.filter(({ category }) => category === 'vital-signs'),
        ({ appointmentId }) => appointmentId,
      );
      const visits = appointments.filter(({ status }) => status === 'fulfilled');
      expect(values([...byVisit.keys()], (id) => id)).toEqual(values(visits, ({ id }) => id));
      for (const taken of byVisit.values()) {
        expect(taken.map(({ code }) => code.code).sort()).toEqual(codes);
        expect(values(taken, ({ reportId }) => reportId).size).toBe(1);
        const number = (code: string): number => {
          const value = taken.find((row) => row.code.code === code)?.value;
          return value?.kind === 'quantity' ? Number(value.value) : Number.NaN;
        };
        expect(number('39156-5')).toBeCloseTo(number('29463-7') / (number('8302-2') / 100) ** 2, 0);
        const pressure = taken.find(({ code }) => code.code === '85354-9');
        expect(pressure?.value).toBeUndefined();
        expect(pressure?.components.map(({ code }) => code.code)).toEqual(['8480-6', '8462-4']);
      }
    }
  });

  it('report laboratory results of every kind with ranges and flags that agree', () => {
    const codes = '4548-4 2093-3 2085-9 13457-7 2571-8 2345-7 2160-0 2951-2 2823-3 718-7 3016-3 630-4 10839-9'.split(
      ' ',
    );
    for (const vendor of VENDORS) {
      const results = practices[vendor].observations.filter(({ category }) => category === 'laboratory');
      const seen = values(results, ({ code }) => code.code);
      for (const code of codes) expect(seen, vendor).toContain(code);
      expect(results.some(({ value }) => value?.kind === 'text')).toBe(true);
      expect(results.some(({ value }) => value?.kind === 'quantity' && value.comparator === '<')).toBe(true);
      for (const { value, interpretation, referenceHigh, referenceLow } of results) {
        if (value?.kind !== 'quantity') continue;
        const amount = Number(value.value);
        const high = referenceHigh !== undefined && amount > Number(referenceHigh);
        const low = referenceLow !== undefined && amount < Number(referenceLow);
        expect(referenceHigh ?? referenceLow).toBeDefined();
        expect(interpretation?.[0] ?? 'N').toBe(high ? 'H' : low ? 'L' : 'N');
      }
    }
  });

  it('correct some results and keep what was said before', () => {
    for (const vendor of VENDORS) {
      const { observations } = practices[vendor];
      const having = (status: Observation['status']) => observations.filter((row) => row.status === status);
      expect(having('corrected')).toHaveLength(3);
      for (const { value, history } of having('corrected')) expect(history.at(-1)?.value).not.toEqual(value);
      expect(having('corrected').some(({ history }) => history.length === 2)).toBe(true);
      expect(having('amended')).toHaveLength(1);
      expect(having('amended')[0]?.history).toHaveLength(1);
      expect(having('preliminary').length).toBeGreaterThanOrEqual(3);
      expect(having('cancelled')).toHaveLength(1);
      expect(having('cancelled')[0]).not.toHaveProperty('value');
      expect(having('entered-in-error')).toHaveLength(1);
      const outOfOrder = observations.filter(({ effective, issued, history }) => {
        const times = [effective, ...history.map((before) => before.issued), issued, now];
        return times.some((time, at) => minutesBetween(times[at - 1] ?? time, time) < 0);
      });
      expect(outOfOrder).toEqual([]);
    }
  });

  it('bill most visits, in every state, with sums that add up', () => {
    const cents = (text: string | undefined): number => Math.round(Number(text ?? '0') * 100);
    const sum = (list: readonly (string | undefined)[]): number => list.reduce((all, one) => all + cents(one), 0);
    for (const vendor of VENDORS) {
      const { appointments, claims, patients } = practices[vendor];
      const visits = values(
        appointments.filter(({ status }) => status === 'fulfilled'),
        ({ id }) => id,
      );
      expect(claims.length).toBeGreaterThan(visits.size * 0.65);
      expect(values(claims, ({ status }) => status).size, vendor).toBe(9);
      for (const claim of claims) {
        const { lines, payments, diagnoses, payer, patientId } = claim;
        const from = (who: string): number =>
          sum(payments.filter((row) => row.from === who).map(({ amount }) => amount));
        expect(visits).toContain(claim.appointmentId);
        expect(cents(claim.totalCharge)).toBe(sum(lines.map(({ charge }) => charge)));
        expect(cents(claim.insurancePaid)).toBe(from('insurance'));
        expect(cents(claim.patientPaid)).toBe(from('patient'));
        const paid = from('insurance') + from('patient') + from('adjustment');
        if (claim.status === 'paid') expect(paid).toBe(cents(claim.totalCharge));
        else expect(paid).toBeLessThan(cents(claim.totalCharge));
        for (const { diagnosisPointers, charge } of lines) {
          expect(charge).toMatch(/^\d+\.\d{2}$/);
          expect(diagnosisPointers.length).toBeGreaterThan(0);
          for (const pointer of diagnosisPointers) expect(diagnoses[pointer - 1]).toBeDefined();
        }
        const coverages = patients.find(({ id }) => id === patientId)?.coverages ?? [];
        if (payer !== undefined) expect(coverages.map((coverage) => coverage.payer)).toContain(payer);
        for (const { date } of payments) expect(date >= claim.serviceStart && date <= now.slice(0, 10)).toBe(true);
      }
    }
  });
});

it('has people in the house while the practices are open', () => {
  const practices = generatePractices({ seed: 1, now: WEDNESDAY });
  for (const vendor of VENDORS)
    expect(
      practices[vendor].appointments.filter(({ status }) => status === 'checked-in').length,
      vendor,
    ).toBeGreaterThan(0);
});
