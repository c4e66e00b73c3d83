import { afterEach, expect, it } from 'vitest';
import { hooked } from '../../../test/fhir/hooked.ts';
import { randomBy } from '../fixtures/random.ts';
import { closeAll } from '../fixtures/server.ts';

afterEach(closeAll);

const SEED = Number(process.env.SEED ?? 261_121);
const STEPS = 60;
const FAULTS = [
  { kind: 'lose', share: 0.3 },
  { kind: 'duplicate', share: 0.2 },
  { kind: 'replay', share: 0.1 },
  { kind: 'forge', how: 'truncate', share: 0.1 },
] as const;
const STATES = ['arrived', 'fulfilled', 'noshow', 'cancelled', 'booked'] as const;

it.each([
  [SEED, {}],
  [SEED + 1, { keptEvents: 3 }],
])('tells whatever happened, however much is lost and whoever dies (seed %i)', async (seed, options) => {
  const chance = randomBy(seed);
  const one = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)] as T;
  const at = await hooked({ ...options, patienceMs: 0 });
  await at.read();
  for (const fault of FAULTS) at.simulator.outbox?.fault(fault);
  /** After which step each record was changed, and noticed. */
  const [changed, noticed] = [new Map<string, number>(), new Map<string, number>()];
  let step = 0;
  const take = (all: readonly { readonly key: string }[] = []) => {
    for (const { key } of all) noticed.set(key, step);
  };
  for (; step < STEPS; step++) {
    at.door.open = chance() < 0.8;
    const { id } = one(at.practice.appointments);
    if (chance() < 0.7) {
      at.change('Appointment', id, { status: one(STATES), note: `note ${step}` });
      changed.set(`appt-${id}`, step);
    } else {
      at.change('Patient', 1, { mobilePhone: `61755501${10 + step}` });
      changed.set('pat-1', step);
    }
    if (chance() < 0.2) take(await at.drain());
    if (chance() < 0.2) {
      if (chance() < 0.5) take((await at.read())?.noticed);
      else await at.feed().read(at.place ?? '', at.call); // killed before anything was kept
    }
    if (chance() < 0.1) at.connect();
  }
  at.door.open = true;
  take(await at.drain());
  for (let page = await at.read(); page !== undefined; page = page.more ? await at.read() : undefined)
    take(page.noticed);
  const late = [...changed].filter(([key, last]) => (noticed.get(key) ?? -1) < last);
  expect(late).toEqual([]);
  expect([...noticed.keys()].filter((key) => !changed.has(key))).toEqual([]);
  expect(at.statuses).not.toContain(401);
});
