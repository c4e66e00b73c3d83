import { beforeAll, describe, expect, it } from 'vitest';
import { ATHENANET_PRACTICE_ID, ATHENANET_SIGN_IN, athenanetSimulator } from '../../sandbox/athenanet/simulator.ts';
import { generatePractices } from '../../sandbox/generate.ts';
import { listen } from '../../sandbox/server.ts';
import { all, type Bed, connect, everybody, fields, records, signedIn } from './testbed.ts';

/** The whole way, against the sandbox’s athenaNet: what the practice knows is what the graph says. */
const { athenanet: truth } = generatePractices({ seed: 20_261_120, now: '2026-11-20T15:00:00Z' });
const LIMITS = { perSecond: 1e6, perDay: 1e9, tokenPerMinute: 1e3 };
const behaviour = athenanetSimulator({ practice: truth, now: Date.now, limits: LIMITS });
const hidden = behaviour.notRepresentable();
const SIGN_IN = { ...ATHENANET_SIGN_IN, practiceId: ATHENANET_PRACTICE_ID };
let bed: Bed;
beforeAll(async () => {
  const simulator = await listen(behaviour);
  const connected = connect(signedIn(simulator.url, SIGN_IN, truth.timeZone));
  bed = connected;
  return async () => {
    await connected.close();
    await simulator.close();
  };
});

describe('appointments', () => {
  const STATUS: Readonly<Record<string, string>> = {
    booked: 'BOOKED',
    arrived: 'ARRIVED',
    'checked-in': 'CHECKED_IN',
    fulfilled: 'FULFILLED',
    cancelled: 'CANCELLED',
    noshow: 'NO_SHOW',
  };
  const shown = truth.appointments.filter(({ id }) => !hidden.appointments.includes(id));
  const byKey = <T extends { readonly key: string }>(list: readonly T[]) =>
    [...list].sort((a, b) => Number(a.key) - Number(b.key));
  const told = (appointment: (typeof shown)[number]) => ({
    key: String(appointment.id),
    patientKey: String(appointment.patientId),
    practitionerKey: appointment.practitionerId === undefined ? null : String(appointment.practitionerId),
    locationKey: appointment.locationId === undefined ? null : String(appointment.locationId),
    start: appointment.start,
    minutes: appointment.minutes,
    status: STATUS[appointment.status],
    note: appointment.note ?? null,
    own: { scheduledAt: appointment.scheduledAt },
  });

  it('of every patient are those of the practice, to the minute', async () => {
    const list = records(await bed.connector.patientAppointments(everybody(truth.patients, {}), bed.call));
    expect(byKey(list)).toMatchObject(byKey(shown.map(told)));
  });

  it('read by id are those of the lists', async () => {
    const listed = byKey(records(await bed.connector.patientAppointments(everybody(truth.patients, {}), bed.call)));
    const wanted = listed.map(({ key }) => ({ key, fields: fields('note', 'scheduledAt', 'urgent') }));
    const read = all(await bed.connector.read.Appointment(wanted, bed.call));
    expect(read.map(({ covers }) => covers).every((covers) => covers === 'all')).toBe(true);
    expect(read.map(({ record }) => record)).toEqual(listed);
  });

  it('read by id and their notes beside are those of the lists, but for what only those tell', async () => {
    const listed = byKey(records(await bed.connector.patientAppointments(everybody(truth.patients, {}), bed.call)));
    const wanted = listed.map(({ key }) => ({ key, fields: fields('start', 'note') }));
    const read = all(await bed.connector.read.Appointment(wanted, bed.call));
    const known = { scheduledAt: undefined, urgent: undefined };
    expect(read.map(({ record }) => ({ ...record, own: { ...record.own, ...known } }))).toEqual(
      listed.map((record) => ({ ...record, own: { ...record.own, ...known } })),
    );
    expect(read.every(({ covers }) => covers !== 'all' && covers.has('note') && !covers.has('urgent'))).toBe(true);
  });

  it('of a week are one call, with everybody in them', async () => {
    const span = { from: '2026-11-16T13:30:00Z', to: '2026-11-20T21:15:00Z' };
    const inside = shown.filter(({ start }) => start >= span.from && start < span.to);
    await bed.connector.locations(bed.call);
    bed.calls();
    const page = await bed.connector.searchAppointments(span, { first: 100 }, bed.call);
    expect(byKey(page.items.map(({ record }) => record)).map(({ key }) => key)).toEqual(
      inside.map(({ id }) => String(id)).sort((a, b) => Number(a) - Number(b)),
    );
    expect(new Set(page.related?.map(({ record }) => record.key))).toEqual(
      new Set(inside.map(({ patientId }) => String(patientId))),
    );
    expect(bed.calls()).toEqual(['GET /appointments/booked/multipledepartment']);
  });

  it('of a week by pages are the same', async () => {
    const span = { from: '2026-11-09T13:30:00Z', to: '2026-11-20T21:15:00Z' };
    const whole = await bed.connector.searchAppointments(span, { first: 100 }, bed.call);
    const keys: string[] = [];
    for (let after: string | undefined, more = true; more; ) {
      const page = await bed.connector.searchAppointments(
        span,
        { first: 7, ...(after === undefined ? {} : { after }) },
        bed.call,
      );
      keys.push(...page.items.map(({ record }) => record.key));
      after = page.items.at(-1)?.after;
      more = page.hasNextPage;
    }
    expect(keys).toEqual(whole.items.map(({ record }) => record.key));
  });

  it('of all patients in one week are one call', async () => {
    const span = { from: '2026-11-16T05:00:00Z', to: '2026-11-23T05:00:00Z' };
    bed.calls();
    const list = records(await bed.connector.patientAppointments(everybody(truth.patients, span), bed.call));
    expect(list).toHaveLength(shown.filter(({ start }) => start >= span.from && start < span.to).length);
    expect(bed.calls()).toEqual(['GET /appointments/booked/multipledepartment']);
  });
});
