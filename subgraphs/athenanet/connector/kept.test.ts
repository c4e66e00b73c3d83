import { describe, expect, it } from 'vitest';
import type { Call } from '../../../upstream/call.ts';
import type { Connector, Page } from '../../vendor/connector.ts';
import { practice, type Route, withDepartments } from '../testbed.ts';

const appointment = (id: number) => ({
  appointmentid: String(id),
  appointmentstatus: 'f',
  date: `12/0${id}/2025`,
  starttime: '09:30',
  duration: 30,
  departmentid: '1',
  patientid: '5001',
});
const claim = (id: number) => ({ claimid: String(id), patientid: 5001, billedservicedate: `10/1${id}/2025` });
const analyte = (id: number) => ({
  analyteid: id,
  analytename: `A${id}`,
  loinc: `${id}-1`,
  value: '1',
  analytedate: '10/20/2025',
});
const patient = (id: number) => ({
  patientid: String(id),
  firstname: 'Avery',
  lastname: `Lark${id}`,
  departmentid: '1',
});
const ROUTES: Readonly<Record<string, Route>> = {
  '/appointments/booked': () => ({ totalcount: 3, appointments: [1, 2, 3].map(appointment) }),
  '/claims': () => ({ totalcount: 3, claims: [1, 2, 3].map(claim) }),
  '/patients': () => ({ totalcount: 3, patients: [1, 2, 3].map(patient) }),
  '/patients/search': () => ({ totalcount: 3, patients: [1, 2, 3].map(patient) }),
  '/patients/*': () => [{ patientid: '5001', departmentid: '1' }],
  '/chart/5001/labresults': () => ({
    totalcount: 1,
    results: [{ labresultid: 1, resultstatus: 'final', analytes: [1, 2, 3].map(analyte) }],
  }),
};

type Ask = (
  to: Connector,
  call: Call,
  after?: string,
) => Promise<Page<'Patient' | 'Appointment' | 'Claim' | 'Observation'>>;
const window = (after?: string) => ({ first: 1, ...(after === undefined ? {} : { after }) });
const ofOne = async <P>(pages: Promise<readonly (P | Error)[]>): Promise<P> => {
  const [page] = await pages;
  if (page === undefined || page instanceof Error) throw page;
  return page;
};
interface List {
  readonly title: string;
  /** How the request begins. */
  readonly line: string;
  readonly ask: Ask;
  readonly settings?: { readonly dialect: string };
}
const LISTS: readonly List[] = [
  {
    title: 'a search by last name',
    line: '/patients?',
    ask: (to, call, after) => to.searchPatients({ lastName: 'Lark' }, window(after), call),
  },
  {
    title: 'a search by a part of a name',
    line: '/patients/search?',
    ask: (to, call, after) => to.searchPatients({ name: 'lark' }, window(after), call),
  },
  {
    title: 'a search in the guide’s dialect',
    line: '/patients/search?',
    ask: (to, call, after) => to.searchPatients({ lastName: 'Lark' }, window(after), call),
    settings: { dialect: 'guide' },
  },
  {
    title: 'a patient’s appointments',
    line: '/appointments/booked?',
    ask: (to, call, after) =>
      ofOne(to.patientAppointments([{ patient: '5001', filter: {}, window: window(after) }], call)),
  },
  {
    title: 'a patient’s claims',
    line: '/claims?',
    ask: (to, call, after) => ofOne(to.patientClaims([{ patient: '5001', filter: {}, window: window(after) }], call)),
  },
  {
    title: 'a patient’s results',
    line: '/chart/5001/labresults?',
    ask: (to, call, after) =>
      ofOne(
        to.patientObservations([{ patient: '5001', filter: { category: 'laboratory' }, window: window(after) }], call),
      ),
  },
];

describe('a list that came whole', () => {
  it.each(LISTS)('answers the next page of $title, and says when it came', async ({ line, ask, settings = {} }) => {
    const bed = await withDepartments(ROUTES, settings);
    const first = await ask(bed.connector, bed.call);
    const second = await ask(bed.connector, bed.call, first.items[0]?.after);
    expect(first).toMatchObject({ hasNextPage: true, on: { freshness: 'LIVE' } });
    expect(second).toMatchObject({ hasNextPage: true, on: { freshness: 'CACHED', at: first.on?.at } });
    expect(second.items[0]?.record.key).not.toBe(first.items[0]?.record.key);
    expect(bed.lines().filter((one) => one.startsWith(line))).toHaveLength(1);
  });

  it.each(LISTS)('is asked for again where nothing is to be kept: $title', async ({ line, ask, settings = {} }) => {
    const cache = { ttlSeconds: { Patient: 0, Appointment: 0, Claim: 0, Observation: 0 }, staleSeconds: 0 };
    const bed = await withDepartments(ROUTES, { ...settings, cache });
    await ask(bed.connector, bed.call);
    await ask(bed.connector, bed.call);
    expect(bed.lines().filter((one) => one.startsWith(line))).toHaveLength(2);
  });

  it('answers another filter of the same list', async () => {
    const bed = await practice(ROUTES);
    const ask = (filter: object) =>
      ofOne(bed.connector.patientObservations([{ patient: '5001', filter, window: { first: 20 } }], bed.call));
    const found = [
      await ask({ category: 'laboratory', codes: ['1-1'] }),
      await ask({ category: 'laboratory', codes: ['2-1'], from: '2025-10-01T00:00:00Z' }),
    ];
    expect(found.map(({ items }) => items.map(({ record }) => record.externalId))).toEqual([['1'], ['2']]);
    expect(bed.lines().filter((line) => line.startsWith('/chart'))).toHaveLength(1);
  });

  it('of one patient answers for no other', async () => {
    const bed = await practice(ROUTES);
    const ask = (patient: string) =>
      bed.connector.patientClaims([{ patient, filter: {}, window: { first: 20 } }], bed.call);
    await ask('5001');
    expect(await ask('5002')).toMatchObject([{ code: 'BAD_VENDOR_ANSWER' }]);
    expect(bed.lines()).toEqual(['/claims?patientid=5001&limit=5000', '/claims?patientid=5002&limit=5000']);
  });
});
