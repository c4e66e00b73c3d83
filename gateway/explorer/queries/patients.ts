import type { Operation } from '../operations.ts';

const search = { lastName: 'Rivera' };
/** Somebody whom every source knows. */
const person = { firstName: 'Maria', lastName: 'Rivera' };

/** Finding people and reading what is known of them. */
export const patientQueries: readonly Operation[] = [
  {
    name: 'PatientSearch',
    title: 'Search patients everywhere',
    description: 'Asks all sources at the same time, merges what they find and says how each of them answered.',
    variables: { search },
    query: `query PatientSearch($search: PatientSearch!) {
  patients(search: $search) {
    nodes {
      __typename
      id
      firstName
      lastName
      dateOfBirth
      gender
      phoneMobile
      source {
        name
        vendor
      }
    }
    outcomes {
      source {
        id
      }
      ok
      freshness
      durationMs
      totalCount
      error {
        code
        message
        retryAfterSeconds
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`,
  },
  {
    name: 'PatientSearchPages',
    title: 'Search patients page by page',
    description: 'One cursor pages through all sources: put endCursor into the variable “after” for the next page.',
    variables: { search, first: 5, after: null },
    query: `query PatientSearchPages($search: PatientSearch!, $first: Int = 5, $after: String) {
  patients(search: $search, first: $first, after: $after) {
    edges {
      cursor
      node {
        id
        firstName
        lastName
        dateOfBirth
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    outcomes {
      source {
        id
      }
      ok
      totalCount
    }
  }
}
`,
  },
  {
    name: 'PatientPage',
    title: 'Patient page',
    description: 'What a portal shows of a person: contacts, coverages, visits, results and claims in one request.',
    variables: { search: person },
    query: `query PatientPage($search: PatientSearch!) {
  patients(search: $search, first: 1) {
    nodes {
      ...Page
    }
  }
}

fragment Page on Patient {
  id
  externalId
  firstName
  lastName
  dateOfBirth
  gender
  deceased
  identifiers {
    system
    value
  }
  address {
    line1
    city
    state
    postalCode
  }
  phoneHome
  phoneMobile
  email
  preferredLanguage {
    text
  }
  coverages {
    payer
    memberId
    groupNumber
    relationship
  }
  appointments(first: 5) {
    nodes {
      start
      minutes
      status
      type {
        text
      }
    }
  }
  observations(first: 5) {
    nodes {
      code {
        text
      }
      status
      effective {
        start
      }
      value {
        __typename
        ... on Quantity {
          value
          unit
        }
      }
    }
  }
  claims(first: 5) {
    nodes {
      status
      payer
      totalCharge {
        value
        currency
      }
    }
  }
  meta {
    fetchedAt
    freshness
    unsupportedFields
  }
}
`,
  },
  {
    name: 'TwoPatients',
    title: 'Two records by id',
    description: 'One person as two vendors know him, by the records’ ids and in the order in which they are asked.',
    variables: { ids: ['lakeside/Patient/12345', 'springfield/Patient/12345'] },
    query: `query TwoPatients($ids: [ID!]!) {
  nodes(ids: $ids) {
    __typename
    id
    ... on Patient {
      externalId
      firstName
      lastName
      dateOfBirth
      source {
        name
        vendor
      }
    }
  }
}
`,
  },
  {
    name: 'VendorFields',
    title: 'What only one vendor has',
    description: 'Inline fragments reach the fields that a vendor has beyond the unified ones.',
    variables: { search: person },
    query: `query VendorFields($search: PatientSearch!) {
  patients(search: $search) {
    nodes {
      __typename
      id
      firstName
      lastName
      gender
      ... on UnityPatient {
        sex
        maritalWord: maritalStatus
        primaryPhysician
        externalDemographicId
      }
      ... on AthenaPatient {
        sex
        status
        maritalStatus {
          text
        }
        departmentId
        registrationDate
        contactPreference
        consentToText
        declined
      }
      ... on FhirPatient {
        active
        vendorGender
        birthSex
        maritalStatus {
          text
        }
        raceText
        oldIdentifiers {
          system
          value
        }
        contacts {
          relationships {
            text
          }
          name {
            text
          }
          telecoms {
            system
            value
          }
        }
      }
    }
  }
}
`,
  },
];
