import type { Practice } from '../practice.ts';

/** A kind of visit. */
export interface VisitType {
  readonly id: number;
  readonly name: string;
}

/** The lists behind a practice's visits. What was on a list once stays there. */
export interface Catalogue {
  /** By id. */
  types(): readonly VisitType[];
  /** How many minutes a visit of the kind takes when nobody says (assumption: as many as most of them do). */
  usualMinutes(type: VisitType): number;
  /** Why visits were cancelled; a reason's number is its place from 1. */
  cancellationReasons(): readonly string[];
  /** The number of a reason; a new one goes to the end of the list. */
  reasonNumber(reason: string): number;
}

/** What every practice can choose from, after the reasons of its own (assumption). */
const COMMON_REASONS = ['Patient cancelled', 'Provider unavailable', 'Weather', 'Other'];
/** Stands for no type of the practice's own. */
const NO_TYPE = 0;

const HALF_AN_HOUR = 30;

/** By the kind's id, how long most visits of it are, or else its free times. */
const lengthsOf = ({ appointments, slots }: Practice): ReadonlyMap<number, number> => {
  const counts = new Map<number, Map<number, number>>();
  const count = ({ type, minutes }: { readonly type: VisitType; readonly minutes: number }, weight: number): void => {
    const lengths = counts.get(type.id) ?? new Map<number, number>();
    counts.set(type.id, lengths.set(minutes, (lengths.get(minutes) ?? 0) + weight));
  };
  for (const visit of appointments) count(visit, slots.length + 1);
  for (const slot of slots) count(slot, 1);
  return new Map(
    [...counts].map(([id, lengths]) => [
      id,
      [...lengths].reduce((most, one) => (one[1] > most[1] ? one : most), [HALF_AN_HOUR, 0])[0],
    ]),
  );
};

/** Reads the lists off the practice's visits and free time, now and whenever they are asked for. */
export const openCatalogue = (practice: Practice): Catalogue => {
  const types = new Map<number, VisitType>();
  const reasons = new Map<string, number>();
  const reasonNumber = (reason: string): number => {
    const number = reasons.get(reason) ?? reasons.size + 1;
    reasons.set(reason, number);
    return number;
  };
  const refresh = (): void => {
    for (const { type } of [...practice.appointments, ...practice.slots])
      if (type.id !== NO_TYPE && !types.has(type.id)) types.set(type.id, type);
    for (const { cancellationReason } of practice.appointments)
      if (cancellationReason !== undefined) reasonNumber(cancellationReason);
  };
  refresh();
  const lengths = lengthsOf(practice);
  for (const reason of COMMON_REASONS) reasonNumber(reason);
  return {
    types: () => {
      refresh();
      return [...types.values()].sort((one, other) => one.id - other.id);
    },
    usualMinutes: ({ id }) => lengths.get(id) ?? HALF_AN_HOUR,
    cancellationReasons: () => {
      refresh();
      return [...reasons.keys()];
    },
    reasonNumber,
  };
};
