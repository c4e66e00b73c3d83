import type { Appointment, AppointmentStatus } from '../practice.ts';
import type { World } from './world.ts';

/** Practice Management's codes, and what each means for the practice. The first of a meaning is its plain code. */
const MEANING = {
  S: 'booked',
  C: 'booked',
  A: 'booked',
  W: 'waitlist',
  X: 'cancelled',
  B: 'cancelled',
  R: 'cancelled',
  N: 'noshow',
  K: 'checked-in',
  O: 'fulfilled',
} as const satisfies Readonly<Record<string, AppointmentStatus>>;

export type StatusCode = keyof typeof MEANING;

export const isStatusCode = (text: string): text is StatusCode => Object.hasOwn(MEANING, text);

export const meaningOf = (code: StatusCode): AppointmentStatus => MEANING[code];

const PLAIN: Readonly<Partial<Record<AppointmentStatus, StatusCode>>> = {
  ...Object.fromEntries(
    Object.entries(MEANING)
      .reverse()
      .map(([code, status]) => [status, code]),
  ),
  pending: 'S',
  arrived: 'K',
};

/** The code of a visit: the one that was set, as long as it still says what is true. Undefined when it has none. */
export const statusCode = (visit: Appointment, { marks }: World): StatusCode | undefined => {
  const set = marks.get(visit.id)?.code?.code;
  return set !== undefined && isStatusCode(set) && MEANING[set] === visit.status ? set : PLAIN[visit.status];
};

/** Whether Practice Management knows the visit. */
export const isBooked = ({ status }: Appointment): boolean => PLAIN[status] !== undefined;
