import type { Happening } from '../happenings.ts';
import type { Observation } from '../practice.ts';
import { appointmentRow, openAppointmentRow } from './appointment-row.ts';
import { claimRow } from './claim-row.ts';
import { isAmong, isWithin } from './compare.ts';
import { providerRow } from './directory.ts';
import { isoStamp, issuedOf } from './documents.ts';
import type { Feed, FeedName, Message } from './feeds.ts';
import { encounterId } from './identity.ts';
import { reportsOf } from './labs.ts';
import { isOpen } from './open-slots.ts';
import { page } from './paging.ts';
import { listedPatientRow, type Row } from './patient-row.ts';
import { invalid, json, Refusal } from './reply.ts';
import type { Call, Route } from './router.ts';
import { textId, type World, wireStampDay } from './world.ts';

/** A changed record as it is now, and what a call can narrow it by. */
interface Listed {
  readonly row: Row;
  readonly departmentid?: number | undefined;
  readonly providerid?: number | undefined;
  readonly patientid?: number | undefined;
}

type Shown = (call: Call, happening: Happening) => Listed | undefined;

/** A slot that is gone has no row. [assumption] */
const slot: Shown = ({ world }, { id, at }) => {
  const open = world.practice.slots.find((one) => one.id === id);
  if (open === undefined || !isOpen(world, open)) return undefined;
  const row = { ...openAppointmentRow(world, open), lastmodified: world.stamp(at) };
  return { row, departmentid: open.locationId, providerid: open.practitionerId };
};

const appointment: Shown = (call, happening) => {
  const { world, sent } = call;
  if (happening.type === 'Slot') return slot(call, happening);
  const visit = world.appointment(happening.id);
  return (
    visit && {
      row: appointmentRow(world, visit, sent),
      departmentid: visit.locationId,
      providerid: visit.practitionerId,
      patientid: visit.patientId,
    }
  );
};

const patient: Shown = ({ world, sent }, { id }) => {
  const person = world.patient(id);
  return (
    person && {
      row: listedPatientRow(world, person, sent),
      departmentid: person.locationId,
      providerid: person.practitionerId,
      patientid: id,
    }
  );
};

const labRow = (world: World, observation: Observation): Listed | undefined => {
  const person = world.patient(observation.patientId);
  const report = person && reportsOf(world, person).find(({ id }) => id === observation.reportId);
  if (person === undefined || report === undefined) return undefined;
  const { first, id } = report;
  const [created, modified] = issuedOf(report);
  const row = {
    labresultid: id,
    patientid: person.id,
    departmentid: textId(person.locationId),
    providerid: first.practitionerId,
    encounterid: first.appointmentId === undefined ? undefined : String(encounterId(first.appointmentId)),
    status: 'REVIEW',
    priority: '2',
    documentroute: 'INTERFACE',
    documentsource: 'INTERFACE',
    createddate: wireStampDay(world, created),
    createddatetime: isoStamp(world, created),
    lastmodifieddate: wireStampDay(world, modified),
    lastmodifieddatetime: isoStamp(world, modified),
    observationdate: wireStampDay(world, first.effective),
    observationdatetime: isoStamp(world, first.effective),
  };
  return { row, departmentid: person.locationId, providerid: first.practitionerId, patientid: person.id };
};

const lab: Shown = ({ world }, happening) =>
  happening.type === 'Observation' ? labRow(world, happening.record) : undefined;

const claim: Shown = ({ world, sent }, { id }) => {
  const found = world.claim(id);
  return (
    found && {
      row: claimRow(world, found, sent.flag('showcustomfields')),
      departmentid: found.locationId,
      providerid: found.practitionerId,
      patientid: found.patientId,
    }
  );
};

const provider: Shown = ({ world }, { id }) => {
  const person = world.practitioner(id);
  return person && { row: providerRow(world, person), departmentid: person.locationId, providerid: id };
};

const SHOWN: Readonly<Record<FeedName, Shown>> = {
  appointments: appointment,
  patients: patient,
  labresults: lab,
  claims: claim,
  providers: provider,
};

const notSubscribed = (): Refusal =>
  new Refusal(json(403, { error: 'Changed messages require setup (subscription) that has not been done.' }));

/** Of what was handed out, what the clocks of the stamps showed within both bounds; undefined when nobody asks. */
const handedOut = ({ sent, world }: Call, feed: Feed): readonly Message[] | undefined => {
  const [from, to] = [sent.stamp('showprocessedstartdatetime'), sent.stamp('showprocessedenddatetime')];
  if (from === undefined && to === undefined) return undefined;
  return feed.processed.filter(({ processedAt = 0 }) => {
    const { date, time } = world.clock.local(processedAt, world.setting.stampZone);
    return isWithin(`${date} ${time}`, from, to);
  });
};

