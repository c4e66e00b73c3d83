import type { Commands, When } from '../../../schema/commands.ts';
import { type FieldIssueDetail, GraphError, validationFailed } from '../../../schema/errors.ts';
import { addMinutes } from '../../vendor/time.ts';
import type { Sending, Sent, WriteCall, Writer } from '../../vendor/writes/writer.ts';
import {
  appointmentBySlot,
  bookedAppointment,
  isCancellationCode,
  minutesNow,
  movedAppointment,
  movedToSlot,
  standingAppointment,
  type Time,
} from '../mapping/appointment-form.ts';
import type { Service } from '../service.ts';
import { readSlots } from '../slots.ts';
import { change } from './change.ts';
import { create, findByNumber } from './create.ts';
import { stepsBetween } from './patch.ts';
import { checkKeys, fieldsOf, fieldsOfSteps, plannedChange, plannedCreate, refuse, refuseMerged } from './plan.ts';
import type { Places } from './refusal.ts';
import type { Standing } from './rules.ts';
import { checkSlot, orTaken } from './taken.ts';
import type { Original } from './wire.ts';

type Booking = Commands['bookAppointment'];
type Move = Commands['rescheduleAppointment'];

const PLACES: Places = {
  'Appointment.slot': ['slot'],
  'Appointment.start': ['start'],
  'Appointment.end': ['minutes'],
  'Appointment.minutesDuration': ['minutes'],
  'Appointment.reasonCode': ['reason'],
  'Appointment.cancelationReason': ['reason'],
  'Appointment.comment': ['note'],
  'Appointment.serviceType': ['type'],
  'Appointment.appointmentType': ['type'],
};

const issue = (name: string, message: string): FieldIssueDetail => ({ path: [name], rule: 'vendor', message });

/** What a server that books by slots cannot be told. */
const bySlotIssues = ({ slot }: When): readonly FieldIssueDetail[] =>
  slot === undefined ? [issue('slot', 'This vendor books by a slot only.')] : [];

const bookingIssues = (service: Service, input: Booking): readonly FieldIssueDetail[] => {
  const { bySlot, longestReason } = service.profile.writes;
  const { slot, start, minutes, reason } = input;
  const untimed = bySlot !== true && slot === undefined;
  return [
    ...checkKeys({ patient: input.patient, slot, practitioner: input.practitioner, location: input.location }),
    ...(bySlot === true ? bySlotIssues(input) : []),
    ...(untimed && start === undefined ? [issue('start', 'Is required without a slot.')] : []),
    ...(untimed && minutes === undefined ? [issue('minutes', 'This vendor has no usual length: is required.')] : []),
    ...(longestReason !== undefined && (reason?.length ?? 0) > longestReason
      ? [issue('reason', 'Is longer than this vendor takes.')]
      : []),
  ];
};

/** From when to when, as given; what is not is the slot's. */
const timeOf = async (service: Service, when: When, call: WriteCall): Promise<Time> => {
  const { slot, start, minutes, practitioner, location } = when;
  const isWhole = slot === undefined || practitioner !== undefined;
  if (start !== undefined && minutes !== undefined && isWhole)
    return { ...when, start, end: addMinutes(start, minutes) };
  if (slot === undefined) throw validationFailed([issue('start', 'Is required without a slot.')]);
  const [found] = await readSlots(service, [{ key: slot, fields: new Set(['practitioner', 'location']) }], call);
  if (found instanceof Error) throw found;
  if (found == null) throw new GraphError('SLOT_TAKEN', { source: service.source });
  const { record } = found;
  const from = start ?? record.start;
  return {
    slot,
    start: from,
    end: minutes === undefined ? record.end : addMinutes(from, minutes),
    ...((practitioner ?? record.practitionerKey) == null
      ? {}
      : { practitioner: practitioner ?? record.practitionerKey ?? '' }),
    ...((location ?? record.locationKey) == null ? {} : { location: location ?? record.locationKey ?? '' }),
  };
};

/** Where the time is the slot's, the slot is all that can be told before it is read. */
const plannedBooking = ({ profile }: Service, input: Booking): object => {
  const { slot, start, minutes } = input;
  return profile.writes.bySlot !== true && start !== undefined && minutes !== undefined
    ? bookedAppointment(input, { ...input, start, end: addMinutes(start, minutes) })
    : appointmentBySlot(input, slot ?? '');
};

const booking = async (service: Service, input: Booking, call: WriteCall): Promise<object> => {
  if (service.profile.writes.bySlot !== true || input.slot === undefined)
    return bookedAppointment(input, await timeOf(service, input, call));
  await checkSlot(service, input, input.slot, call);
  return appointmentBySlot(input, input.slot);
};

