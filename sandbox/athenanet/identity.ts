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
export const slotAppointmentId = (slotId: number): number => 1_000_000 + slotId;

/** A checked-in appointment has an encounter of its own. */
export const encounterId = (appointmentId: number): number => 30_000 + appointmentId;

/** `sequence` counts a patient's coverages from 1. */
export const insuranceId = (patientId: number, sequence: number): number => patientId * 100 + sequence;

/** `component` is 0 for the observation itself and counts the parts of a panel from 1. */
export const elementId = (observationId: number, component: number): number => observationId * 100 + component;

export const reasonId = (appointmentTypeId: number): number => 100 + appointmentTypeId;

export const noteId = (appointmentId: number): number => 40_000 + appointmentId;

/** `line` counts a claim's charges from 1. */
export const chargeId = (claimId: number, line: number): number => claimId * 1000 + line;

/** `position` counts a claim's payments and adjustments from 1. */
export const paymentId = (claimId: number, position: number): number => claimId * 1000 + 500 + position;

export const diagnosisId = (claimId: number, position: number): number => claimId * 100 + position;
