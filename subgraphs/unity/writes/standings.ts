import type { CommandKind } from '../../../schema/commands.ts';
import type { AppointmentStatus } from '../../../schema/enums.ts';
import type { FieldIssueDetail } from '../../../schema/errors.ts';
import { instantToLocal } from '../../vendor/time.ts';
import type { Sending, Writer, Writers } from '../../vendor/writes/writer.ts';
import { letterOf, parseAppointmentKey } from '../mapping/appointment.ts';
import type { Unity } from '../records/unity.ts';
import { idIssues } from './bookings.ts';
import { issue, plannedCall, refuseIssues } from './plan.ts';
import { save } from './saving.ts';

type Kind = Extract<CommandKind, 'cancelAppointment' | 'checkInAppointment' | 'markNoShow'>;

/** The states that these commands bring about, in the words of the reading tables. */
const STATES: Readonly<Record<Kind, AppointmentStatus>> = {
  cancelAppointment: 'CANCELLED',
  checkInAppointment: 'ARRIVED',
  markNoShow: 'NO_SHOW',
};

/** Practice Management's S, C and A; a visit on the waiting list can be taken off it. Who has arrived stays. [A] */
const FROM: Readonly<Record<Kind, readonly AppointmentStatus[]>> = {
  cancelAppointment: ['BOOKED', 'PENDING', 'WAITLIST'],
  checkInAppointment: ['BOOKED', 'PENDING'],
  markNoShow: ['BOOKED', 'PENDING'],
};

/** Stands for the moment of sending. */
const NOW = '(now)';

const PATHS = { Appointment_ID: 'key' } as const;

const REASON_LOST: readonly FieldIssueDetail[] = [
  issue(
    ['reason'],
    'kept',
    'The vendor keeps only reasons of its own list for cancellations, so this one is not kept.',
  ),
];

/** The id of a reason on the practice's list, by id or words; '' when it is none of them. */
const reasonId = async (unity: Unity, reason: string, call: Sending['call']): Promise<string> => {
  if (!unity.client.offers('GetAppointmentCancellationReasons')) return '';
  const reasons = await unity.directory.cancellationReasons(call);
  if (reasons.has(reason)) return reason;
  const found = [...reasons].find(([, text]) => text.toLowerCase() === reason.trim().toLowerCase());
  return found?.[0] ?? '';
};

/** Month and day, hour and minute of now on the practice's clock. */
const momentOf = (now: number, zone: string): { readonly day: string; readonly time: string } => {
  const { date, time } = instantToLocal(new Date(now).toISOString(), zone);
  return { day: date.slice(5).replace('-', ''), time: time.slice(0, 5).replace(':', '') };
};

const writerOf = <K extends Kind>(unity: Unity, kind: K): Writer<K> => {
  const code = letterOf(STATES[kind]) ?? '';
  return {
    from: FROM[kind],
    plan: (input) => {
      refuseIssues(input, idIssues(input.key));
      const fields = { Appointment_ID: input.key, Status: code, Date: NOW, Time: NOW };
      const reason = kind === 'cancelAppointment' ? input.reason : undefined;
      return [
        plannedCall('Magic SetAppointmentStatus', { ...fields, ...(reason === undefined ? {} : { Reason: reason }) }),
      ];
    },
    send: async (input, { call }) => {
      const given = input.reason !== undefined;
      const reason = given && kind === 'cancelAppointment' ? await reasonId(unity, input.reason ?? '', call) : '';
      const appointment = parseAppointmentKey(input.key)?.id ?? '';
      const moment = momentOf(call.now(), unity.source.timeZone);
      await save(unity, 'SetAppointmentStatus', { appointment, code, ...moment, reason }, PATHS, call);
      return { key: input.key, ...(given && reason === '' ? { warnings: REASON_LOST } : {}) };
    },
  };
};

export const standingWriters = (unity: Unity): Pick<Writers, Kind> => ({
  cancelAppointment: writerOf(unity, 'cancelAppointment'),
  checkInAppointment: writerOf(unity, 'checkInAppointment'),
  markNoShow: writerOf(unity, 'markNoShow'),
});
