import type { Operation } from '../operations.ts';

/** What the connected systems are and can do, and what it looks like when one has no answer. */
export const sourceQueries: readonly Operation[] = [
  {
    name: 'Sources',
    title: 'Sources and what they can do',
    description: 'Every connected system with its capabilities, native, emulated or unsupported, and its health.',
    query: `query Sources {
  sources {
    id
    name
    vendor
    timeZone
    health {
      reachable
      breaker
      errorRate
      p95Ms
      rateLimitRemaining
      lastChangeAt
    }
    capabilities {
      type
      capability
      level
      note
    }
  }
}
`,
  },
  {
    name: 'PartialFailure',
    title: 'One part fails, the rest is there',
    description: 'A patient of an unknown source is null with a NOT_FOUND error of its path; the other is answered.',
    variables: { search: { lastName: 'Rivera' }, unknown: 'nowhere/Patient/1' },
    query: `query PartialFailure($search: PatientSearch!, $unknown: ID!) {
  found: patients(search: $search, first: 1) {
    nodes {
      id
      firstName
      lastName
    }
  }
  missing: patient(id: $unknown) {
    id
    firstName
    lastName
  }
}
`,
  },
];
