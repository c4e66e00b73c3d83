import type { Operation } from '../operations.ts';
import { FAULTS, WRITE } from './journal.ts';

/** Somebody whom the practice knows in a sandbox of the default seed. */
const patient = 'mercy/Patient/pat-1';

/** What else is written, and what became of it. */
export const writeQueries: readonly Operation[] = [
  {
    name: 'RecordBloodPressure',
    title: 'Record a blood pressure',
    description: 'Two observations, one after the other in one operation, each with a write of its own.',
    writes: 2,
    visit: { day: -1, hour: 9 },
    variables: { patient, systolic: '120', diastolic: '80' },
    query: `mutation RecordBloodPressure(
  $key: String!
  $secondKey: String!
  $patient: ID!
  $start: DateTime!
  $systolic: Decimal!
  $diastolic: Decimal!
) {
  systolic: recordObservation(
    input: {
      idempotencyKey: $key
      patient: $patient
      code: "8480-6"
      category: "vital-signs"
      value: { quantity: { value: $systolic, unit: "mm[Hg]", code: "mm[Hg]" } }
      effective: $start
    }
  ) {
    ...Recorded
  }
  diastolic: recordObservation(
    input: {
      idempotencyKey: $secondKey
      patient: $patient
      code: "8462-4"
      category: "vital-signs"
      value: { quantity: { value: $diastolic, unit: "mm[Hg]", code: "mm[Hg]" } }
      effective: $start
    }
  ) {
    ...Recorded
  }
}

fragment Recorded on RecordObservationResult {
  __typename
  ... on ObservationSaved {
    observation {
      id
      status
      code {
        text
      }
      value {
        ... on Quantity {
          value
          unit
        }
      }
    }
    write {
      ...Journal
    }
  }
  ... on WritePending {
    reason
    write {
      ...Journal
    }
  }
  ... on UserError {
    code
    message
  }
}

${WRITE}`,
  },
  {
    name: 'RehearseNewPatient',
    title: 'Rehearse a new patient',
    description: 'Shows what would be sent to the vendor, with what is of people masked, and sends nothing.',
    writes: 1,
    variables: { source: 'springfield' },
    query: `mutation RehearseNewPatient($key: String!, $source: ID!) {
  createPatient(
    input: {
      idempotencyKey: $key
      source: $source
      patient: { firstName: "Robin", lastName: "Example", dateOfBirth: "1984-05-06", gender: FEMALE }
      dryRun: true
    }
  ) {
    __typename
    ... on WritePending {
      reason
      write {
        state
        wouldSend {
          vendorCall
          fields {
            name
            value
          }
        }
      }
    }
    ... on PossibleDuplicate {
      candidates {
        id
        firstName
        lastName
      }
    }
    ${FAULTS}
  }
}
`,
  },
  {
    name: 'ErrorQueue',
    writes: 0,
    title: 'Writes that a person has to look at',
    description: 'What was refused, could not be sent or is in doubt, with why, and the latest writes beside it.',
    query: `query ErrorQueue {
  queue: writes(states: [REJECTED, IN_DOUBT, DEAD], first: 20) {
    nodes {
      ...Journal
      kind
      source {
        id
        name
      }
      submittedAt
      reason
      error {
        code
        message
      }
      candidates {
        id
      }
    }
  }
  latest: writes(first: 5) {
    nodes {
      ...Journal
      kind
      submittedAt
      settledAt
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}

${WRITE}`,
  },
];
