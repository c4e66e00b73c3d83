import type { Operation } from '../operations.ts';
import { NOT_SAVED, WRITE } from './journal.ts';

/** Somebody whom the practice knows, and who works there, in a sandbox of the default seed. */
const patient = 'mercy/Patient/pat-1';
const practitioner = 'mercy/Practitioner/prac-2';

const TAKEN = `... on SlotTaken {
      alternatives {
        id
        start
        end
      }
    }`;

const ILLEGAL = `... on IllegalTransition {
      from
      allowed
    }`;

/** Appointments that are written once: run one again, and it answers with the first result. */
export const bookingQueries: readonly Operation[] = [
  {
    name: 'BookAppointment',
    title: 'Book an appointment',
    description: 'Books a visit once, however often it is run, and offers free slots when the time is taken.',
    writes: 1,
    visit: { day: 2, hour: 11 },
    variables: { patient, practitioner },
    query: `mutation BookAppointment($key: String!, $patient: ID!, $practitioner: ID!, $start: DateTime!) {
  bookAppointment(
    input: {
      idempotencyKey: $key
      patient: $patient
      practitioner: $practitioner
      start: $start
      minutes: 30
      reason: "Follow-up"
    }
  ) {
    __typename
    ... on AppointmentSaved {
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
      write {
        ...Journal
      }
    }
    ${TAKEN}
    ${NOT_SAVED}
  }
}

${WRITE}`,
  },
  {
    name: 'RescheduleAppointment',
    title: 'Move an appointment',
    description: 'Moves a visit, which stays the same record, or says which changes its state allows.',
    writes: 1,
    visit: { day: 3, hour: 11 },
    variables: { id: 'lakeside/Appointment/300087' },
    query: `mutation RescheduleAppointment($key: String!, $id: ID!, $start: DateTime!) {
  rescheduleAppointment(input: { idempotencyKey: $key, id: $id, start: $start }) {
    __typename
    ... on AppointmentSaved {
      appointment {
        id
        start
        status
      }
      write {
        ...Journal
      }
    }
    ${TAKEN}
    ${ILLEGAL}
    ${NOT_SAVED}
  }
}

${WRITE}`,
  },
  {
    name: 'CancelAppointment',
    title: 'Cancel an appointment',
    description: 'Cancels a visit with a reason, which the vendor keeps where it has a place for it.',
    writes: 1,
    variables: { id: 'mercy/Appointment/appt-97' },
    query: `mutation CancelAppointment($key: String!, $id: ID!) {
  cancelAppointment(input: { idempotencyKey: $key, id: $id, reason: "The patient called." }) {
    __typename
    ... on AppointmentSaved {
      appointment {
        id
        start
        status
        vendorStatus
      }
      write {
        ...Journal
      }
    }
    ${ILLEGAL}
    ${NOT_SAVED}
  }
}

${WRITE}`,
  },
];
