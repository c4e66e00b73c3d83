import type { Commands } from '../../../schema/commands.ts';
import { type FieldIssueDetail, GraphError, validationFailed } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { Sending, Writers } from '../../vendor/writes/writer.ts';
import { parseAppointmentKey } from '../mapping/appointment.ts';
import { BOOKING_PATHS, type Booking, bookingForm, commentsOf, fitsSlot, placeOf } from '../mapping/booking.ts';
import { elementsXml, type Form, toClock } from '../mapping/form.ts';
import { joinKey } from '../mapping/key.ts';
import type { Unity } from '../records/unity.ts';
import { issue, LOOKED_UP, plannedCall, refuseIssues } from './plan.ts';
import { save, savedId } from './saving.ts';

type Book = Commands['bookAppointment'];
type Move = Commands['rescheduleAppointment'];

const ACTION = 'Magic SaveAppointment';

export const CLOCK = 'The practice’s clock cannot tell this time: give a whole minute that comes once that day.';

/** Places that stand in for Practice Management's have keys of another form, which no request can carry. */
const LOCATION_ID = /^\d+$/;

const timeIssues = (wanted: Book | Move, zone: string): readonly FieldIssueDetail[] => {
  const place = placeOf(wanted, zone);
  if (place === undefined) return [issue(['slot'], 'slot', 'No slot of this vendor.')];
  const { start, location } = place;
  return [
    ...(start === undefined || toClock(start, zone) !== undefined ? [] : [issue(['start'], 'clock', CLOCK)]),
    ...(fitsSlot(wanted, zone)
      ? []
      : [issue([wanted.start === undefined ? 'minutes' : 'start'], 'slot', 'Contradicts the slot.')]),
    ...(location === undefined || LOCATION_ID.test(location)
      ? []
      : [issue(['location'], 'location', 'Appointments cannot be booked at this place.')]),
  ];
};

/** What would be sent, as far as that can be said without the vendor's lists. */
const planned = (wanted: Book | Move, patient: string, id: string | undefined, zone: string): Form => {
  const { start = '', minutes, location } = placeOf(wanted, zone) ?? {};
  const comments = 'patient' in wanted ? commentsOf(wanted) : undefined;
  const type = 'type' in wanted && wanted.type !== undefined ? LOOKED_UP : undefined;
  return start === ''
    ? { Appointment_ID: id ?? '', ...(minutes === undefined ? {} : { Duration: String(minutes) }) }
    : bookingForm({ id, patient, resource: LOOKED_UP, start, minutes, type, location, comments }, zone);
};

const refused = (path: string, message: string): GraphError => validationFailed([issue([path], 'known', message)]);

/** The resource whose time it is: the slot's own, or the one that stands for the practitioner. */
const resourceOf = async (
  unity: Unity,
  practitioner: string | undefined,
  abbreviation: string | undefined,
  call: Sending['call'],
): Promise<string> => {
  const resources = await unity.directory.resources(call);
  const found = resources.find((resource) =>
    abbreviation === undefined
      ? practitioner !== undefined && resource.practitioner === practitioner
      : resource.abbreviation === abbreviation,
  );
  if (found === undefined) throw refused('practitioner', 'Nothing can be booked with this practitioner.');
  if (practitioner !== undefined && found.practitioner !== practitioner)
    throw refused('practitioner', 'Contradicts the slot.');
  return found.id;
};

/** By id or name. */
const typeOf = async (unity: Unity, wanted: string, call: Sending['call']): Promise<string> => {
  const names = await unity.directory.typeNames(call);
  const named = [...names].filter(([, name]) => name.toLowerCase() === wanted.trim().toLowerCase());
  const [only, ...more] = names.has(wanted) ? [wanted] : named.map(([id]) => id);
  if (only === undefined || more.length > 0) throw refused('type', 'The practice has no such type of appointment.');
  return only;
};

const send = async (unity: Unity, booking: Booking, call: Sending['call']): Promise<{ readonly key: string }> => {
  const xml = elementsXml('appointment', bookingForm(booking, unity.source.timeZone));
  const row = await save(unity, 'SaveAppointment', { ...NO_GUIDE, patient: booking.patient, xml }, BOOKING_PATHS, call);
  return { key: joinKey(savedId(row, unity, 'Appointment_ID', 'AppointmentID')) };
};

/** What the other dialect sends by name. */
const NO_GUIDE = { provider: '', date: '', time: '', minutes: '', reason: '' } as const;

const book = async (unity: Unity, input: Book, { call }: Sending) => {
  const { start = '', minutes, location, resource } = placeOf(input, unity.source.timeZone) ?? {};
  const [resourceId, type] = await Promise.all([
    resourceOf(unity, input.practitioner, resource, call),
    input.type === undefined ? undefined : typeOf(unity, input.type, call),
  ]);
  const booking = { patient: input.patient, resource: resourceId, start, minutes, type, location };
  return send(unity, { ...booking, comments: commentsOf(input) }, call);
};

/**
 * The same appointment at another time: its id makes sure that it can never become a second one. A resource that is not
 * known stays as it is.
 */
const move = async (unity: Unity, input: Move, { call, current }: Sending) => {
  const before = current?.record as Mapped<'Appointment'> | undefined;
  if (before?.patientKey == null) throw new GraphError('NOT_FOUND', { source: unity.source.id });
  const { start = before.start ?? '', minutes, location, resource } = placeOf(input, unity.source.timeZone) ?? {};
  const moved = {
    id: parseAppointmentKey(input.key)?.id,
    patient: before.patientKey,
    resource:
      input.practitioner === undefined && resource === undefined
        ? undefined
        : await resourceOf(unity, input.practitioner, resource, call),
  };
  return send(unity, { ...moved, start, minutes, location }, call);
};

const NO_ID = 'This appointment has no id of Practice Management: it can only be changed there.';

/** Appointments that only a schedule knows have keys of several parts, which no action takes. */
export const idIssues = (key: string): readonly FieldIssueDetail[] =>
  parseAppointmentKey(key)?.id === undefined ? [issue(['id'], 'id', NO_ID)] : [];

export const bookingWriters = (unity: Unity): Required<Pick<Writers, 'bookAppointment' | 'rescheduleAppointment'>> => {
  const zone = unity.source.timeZone;
  return {
    bookAppointment: {
      plan: (input) => {
        refuseIssues(input, timeIssues(input, zone));
        return [plannedCall(ACTION, planned(input, input.patient, undefined, zone))];
      },
      send: (input, sending) => book(unity, input, sending),
      meant: (input) => {
        const { note: _, ...rest } = input;
        const reason = commentsOf(input);
        return reason === undefined ? rest : { ...rest, reason };
      },
    },
    rescheduleAppointment: {
      from: ['BOOKED', 'PENDING'],
      needs: ['patient', 'start'],
      plan: (input) => {
        refuseIssues(input, [...idIssues(input.key), ...timeIssues(input, zone)]);
        return [plannedCall(ACTION, planned(input, LOOKED_UP, input.key, zone))];
      },
      send: (input, sending) => move(unity, input, sending),
    },
  };
};