export const appointmentBooker = (service: Service): Writer<'bookAppointment'> => ({
  plan: (input) => {
    refuse(bookingIssues(service, input));
    return [plannedCreate(service, 'Appointment', plannedBooking(service, input))];
  },
  send: async (input, sending) => {
    refuseMerged(service, input.patient);
    const resource = await booking(service, input, sending.call);
    return orTaken(service, input.slot, sending.call, () => create(service, 'Appointment', resource, sending, PLACES));
  },
  ...(service.profile.writes.numbered === 'found'
    ? { find: (_input, sending) => findByNumber(service, 'Appointment', sending) }
    : {}),
});

/** What somebody else changed meanwhile does not matter as long as it is neither the state nor the time. */
const isAgain =
  ({ ifVersion }: { readonly ifVersion?: string }) =>
  (before: Original<'Appointment'>, now: Original<'Appointment'>): boolean =>
    ifVersion === undefined &&
    (['status', 'start', 'end'] as const).every((name) => before.resource[name] === now.resource[name]);

const moveIssues = ({ profile }: Service, input: Move): readonly FieldIssueDetail[] => [
  ...checkKeys({ id: input.key, slot: input.slot, practitioner: input.practitioner, location: input.location }),
  ...(profile.writes.bySlot === true ? bySlotIssues(input) : []),
  ...(input.slot === undefined && input.start === undefined ? [issue('start', 'Is required without a slot.')] : []),
];

const plannedMove = ({ profile }: Service, { slot, start, minutes, practitioner, location }: Move) => {
  const actors = [
    ...(practitioner === undefined ? [] : [`Practitioner/${practitioner}`]),
    ...(location === undefined ? [] : [`Location/${location}`]),
  ];
  return fieldsOf({
    ...(slot === undefined ? {} : { slot: [{ reference: `Slot/${slot}` }] }),
    ...(profile.writes.bySlot === true
      ? {}
      : {
          start,
          end: start === undefined || minutes === undefined ? undefined : addMinutes(start, minutes),
          participant: actors.map((reference) => ({ actor: { reference } })),
        }),
  });
};

/** Without a slot it takes as long as before. */
const movedTime = async (
  service: Service,
  { key: _key, ifVersion: _version, ...when }: Move,
  { resource }: Original<'Appointment'>,
  call: WriteCall,
): Promise<Time> => {
  const minutes = when.minutes ?? (when.slot === undefined ? minutesNow(resource, service.context()) : undefined);
  if (minutes === undefined && when.slot === undefined)
    throw validationFailed([issue('minutes', 'The appointment has no length: is required.')]);
  return timeOf(service, { ...when, ...(minutes === undefined ? {} : { minutes }) }, call);
};

const moved = async (service: Service, input: Move, original: Original<'Appointment'>, call: WriteCall) => {
  const { document, resource } = original;
  if (service.profile.writes.bySlot === true && input.slot !== undefined) {
    await checkSlot(service, input, input.slot, call);
    return movedToSlot(document, resource, input.slot);
  }
  const time = await movedTime(service, input, original, call);
  return movedAppointment(document, resource, time, service.context());
};

export const appointmentMover = (service: Service): Writer<'rescheduleAppointment'> => ({
  plan: (input) => {
    refuse(moveIssues(service, input));
    return plannedChange(service, 'Appointment', plannedMove(service, input));
  },
  send: async (input, sending) => {
    await orTaken(service, input.slot, sending.call, () =>
      change(
        service,
        {
          type: 'Appointment',
          id: input.key,
          edit: (original) => moved(service, input, original, sending.call),
          places: PLACES,
          again: isAgain(input),
        },
        sending,
      ),
    );
    return { key: input.key };
  },
});

const lost = (message: string): Pick<Sent, 'warnings'> => ({ warnings: [{ path: ['reason'], rule: 'kept', message }] });

const unkept = ({ profile }: Service, standing: Standing, reason: string | undefined): Pick<Sent, 'warnings'> => {
  if (reason === undefined) return {};
  if (standing !== 'cancelled') return lost('FHIR keeps a reason with cancellations only.');
  return profile.writes.codedCancellations === true && !isCancellationCode(reason)
    ? lost('This vendor keeps the code of a reason only: other.')
    : {};
};

/** Brings an appointment into a state. */
export const appointmentStander = (service: Service, standing: Standing) => ({
  plan: ({ key, reason }: Commands['cancelAppointment']) => {
    refuse(checkKeys({ id: key }));
    const steps = stepsBetween({ status: '' }, standingAppointment({ status: '' }, standing, reason));
    return plannedChange(service, 'Appointment', fieldsOfSteps(steps));
  },
  send: async (input: Commands['cancelAppointment'], sending: Sending): Promise<Sent> => {
    const { key, reason } = input;
    await change(
      service,
      {
        type: 'Appointment',
        id: key,
        edit: ({ document }) => standingAppointment(document, standing, reason),
        places: PLACES,
        again: isAgain(input),
      },
      sending,
    );
    return { key, ...unkept(service, standing, reason) };
  },
});
