import type { Slot } from '../practice.ts';
import { laterDay, mayBeWithin, wireDay } from './clock.ts';
import { isAmong, isWithin } from './compare.ts';
import { reasonId } from './identity.ts';
import { SCHEDULING } from './kinds.ts';
import { isOpen, openNumber } from './open-slots.ts';
import { LONG_LISTS, page } from './paging.ts';
import { missingFields } from './reply.ts';
import type { Call, Route } from './router.ts';
import type { World } from './world.ts';

const USUAL_DAYS = 7;
/** Stands for any reason that patients may book by web. [public: laravel] */
const ANY_REASON = -1;

/** Ids are numbers here, and the reasons text. [public: go] */
const slotRow = (world: World, slot: Slot) => {
  const { start, minutes, locationId, practitionerId, type } = slot;
  const { date, time } = world.localAt(start, locationId);
  return {
    appointmentid: openNumber(world, slot),
    appointmenttype: type.name,
    appointmenttypeid: type.id,
    date: wireDay(date),
    departmentid: locationId,
    duration: minutes,
    localproviderid: practitionerId,
    patientappointmenttypename: type.name,
    providerid: practitionerId,
    reasonid: [String(reasonId(type.id))],
    starttime: time.slice(0, 5),
  };
};

/** Whether a slot is for the reasons or the type asked for; for neither, nothing is. */
const isFor = ({ sent }: Call): ((slot: Slot) => boolean) => {
  const [reasons, kind] = [sent.ids('reasonid'), sent.id('appointmenttypeid')];
  const needsProvider = [...(reasons ?? [])].some((reason) => reason !== ANY_REASON);
  if (needsProvider && sent.ids('providerid') === undefined) throw missingFields(['providerid']);
  return ({ type }) =>
    (reasons !== undefined || kind !== undefined) &&
    (kind === undefined || kind === type.id) &&
    (reasons === undefined || reasons.has(ANY_REASON) || reasons.has(reasonId(type.id)));
};

const isInTime = ({ world, sent }: Call): ((slot: Slot) => boolean) => {
  if (sent.flag('bypassscheduletimechecks')) return () => true;
  const earliest = world.now + SCHEDULING.minHours * 3_600_000;
  const latest = world.now + SCHEDULING.maxDays * 86_400_000;
  return ({ start }) => Date.parse(start) >= earliest && Date.parse(start) <= latest;
};

/** Free slots of some departments, from today for a week unless asked. [public: laravel, go, dotnet] */
const open = (call: Call) => {
  const { world, sent } = call;
  sent.require('departmentid');
  const [departments, providers] = [sent.ids('departmentid'), sent.ids('providerid')];
  const [sentFrom, sentTo] = [sent.day('startdate'), sent.day('enddate')];
  const [suits, inTime] = [isFor(call), isInTime(call)];
  const isListed = (slot: Slot): boolean => {
    const { date } = world.localAt(slot.start, slot.locationId);
    const from = sentFrom ?? world.localAt(world.now, slot.locationId).date;
    const to = sentTo ?? laterDay(from, USUAL_DAYS);
    return isWithin(date, from, to);
  };
  const today = world.localAt(world.now, undefined).date;
  const near = mayBeWithin(sentFrom ?? laterDay(today, -1), sentTo ?? laterDay(sentFrom ?? today, USUAL_DAYS + 1));
  const rows = world.practice.slots.filter(
    (slot) =>
      isAmong(departments, slot.locationId) &&
      isAmong(providers, slot.practitionerId) &&
      near(slot.start) &&
      suits(slot) &&
      inTime(slot) &&
      isListed(slot) &&
      isOpen(world, slot),
  );
  const sorted = rows.toSorted((one, other) => Date.parse(one.start) - Date.parse(other.start) || one.id - other.id);
  return page(call, 'appointments', sorted, (slot) => slotRow(world, slot), LONG_LISTS);
};

export const slotRoutes: readonly Route[] = [{ method: 'GET', path: '/appointments/open', handle: open }];
