import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { callers } from './caller.ts';

const { caller, close } = callers();
afterEach(close);

const FOLDER = resolve('../shared/vendors/athenanet/samples');
const present = existsSync(FOLDER);
if (!present) process.stdout.write('athenanet samples are not here: their shapes are not compared\n');

interface Sample {
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
}

const sample = (file: string): Sample['response'] =>
  (JSON.parse(readFileSync(`${FOLDER}/${file}.json`, 'utf8')) as Sample).response;

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
const general = (place: string): string => place.replace(/transactiondetails\.\d+/, 'transactiondetails.0');

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
