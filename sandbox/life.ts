import { DEFAULT_SEED } from './cast.ts';
import type { Sandbox, Vendor } from './index.ts';
import { type Random, random } from './population/random.ts';
import type { SourceEntry } from './sources.ts';
import { athenanetDoor } from './staff/athenanet.ts';
import { type DeedKind, WAYS } from './staff/deeds.ts';
import { type Door, type Doorway, Refusal } from './staff/door.ts';
import { fhirDoor } from './staff/fhir.ts';
import { correction } from './staff/laboratory.ts';
import { unityDoor } from './staff/unity.ts';
import type { Plan, Workplace } from './staff/workplace.ts';

export interface LifeOptions {
  /** Milliseconds from the end of one change to the next; only `next` makes one when absent. */
  readonly every?: number;
  /** Decides what happens; the same for the same chance, people and time. */
  readonly chance?: Random;
  /** The sandbox's present, milliseconds since 1970: this machine's when absent. */
  readonly now?: () => number;
  /** Told of every change right after it was made. */
  readonly told?: (deed: Deed) => void;
}

/** A change that was made. */
export interface Deed {
  readonly vendor: Vendor;
  readonly kind: DeedKind;
  /** The patient's number at that practice. */
  readonly patient: number;
  /** The number of the appointment or the observation, where it was there before, and of a new result. */
  readonly record?: number;
}

export interface Life {
  /** Makes one change. Undefined when there is nothing to do, or every system refused it. */
  next(): Promise<Deed | undefined>;
  /** Ends it; the change that is under way may be made or not. */
  stop(): Promise<void>;
}

const DOORS: Readonly<Record<Vendor, (doorway: Doorway) => Door>> = {
  unity: unityDoor,
  athenanet: athenanetDoor,
  fhir: fhirDoor,
};
const VENDORS = ['unity', 'athenanet', 'fhir'] as const satisfies readonly Vendor[];

/** A result is corrected so many changes later, when it is. */
const LATER = [1, 3] as const;
const CORRECTED = 0.7;

interface Due {
  readonly place: Workplace;
  readonly observation: number;
  readonly at: number;
}

/** All of a list, those with more weight rather first. */
const inTurn = <T extends { readonly weight: number }>(list: readonly T[], chance: Random): readonly T[] =>
  list
    .map((item) => ({ item, order: chance.next() ** (1 / item.weight) }))
    .sort((one, other) => other.order - one.order)
    .map(({ item }) => item);

/** Carries a plan out; false when the vendor's system refused it. */
const done = async (plan: Plan): Promise<{ readonly made: number | undefined } | undefined> => {
  try {
    return { made: await plan.do() };
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
};

/** One change after the other, at one practice after the other. */
class Days {
  readonly #places: readonly Workplace[];
  readonly #chance: Random;
  readonly #counts = new Map<DeedKind, number>();
  #due: readonly Due[] = [];
  #turn = 0;

  constructor(places: readonly Workplace[], chance: Random) {
    this.#places = places;
    this.#chance = chance;
  }

  async next(): Promise<Deed | undefined> {
    this.#turn += 1;
    const due = this.#due.find(({ at }) => at <= this.#turn);
    if (due !== undefined) {
      this.#due = this.#due.filter((one) => one !== due);
      const corrected = await this.#try('correction', due.place, correction(due.place, due.observation));
      if (corrected !== undefined) return corrected;
    }
    for (const place of this.#chance.shuffled(this.#places))
      for (const { kind, plan, most = Number.POSITIVE_INFINITY } of inTurn(WAYS, this.#chance)) {
        if ((this.#counts.get(kind) ?? 0) >= most) continue;
        const deed = await this.#try(kind, place, plan(place));
        if (deed !== undefined) return deed;
      }
    return undefined;
  }

  async #try(kind: DeedKind, place: Workplace, plan: Plan | undefined): Promise<Deed | undefined> {
    const outcome = plan && (await done(plan));
    if (plan === undefined || outcome === undefined) return undefined;
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    const { patient, record = outcome.made } = plan;
    if (outcome.made !== undefined && this.#chance.chance(CORRECTED)) {
      const at = this.#turn + this.#chance.int(...LATER);
      this.#due = [...this.#due, { place, observation: outcome.made, at }];
    }
    return { vendor: place.vendor, kind, patient, ...(record === undefined ? {} : { record }) };
  }
}

const workplaces = (
  sandbox: Sandbox,
  sources: readonly SourceEntry[],
  { now, chance, signal }: { readonly now: () => number; readonly chance: Random; readonly signal: AbortSignal },
): readonly Workplace[] =>
  VENDORS.flatMap((vendor, at): readonly Workplace[] => {
    const [practice, source] = [sandbox.practices[vendor], sources[at]];
    if (practice === undefined || source === undefined) return [];
    const door = DOORS[vendor]({ source, practice, signal });
    return [{ vendor, practice, door, sandbox, now, chance: chance.fork(vendor) }];
  });

/**
 * Lets a sandbox live: one believable change after the other, each at one of its practices and by the door that its people
 * use: the vendor's own calls, on ports where no fault strikes and no call is counted, and for results the laboratory.
 * Leaves the people alone whom documentation and tests know by name, and everybody in a FHIR server over loaded files.
 * What a system refuses is not done, and something else is. Stop it before the sandbox is closed.
 */
export const life = async (sandbox: Sandbox, options: LifeOptions = {}): Promise<Life> => {
  const { every, chance = random(DEFAULT_SEED).fork('life'), now = Date.now, told } = options;
  const stopping = new AbortController();
  const beside = await sandbox.undisturbed();
  const places = workplaces(sandbox, beside.config.sources, { now, chance, signal: stopping.signal });
  const days = new Days(places, chance);
  let underWay: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  const next = async (): Promise<Deed | undefined> => {
    const deed = stopping.signal.aborted ? undefined : await days.next();
    if (deed !== undefined) told?.(deed);
    return deed;
  };
  /** One after the other: what one looks at is not changed by another. */
  const inLine = (): Promise<Deed | undefined> => {
    const turn = underWay.then(next);
    underWay = turn.catch(() => undefined);
    return turn;
  };
  const wait = (): void => {
    if (every === undefined || stopping.signal.aborted) return;
    timer = setTimeout(
      () =>
        void inLine()
          .catch(() => undefined)
          .then(wait),
      every,
    );
    timer.unref();
  };
  wait();
  return {
    next: inLine,
    stop: async () => {
      stopping.abort();
      clearTimeout(timer);
      await underWay;
      await beside.close();
    },
  };
};
