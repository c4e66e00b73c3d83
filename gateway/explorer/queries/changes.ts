import type { Operation } from '../operations.ts';

/** What happens, while it happens. */
export const changeQueries: readonly Operation[] = [
  {
    name: 'Visits',
    title: 'Appointments, live',
    description:
      'Every change as soon as it is noticed: the first within some seconds, each next one in its place, until you stop.',
    live: true,
    variables: { after: null },
    query: `subscription Visits($after: String) {
  appointmentChanged(after: $after) {
    cursor
    at
    kind
    cause
    recordId
    source {
      name
    }
    appointment {
      id
      start
      minutes
      status
      patient {
        firstName
        lastName
      }
      practitioner {
        name {
          family
        }
      }
    }
  }
}
`,
  },
];
