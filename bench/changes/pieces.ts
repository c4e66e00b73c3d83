import type { Random } from '../../sandbox/population/random.ts';
import type { Observation, Patient, Practice } from '../../sandbox/practice.ts';
import { isClaimInPlay, SOURCE, type Type, type Vendor } from './kinds.ts';

/** A record that is changed again and again. */
export interface Piece {
  readonly vendor: Vendor;
  readonly type: Type;
  readonly id: number;
  /** By which it is known to the bench. */
  readonly number: number;
  version: number;
}

/** Of each type at each vendor. */
const IN_PLAY = 80;

export const nameOf = ({ vendor, type, number }: Piece): string => `${SOURCE[vendor]}/${type}/${number}`;

export const livingAt = (patients: readonly Patient[]): readonly Patient[] =>
  patients.filter(({ deceased }) => deceased === undefined);

/** Is it a measurement of the laboratory, and nothing besides? */
export const isNumber = ({ category, components, value }: Observation): boolean =>
  category === 'laboratory' && components.length === 0 && value?.kind === 'quantity' && value.comparator === undefined;

/** Unity has no claims to themselves: what a client sees as one are the charges of an encounter. */
const hasClaims = (vendor: Vendor): boolean => vendor !== 'unity';

/** Records of a type at a practice that may be changed, in any order. */
export const piecesOf = (practice: Practice | undefined, vendor: Vendor, type: Type, chance: Random): Piece[] => {
  if (practice === undefined) return [];
  const ids: Readonly<Record<Type, () => readonly { readonly id: number }[]>> = {
    Patient: () => livingAt(practice.patients),
    Appointment: () => practice.appointments.filter(({ status }) => status === 'booked'),
    Observation: () => practice.observations.filter(isNumber),
    Claim: () => (hasClaims(vendor) ? practice.claims.filter(isClaimInPlay) : []),
  };
  return chance
    .shuffled(ids[type]())
    .slice(0, IN_PLAY)
    .map(({ id }) => ({ vendor, type, id, number: id, version: 0 }));
};
