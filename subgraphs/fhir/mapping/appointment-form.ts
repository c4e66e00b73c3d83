import type { Appointment, CodeableConcept } from '@medplum/fhirtypes';
import type { Commands, When } from '../../../schema/commands.ts';
import { textConcept } from '../../vendor/concept.ts';
import { minutesBetween } from '../../vendor/time.ts';
import type { Resource } from '../payload.ts';
import { toTarget } from '../reference.ts';
import type { Standing } from '../writes/rules.ts';
import type { Element } from '../writes/wire.ts';
import { actorsOf, fromAppointment } from './appointment.ts';
import type { MappingContext } from './context.ts';
import { toInt, toMoment } from './datatypes.ts';
import { fromName } from './word.ts';

const APPOINTMENT_REASON = 'http://terminology.hl7.org/CodeSystem/v2-0276';
/** http://hl7.org/fhir/R4/v2/0276/: these words are the style of an appointment; all others name a service. */
const STYLES: ReadonlySet<string> = new Set(['CHECKUP', 'EMERGENCY', 'FOLLOWUP', 'ROUTINE', 'WALKIN']);

const CANCELLATION = 'http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason';
/** http://hl7.org/fhir/R4/valueset-appointment-cancellation-reason.html */
const CANCELLATION_REASONS: ReadonlySet<string> = new Set(
  'pat pat-crs pat-cpp pat-dec pat-fb pat-lt pat-mt pat-mv pat-preg pat-swl pat-uwo prov prov-pers prov-dch prov-edu prov-hosp prov-labs prov-mss prov-onc maint meds-inc other oth-cms oth-err oth-finl oth-iv oth-int oth-mu oth-room oth-oerr oth-swie oth-weath'.split(
    ' ',
  ),
);

const typeOf = (word: string): Partial<Appointment> => {
  const style = word.toUpperCase();
  return STYLES.has(style)
    ? { appointmentType: { coding: [{ system: APPOINTMENT_REASON, code: style }] } }
    : { serviceType: [fromName(word)] };
};

const reference = (type: string, id: string) => ({ reference: `${type}/${id}` });

/** When a visit is: from when to when, with a slot or without. */
export interface Time extends Pick<When, 'slot' | 'practitioner' | 'location'> {
  readonly start: string;
  readonly end: string;
}

type Booking = Commands['bookAppointment'];

const said = ({ patient, reason, note }: Booking) => ({
  status: 'BOOKED' as const,
  patientKey: patient,
  reason: reason === undefined ? null : textConcept(reason),
  note: note ?? null,
});

/** A booked visit. */
export const bookedAppointment = (input: Booking, time: Time): Appointment => {
  const { slot, practitioner, location, start, end } = time;
  return {
    ...fromAppointment({
      ...said(input),
      practitionerKey: practitioner ?? null,
      locationKey: location ?? null,
      start,
      end,
      minutes: minutesBetween(start, end),
    }),
    ...(input.type === undefined ? {} : typeOf(input.type)),
    ...(slot === undefined ? {} : { slot: [reference('Slot', slot)] }),
  };
};

/** The same where the slot alone says when, with whom, where and for what. */
export const appointmentBySlot = (input: Booking, slot: string): Appointment => ({
  ...fromAppointment(said(input)),
  slot: [reference('Slot', slot)],
});

/** How long it takes: as stated by its ends, else by its duration. */
export const minutesNow = (
  { start, end, minutesDuration }: Resource<'Appointment'>,
  { zone }: MappingContext,
): number | undefined => {
  const [from, to] = [toMoment(start, zone), toMoment(end, zone)];
  return from === undefined || to === undefined ? toInt(minutesDuration) : minutesBetween(from, to);
};

/** A visit that was only asked for is booked when it gets a time. */
const OPEN: ReadonlySet<string> = new Set(['proposed', 'waitlist']);
const settled = ({ status }: Resource<'Appointment'>): Element => (OPEN.has(status ?? '') ? { status: 'booked' } : {});

/** The same visit in another slot, which alone says when it is. */
export const movedToSlot = (document: Element, before: Resource<'Appointment'>, slot: string): Element => ({
  ...document,
  ...settled(before),
  slot: [reference('Slot', slot)],
});

/** The same visit at another time: what is not said of who and where stays. A slot that it leaves is not its slot. */
export const movedAppointment = (
  document: Element,
  before: Resource<'Appointment'>,
  { slot, practitioner, location, start, end }: Time,
  context: MappingContext,
): Element => {
  const { slot: _slot, ...rest } = document;
  return {
    ...rest,
    ...settled(before),
    start,
    end,
    ...(document.minutesDuration === undefined ? {} : { minutesDuration: minutesBetween(start, end) }),
    ...(slot === undefined ? {} : { slot: [reference('Slot', slot)] }),
    participant: [
      ['Practitioner', practitioner],
      ['Location', location],
    ].reduce<readonly Element[]>(
      (participants, [type, key]) => withActor(participants, before, type as 'Practitioner' | 'Location', key, context),
      (document.participant ?? []) as readonly Element[],
    ),
  };
};

/** Somebody else in the place of the first of this type; everybody else stays as it is written. */
const withActor = (
  participants: readonly Element[],
  before: Resource<'Appointment'>,
  type: 'Practitioner' | 'Location',
  key: string | undefined,
  context: MappingContext,
): readonly Element[] => {
  const present = actorsOf(type, before, context);
  if (key === undefined || present[0] === key) return participants;
  const leaving = participants.findIndex((one) => {
    const actor = one?.actor as { readonly reference?: string } | undefined;
    const target = toTarget(actor?.reference, context.base);
    return target?.type === type && target.id === present[0];
  });
  const coming = { actor: reference(type, key), status: 'accepted' };
  if (leaving < 0) return [...participants, coming];
  return participants.map((one, i) => (i === leaving ? { ...one, ...coming } : one));
};

export const isCancellationCode = (word: string): boolean => CANCELLATION_REASONS.has(word);

const toReason = (words: string): CodeableConcept =>
  isCancellationCode(words)
    ? { coding: [{ system: CANCELLATION, code: words }] }
    : { coding: [{ system: CANCELLATION, code: 'other' }], text: words };

/** The same visit in another state. Only a cancellation has a reason in R4. */
export const standingAppointment = (document: Element, status: Standing, reason: string | undefined): Element => ({
  ...document,
  status,
  ...(reason === undefined || status !== 'cancelled' ? {} : { cancelationReason: toReason(reason) }),
});
