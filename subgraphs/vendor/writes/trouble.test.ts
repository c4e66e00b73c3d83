import { describe, expect, it } from 'vitest';
import { GraphError } from '../../../schema/errors.ts';
import { recordId } from '../../../schema/ids.ts';
import { type Journal, StoreError } from '../../../store/index.ts';
import { desks } from './fixture/desks.ts';
import { BOOKING, PULSE, person, plain, visit } from './fixture/plain.ts';

const { journal: whole, deskOpen, deskWith } = desks();

describe('a write that is answered', () => {
  it.each<['appointments' | 'patients']>([['appointments'], ['patients']])(
    'is confirmed though the vendor shows it (%s) a moment later only',
    async (which) => {
      const desk = deskOpen();
      const { office } = desk;
      office.appointments.set('1', visit('1'));
      office.patients.set('1', person('1'));
      const before = { ...office[which].get('1') };
      office.after = () => {
        let reads = 0;
        office.shows = (record) => (reads++ === 0 ? (before as never) : record);
      };
      const row =
        which === 'appointments'
          ? await desk.write('cancelAppointment', { key: '1' })
          : await desk.write('updatePatient', { key: '1', patient: { lastName: 'Lovelace' }, clear: [] });
      expect(row).toMatchObject({ state: 'CONFIRMED' });
      expect(row.outcome).not.toHaveProperty('warnings');
      expect(office.sent).toHaveLength(1);
    },
  );

  it('is refused when the vendor goes on showing something else', async () => {
    const desk = deskOpen();
    desk.office.appointments.set('1', visit('1'));
    desk.office.shows = (record) => ({ ...record, status: 'BOOKED' });
    expect(await desk.write('cancelAppointment', { key: '1' })).toMatchObject({
      state: 'REJECTED',
      outcome: { code: 'VENDOR_REJECTED' },
      target: recordId(desk.source, 'Appointment', '1'),
    });
  });

  it('is not sent again when the calls after it are throttled', async () => {
    const desk = deskOpen((office) => ({
      bookAppointment: {
        plan: () => [],
        send: async (input, sending) => {
          await plain(office).bookAppointment?.send(input, sending);
          throw new GraphError('RATE_LIMITED');
        },
      },
    }));
    expect(await desk.write('bookAppointment', BOOKING)).toMatchObject({ state: 'CONFIRMED' });
    expect(desk.office.sent).toEqual(['book']);
  });

  it('is sent again when it was throttled itself', async () => {
    const desk = deskOpen();
    desk.office.fates.push('RATE_LIMITED');
    expect(await desk.write('bookAppointment', BOOKING)).toMatchObject({ state: 'CONFIRMED' });
    expect(desk.office.sent).toEqual(['book', 'book']);
  });
});

describe('a vendor’s folder that fails in a way that nobody knows', () => {
  it('holds up nobody for ever: the write is given up, and the next of its patient goes on', async () => {
    const desk = deskWith((office) => ({
      ...plain(office),
      recordObservation: {
        plan: () => [],
        meant: () => {
          throw new TypeError('Ada Byron is not a function');
        },
        send: async () => ({ key: '1' }),
      },
    }));
    desk.open({ times: { giveUpMs: 200 } });
    const first = await desk.submit('recordObservation', PULSE);
    const second = await desk.submit('bookAppointment', BOOKING);
    const row = await desk.settled(first);
    expect(row).toMatchObject({ state: expect.stringMatching(/DEAD|IN_DOUBT/) });
    expect(JSON.stringify(row)).not.toMatch(/Ada/);
    expect(await desk.settled(second)).toMatchObject({ state: 'CONFIRMED' });
  });
});

