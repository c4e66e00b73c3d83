import { afterEach, describe, expect, it } from 'vitest';
import { callers } from './caller.ts';

const { caller, close } = callers();
afterEach(close);

interface Slots {
  readonly appointments: readonly { readonly appointmentid: number }[];
}

const idsOf = ({ appointments }: Slots): number[] => appointments.map(({ appointmentid }) => appointmentid);

describe('the list of open slots', () => {
  const OPEN = '/appointments/open';
  const ANY = { departmentid: '1,2', reasonid: '-1' };

  it('has numbers for ids and text for reasons', async () => {
    const { read } = await caller();
    expect(await read(OPEN, { ...ANY, departmentid: '1' })).toEqual({
      totalcount: 1,
      appointments: [
        {
          appointmentid: 1000001,
          appointmenttype: 'Office Visit 30',
          appointmenttypeid: 82,
          date: '11/24/2025',
          departmentid: 1,
          duration: 30,
          localproviderid: 71,
          patientappointmenttypename: 'Office Visit 30',
          providerid: 71,
          reasonid: ['182'],
          starttime: '10:00',
        },
      ],
    });
  });

  const BYPASS = { bypassscheduletimechecks: 'true' };
  it.each([
    [ANY, [1000001, 1000003]],
    [{ departmentid: '1,2' }, []],
    [{ ...ANY, ...BYPASS }, [1000002, 1000001, 1000003]],
    [{ ...ANY, ...BYPASS, startdate: '11/24/2025' }, [1000001, 1000003]],
    [{ ...ANY, enddate: '04/30/2026' }, [1000001, 1000003]],
    [{ ...ANY, ...BYPASS, enddate: '04/30/2026' }, [1000002, 1000001, 1000003, 1000004]],
    [{ ...ANY, ...BYPASS, startdate: '03/24/2026' }, [1000004]],
    [{ ...ANY, ...BYPASS, startdate: '03/22/2026' }, []],
    [{ departmentid: '1,2', appointmenttypeid: '8' }, [1000003]],
    [{ departmentid: '1,2', reasonid: '108,182', providerid: '71' }, [1000001]],
    [{ departmentid: '1,2', reasonid: '182', providerid: '72' }, []],
    [{ departmentid: '3', reasonid: '-1' }, []],
  ] as [Record<string, string>, number[]][])('is for %j %j', async (query, ids) => {
    const { read } = await caller();
    expect(idsOf(await read<Slots>(OPEN, query))).toEqual(ids);
  });

  it('needs a provider with a real reason, and a department always', async () => {
    const { get } = await caller();
    const one = await get(OPEN, { departmentid: '1', reasonid: '182' });
    expect([one.status, JSON.parse(one.text).missingfields]).toEqual([400, ['providerid']]);
    const other = await get(OPEN, { reasonid: '-1' });
    expect([other.status, JSON.parse(other.text).missingfields]).toEqual([400, ['departmentid']]);
  });

  it.each([
    ['2025-11-23T15:00:00Z', [1000001]],
    ['2025-11-23T15:00:01Z', []],
  ])('starts 24 hours ahead and not before: at %s %j', async (now, ids) => {
    const { read, setNow } = await caller();
    setNow(Date.parse(now));
    expect(idsOf(await read<Slots>(OPEN, { ...ANY, departmentid: '1' }))).toEqual(ids);
  });

  it.each([
    ['2025-12-30T16:00:00Z', [1000004]],
    ['2025-12-30T15:59:59Z', []],
  ])('ends 90 days ahead and not after: at %s %j', async (now, ids) => {
    const { read, setNow } = await caller();
    setNow(Date.parse(now));
    expect(idsOf(await read<Slots>(OPEN, { ...ANY, startdate: '03/30/2026' }))).toEqual(ids);
  });
});
