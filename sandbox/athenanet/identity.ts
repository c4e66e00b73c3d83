/** The practice that the simulator plays, unless it is told another number. */
export const ATHENANET_PRACTICE_ID = '999901';

/** The one invented client that may sign in, and the scope that covers the REST API. */
export const ATHENANET_SIGN_IN = {
  clientId: 'sandbox-athenanet-client',
  clientSecret: 'sandbox-athenanet-secret',
  scope: 'athena/service/Athenanet.MDP.*',
} as const;

/**
 * athenaNet numbers more things than a Practice does. Each function gives a number that stays the same for the same
 * thing and is unique among its kind.
 */

/** Slots and appointments share one number space at athenaNet, so slots start far behind the appointments. */
export const slotAppointmentId = (slotId: number): number => FIRST_OPEN + slotId;

const FIRST_OPEN = 1_000_000;
/** More than there are slots. */
const STEP = 1_000_000_000;

/** An appointment keeps the number that its slot had; when it gives the slot back, the slot has the next one of its own. */
export const nextOpenNumber = (number: number): number => number + STEP;

/** The slot that a number belongs to. */
export const slotIdOf = (number: number): number => (number % STEP) - FIRST_OPEN;

/** A checked-in appointment has an encounter of its own. */
export const encounterId = (appointmentId: number): number => FIRST_ENCOUNTER + appointmentId;

const FIRST_ENCOUNTER = 30_000;

export const encounterAppointment = (encounter: number): number => encounter - FIRST_ENCOUNTER;

/** `sequence` counts a patient's coverages from 1. */
export const insuranceId = (patientId: number, sequence: number): number => patientId * 100 + sequence;

/** `component` is 0 for the observation itself and counts the parts of a panel from 1. */
export const elementId = (observationId: number, component: number): number => observationId * 100 + component;

/** The observation and its part that an element belongs to. */
export const elementOwner = (element: number): { readonly observationId: number; readonly component: number } => ({
  observationId: Math.floor(element / 100),
  component: element % 100,
});

export const reasonId = (appointmentTypeId: number): number => 100 + appointmentTypeId;

export const noteId = (appointmentId: number): number => 40_000 + appointmentId;

/** Of notes that were written through the API, which are counted from 1. */
export const writtenNoteId = (count: number): number => 1_000_000_000_000 + count;

/** Of documents that were handed in; laboratory reports have numbers too. */
export const documentNumber = (documentId: number): number => 1_000_000_000 + documentId;

/** `line` counts a claim's charges from 1. */
export const chargeId = (claimId: number, line: number): number => claimId * 1000 + line;

/** `position` counts a claim's payments and adjustments from 1. */
export const paymentId = (claimId: number, position: number): number => claimId * 1000 + 500 + position;

export const diagnosisId = (claimId: number, position: number): number => claimId * 100 + position;
