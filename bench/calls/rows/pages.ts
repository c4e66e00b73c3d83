import { type Question, type Row, SOURCES, type Vendor } from '../row.ts';

export const PAGE = `fragment Page on Patient {
  id firstName lastName dateOfBirth gender
  address { line1 city state postalCode }
  phoneHome phoneMobile email
  preferredLanguage { text }
  coverages { payer memberId groupNumber relationship }
  appointments(first: 5) { nodes { start minutes status type { text } practitioner { name { text } } } }
  observations(first: 5) {
    nodes { code { text } status effective { start } value { ... on Quantity { value unit } ... on TextValue { text } } }
  }
  claims(first: 5) { nodes { status servicePeriod { start } diagnoses { text } lines { sequence procedure { text } } } }
}`;

export const pageOf = (id: string): Question => ({
  query: `query($id: ID!) { patient(id: $id) { ...Page } }\n${PAGE}`,
  variables: { id },
});

const NONE = { unity: 0, athenanet: 0, fhir: 0 } as const;

const at = (vendor: Vendor): Pick<Row, 'kept' | 'question'> => ({
  kept: 'directories',
  question: ({ person }) => pageOf(person[vendor]),
});

export const pages: readonly Row[] = [
  {
    name: 'patient page, Unity',
    ...at('unity'),
    // unity 2.3 GetPatient; 2.7 GetPatientPolicy, for what GetPatient's PrimaryInsurance does not tell; 2.4
    // GetScheduleByPatientID; 2.1 GetResults, and 2.5 GetClinicalSummary for vitals (its results are sentences that share a
    // transid, so they cannot stand for GetResults); 2.5 GetEncounterList, then 2.7 GetCharges, which takes one encounter,
    // for each of four
    fewest: { ...NONE, unity: 6 + 4 },
    depth: 2,
  },
  {
    name: 'patient page, athenaNet',
    ...at('athenanet'),
    // athenanet 2.1: GET /patients/{id}, with showinsurance the coverages too; 2.3: /appointments/booked; 2.4: vitals and
    // labresults, a call each, with the department that the patient's row tells; 2.5: /claims
    fewest: { ...NONE, athenanet: 5 },
    depth: 2,
  },
  {
    name: 'patient page, FHIR',
    ...at('fhir'),
    // fhir 4, R4: a search a type, since lists want an order, a filter and pages, which an include does not have. Coverages
    // are shown whole, so they can come with the patient (_revinclude=Coverage:beneficiary). The id is all that is needed.
    fewest: { ...NONE, fhir: 4 },
    depth: 1,
  },
  {
    name: 'page of a person whom two vendors know, found by name, athenaNet and FHIR',
    kept: 'directories',
    question: () => ({
      query: `query($search: PatientSearch!, $sources: [ID!]) {
  patients(search: $search, sources: $sources, first: 2) { nodes { ...Page } }
}\n${PAGE}`,
      variables: {
        search: { firstName: 'Carlos', lastName: 'Rivera', dateOfBirth: '1990-07-21' },
        sources: [SOURCES.athenanet, SOURCES.fhir],
      },
    }),
    // the search brings the patient, the page's lists follow. athenanet 2.1: GET /patients has no showinsurance, so
    // /insurances; 2.3, 2.4 twice, 2.5. fhir: the search, with coverages, and three lists.
    fewest: { unity: 0, athenanet: 6, fhir: 4 },
    depth: 2,
  },
];
