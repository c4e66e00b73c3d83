import type { Operation } from '../operations.ts';

const search = { firstName: 'Maria', lastName: 'Rivera' };

/** What was measured. */
export const resultQueries: readonly Operation[] = [
  {
    name: 'LabResults',
    title: 'Laboratory results',
    description:
      'Results with status, every kind of value, interpretation, normal range and, where kept, what they correct.',
    variables: { search },
    query: `query LabResults($search: PatientSearch!) {
  patients(search: $search, first: 3) {
    nodes {
      id
      firstName
      lastName
      observations(category: "laboratory", first: 10) {
        nodes {
          ...Result
          supersedes {
            ...Result
          }
        }
      }
    }
  }
}

fragment Result on Observation {
  id
  status
  vendorStatus
  code {
    text
    codings {
      system
      code
      display
    }
  }
  effective {
    start
    end
  }
  issued
  value {
    ...Value
  }
  interpretations {
    text
    codings {
      code
    }
  }
  referenceRange
}

fragment Value on ObservationValue {
  __typename
  ... on Quantity {
    comparator
    value
    unit
  }
  ... on CodeableConcept {
    text
    codings {
      code
      display
    }
  }
  ... on TextValue {
    words: text
  }
  ... on BooleanValue {
    boolean
  }
  ... on IntegerValue {
    integer
  }
  ... on RangeValue {
    low {
      value
      unit
    }
    high {
      value
      unit
    }
  }
  ... on RatioValue {
    numerator {
      value
      unit
    }
    denominator {
      value
      unit
    }
  }
  ... on PeriodValue {
    period {
      start
      end
    }
  }
  ... on DateTimeValue {
    dateTime
  }
  ... on SampledData {
    periodMs
    dimensions
    data
  }
  ... on AbsentValue {
    reason {
      text
      codings {
        code
      }
    }
  }
}
`,
  },
  {
    name: 'BloodPressures',
    title: 'Blood pressures',
    description: 'Vital signs by their LOINC code; systolic and diastolic are components of one measurement.',
    variables: { search, codes: ['85354-9'] },
    query: `query BloodPressures($search: PatientSearch!, $codes: [String!]) {
  patients(search: $search, first: 3) {
    nodes {
      id
      firstName
      lastName
      observations(category: "vital-signs", codes: $codes, first: 10) {
        nodes {
          status
          effective {
            start
          }
          code {
            text
          }
          components {
            code {
              text
              codings {
                code
              }
            }
            value {
              ... on Quantity {
                value
                unit
              }
            }
          }
        }
      }
    }
  }
}
`,
  },
];
