import { type Row, SOURCES, type Subjects, VENDORS, type Vendor } from '../row.ts';
import { TODAY } from '../subjects.ts';

const SCHEDULE = `query($from: DateTime!, $to: DateTime!, $practitioners: [ID!], $sources: [ID!]) {
  appointments(search: { from: $from, to: $to, practitioners: $practitioners }, sources: $sources, first: 50) {
    nodes {
      id start end minutes status vendorStatus type { text }
      patient { id firstName lastName }
      practitioner { name { text given family } }
      location { name timeZone }
    }
    outcomes { source { id } ok totalCount error { code } }
    pageInfo { hasNextPage endCursor }
  }
}`;

const NONE = { unity: 0, athenanet: 0, fhir: 0 } as const;
const PROVIDERS = 5;

export const scheduleOf = (subjects: Subjects, vendors: readonly Vendor[]) => ({
  query: SCHEDULE,
  variables: {
    ...TODAY,
    practitioners: vendors.flatMap((vendor) => subjects.practitioners[vendor].slice(0, PROVIDERS)),
    sources: vendors.map((vendor) => SOURCES[vendor]),
  },
});

const at = (vendor: Vendor): Pick<Row, 'kept' | 'question' | 'depth'> => ({
  kept: 'directories',
  question: (subjects) => scheduleOf(subjects, [vendor]),
  depth: 1,
});

export const schedules: readonly Row[] = [
  // unity 2.4, 5: GetSchedule with P4 `All` answers everybody's day, names of patients, providers and places in it
  { name: 'day schedule of five providers, Unity', ...at('unity'), fewest: { ...NONE, unity: 1 } },
  // athenanet 2.3: booked/multipledepartment takes a list of providers, showpatientdetail brings the patients
  { name: 'day schedule of five providers, athenaNet', ...at('athenanet'), fewest: { ...NONE, athenanet: 1 } },
  // fhir 4: Appointment by actors and date with _include of its actors
  { name: 'day schedule of five providers, FHIR', ...at('fhir'), fewest: { ...NONE, fhir: 1 } },
  {
    name: 'day schedule of five providers each, all three, no directories kept',
    kept: 'nothing',
    question: (subjects) => scheduleOf(subjects, VENDORS),
    // as above; unity 2.4: GetSchedulingLocations for the places' ids, 2.7: GetProviders, since a row has the provider's name
    // as one text; athenanet 2.2: /departments for zones and names, /providers. None of them needs what another brings.
    fewest: { unity: 3, athenanet: 3, fhir: 1 },
    depth: 1,
  },
];
