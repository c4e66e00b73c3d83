import { type Row, VENDORS } from '../row.ts';
import { TODAY } from '../subjects.ts';

const nodes = (fields: string, name = 'Patient') =>
  `query($ids: [ID!]!) { nodes(ids: $ids) { ... on ${name} { ${fields} } } }`;

const MONEY = '{ value currency }';

/** Results, claims, appointments and slots: of one person at each vendor, or of everybody. */
export const charts: readonly Row[] = [
  {
    name: 'results trend of a person at each of the three',
    kept: 'directories',
    question: ({ person }) => ({
      query:
        nodes(`observations(category: "laboratory", codes: ["4548-4", "2345-7"], from: "2025-11-18T00:00:00Z", first: 100) {
        nodes { code { text } status effective { start } value { ... on Quantity { value unit } } referenceRange }
      }`),
      variables: { ids: VENDORS.map((vendor) => person[vendor]) },
    }),
    // unity 2.1: GetResults alone, since P1 is its beginning. athenanet 2.4: labresults wants a department, which the
    // patient's row tells. fhir 4: Observation by patient, category and codes.
    fewest: { unity: 1, athenanet: 2, fhir: 1 },
    depth: 2,
  },
  {
    name: 'claims of a quarter with their patients, all three',
    kept: 'directories',
    question: () => ({
      query: `{ claims(search: { from: "2026-08-20", to: "2026-11-18" }, first: 20) {
  nodes { id status vendorStatus payer patient { id firstName lastName } servicePeriod { start } totalCharge ${MONEY} }
  outcomes { source { id } ok totalCount error { code } }
  pageInfo { hasNextPage endCursor }
} }`,
    }),
    // unity 2.7: no action lists claims of everybody; the outcome says so, unasked. athenanet 2.5: GET /claims tells neither
    // names nor who a payer is; 2.1: GET /patients/{id} with showinsurance does, for each of the nine patients on the page
    // (appointments would carry them too, but a claim needs none). fhir, R4: _include=Claim:patient.
    fewest: { unity: 0, athenanet: 1 + 9, fhir: 1 },
    depth: 2,
  },
  {
    name: 'claims of a person at each of the three, with payer and ledger',
    kept: 'directories',
    question: ({ person }) => ({
      query: nodes(`claims(first: 10) { nodes {
        status payer totalCharge ${MONEY} totalPaid ${MONEY} patientResponsibility ${MONEY}
        lines { sequence procedure { text } charge ${MONEY} } adjudications { category amount ${MONEY} }
      } }`),
      variables: { ids: VENDORS.map((vendor) => person[vendor]) },
    }),
    // unity 2.5 GetEncounterList, 2.7 GetCharges for each of four encounters, GetPatientAccountBalance. athenanet 2.5:
    // /claims, claimtransactions for each of two claims; 2.1: the payers' names by showinsurance. fhir, R4: Claim with
    // _revinclude=ExplanationOfBenefit:claim.
    fewest: { unity: 1 + 4 + 1, athenanet: 1 + 2 + 1, fhir: 1 },
    depth: 2,
  },
  {
    name: 'an appointment at each of the three by id, with its patient and note',
    kept: 'directories',
    question: ({ appointment }) => ({
      query: nodes(
        'start status type { text } note patient { firstName lastName } practitioner { name { text } }',
        'Appointment',
      ),
      variables: { ids: VENDORS.map((vendor) => appointment[vendor]) },
    }),
    // unity 2.4: GetAppointmentById has neither note nor names, the GetSchedule of its day has. athenanet 2.3:
    // GET /appointments/{id} with showpatientdetail, and .../notes beside it. fhir, R4: _id with _include of its actors.
    fewest: { unity: 2, athenanet: 2, fhir: 1 },
    depth: 2,
  },
  {
    name: 'slots of five providers for a week, all three',
    kept: 'directories',
    question: ({ practitioners }) => ({
      query: `query($from: DateTime!, $to: DateTime!, $practitioners: [ID!]) {
  sources { id slots(from: $from, to: $to, practitioners: $practitioners) { start end practitioner { name { text } } location { name } } }
}`,
      variables: {
        ...{ from: TODAY.to, to: '2026-11-26T05:00:00Z' },
        practitioners: VENDORS.flatMap((vendor) => practitioners[vendor].slice(0, 5)),
      },
    }),
    // unity 2.4: GetAvailableSchedule takes one resource. athenanet 2.3: /appointments/open takes a list of providers, and
    // reasonid -1 any type. fhir, R4: Slot with its schedule, and that one's actors, included.
    fewest: { unity: 5, athenanet: 1, fhir: 1 },
    depth: 1,
  },
];
