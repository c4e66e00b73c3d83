import { z } from 'zod';
import type { Commands } from '../../../schema/commands.ts';
import type { Sending, Sent, Writer, Writers } from '../../vendor/writes/writer.ts';
import type { Practice } from '../connector/practice.ts';
import { LATER, planned } from '../mapping/form.ts';
import { cancelForm } from '../mapping/visit-form.ts';
import type { CancelReasonPayload } from '../payload/schedule.ts';
import { Booking } from './booking.ts';
import { checkIn } from './check-in.ts';
import { currentOf, known, patientOf, unsupported } from './current.ts';
import { Openings } from './openings.ts';
import { Places } from './places.ts';
import { Rescheduling } from './rescheduling.ts';

type Input = Commands['cancelAppointment'];
type Ending = 'cancelAppointment' | 'markNoShow';

const CANCEL = '/appointments/{id}/cancel';

/** What is done to appointments. */
export const appointmentWriters = (practice: Practice): Writers => {
  const places = new Places(practice);
  const openings = new Openings(practice, places);
  return {
    bookAppointment: new Booking(practice, places, openings),
    rescheduleAppointment: new Rescheduling(practice, places, openings),
    cancelAppointment: ending(practice, cancelReason),
    checkInAppointment: checkIn(practice),
    markNoShow: ending(practice, noShowReason),
  };
};

type Choose = (reasons: readonly CancelReasonPayload[], reason: string | undefined) => string | undefined;

/**
 * athenaNet ends a booking in one way; the practice's reason says whether it was cancelled or nobody came. The client's own
 * words go along.
 */
const ending = <K extends Ending>(practice: Practice, choose: Choose): Writer<K> => ({
  needs: ['patient'],
  plan: ({ key, reason }: Input) => {
    known(key);
    const id = choose === noShowReason || reason !== undefined ? LATER : undefined;
    return [planned(`PUT ${CANCEL}`, cancelForm(key, id, reason))];
  },
  send: async ({ key, reason }: Input, sending: Sending): Promise<Sent> => {
    const patient = patientOf(currentOf<'Appointment'>(sending));
    const wanted = choose === noShowReason || reason !== undefined;
    const reasons = wanted ? await practice.kinds.cancelReasons(sending.call) : [];
    const id = choose(reasons, reason);
    if (choose === noShowReason && id === undefined)
      throw unsupported('The practice has no cancel reason that stands for a no-show.');
    const form = cancelForm(patient, id, reason);
    const write = { method: 'PUT', route: CANCEL, ids: [key], form, anyAnswer: true } as const;
    await practice.client.write(write, z.unknown(), sending.call);
    return { key };
  },
});

const named = (reasons: readonly CancelReasonPayload[], reason: string | undefined): string | undefined =>
  reasons.find(({ name }) => name?.toLowerCase() === reason?.trim().toLowerCase())?.appointmentcancelreasonid;

/** One of these words, and only one under which the patient was not expected to come. */
const cancelReason: Choose = (reasons, reason) =>
  named(
    reasons.filter(({ noshow }) => noshow !== true),
    reason,
  );

/** One of these words, else the practice's first, of those that stand for a no-show. */
const noShowReason: Choose = (reasons, reason) => {
  const fitting = reasons.filter(({ noshow }) => noshow === true);
  return named(fitting, reason) ?? fitting[0]?.appointmentcancelreasonid;
};
