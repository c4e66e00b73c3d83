import { type Row, SOURCES, type Vendor } from '../row.ts';

const SEARCH = `query($search: PatientSearch!, $sources: [ID!], $first: Int = 20, $after: String) {
  patients(search: $search, sources: $sources, first: $first, after: $after) {
    nodes { __typename id firstName lastName dateOfBirth gender source { name vendor } }
    outcomes { source { id } ok totalCount error { code } }
    pageInfo { hasNextPage endCursor }
  }
}`;

const WITH_TELEPHONES = SEARCH.replace('gender', 'gender phoneMobile');

const RIVERA = { lastName: 'Rivera' };
const NONE = { unity: 0, athenanet: 0, fhir: 0 } as const;

const at = (vendor: Vendor): Pick<Row, 'kept' | 'question' | 'depth'> => ({
  kept: 'directories',
  question: () => ({ query: SEARCH, variables: { search: RIVERA, sources: [SOURCES[vendor]] } }),
  depth: 1,
});

export const searches: readonly Row[] = [
  // unity 2.1: SearchPatients finds by a last name, and its rows tell name, birth date and gender
  { name: 'search page, Unity', ...at('unity'), fewest: { ...NONE, unity: 1 } },
  // athenanet 2.1: GET /patients takes lastname and answers whole rows
  { name: 'search page, athenaNet', ...at('athenanet'), fewest: { ...NONE, athenanet: 1 } },
  // fhir 8, R4: GET Patient?family= answers whole resources
  { name: 'search page, FHIR', ...at('fhir'), fewest: { ...NONE, fhir: 1 } },
  {
    name: 'search page with telephone numbers, all three',
    kept: 'directories',
    question: () => ({ query: WITH_TELEPHONES, variables: { search: RIVERA } }),
    // unity 2.1: SearchPatients tells no telephone numbers; 5: no multi-patient read, so GetPatient for each of its three
    // Riveras, whose ids the search tells first. The others as above.
    fewest: { unity: 1 + 3, athenanet: 1, fhir: 1 },
    depth: 2,
  },
  {
    name: 'second page of a search, the first just seen, all three',
    kept: 'directories',
    before: [() => ({ query: SEARCH, variables: { search: RIVERA, first: 4 } })],
    question: (_subjects, [first]) => ({
      query: SEARCH,
      variables: { search: RIVERA, first: 4, after: first.patients.pageInfo.endCursor },
    }),
    // unity 5, athenanet 4, fhir 8: a handful of people with one name is answered whole to the first page, since only the
    // whole can be put into order (no vendor promises one); what came a moment ago is kept
    fewest: NONE,
    depth: 0,
  },
];
