import { beforeAll, describe, expect, it } from 'vitest';
import { generatePractices } from '../generate.ts';
import type { Observation, Practice } from '../practice.ts';
import { dateIn, minutesBetween, plusDays, timeIn } from './calendar.ts';
import { MOMENTS, values, WEDNESDAY } from './moments.fixture.ts';
import { VENDORS } from './profiles.ts';

const zoneOf = (practice: Practice, id: number | undefined): string =>
  practice.locations.find((location) => location.id === id)?.timeZone ?? 'none';

describe.each(MOMENTS)('work at the practices $when', ({ now, seed }) => {
  let practices: ReturnType<typeof generatePractices>;
  beforeAll(() => {
    practices = generatePractices({ seed, now });
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
