import type { Random } from './population/random.ts';

/** What every misbehaviour says of when it strikes: see `Fault`. */
export interface Aim {
  readonly match?: string;
  readonly times?: number;
  readonly share?: number;
}

/** A misbehaviour that can be taken away again. */
export interface Planted {
  readonly id: string;
  remove(): void;
}

/** Misbehaviours `F` of one simulator, each of which does `T` to what it strikes. */
export interface Plantation<F, T> {
  /** @throws RangeError for a share, a number of times or anything else that is none */
  add(fault: F): Planted;
  /** False when there is none with this id. */
  remove(id: string): boolean;
  clear(): void;
  /** Every misbehaviour with what is left of its `times`. */
  list(): readonly (F & { readonly id: string })[];
  /** What goes wrong with a call of which these are the name and the parts. */
  striking(texts: readonly string[]): readonly T[];
}

/** More than any test needs; a client that adds without end is refused. */
const MOST_FAULTS = 1_000;

export const need = (holds: boolean, text: string): void => {
  if (!holds) throw new RangeError(text);
};

export const isShare = (value: number | undefined): boolean => value === undefined || (value >= 0 && value <= 1);

const checkAim = ({ share, times }: Aim): void => {
  need(isShare(share), 'The share of a fault must be from 0 to 1.');
  need(times === undefined || (Number.isInteger(times) && times >= 0), 'times must be a whole number.');
};

export interface PlantingOptions<F, T> {
  readonly chance: Random;
  /** Throws a RangeError for what is none. */
  readonly check: (fault: F) => void;
  readonly troublesOf: (fault: F, chance: Random) => readonly T[];
}

/** The same chance and the same calls in the same order strike the same calls. */
export const planting = <F extends Aim, T>({ chance, check, troublesOf }: PlantingOptions<F, T>): Plantation<F, T> => {
  const planted = new Map<string, { readonly fault: F; left: number }>();
  let last = 0;
  const remove = (id: string): boolean => planted.delete(id);
  return {
    add: (fault) => {
      check(fault);
      checkAim(fault);
      need(planted.size < MOST_FAULTS, 'There are too many faults.');
      last += 1;
      const id = String(last);
      planted.set(id, { fault: { ...fault }, left: fault.times ?? Number.POSITIVE_INFINITY });
      return { id, remove: () => remove(id) };
    },
    remove,
    clear: () => planted.clear(),
    list: () =>
      [...planted].map(([id, { fault, left }]) => ({
        ...fault,
        id,
        ...(fault.times === undefined ? {} : { times: left }),
      })),
    striking: (texts) =>
      [...planted.values()].flatMap((one) => {
        const { match, share } = one.fault;
        if (one.left === 0 || (match !== undefined && !texts.some((text) => text.includes(match)))) return [];
        if (share !== undefined && !chance.chance(share)) return [];
        one.left -= 1;
        return troublesOf(one.fault, chance);
      }),
  };
};
