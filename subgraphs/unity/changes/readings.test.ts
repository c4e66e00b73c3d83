import { describe, expect, it } from 'vitest';
import type { Practice } from '../../../sandbox/practice.ts';
import { type Fault, listen } from '../../../sandbox/server.ts';
import { UNITY_SIGN_IN, unitySimulator } from '../../../sandbox/unity/simulator.ts';
import { keysOf, LATER, MINUTE, open, shown, value } from '../../../test/unity/watched.ts';
import { NOW, practice as smallPractice } from '../fixture/practice.ts';
import { operation } from '../fixture/vendor.ts';
import { connectWorld, GUIDE } from '../fixture/world.ts';

describe('what it costs', () => {
  it.each([
    ['visits', ['GetAppointmentsByChangeDTTM']],
    ['patients', ['GetChangedPatients']],
  ] as const)('is one call of %s while nothing happens', async (name, expected) => {
    const world = await open();
    const watch = await world.watch(name);
    world.pass(LATER);
    const first = await world.calls(() => watch.read());
    world.pass(LATER);
    const second = await world.calls(() => watch.read());
    expect([first.calls, second.calls]).toEqual([expected, expected]);
    expect(watch.feed.calls).toBe(expected.length);
  });

  it('is one schedule for all visits that changed', async () => {
    const world = await open();
    const watch = await world.watch('visits');
    await world.connector.locations(operation(world.now));
    world.pass(LATER);
    for (const id of [101, 102, 103]) world.change('Appointment', id, { note: 'now' });
    const { calls } = await world.calls(() => watch.read());
    expect(calls.filter((call) => !call.startsWith('GetProv') && !call.startsWith('GetRes'))).toEqual([
      'GetAppointmentsByChangeDTTM',
      'GetServerInfo',
      'GetAppointmentsByChangeDTTM',
      'GetSchedule',
    ]);
  });
});

const many = (): Practice => {
  const small: Practice = smallPractice();
  const [patient] = small.patients;
  const [visit] = small.appointments;
  if (patient === undefined || visit === undefined) throw new Error('no practice');
  const numbers = Array.from({ length: 60 }, (_, i) => 1_000 + i);
  small.patients.push(...numbers.map((id) => ({ ...patient, id, mrn: `MRN-${id}` })));
  small.appointments.push(...numbers.map((id) => ({ ...visit, id, patientId: id })));
  return small;
};

describe('a reading', () => {
  it.each([
    ['visits', 'Appointment', { note: 'now' }, 2],
    ['patients', 'Patient', { email: 'now@example.com' }, 3],
  ] as const)(
    'of more %s than one can tell goes on, each once, though they change meanwhile',
    async (name, type, set, pages) => {
      const world = await open({ practice: many() });
      const watch = await world.watch(name);
      world.pass(LATER);
      for (let id = 1_000; id < 1_060; id += 1) world.change(type, id, set);
      world.pass(LATER);
      const first = await watch.page();
      expect(first.more).toBe(true);
      watch.keep(first.place);
      world.change(type, 1_000, {
        ...set,
        ...(type === 'Patient' ? { email: 'again@example.com' } : { note: 'again' }),
      });
      const rest = await watch.read();
      const told = [...keysOf(first.noticed), ...keysOf(rest.noticed)];
      expect(new Set(told).size).toBe(60);
      expect(rest.pages).toBe(pages - 1);
      const again = keysOf((await watch.read()).noticed);
      expect([...keysOf(rest.noticed), ...again]).toContain('1000');
    },
  );

  it.each([
    ['visits', 'GetAppointmentsByChangeDTTM'],
    ['visits', 'GetServerInfo'],
    ['visits', 'GetSchedule'],
    ['patients', 'GetChangedPatients'],
    ['patients', 'GetResults'],
    ['patients', 'GetCharges'],
  ] as const)('of %s that fails at %s tells the same from the same place', async (name, match) => {
    const world = await open();
    const watch = await world.watch(name);
    world.pass(5_000);
    world.change('Appointment', 101, { note: 'now' });
    world.change('Observation', 501, value('140'));
    world.change('Claim', 302, { status: 'cancelled' });
    world.simulator.fault({ kind: 'body', body: '<html>Gateway</html>', match, times: 1 });
    await expect(watch.page()).rejects.toMatchObject({ code: 'BAD_VENDOR_ANSWER' });
    world.pass(MINUTE);
    const [one, two] = [await watch.page(), await watch.page()];
    expect(one.noticed).toHaveLength(name === 'visits' ? 1 : 4);
    expect(shown(two.noticed)).toEqual(shown(one.noticed));
  });

  it.each([
    ['visits', 'Magic GetAppointmentsByChangeDTTM', 1],
    ['visits', 'Magic GetServerInfo', 1],
    ['visits', 'Magic GetAppointmentsByChangeDTTM', 2],
    ['visits', 'Magic GetSchedule', 1],
    ['patients', 'Magic GetChangedPatients', 1],
    ['patients', 'Magic GetServerInfo', 1],
    ['patients', 'Magic GetChangedPatients', 2],
  ] as const)('of %s leaves nothing out that happens after its %s, number %i', async (name, call, number) => {
    let left = Number.POSITIVE_INFINITY;
    const world = await open({
      answered: (made) => {
        if (made === call) left -= 1;
        if (made !== call || left !== 0) return;
        world.change('Appointment', 103, { note: 'meanwhile' });
        world.change('Patient', 12, { email: 'meanwhile@example.com' });
        world.delay(LATER);
      },
    });
    const watch = await world.watch(name);
    world.pass(LATER);
    world.change('Appointment', 101, { note: 'now' });
    world.change('Patient', 10, { email: 'now@example.com' });
    left = number;
    const told = [...keysOf((await watch.read()).noticed), ...keysOf((await watch.read()).noticed)];
    expect(left).toBeLessThanOrEqual(0);
    expect(told).toContain(name === 'visits' ? '103' : '12');
  });

  it('refuses a place that is none', async () => {
    const world = await open();
    for (const feed of world.connector.feeds ?? [])
      await expect(feed.read('{"from":1}', operation(world.now))).rejects.toMatchObject({ code: 'VALIDATION' });
  });
});

describe('the guide’s dialect', () => {
  it('has no feed', async () => {
    const simulator = await listen(unitySimulator({ practice: smallPractice(), now: () => NOW }));
    const connected = await connectWorld<Fault>(simulator, GUIDE, UNITY_SIGN_IN);
    expect(connected.connector.feeds).toEqual([]);
    await connected.close();
  });
});
