import type { Mapped } from '../../../schema/records.ts';
import { addDays, compareInstants, instantToLocal, localToInstant } from '../../vendor/time.ts';
import { cell, idCell, type Row } from '../payload.ts';
import { toDay } from './format.ts';
import { joinKey, splitKey } from './key.ts';

/** GetAvailableSchedule draws a day as 2 x 144 characters, one for each 5 minutes from midnight. */
const CELL_MINUTES = 5;
const CELLS = (24 * 60) / CELL_MINUTES;

/** One resource's day at one place, as free and taken cells. */
export interface Availability {
  readonly resource: string;
  readonly date: string;
  readonly location: string;
  readonly free: readonly boolean[];
}

/** "Blocked" means open for booking by template, so a cell is free when it is blocked and not booked. */
export const toAvailability = (row: Row): Availability | undefined => {
  const date = toDay(cell(row, 'Available_Date'));
  const resource = cell(row, 'Resource_Abbreviation');
  const blocked = bits(row, 'Blocked_Slots');
  const booked = bits(row, 'Booked_Slots');
  if (date === undefined || date.length < 10 || resource === undefined) return undefined;
  if (blocked === undefined || booked === undefined) return undefined;
  const free = [...blocked].map((bit, i) => bit === '1' && booked[i] === '0');
  return { resource, date, location: idCell(row, 'Scheduling_Location_ID') ?? '', free };
};

const bits = (row: Row, column: string): string | undefined => {
  const all = `${cell(row, `${column}1`) ?? ''}${cell(row, `${column}2`) ?? ''}`;
  return new RegExp(`^[01]{${CELLS}}$`).test(all) ? all : undefined;
};

/** A stretch of free cells. `from` and `to` count cells, `to` is not part of it. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

const at = (date: string, index: number, zone: string): string => {
  const minutes = index * CELL_MINUTES;
  const [hour, minute] = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'));
  return index === CELLS
    ? localToInstant(addDays(date, 1), '00:00', zone)
    : localToInstant(date, `${hour}:${minute}`, zone);
};

/** How far into a day an instant is, in cells: below 0 before that day, above `CELLS` after it. */
const cellsInto = (date: string, instant: string, zone: string): number => {
  const local = instantToLocal(instant, zone);
  if (local.date !== date) return local.date < date ? -1 : CELLS + 1;
  const [hour = '0', minute = '0'] = local.time.split(':');
  const rest = (Date.parse(instant) % 60_000) / 60_000;
  return (Number(hour) * 60 + Number(minute) + rest) / CELL_MINUTES;
};

/** The longest stretches of free cells that begin at or after `from` and end at or before `to` (instants). */
export const freeRuns = (day: Availability, zone: string, from: string, to: string): readonly Run[] => {
  const first = Math.max(0, Math.ceil(cellsInto(day.date, from, zone)));
  const end = Math.min(CELLS, Math.floor(cellsInto(day.date, to, zone)));
  const runs: Run[] = [];
  for (let index = first; index < end; index += 1) {
    if (day.free[index] !== true) continue;
    const last = runs.at(-1);
    if (last?.to === index) runs[runs.length - 1] = { from: last.from, to: index + 1 };
    else runs.push({ from: index, to: index + 1 });
  }
  // an hour that the autumn change repeats has two instants for one cell
  return runs.filter(
    (run) =>
      compareInstants(at(day.date, run.from, zone), from) >= 0 && compareInstants(at(day.date, run.to, zone), to) <= 0,
  );
};

/** What a slot's key says, so that it can be asked for again. */
export interface SlotKey {
  readonly resource: string;
  readonly location: string;
  readonly date: string;
  readonly run: Run;
}

const slotKey = (day: Availability, run: Run): string =>
  joinKey(
    day.resource,
    day.location,
    day.date,
    String(run.from * CELL_MINUTES),
    String((run.to - run.from) * CELL_MINUTES),
  );

/** `undefined` for a key that no slot of this vendor can have. */
export const parseSlotKey = (key: string): SlotKey | undefined => {
  const [resource = '', location = '', date = '', start = '', minutes = ''] = splitKey(key, 5) ?? [];
  if (resource === '' || !/^\d{4}-\d{2}-\d{2}$/.test(date) || toDay(date) !== date) return undefined;
  if (!/^\d{1,4}$/.test(start) || !/^\d{1,4}$/.test(minutes)) return undefined;
  const run = { from: Number(start) / CELL_MINUTES, to: (Number(start) + Number(minutes)) / CELL_MINUTES };
  const possible = Number.isInteger(run.from) && Number.isInteger(run.to) && run.to > run.from && run.to <= CELLS;
  return possible ? { resource, location, date, run } : undefined;
};

/** The instants between which a slot's key says that it is. */
export const slotTimes = (
  { date, run }: Pick<SlotKey, 'date' | 'run'>,
  zone: string,
): { readonly start: string; readonly end: string } => ({
  start: at(date, run.from, zone),
  end: at(date, run.to, zone),
});

export const isFree = (day: Availability, run: Run): boolean => day.free.slice(run.from, run.to).every(Boolean);

export const toSlot = (
  day: Availability,
  run: Run,
  zone: string,
  practitionerKey: string | undefined,
  locationKey: string | undefined,
): Mapped<'Slot'> => {
  const key = slotKey(day, run);
  return {
    key,
    externalId: key,
    practitionerKey: practitionerKey ?? null,
    locationKey: locationKey ?? null,
    ...slotTimes({ date: day.date, run }, zone),
    types: [],
    own: { resource: day.resource },
  };
};