/** A journal that fails, or hangs, in one of its methods. */
const journalWith = (instead: Partial<Journal>): Journal =>
  new Proxy(whole, {
    get: (target, name) => {
      const own = instead[name as keyof Journal] ?? target[name as keyof Journal];
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });

describe('a journal in trouble', () => {
  it('ends nothing else when what came back cannot be written down', async () => {
    const desk = deskWith((office) => ({
      bookAppointment: {
        plan: () => [],
        send: async (input, sending) => {
          const sent = await plain(office).bookAppointment?.send(input, sending);
          await new Promise((resolve) => setTimeout(resolve, 20));
          return sent ?? { key: '' };
        },
      },
    }));
    const unhandled: unknown[] = [];
    const listen = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', listen);
    let failed = 0;
    desk.open({
      journal: journalWith({
        returned: async (...args) => {
          failed += 1;
          if (failed === 1) throw new StoreError('unavailable');
          return whole.returned(...args);
        },
      }),
    });
    expect(await desk.write('bookAppointment', BOOKING)).toMatchObject({ state: 'CONFIRMED' });
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
    expect(desk.office.sent).toEqual(['book']);
  });

  it('lets nothing leave on a leave that came when the claim had run out', async () => {
    const desk = deskWith();
    let asked = 0;
    desk.open({
      journal: journalWith({
        leaseMs: 100,
        departs: async (...args) => {
          asked += 1;
          const number = await whole.departs(...args);
          if (asked === 1) await new Promise((resolve) => setTimeout(resolve, 150));
          return number;
        },
      }),
    });
    const write = await desk.submit('bookAppointment', BOOKING);
    const row = await desk.settled(write);
    expect(row).toMatchObject({ state: 'CONFIRMED' });
    expect(row.attempts[0]).toMatchObject({ number: 1, outcome: 'not sent' });
    expect(desk.office.sent).toEqual(['book']);
  });

  it('has whatever is under way given up when it was silent for a lease', async () => {
    const given = Promise.withResolvers<void>();
    const desk = deskWith(() => ({
      bookAppointment: {
        plan: () => [],
        send: async (_input, { call }) => {
          await call.departures.departs('book');
          call.signal.addEventListener('abort', () => given.resolve());
          await given.promise;
          throw new GraphError('TIMEOUT');
        },
      },
    }));
    desk.open({
      journal: journalWith({
        leaseMs: 100,
        renew: async () => {
          throw new StoreError('unavailable');
        },
      }),
      times: { attemptMs: 600_000 },
    });
    await desk.submit('bookAppointment', BOOKING);
    await expect(given.promise).resolves.toBeUndefined();
  });

  it('has nothing claimed by a carrier that is closed', async () => {
    const desk = deskWith();
    const claimed = Promise.withResolvers<void>();
    const carrier = desk.open({
      journal: journalWith({
        claim: async (options) => {
          const writes = await whole.claim(options);
          if (writes.length > 0) {
            claimed.resolve();
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
          return writes;
        },
      }),
    });
    const write = await desk.submit('bookAppointment', BOOKING);
    await claimed.promise;
    await carrier.close();
    const left = [...desk.office.sent];
    const row = await whole.get(write.id);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(desk.office.sent).toEqual(left);
    expect(row?.state === 'CONFIRMED' || left.length === 0).toBe(true);
    await expect(whole.renew(`worker ${desk.source} 0`, [write.id])).resolves.toEqual([]);
  });
});

describe('a write that waited long while nobody carried it', () => {
  it('is not given up at its first failure, and begins anew when a person retries it', async () => {
    let [isUp, tries] = [false, 0];
    const desk = deskWith((office) => {
      const { bookAppointment, ...others } = plain(office);
      return {
        ...others,
        bookAppointment: {
          plan: () => [],
          send: (input, sending) => {
            tries += 1;
            if (!isUp) throw new GraphError('SOURCE_UNAVAILABLE');
            return bookAppointment?.send(input, sending) ?? Promise.reject(new Error('no writer'));
          },
        },
      };
    });
    const late = { longestPauseMs: 5, giveUpMs: 300 };
    const row = await desk.submit('bookAppointment', BOOKING);
    await new Promise((resolve) => setTimeout(resolve, 400)); // longer than it may fail
    desk.open({ times: late });
    expect(await desk.settled(row)).toMatchObject({ state: 'DEAD' });
    expect(tries).toBeGreaterThan(1);
    isUp = true;
    await whole.retry(row.id);
    expect(await desk.settled(row)).toMatchObject({ state: 'CONFIRMED' });
  });
});
