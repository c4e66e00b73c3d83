import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { callers } from './caller.ts';
import { practiceOf } from './fixture.ts';

const { caller, close } = callers();
afterEach(close);

const FOLDER = resolve('../shared/vendors/athenanet/samples');
const present = existsSync(FOLDER);
if (!present) process.stdout.write('athenanet samples are not here: their shapes are not compared\n');

interface Sample {
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly form?: Readonly<Record<string, string>>;
    readonly json?: unknown;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
}

const whole = (file: string): Sample => JSON.parse(readFileSync(`${FOLDER}/${file}.json`, 'utf8')) as Sample;
const sample = (file: string): Sample['response'] => whole(file).response;

/** Every place in a value with the kinds of values seen there: `patients[].dob` is a string. */
const shape = (value: unknown, place = '', seen = new Map<string, Set<string>>()): Map<string, Set<string>> => {
  const kind = Array.isArray(value) ? 'array' : typeof value;
  seen.set(place, (seen.get(place) ?? new Set()).add(kind));
  if (Array.isArray(value)) for (const item of value) shape(item, `${place}[]`, seen);
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) shape(inner, `${place}.${name}`, seen);
  return seen;
};

/** Columns that public captures have and the sample does not happen to show. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  'patients/list-search': ['suffix', 'workphone', 'deceaseddate', 'patientphoto', 'driverslicense', 'previous', 'next'],
  'patients/list-search-page2': ['firstappointment', 'lastappointment', 'patientphoto', 'driverslicense'],
  'patients/get': ['suffix', 'workphone', 'deceaseddate', 'localpatientid', 'issuedate', 'expirationdate'],
  'patients/enhancedbestmatch': ['suffix', 'workphone', 'deceaseddate'],
  'patients/insurances-list': ['issuedate', 'expirationdate'],
  'patients/search-guide-dialect': ['suffix', 'workphone', 'deceaseddate', 'language', 'ethnicity'],
  'appointments/booked-list': [
    'cancelledby',
    'cancelleddatetime',
    'cancelreasonid',
    'cancelreasonname',
    'cancelreasonnoshow',
    'cancelreasonslotavailable',
  ],
  'appointments/booked-multipledepartment': ['workphone', 'suffix', 'deceaseddate', 'issuedate', 'expirationdate'],
  // The sample's people happen to have neither; those of `patients/get` have.
  'changed/patients-changed': ['suffix', 'workphone', 'deceaseddate'],
  'chart/labresults-get': ['abnormalhl7code', 'abnormalhl7name', 'encounterid'],
  // The sample is of another class, which has an id of its own name.
  'chart/documents-list': ['labresultid'],
};

/** Booleans inside an appointment's patient are text, as the older captures have them. */
const TEXT_BOOLEANS = /^\.appointments\[\]\.patient\./;

type Ask = readonly [file: string, path: string, query?: Record<string, string>];

const named = (asks: readonly Ask[]) => asks.map(([file, path, query = {}]) => ({ file, path, query }));

const CALLS: readonly Ask[] = [
  ['practice/ping', '/ping'],
  ['practice/practiceinfo', '/practiceinfo'],
  ['practice/departments-list', '/departments', { showalldepartments: 'true' }],
  ['practice/department-get', '/departments/1', { providerlist: 'true' }],
  ['practice/providers-list', '/providers'],
  ['practice/provider-get', '/providers/71'],
  ['practice/appointmenttypes-list', '/appointmenttypes'],
  ['practice/appointmenttype-get', '/appointmenttypes/82'],
  ['practice/patientappointmentreasons', '/patientappointmentreasons', { departmentid: '1', providerid: '71' }],
  ['practice/appointmentcancelreasons', '/appointmentcancelreasons'],
  ['practice/dictionary-races', '/races'],
  ['practice/dictionary-languages', '/languages'],
  ['practice/dictionary-ethnicities', '/ethnicities'],
  ['practice/dictionary-states', '/states'],
  ['patients/list-search', '/patients', { lastname: 'Larkspur' }],
  ['patients/list-search-page2', '/patients', { lastname: 'Larkspur', limit: '1', offset: '1' }],
  ['patients/list-search-empty', '/patients', { lastname: 'Nobody' }],
  ['patients/get', '/patients/5001', { showinsurance: 'true', showallpatientdepartmentstatus: 'true' }],
  ['patients/insurances-list', '/patients/5001/insurances'],
  ['patients/search-searchterm-platform', '/patients/search', { searchterm: 'Lark' }],
  ['patients/search-guide-dialect', '/patients/search', { firstname: 'Avery' }],
  [
    'patients/enhancedbestmatch',
    '/patients/enhancedbestmatch',
    { firstname: 'Avery', lastname: 'Larkspur', dob: '04/17/1984' },
  ],
  ['appointments/get', '/appointments/101'],
  [
    'appointments/booked-list',
    '/appointments/booked',
    { startdate: '10/01/2025', enddate: '12/31/2025', showcancelled: 'true' },
  ],
  [
    'appointments/booked-multipledepartment',
    '/appointments/booked/multipledepartment',
    {
      startdate: '10/01/2025',
      enddate: '12/31/2025',
      departmentid: '1,2',
      showpatientdetail: 'true',
      showinsurance: 'true',
      showclaimdetail: 'true',
    },
  ],
  ['appointments/patient-appointments', '/patients/5001/appointments', { showpast: 'true' }],
  ['appointments/open-list', '/appointments/open', { departmentid: '1,2', reasonid: '-1' }],
  ['appointments/notes-list', '/appointments/101/notes'],
  ['chart/vitals-get', '/chart/5001/vitals', { departmentid: '1' }],
  ['chart/labresults-get', '/chart/5001/labresults', { departmentid: '1', showabnormaldetails: 'true' }],
  ['chart/analytes-get', '/chart/5001/analytes', { departmentid: '1' }],
  ['chart/encounters-list', '/chart/5002/encounters', { departmentid: '1', showdiagnoses: 'true' }],
  ['chart/encounter-get', '/chart/encounter/30102'],
  ['chart/documents-list', '/patients/5001/documents', { departmentid: '1' }],
  ['chart/labresult-document-get', '/patients/5001/documents/labresult/900'],
  ['claims/list', '/claims', { appointmentid: '102', showcustomfields: 'true' }],
  ['claims/get', '/claims/55', { showcustomfields: 'true' }],
  ['claims/transactions', '/claims/55/claimtransactions'],
];

