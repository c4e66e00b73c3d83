import type { Operation } from '../operations.ts';

const search = { firstName: 'Maria', lastName: 'Rivera' };

/** What was billed, and what became of it. */
export const claimQueries: readonly Operation[] = [
  {
    name: 'PatientClaims',
    title: 'Claims of a patient',
    description: 'Claims with diagnoses, lines and money; amounts are exact decimals with their currency.',
    variables: { search },
    query: `query PatientClaims($search: PatientSearch!) {
  patients(search: $search, first: 3) {
    nodes {
      id
      firstName
      lastName
      claims(first: 5) {
        nodes {
          id
          status
          vendorStatus
          payer
          servicePeriod {
            start
            end
          }
          diagnoses {
            text
            codings {
              code
            }
          }
          lines {
            sequence
            procedure {
              text
              codings {
                code
              }
            }
            modifiers {
              code
            }
            diagnosisPointers
            units
            serviceDate
            charge {
              ...Amount
            }
            adjudications {
              ...Decision
            }
          }
          totalCharge {
            ...Amount
          }
          totalPaid {
            ...Amount
          }
          patientResponsibility {
            ...Amount
          }
          adjudications {
            ...Decision
          }
        }
      }
    }
  }
}

fragment Amount on Money {
  value
  currency
}

fragment Decision on ClaimAdjudication {
  category
  reason {
    code
    display
  }
  amount {
    ...Amount
  }
}
`,
  },
  {
    name: 'ClaimSearch',
    title: 'Claims everywhere',
    description: 'Claims of the last 90 days; a source that cannot search claims says so among the outcomes.',
    period: { as: 'Date', firstDay: -90, lastDay: 0 },
    query: `query ClaimSearch($from: Date, $to: Date) {
  claims(search: { from: $from, to: $to }, first: 20) {
    nodes {
      id
      status
      vendorStatus
      payer
      patient {
        id
        firstName
        lastName
      }
      servicePeriod {
        start
      }
      totalCharge {
        value
        currency
      }
    }
    outcomes {
      source {
        id
        vendor
      }
      ok
      totalCount
      error {
        code
        message
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
];
