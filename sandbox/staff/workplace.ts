import type { Sandbox, Vendor } from '../index.ts';
import { KNOWN_PEOPLE } from '../population/cast.ts';
import type { Random } from '../population/random.ts';
import type { Patient, Practice } from '../practice.ts';
import type { Door } from './door.ts';

/** One practice, whoever works there, and what they see. */
export interface Workplace {
  readonly vendor: Vendor;
  readonly practice: Practice;
  readonly door: Door;
  readonly sandbox: Pick<Sandbox, 'change' | 'addResult'>;
  /** The practice's present, milliseconds since 1970. */
  readonly now: () => number;
  readonly chance: Random;
}

/** Something to do, for which everything is there; `do` rejects when the vendor's system refuses it. */
export interface Plan {
  readonly patient: number;
  /** What it is done to, where that is there before: the appointment or the observation. */
  readonly record?: number;
  /** Gives what was made, when it is a result. */
  do(): Promise<number | undefined>;
}

/** People of documentation and tests stay as they are, and so do those who died. */
const livesFreely = (vendor: Vendor): ((patient: Pick<Patient, 'id' | 'deceased'>) => boolean) => {
  const known = new Set(KNOWN_PEOPLE.map(({ ids }) => ids[vendor]));
  return ({ id, deceased }) => !known.has(id) && deceased === undefined;
};

/** Whose records may change. */
export const freelyLiving = ({ vendor, practice }: Workplace): readonly Patient[] =>
  practice.patients.filter(livesFreely(vendor));

export const picked = <T>(list: readonly T[], chance: Random): T | undefined =>
  list.length === 0 ? undefined : chance.pick(list);
