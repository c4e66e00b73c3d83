import { type Row, VENDORS, type Vendor } from '../row.ts';

const PATIENTS = `query($ids: [ID!]!) {
  nodes(ids: $ids) { id ... on Patient { firstName lastName dateOfBirth gender phoneMobile address { city state } } }
}`;

const NONE = { unity: 0, athenanet: 0, fhir: 0 } as const;

const at = (vendor: Vendor): Pick<Row, 'kept' | 'question' | 'depth'> => ({
  kept: 'directories',
  question: ({ patients }) => ({ query: PATIENTS, variables: { ids: patients[vendor] } }),
  depth: 1,
});

/** Many records by their ids. */
export const many: readonly Row[] = [
  // unity 5: no multi-patient read, everybody loops GetPatient
  { name: '20 patients by id, Unity', ...at('unity'), fewest: { ...NONE, unity: 20 } },
  // athenanet 2.1: GET /patients/{id} reads one; GET /patients has no list of ids
  { name: '20 patients by id, athenaNet', ...at('athenanet'), fewest: { ...NONE, athenanet: 20 } },
  // fhir 4: _id takes a list
  { name: '20 patients by id, FHIR', ...at('fhir'), fewest: { ...NONE, fhir: 1 } },
  {
    name: '20 patients of each of the three with their appointments of three weeks',
    kept: 'directories',
    question: ({ patients }) => ({
      query: `query($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Patient {
      firstName lastName
      appointments(from: "2026-11-11T00:00:00Z", to: "2026-12-02T00:00:00Z") {
        nodes { start status type { text } practitioner { name { text } } }
      }
    }
  }
}`,
      variables: { ids: VENDORS.flatMap((vendor) => patients[vendor]) },
    }),
    // unity 2.4: GetScheduleByPatientID for each, as GetPatient: GetSchedule of everybody may have no appointment ids, or
    // other ones, and other words for the status, so it answers another question. athenanet 2.1: GET /patients/{id} for
    // each; 2.3: booked/multipledepartment of the three weeks for all. fhir 4, R4: _id=a,b,... and patient=a,b,...; the
    // appointments would include those patients only who have one.
    fewest: { unity: 20 + 20, athenanet: 20 + 1, fhir: 2 },
    depth: 1,
  },
  {
    name: 'a node list of six types, all three',
    kept: 'directories',
    question: ({ person, appointment, observation, claim, practitioners, locations }) => ({
      query: `query($ids: [ID!]!) {
  nodes(ids: $ids) {
    __typename id
    ... on Patient { lastName }
    ... on Appointment { start status }
    ... on Observation { code { text } value { ... on Quantity { value unit } } }
    ... on Claim { status servicePeriod { start } }
    ... on Practitioner { name { text } }
    ... on Location { name }
  }
}`,
      variables: {
        ids: VENDORS.flatMap((vendor) => [
          ...[person[vendor], appointment[vendor], observation[vendor], claim[vendor]],
          ...[practitioners[vendor][0], locations[vendor][0]],
        ]),
      },
    }),
    // practitioners and places stand in the lists that are kept. unity: 2.3 GetPatient, 2.4 GetAppointmentById, 2.1
    // GetResults, 2.5 GetEncounterList and 2.7 GetCharges; the ids of the last three hold what these are asked with.
    // athenanet: 2.1, 2.3 and 2.5 one each, 2.4 labresults with the department that the patient's row tells. fhir: one a
    // type, as a search has one type.
    fewest: { unity: 5, athenanet: 4, fhir: 4 },
    depth: 2,
  },
];
