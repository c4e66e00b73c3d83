import type { Operation } from '../operations.ts';

/** Who comes when, and when somebody can still come. */
export const scheduleQueries: readonly Operation[] = [
  {
    name: 'DaySchedule',
    title: 'Schedule of the day',
    description:
      'Today’s appointments of all sources (at the weekend Monday’s), each with patient, practitioner and location.',
    period: { as: 'DateTime', firstDay: 0, lastDay: 0, fromWorkingDay: true },
    query: `query DaySchedule($from: DateTime!, $to: DateTime!) {
  appointments(search: { from: $from, to: $to }, first: 50) {
    nodes {
      id
      start
      end
      minutes
      status
      vendorStatus
      type {
        text
      }
      reason {
        text
      }
      patient {
        id
        firstName
        lastName
      }
      practitioner {
        name {
          text
          given
          family
        }
      }
      location {
        name
        timeZone
      }
      source {
        id
      }
    }
    outcomes {
      source {
        id
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
  {
    name: 'FreeSlots',
    title: 'Free slots of a source',
    description: 'Times that can be booked within the next seven days, with practitioner and place.',
    variables: { source: 'springfield' },
    period: { as: 'DateTime', firstDay: 0, lastDay: 6 },
    query: `query FreeSlots($source: ID!, $from: DateTime!, $to: DateTime!) {
  source(id: $source) {
    name
    timeZone
    slots(from: $from, to: $to) {
      id
      start
      end
      practitioner {
        name {
          text
          given
          family
        }
      }
      location {
        name
      }
      types {
        text
      }
    }
  }
}
`,
  },
];
