import { patientQueries } from '../../gateway/explorer/queries/patients.ts';
import { resultQueries } from '../../gateway/explorer/queries/results.ts';
import type { Operation } from '../workload.ts';

/** Somebody whom all three vendors know. */
const PERSON = { firstName: 'Maria', lastName: 'Rivera' };

/** The searches that are recorded, and how many times every patient is put into the answer. */
export const SEARCHES = [
  { asked: { search: { lastName: 'Rivera' }, first: 20 }, copies: 2 },
  { asked: { search: PERSON, first: 3 }, copies: 1 },
] as const;

const saved = (name: string): string => {
  const operation = [...patientQueries, ...resultQueries].find((one) => one.name === name);
  if (operation === undefined) throw new Error(`There is no saved operation ${name}.`);
  return operation.query;
};

const fragmentsOf = (text: string): string => text.slice(text.indexOf('\nfragment '));

/** The saved search, word for word. */
export const searchPage: Operation = { query: saved('PatientSearch'), variables: { search: { lastName: 'Rivera' } } };

/**
 * The saved patient page, of a person as all three vendors know her, with lists of up to 20, and with the results in
 * the detail of the saved operation for laboratory results.
 */
export const patientPage: Operation = {
  query: `${saved('PatientPage')
    .replace('first: 1)', 'first: 3)')
    .replaceAll('first: 5)', 'first: 20)')
    .replace(
      /observations\(first: 20\) \{[\s\S]*?\n {2}\}/,
      'observations(first: 20) {\n    nodes {\n      ...Result\n    }\n  }',
    )}${fragmentsOf(saved('LabResults'))}`,
  variables: { search: PERSON },
};

const VARIABLES = { search: PERSON };
const each = (selection: string): string =>
  `query($search: PatientSearch!) { patients(search: $search, first: 3) { nodes { ${selection} } } }`;

/** Aliases, fragments on interfaces and on concrete types, records inside records, unions, and two searches at once. */
export const practiceChecks = (ids: readonly string[]): readonly Operation[] => [
  {
    query: saved('VendorFields').replace('patients(search: $search)', 'patients(search: $search, first: 3)'),
    variables: VARIABLES,
  },
  { query: saved('TwoPatients'), variables: { ids } },
  {
    query: each('name: lastName ... on AthenaPatient { departmentId } ... on FhirPatient { name: lastName active }'),
    variables: VARIABLES,
  },
  {
    query: each('... on AthenaPatient { appointments(first: 2) { nodes { start practitioner { name { family } } } } }'),
    variables: VARIABLES,
  },
  {
    query: each('appointments(first: 2) { nodes { patient { lastName source { vendor } } location { name } } }'),
    variables: VARIABLES,
  },
  {
    query: `${each('...Names ...Chart')}
      fragment Names on Patient { firstName observations(first: 2) { nodes { code { text } } } }
      fragment Chart on Patient { lastName observations(first: 2) { nodes { status value { ...Value } } } }
      fragment Value on ObservationValue { __typename ... on Quantity { value unit } ... on TextValue { words: text } }`,
    variables: VARIABLES,
  },
  {
    query: each(`appointments(first: 3) {
      nodes { ... on AthenaAppointment { externalId } start ... on FhirAppointment { end } }
    }`),
    variables: VARIABLES,
  },
  // a list of records that is selected twice
  {
    query: `${each('...Codes observations(first: 2) { nodes { status } }')}
      fragment Codes on Patient { observations(first: 2) { nodes { code { text } } } }`,
    variables: VARIABLES,
  },
  {
    query: `query($search: PatientSearch!) {
      patients(search: $search, first: 3) {
        edges { cursor node { firstName } }
        nodes { lastName }
        nodes { firstName source { name } ... on AthenaPatient { source { health { reachable } } } }
        outcomes { source { ... on AthenaSource { health { breaker } } } }
      }
    }`,
    variables: VARIABLES,
  },
  {
    query: `query($search: PatientSearch!, $all: PatientSearch!) {
      few: patients(search: $search, first: 3) { nodes { born: dateOfBirth } outcomes { source { name } ok } }
      many: patients(search: $all, first: 20) { nodes { id ... on Node { id } } pageInfo { hasNextPage } }
    }`,
    variables: { search: PERSON, all: { lastName: 'Rivera' } },
  },
  {
    query: `query($id: ID!, $chart: Boolean!) {
      one: patient(id: $id) { lastName claims(first: 1) @include(if: $chart) { nodes { status } } }
      same: node(id: $id) { ... on Patient { first: firstName @skip(if: $chart) lastName } }
    }`,
    variables: { id: ids[0], chart: true },
  },
];
