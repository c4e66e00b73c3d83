import { describe, expect, it } from 'vitest';
import type { CacheStore } from '../../../upstream/cache/store.ts';
import { SourceCache } from '../../../upstream/cache.ts';
import { Upstream } from '../../../upstream/upstream.ts';
import { connectAthenanet } from '../connector.ts';
import { fields, practice } from '../testbed.ts';

/** Answers nothing, as Redis does when it is away. */
const away: CacheStore = {
  look: async () => undefined,
  keep: async () => undefined,
  drop: async () => undefined,
  mark: async () => undefined,
  close: async () => undefined,
};

const ROW = {
  appointmentid: '1',
  date: '12/01/2025',
  starttime: '09:30',
  duration: 30,
  departmentid: '1',
  providerid: '71',
};
const DAY = { from: '2025-12-01T05:00:00Z', to: '2025-12-02T05:00:00Z' } as const;

describe('a practice whose answers nobody keeps', () => {
  it('is read all the same', async () => {
    const bed = await practice({
      '/appointments/open': (query) => ({
        totalcount: 1,
        appointments: query.get('departmentid') === '1,2,3' ? [ROW] : [],
      }),
      '/appointments/booked': () => ({
        totalcount: 1,
        appointments: [{ ...ROW, appointmentstatus: 'f', patientid: '5001' }],
      }),
      '/patients/*': () => [{ patientid: '5001', departmentid: '1' }],
      '/chart/5001/vitals': () => ({ totalcount: 0, vitals: [] }),
    });
    const real = new Upstream(bed.source, Date.now);
    const cache = new SourceCache({ source: bed.source.id, now: Date.now, store: away, staleMs: 0 });
    const upstream = { cache, send: real.send.bind(real) } as unknown as Upstream;
    const to = connectAthenanet(bed.source, upstream, Date.now);
    const window = { first: 20, fields: fields('start') };
    const starts = [
      ...(await to.slots(DAY, bed.call)),
      ...(await to.searchAppointments(DAY, window, bed.call)).items,
    ].map(({ record }) => record.start);
    expect(starts).toEqual(['2025-12-01T14:30:00Z', '2025-12-01T14:30:00Z']);
    const vitals = [{ patient: '5001', filter: { category: 'vital-signs' }, window }];
    expect(await to.patientObservations(vitals, bed.call)).toMatchObject([{ items: [], totalCount: 0 }]);
    await real.close();
  });
});
