import { type Row, VENDORS } from '../row.ts';
import { PAGE, pageOf } from './pages.ts';
import { scheduleOf } from './schedules.ts';

const NONE = { unity: 0, athenanet: 0, fhir: 0 } as const;

const THREE_PAGES = `query($ids: [ID!]!) { nodes(ids: $ids) { ...Page } }\n${PAGE}`;

/** What an earlier operation brought, and what nobody has to ask at all. */
export const again: readonly Row[] = [
  {
    name: 'practitioners and locations, all three, no directories kept',
    kept: 'nothing',
    question: () => ({
      query: '{ sources { id practitioners { nodes { id npi name { text } } } locations { id name timeZone } } }',
    }),
    // unity 2.7: GetProviders has no NPI, GetProvider has, for each of twelve; 2.4: GetSchedulingLocations. athenanet 2.2:
    // /providers, /departments. fhir: Practitioner, Location.
    fewest: { unity: 2 + 12, athenanet: 2, fhir: 2 },
    depth: 2,
  },
  {
    name: 'patient pages of all three, warm: the same again',
    kept: 'directories',
    before: [({ person }) => ({ query: THREE_PAGES, variables: { ids: VENDORS.map((vendor) => person[vendor]) } })],
    question: ({ person }) => ({ query: THREE_PAGES, variables: { ids: VENDORS.map((vendor) => person[vendor]) } }),
    // asked and answered a moment ago
    fewest: NONE,
    depth: 0,
  },
  {
    name: 'day schedule of all three, warm: the same again',
    kept: 'directories',
    before: [(subjects) => scheduleOf(subjects, VENDORS)],
    question: (subjects) => scheduleOf(subjects, VENDORS),
    // the same a moment later, within the time that an appointment is kept
    fewest: NONE,
    depth: 0,
  },
  {
    name: 'names of the patients in a schedule just seen, all three',
    kept: 'directories',
    before: [(subjects) => scheduleOf(subjects, VENDORS)],
    question: (_subjects, [schedule]) => ({
      query: 'query($ids: [ID!]!) { nodes(ids: $ids) { ... on Patient { firstName lastName } } }',
      variables: {
        ids: [
          ...new Set<string>(schedule.appointments.nodes.map((one: { patient: { id: string } }) => one.patient.id)),
        ],
      },
    }),
    // unity 2.4: PatientFirstName and PatientLastName stand in the schedule's rows; athenanet 2.3: showpatientdetail; fhir:
    // the included actors
    fewest: NONE,
    depth: 0,
  },
  {
    name: 'patient page of a person just found by a search, athenaNet',
    kept: 'directories',
    before: [
      () => ({
        query:
          '{ patients(search: { lastName: "Doe" }, sources: ["springfield"]) { nodes { id firstName lastName } } }',
      }),
    ],
    question: ({ person }) => pageOf(person.athenanet),
    // the patient's row and department are known by the search: /insurances, booked, vitals, labresults, /claims
    fewest: { ...NONE, athenanet: 5 },
    depth: 1,
  },
];
