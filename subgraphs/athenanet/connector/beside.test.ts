import { describe, expect, it } from 'vitest';
import type { Call } from '../../../upstream/call.ts';
import type { Connector } from '../../vendor/connector.ts';
import { atOnce, DEPARTMENTS, fields, practice, type Route } from '../testbed.ts';

/** What need not be known before something else can be asked for is asked for beside it. */

const ROW = {
  appointmentid: '1',
  appointmentstatus: 'f',
  date: '12/01/2025',
  starttime: '09:30',
  duration: 30,
  departmentid: '1',
  providerid: '71',
  patientid: '5001',
};
const CLAIM = { claimid: '1', patientid: 5001, billedservicedate: '10/14/2025' };
const LIST = { totalcount: 1, appointments: [ROW] };
const ALL: Readonly<Record<string, Route>> = {
  '/departments': () => DEPARTMENTS,
  '/providers': () => ({ totalcount: 1, providers: [{ providerid: 71, lastname: 'Bloom' }] }),
  '/appointmenttypes': () => ({ totalcount: 1, appointmenttypes: [{ appointmenttypeid: 82, name: 'Visit' }] }),
  '/appointments/booked': () => LIST,
  '/appointments/booked/multipledepartment': () => LIST,
  '/appointments/open': () => ({ totalcount: 0, appointments: [] }),
  '/appointments/1': () => [ROW],
  '/appointments/2': () => [{ ...ROW, appointmentid: '2', appointmentstatus: 'o', patientid: undefined }],
  '/appointments/1/notes': () => ({ totalcount: 1, notes: [{ noteid: '9', notetext: 'Bring films' }] }),
  '/claims': () => ({ totalcount: 1, claims: [CLAIM] }),
  '/claims/1': () => [CLAIM],
  '/claims/1/claimtransactions': () => ({ totalcount: 0, transactions: [] }),
  '/chart/5001/vitals': () => ({ totalcount: 0, vitals: [] }),
  '/chart/5001/labresults': () => ({ totalcount: 0, results: [] }),
  '/patients/5001': () => [{ patientid: '5001', departmentid: '1' }],
};
const DAY = { from: '2025-12-01T05:00:00Z', to: '2025-12-02T05:00:00Z' } as const;
const names = fields('start', 'practitioner', 'practitioner.name', 'location', 'location.name');
const ofPatient = (window: object) => [{ patient: '5001', filter: DAY, window: { first: 20, ...window } }];

type Case = readonly [title: string, beside: readonly string[], ask: (to: Connector, call: Call) => Promise<unknown>];
const CASES: readonly Case[] = [
  [
    'departments beside a search of appointments',
    ['/departments', '/appointments/booked'],
    (to, call) => to.searchAppointments(DAY, { first: 20, fields: fields('start') }, call),
  ],
  [
    'both directories beside a search of which it is not known what is selected',
    ['/departments', '/providers', '/appointments/booked'],
    (to, call) => to.searchAppointments(DAY, { first: 20 }, call),
  ],
  [
    'both directories beside a schedule with their names',
    ['/departments', '/providers', '/appointments/booked'],
    (to, call) => to.searchAppointments({ ...DAY, practitioners: ['71'] }, { first: 20, fields: names }, call),
  ],
  [
    'departments beside a search in some of them',
    ['/departments', '/appointments/booked/multipledepartment'],
    (to, call) => to.searchAppointments({ ...DAY, locations: ['1'] }, { first: 20, fields: fields('start') }, call),
  ],
  [
    'departments beside a patient’s appointments in a span',
    ['/departments', '/appointments/booked'],
    (to, call) => to.patientAppointments(ofPatient({}), call),
  ],
  [
    'an appointment’s note and department beside it',
    ['/departments', '/appointments/1', '/appointments/1/notes'],
    (to, call) => to.read.Appointment([{ key: '1', fields: fields('start', 'note') }], call),
  ],
  [
    'an appointment’s provider beside it',
    ['/departments', '/providers', '/appointments/1'],
    (to, call) => to.read.Appointment([{ key: '1', fields: names }], call),
  ],
  [
    'departments beside a slot',
    ['/departments', '/appointments/2'],
    (to, call) => to.read.Slot([{ key: '2', fields: fields('start') }], call),
  ],
  [
    'departments beside the types of appointments',
    ['/departments', '/appointmenttypes'],
    (to, call) => to.slots({ ...DAY, type: 'Visit' }, call),
  ],
  [
    'departments and providers beside slots in some of them',
    ['/departments', '/providers', '/appointments/open'],
    (to, call) => to.slots({ ...DAY, locations: ['1'], fields: names }, call),
  ],
  [
    'a claim’s ledger beside it',
    ['/claims/1', '/claims/1/claimtransactions'],
    (to, call) => to.read.Claim([{ key: '1', fields: fields('status', 'totalPaid') }], call),
  ],
  [
    'providers beside claims',
    ['/claims', '/providers'],
    (to, call) => to.searchClaims({}, { first: 20, fields: names }, call),
  ],
  [
    'results beside vitals',
    ['/chart/5001/vitals', '/chart/5001/labresults'],
    (to, call) => to.patientObservations([{ patient: '5001', filter: {}, window: { first: 20 } }], call),
  ],
];

describe('an operation that finds nothing at hand', () => {
  it.each(CASES)('asks for %s', async (_title, beside, ask) => {
    const waiting = atOnce(Object.fromEntries(beside.map((path) => [path, ALL[path] as Route])));
    const bed = await practice({ ...ALL, ...waiting });
    const told = await ask(bed.connector, bed.call);
    expect([told].flat().filter((one) => one === null || one instanceof Error)).toEqual([]);
  });

  it.each([
    { title: 'nothing of them', selected: fields('start') },
    { title: 'no more than their ids', selected: fields('practitioner', 'practitioner.id', 'location', 'location.id') },
  ])('does not ask for providers of whom it selects $title', async ({ selected }) => {
    const bed = await practice(ALL);
    await bed.connector.searchAppointments(DAY, { first: 20, fields: selected }, bed.call);
    await bed.connector.searchClaims({}, { first: 20, fields: selected }, bed.call);
    expect(bed.calls()).not.toContain('GET /providers');
  });

  it('asks both names of the guide’s search at once', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const left = new Set(['lastname', 'firstname']);
    const search: Route = async (query) => {
      for (const name of left) if (query.has(name)) left.delete(name);
      if (left.size === 0) resolve();
      await promise;
      return { totalcount: 0, patients: [] };
    };
    const bed = await practice({ '/patients/search': search }, { dialect: 'guide' });
    await bed.connector.searchPatients({ name: 'lark' }, { first: 20 }, bed.call);
    expect(bed.calls()).toEqual(['GET /patients/search', 'GET /patients/search']);
  });
});
