import type { When } from '../../../schema/commands.ts';
import type { AppointmentStatus } from '../../../schema/enums.ts';
import { validationFailed } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import { addMinutes, minutesBetween } from '../time.ts';
import { Refused, type Work } from './work.ts';

/** Free slots that are offered in place of a taken one. */
const MOST_ALTERNATIVES = 5;
/** Where they are looked for: from now, or the day before, to a week after the wanted time. */
const BEFORE_MINUTES = 24 * 60;
const AFTER_MINUTES = 7 * 24 * 60;

/** A visit in one of these states takes nobody's time. */
const OVER: ReadonlySet<AppointmentStatus> = new Set(['CANCELLED', 'NO_SHOW', 'ENTERED_IN_ERROR']);
export const takesTime = ({ status }: Pick<Mapped<'Appointment'>, 'status'>): boolean => !OVER.has(status);

/** What the slot says of the time that is wanted, kept so that a later attempt, which no longer finds the slot free, knows it too. */
const PREPARED = ['practitioner', 'location', 'start', 'minutes'] as const;

const kept = (work: Work): Partial<When> | undefined => {
  const { start, minutes, practitioner, location } = work.progress;
  if (start === undefined) return undefined;
  return {
    start,
    ...(minutes === undefined ? {} : { minutes: Number(minutes) }),
    ...(practitioner === undefined ? {} : { practitioner }),
    ...(location === undefined ? {} : { location }),
  };
};

/** Slots may be long stretches of free time: what is asked for must lie within. */
const within = (slot: Mapped<'Slot'>, { start, minutes, practitioner }: When): void => {
  const wrong = (path: string) => validationFailed([{ path: [path], rule: 'slot', message: 'Contradicts the slot.' }]);
  const from = start ?? slot.start;
  const long = minutes ?? (start === undefined ? minutesBetween(slot.start, slot.end) : 1);
  if (Date.parse(from) < Date.parse(slot.start) || Date.parse(addMinutes(from, long)) > Date.parse(slot.end))
    throw wrong(start === undefined ? 'minutes' : 'start');
  if (practitioner !== undefined && slot.practitionerKey != null && slot.practitionerKey !== practitioner)
    throw wrong('practitioner');
};

/**
 * A booking with the time, the practitioner and the place of its slot.
 * @throws Refused SLOT_TAKEN when there is no such slot any longer; GraphError VALIDATION when it contradicts the slot
 */
export const prepared = async <W extends When>(work: Work, input: W): Promise<W> => {
  if (input.slot === undefined) return input;
  const before = kept(work);
  if (before !== undefined) return { ...input, ...before };
  const [found = null] = await work.reading(() =>
    work.connector.read.Slot(
      [{ key: input.slot ?? '', fields: new Set(['start', 'end', 'practitioner', 'location']) }],
      work.call(),
    ),
  );
  if (found instanceof Error) throw found;
  if (found === null) throw await taken(work, input);
  const { record } = found;
  within(record, input);
  const when: When = {
    start: input.start ?? record.start,
    ...(input.minutes === undefined && input.start !== undefined
      ? {}
      : { minutes: input.minutes ?? minutesBetween(record.start, record.end) }),
    ...((input.practitioner ?? record.practitionerKey) == null
      ? {}
      : { practitioner: input.practitioner ?? record.practitionerKey ?? '' }),
    ...((input.location ?? record.locationKey) == null ? {} : { location: input.location ?? record.locationKey ?? '' }),
  };
  await work.keep(
    Object.fromEntries(PREPARED.flatMap((name) => (when[name] === undefined ? [] : [[name, String(when[name])]]))),
  );
  return { ...input, ...when };
};

const distance = (slot: Mapped<'Slot'>, start: string): number => Math.abs(Date.parse(slot.start) - Date.parse(start));

/** SLOT_TAKEN, with the nearest free slots where the vendor tells them: a failure to do so is no reason to say less. */
export const taken = async (work: Work, input: When & { readonly type?: string }): Promise<Refused> => {
  const now = new Date(work.now()).toISOString();
  const start = input.start ?? now;
  const earliest = addMinutes(start, -BEFORE_MINUTES);
  const from = earliest < now ? now : earliest;
  const { practitioner, location } = input;
  try {
    const slots = await work.connector.slots(
      {
        from,
        to: addMinutes(start < from ? from : start, AFTER_MINUTES),
        ...(practitioner === undefined ? {} : { practitioners: [practitioner] }),
        ...(location === undefined ? {} : { locations: [location] }),
        fields: new Set(['start', 'end']),
      },
      work.call(),
    );
    const nearest = slots
      .map(({ record }) => record)
      .filter(({ key }) => key !== input.slot)
      .sort((one, other) => distance(one, start) - distance(other, start));
    return new Refused({ code: 'SLOT_TAKEN', alternatives: nearest.slice(0, MOST_ALTERNATIVES).map(({ key }) => key) });
  } catch {
    return new Refused({ code: 'SLOT_TAKEN', alternatives: [] });
  }
};
