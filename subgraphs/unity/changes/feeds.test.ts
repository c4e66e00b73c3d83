import { describe, expect, it } from 'vitest';
import { keysOf, LATER, MINUTE, type Opened, open, shown, value } from '../../../test/unity/watched.ts';
import { operation } from '../fixture/vendor.ts';
import { carryOut } from '../fixture/writing.ts';

const NEW_RESULT = {
  patientId: 12,
  practitionerId: 68,
  category: 'laboratory',
  code: { system: 'http://loinc.org', code: '2823-3', display: 'Potassium' },
  effective: '2025-06-12T15:00:00Z',
  reportName: 'Report',
  status: 'final',
  components: [],
  ...value('4.1'),
} as const;

const CHART = { patient: '10', filter: {}, window: { first: 20 } };

const book = ({ connector }: Opened) =>
  carryOut(connector, 'bookAppointment', {
    patient: '12',
    practitioner: '68',
    start: '2025-06-20T15:00:00Z',
    minutes: 20,
  });

describe('what is told', () => {
  it.each<
    readonly [
      what: string,
      feed: 'visits' | 'patients',
      change: (world: Opened) => unknown,
      told: readonly (readonly [string, string | undefined])[],
    ]
  >([
    [
      'a telephone',
      'patients',
      ({ change }) => change('Patient', 11, { homePhone: '2175550199' }),
      [['Patient 11', undefined]],
    ],
    [
      'a correction as an update',
      'patients',
      ({ change }) => change('Observation', 501, value('140')),
      [['Observation result|10|501|2951-2', undefined]],
    ],
    [
      'a result that was final before as an update',
      'patients',
      ({ change }) => change('Observation', 501, { ...value('140'), status: 'final' }),
      [['Observation result|10|501|2951-2', undefined]],
    ],
    [
      'a new result as created',
      'patients',
      ({ behaviour }) => behaviour.report?.(NEW_RESULT),
      [['Observation result|12|603|2823-3', 'CREATED']],
    ],
    [
      'vital signs with all of their patient',
      'patients',
      ({ change }) => change('Observation', 602, value('70')),
      [
        ['Observation vital|10|600|85354-9', undefined],
        ['Observation vital|10|600|8867-4', undefined],
      ],
    ],
    [
      'charges with all of their patient',
      'patients',
      ({ change }) => change('Claim', 302, { status: 'cancelled' }),
      [
        ['Claim 10|8303', undefined],
        ['Claim 10|8302', undefined],
        ['Claim 10|8301', undefined],
      ],
    ],
    [
      'nothing of visits to who asks for patients',
      'patients',
      ({ change }) => change('Appointment', 101, { status: 'noshow' }),
      [],
    ],
    [
      'a visit',
      'visits',
      ({ change }) => change('Appointment', 101, { note: 'By the side door' }),
      [['Appointment 101', undefined]],
    ],
    [
      'a visit that is wait-listed',
      'visits',
      ({ change }) => change('Appointment', 101, { status: 'waitlist' }),
      [['Appointment 101', undefined]],
    ],
    ['a booking as created', 'visits', book, [['Appointment 107', 'CREATED']]],
    [
      'nothing of patients to who asks for visits',
      'visits',
      ({ change }) => change('Patient', 11, { email: 'b@example.com' }),
      [],
    ],
  ])('is %s', async (_what, name, change, told) => {
    const world = await open();
    const watch = await world.watch(name);
    await world.connector.patientObservations([CHART], operation(world.now));
    await world.connector.patientClaims([CHART], operation(world.now));
    world.pass(2_500);
    await change(world);
    world.pass(1_000);
    expect(shown((await watch.read()).noticed)).toEqual(told);
    world.pass(LATER);
    await watch.read();
    expect((await watch.read()).noticed).toEqual([]);
  });

  it.each([
    ['a move', { start: '2025-06-19T18:00:00Z' }, 'BOOKED', '2025-06-19T18:00:00Z'],
    ['a cancellation', { status: 'cancelled' }, 'CANCELLED', '2025-06-12T14:00:00Z'],
    ['a no-show', { status: 'noshow' }, 'NO_SHOW', '2025-06-12T14:00:00Z'],
  ] as const)(
    'is %s on one and the same visit, as it is now and whatever was kept of it',
    async (_what, set, status, start) => {
      const world = await open();
      const watch = await world.watch('visits');
      for (const day of ['2025-06-12', '2025-06-19'])
        await world.connector.searchAppointments(
          { from: `${day}T05:00:00Z`, to: `${day}T06:00:00Z` },
          { first: 20 },
          operation(world.now),
        );
      world.pass(5_000);
      world.change('Appointment', 101, set);
      const { noticed } = await watch.read();
      expect(noticed).toMatchObject([
        {
          type: 'Appointment',
          key: '101',
          patient: '10',
          found: { record: { status, start, note: 'Brings a walker' } },
        },
      ]);
    },
  );

  it.each([
    ['visits', 'Appointment', { note: 'now' }, 60_000],
    ['patients', 'Patient', { email: 'now@example.com' }, 3_000],
  ] as const)('is, to who asks for %s, a change of %s that is seen after its time', async (name, type, set, lateMs) => {
    const ids = type === 'Patient' ? [10, 11] : [101, 102];
    const world = await open();
    const watch = await world.watch(name);
    const told: (readonly string[])[] = [];
    for (const [i, id] of ids.entries()) {
      world.pass(i === 0 ? LATER : 0);
      world.change(type, id, set, i * lateMs);
      told.push(keysOf((await watch.read()).noticed));
    }
    expect(told.flat()).toEqual(expect.arrayContaining(ids.map(String)));
  });

  it('is a booking as created once, whatever becomes of it', async () => {
    const world = await open();
    const watch = await world.watch('visits');
    world.pass(1_000);
    await book(world);
    const first = shown((await watch.read()).noticed);
    world.change('Appointment', 107, { note: 'By the side door' });
    const second = shown((await watch.read()).noticed);
    expect([first, second]).toEqual([[['Appointment 107', 'CREATED']], [['Appointment 107', undefined]]]);
  });

  it('is each change of a visit once, though it is asked for again and again', async () => {
    const world = await open();
    const watch = await world.watch('visits');
    const told: string[][] = [];
    for (const note of ['one', 'one', 'two', 'two', 'one']) {
      world.pass(300);
      world.change('Appointment', 101, { note });
      told.push([...keysOf((await watch.read()).noticed)]);
    }
    expect(told).toEqual([['101'], [], ['101'], [], ['101']]);
  });

  it('is what happens in the very second in which it was looked, and nothing that was before', async () => {
    const world = await open();
    world.change('Appointment', 102, { note: 'before' });
    world.change('Patient', 12, { email: 'before@example.com' });
    world.pass(1_000);
    const [visits, patients] = [await world.watch('visits'), await world.watch('patients')];
    const told: (readonly string[])[] = [];
    for (const id of [101, 103]) {
      world.change('Appointment', id, { note: 'now' });
      world.change('Patient', id - 91, { email: 'now@example.com' });
      told.push(keysOf((await visits.read()).noticed), keysOf((await patients.read()).noticed));
    }
    expect(told).toEqual([['101'], ['10'], ['103'], ['10', '12']]);
  });

  it.each([-3_600_000, 3_600_000])('does not depend on our clock, %i ms off', async (aheadMs) => {
    const world = await open({ aheadMs });
    const [visits, patients] = [await world.watch('visits'), await world.watch('patients')];
    for (const round of [1, 2, 3]) {
      world.pass(LATER);
      world.change('Appointment', 101, { note: `${round}` });
      world.change('Patient', 11, { email: `${round}@example.com` });
      expect(keysOf((await visits.read()).noticed)).toEqual(['101']);
      expect(keysOf((await patients.read()).noticed)).toEqual(['11']);
    }
  });

  it('is what happens in the second run of an hour that comes twice', async () => {
    const world = await open({ start: Date.parse('2025-11-02T06:50:00Z') });
    const [visits, patients] = [await world.watch('visits'), await world.watch('patients')];
    world.change('Appointment', 101, { note: 'first' });
    world.change('Patient', 11, { email: 'first@example.com' });
    expect([keysOf((await visits.read()).noticed), keysOf((await patients.read()).noticed)]).toEqual([['101'], ['11']]);
    // 1:50, and twenty minutes later 1:10
    world.pass(20 * MINUTE);
    world.change('Appointment', 102, { note: 'second' });
    world.change('Patient', 12, { email: 'second@example.com' });
    expect(keysOf((await visits.read()).noticed)).toEqual(['102']);
    expect(keysOf((await patients.read()).noticed)).toContain('12');
  });
});