interface Found extends Listed {
  readonly message: Message;
}

const NARROWING = ['departmentid', 'providerid', 'patientid'] as const;

/** Current rows of messages, each record once, as far as the call and the subscription want them. */
const found = (call: Call, name: FeedName, messages: readonly Message[]): readonly Found[] => {
  const feed = call.feeds[name];
  const asked = NARROWING.map((field) => [field, call.sent.ids(field)] as const);
  const last = new Map(messages.map((message) => [feed.kind.keyOf(message.happening), message]));
  return [...last.values()].flatMap((message) => {
    const listed = SHOWN[name](call, message.happening);
    const isWanted =
      listed !== undefined &&
      feed.covers(listed.departmentid) &&
      asked.every(([field, ids]) => isAmong(ids, listed[field]));
    return isWanted ? [{ ...listed, message }] : [];
  });
};

/**
 * The records that changed since they were fetched last. What is shown is handed out and does not come again, unless
 * the call leaves it or asks for what was handed out before. Without a page to follow: the next call has the rest.
 * [public: laravel, go; that there is no `next`, and that a message whose record is gone has no row: assumption]
 */
const changes = (name: FeedName) => (call: Call) => {
  const feed = call.feeds[name];
  if (!feed.isActive) throw notSubscribed();
  const before = handedOut(call, feed);
  const shown: Message[] = [];
  const rows = found(call, name, before ?? feed.waiting);
  const body = page(call, name, rows, ({ message, row }) => {
    shown.push(message);
    return row;
  });
  const leaves = before !== undefined || call.sent.flag('leaveunprocessed');
  if (!leaves) feed.process(shown);
  const { totalcount, next, previous, ...list } = body;
  return {
    // the list of providers tells no total. [public: go]
    ...(name !== 'providers' && { totalcount }),
    ...(leaves && { next, previous }),
    ...list,
  };
};

const named = (events: readonly string[]) => events.map((eventname) => ({ eventname }));

/** The words for a subscription to some events, to none and for one that does not act yet: [assumption]. */
const statusOf = ({ kind, subscribed, isActive }: Feed): string => {
  if (subscribed.length === 0) return 'INACTIVE';
  if (!isActive) return 'PENDING';
  return kind.events.every((name) => subscribed.includes(name)) ? 'ACTIVE' : 'PARTIAL';
};

const show = (name: FeedName) => (call: Call) => {
  const feed = call.feeds[name];
  return { status: statusOf(feed), subscriptions: named(feed.subscribed) };
};

const events = (name: FeedName) => (call: Call) => {
  const { kind } = call.feeds[name];
  return { subscriptions: named([...kind.events, ...kind.optIn]) };
};

/** The one event of a call, or all of them. */
const eventsSent = ({ sent }: Call, { kind }: Feed): readonly string[] | undefined => {
  const name = sent.text('eventname');
  if (name !== undefined && ![...kind.events, ...kind.optIn].includes(name)) throw invalid('Invalid EVENTNAME input');
  return name === undefined ? undefined : [name];
};

const subscribe = (name: FeedName) => (call: Call) => {
  const { sent, world } = call;
  const feed = call.feeds[name];
  const departments = sent.ids('departmentids');
  if ([...(departments ?? [])].some((id) => world.location(id) === undefined))
    throw invalid('Invalid DEPARTMENTIDS input');
  const [reminders, overbooking] = feed.kind.optIn;
  const all = [
    ...feed.kind.events,
    ...(reminders !== undefined && sent.flag('includeremindercall') ? [reminders] : []),
    ...(overbooking !== undefined && sent.flag('includesuggestedoverbooking') ? [overbooking] : []),
  ];
  feed.subscribe(eventsSent(call, feed) ?? all, departments);
  return { success: true };
};

const unsubscribe = (name: FeedName) => (call: Call) => {
  const feed = call.feeds[name];
  feed.unsubscribe(eventsSent(call, feed) ?? feed.subscribed);
  return { success: true };
};

/** The five calls of every feed. [public: laravel, docs-changed] */
export const changedRoutes: readonly Route[] = Object.keys(SHOWN).flatMap((key): readonly Route[] => {
  const name = key as FeedName;
  const path = `/${name}/changed`;
  return [
    { method: 'GET', path, handle: changes(name) },
    { method: 'GET', path: `${path}/subscription`, handle: show(name) },
    { method: 'POST', path: `${path}/subscription`, handle: subscribe(name) },
    { method: 'DELETE', path: `${path}/subscription`, handle: unsubscribe(name) },
    { method: 'GET', path: `${path}/subscription/events`, handle: events(name) },
  ];
});