/** Places that hold a value's own key, such as a transaction's number. */
const general = (place: string): string =>
  place.replace(/(transactiondetails|appointmentids)\.\d+/, (_, name: string) => `${name}.0`);

const shapeOf = (value: unknown): ReadonlyMap<string, ReadonlySet<string>> =>
  new Map([...shape(value)].map(([place, kinds]) => [general(place), kinds]));

describe.runIf(present)('an answer', () => {
  it.each(named(CALLS))('has the columns and types of the sample $file', async ({ file, path, query }) => {
    const { read } = await caller();
    const expected = shapeOf(sample(file).body);
    const also = ALSO[file] ?? [];
    const strange = [...shapeOf(await read(path, query))].flatMap(([place, kinds]) => {
      const known = expected.get(place);
      const name = place.slice(place.lastIndexOf('.') + 1);
      if (known === undefined) return also.includes(name) ? [] : [`${place} is new`];
      const odd = [...kinds].filter(
        (kind) => !known.has(kind) && !(TEXT_BOOLEANS.test(place) && kind === 'string' && known.has('boolean')),
      );
      return odd.map((kind) => `${place} is ${kind}`);
    });
    expect(strange).toEqual([]);
  });

  const ERRORS: readonly Ask[] = [
    ['errors/400-invalid-data', '/patients/enhancedbestmatch', { firstname: 'A', lastname: 'L', dob: '2025-12-01' }],
    ['errors/400-patient-not-in-department', '/chart/5001/vitals', { departmentid: '9' }],
    ['errors/404-appointment', '/appointments/99999999'],
    ['errors/404-patient', '/patients/99999999'],
    ['errors/404-gateway-unrouted', '/nosuch'],
  ];
  it.each(named(ERRORS))('is the sample $file when it refuses', async ({ file, path, query }) => {
    const { get } = await caller();
    const expected = sample(file);
    const answer = await get(path, query);
    expect(answer.status).toBe(expected.status);
    expect(answer.headers.get('content-type')).toBe(expected.headers['Content-Type']);
    expect(typeof expected.body === 'string' ? answer.text : JSON.parse(answer.text)).toEqual(expected.body);
  });
});

describe.runIf(present)('a changed record', () => {
  const FEEDS = ['appointments', 'patients', 'labresults', 'claims', 'providers'];
  it.each(FEEDS)('of %s has the columns and types of its sample', async (feed) => {
    const practice = practiceOf();
    const { read, write, behaviour } = await caller({ practice });
    await write('POST', `/${feed}/changed/subscription`);
    await write('PUT', '/patients/5001', { homephone: '5555550177' });
    await write('PUT', '/appointments/101/cancel', { patientid: '5001', appointmentcancelreasonid: '4' });
    await write('POST', '/appointments/103/claim', {
      claimcharges: JSON.stringify([{ procedurecode: '99213', icd10code1: 'J02.9', unitamount: '100' }]),
    });
    const { happenings } = behaviour;
    for (const record of practice.observations.filter(({ category }) => category === 'laboratory').slice(0, 1))
      happenings?.tell({ by: 'practice', kind: 'updated', type: 'Observation', record, before: record });
    for (const record of practice.practitioners.slice(0, 1))
      happenings?.tell({ by: 'practice', kind: 'updated', type: 'Practitioner', record, before: record });
    const file = `changed/${feed}-changed`;
    const known = shapeOf(sample(file).body);
    const also = ALSO[file] ?? [];
    const answer = await read(`/${feed}/changed`);
    const strange = [...shapeOf(answer)].flatMap(([place, kinds]) => {
      const name = place.slice(place.lastIndexOf('.') + 1);
      return [...kinds]
        .filter((kind) => !known.get(place)?.has(kind) && !also.includes(name))
        .map((kind) => `${place} is ${kind}`);
    });
    expect(strange).toEqual([]);
    expect((answer as Record<string, unknown>)[feed]).not.toEqual([]);
  });
});

/** A sample's request at a record of the fixture, with what is another there. */
type Sent = readonly [file: string, path: string, other?: Readonly<Record<string, string>>];

const WRITES: readonly Sent[] = [
  ['patients/create', '/patients'],
  ['patients/create-matched-existing', '/patients'],
  ['patients/update', '/patients/5001'],
  ['appointments/open-create-slot', '/appointments/open'],
  ['appointments/book', '/appointments/1000001'],
  ['appointments/reschedule', '/appointments/101/reschedule', { newappointmentid: '1000001' }],
  ['appointments/cancel', '/appointments/101/cancel'],
  ['appointments/update-booked', '/appointments/booked/101'],
  ['appointments/update-booked-rejected', '/appointments/booked/101'],
  ['appointments/notes-create', '/appointments/101/notes'],
  ['appointments/startcheckin', '/appointments/101/startcheckin'],
  ['appointments/checkin', '/appointments/101/checkin'],
  ['appointments/checkin-rejected', '/appointments/108/checkin'],
  ['appointments/cancelcheckin', '/appointments/104/cancelcheckin'],
  ['appointments/checkout', '/appointments/104/checkout'],
  ['chart/vitals-post', '/chart/5001/vitals'],
  ['chart/vitals-post-rejected', '/chart/5001/vitals'],
  ['chart/clinicaldocument-create', '/patients/5001/documents/clinicaldocument'],
  ['claims/create', '/claims'],
  ['claims/create-rejected', '/claims'],
  ['claims/create-for-appointment', '/appointments/103/claim'],
  ['appointments/book-slot-taken', '/appointments/101', { reasonid: '182' }],
  ['errors/409-slot-taken', '/appointments/101'],
  ['errors/400-missing-fields', '/appointments/101/notes'],
];
/** Columns of a booking that the samples of these calls leave out. */
const SHORT = new Set(['appointments/reschedule', 'appointments/create-guide-dialect']);
const BOOKED = 'appointments/book';

describe.runIf(present)('a write', () => {
  const sentTo = async (path: string, { method, form, json }: Sample['request'], other = {}) => {
    const { write } = await caller();
    const [body, type] = json === undefined ? [{ ...form, ...other }] : [JSON.stringify(json), 'application/json'];
    if (method !== 'POST' && method !== 'PUT') throw new Error('no write');
    return write(method, path, body, type);
  };

  const odd = (file: string, body: unknown): string[] => {
    const expected = shapeOf(sample(file).body);
    const also = SHORT.has(file) ? shapeOf(sample(BOOKED).body) : new Map<string, ReadonlySet<string>>();
    return [...shapeOf(body)].flatMap(([place, kinds]) => {
      const known = expected.get(place) ?? also.get(place);
      return [...kinds].filter((kind) => known?.has(kind) !== true).map((kind) => `${place} is ${kind}`);
    });
  };

  it.each(WRITES.map(([file, path, other]) => ({ file, path, other })))(
    'as the sample $file has its status, label, columns and types',
    async ({ file, path, other }) => {
      const { request, response } = whole(file);
      const answer = await sentTo(path, request, other);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        response.status,
        response.headers['Content-Type'],
      ]);
      const body: unknown = JSON.parse(answer.text);
      expect(odd(file, body)).toEqual([]);
      if (answer.status !== 200) expect(body).toEqual(response.body);
    },
  );

  it('as the guide’s sample, with people of the fixture, has the columns and types of a booking', async () => {
    const file = 'appointments/create-guide-dialect';
    const { request } = whole(file);
    const json = { ...(request.json as object), patientid: 5001, providerid: 71 };
    const answer = await sentTo('/appointments/open', { ...request, json });
    expect([answer.status, odd(file, JSON.parse(answer.text))]).toEqual([200, []]);
    expect(JSON.parse(answer.text)).toMatchObject([{ date: '06/15/2023', starttime: '09:00', duration: 30 }]);
  });
});
