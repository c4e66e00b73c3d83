import type { CommandKind } from '../../schema/commands.ts';
import type { Place } from './traces.ts';

/** One source of a run, in ids of the graph. */
export interface Ground {
  readonly source: string;
  /** Where its simulator is controlled. */
  readonly url: string;
  /** What it can do. A correction counts apart. */
  readonly can: ReadonlySet<CommandKind | 'correction'>;
  readonly patients: readonly string[];
  readonly practitioners: readonly string[];
  readonly locations: readonly string[];
  /** The vendor's word for a letter. */
  readonly letter: string;
  /** Who pays, where the vendor wants to be told. */
  readonly payer?: string;
}

const DAY_MS = 86_400_000;
/** Far behind the last visit that the simulators begin with. */
const FIRST_DAY = 60;
/** In working hours of every zone. */
const OPENING_HOUR = 14;
const CELLS = 18;
const SERVED_DAYS_AGO = 30;
/** As long as a type of visit of every vendor. */
export const MINUTES = 30;
/** Vital signs that every vendor keeps in the unit in which they are given. */
const VITALS = [
  { code: '8480-6', unit: 'mm[Hg]', lowest: 80 },
  { code: '8462-4', unit: 'mm[Hg]', lowest: 40 },
  { code: '8867-4', unit: '/min', lowest: 40 },
] as const;
/** Before every result that the simulators begin with. */
const FIRST_RESULT = Date.parse('2019-01-07T18:00:00Z');
const SYLLABLES = ['ba', 'du', 'fe', 'gi', 'ko', 'la', 'mu', 'ne', 'pi', 'ro', 'sa', 'tu', 've', 'wi', 'zo', 'ja'];
const FIRST_NAMES = ['Ada', 'Ben', 'Cleo', 'Dan', 'Eva', 'Finn', 'Gus', 'Hope', 'Ida', 'Jon'];

/** The practice's own number of a record, with which a vendor's key ends. */
export const numberOf = (id: string): number => Number(/(\d+)$/.exec(id)?.[1]);

export const needed = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('A source lacks what a story needs, or a step was asked too early.');
  return value;
};

/** Time that can be booked, in ids of the graph. */
export interface Where extends Place {
  readonly id: string;
  readonly location: string;
}

export interface Measured {
  readonly code: string;
  readonly unit: string;
  readonly value: string;
  readonly effective: string;
}

/** What the writes about one source are made of. Nothing is given out twice. */
export class Materials {
  readonly ground: Ground;
  readonly #beginning: number;
  readonly #results = new Map<string, number>();
  #places = 0;
  #people = 0;
  #numbers = 0;
  #patients = 0;

  /** `beginning`: milliseconds since the epoch, the present. */
  constructor(ground: Ground, beginning: number) {
    this.ground = ground;
    this.#beginning = beginning;
  }

  /** A day on which services were rendered. */
  get served(): string {
    return new Date(this.#beginning - SERVED_DAYS_AGO * DAY_MS).toISOString().slice(0, 10);
  }

  /** Somebody of the practice, each in turn. */
  patient(): string {
    const { patients } = this.ground;
    this.#patients += 1;
    return needed(patients[this.#patients % patients.length]);
  }

  /** Half an hour of somebody, in a time of which the simulators know nothing yet. */
  place(): Where {
    const { practitioners, locations } = this.ground;
    const at = this.#places;
    this.#places += 1;
    const id = needed(practitioners[at % practitioners.length]);
    const cell = Math.floor(at / practitioners.length);
    const day = Math.floor(this.#beginning / DAY_MS) + FIRST_DAY + Math.floor(cell / CELLS);
    const start = new Date(day * DAY_MS + OPENING_HOUR * 3_600_000 + (cell % CELLS) * MINUTES * 60_000);
    const location = needed(locations[at % locations.length]);
    return { id, location, practitioner: numberOf(id), start: start.toISOString() };
  }

  /** A family name and a birth date that nobody else has. */
  person(): { readonly firstName: string; readonly lastName: string; readonly dateOfBirth: string } {
    this.#people += 1;
    const syllables: string[] = [];
    for (let rest = this.#people * 7 + 4_096; rest > 0; rest = Math.floor(rest / SYLLABLES.length))
      syllables.push(needed(SYLLABLES[rest % SYLLABLES.length]));
    const name = syllables.join('');
    return {
      firstName: needed(FIRST_NAMES[this.#people % FIRST_NAMES.length]),
      lastName: `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
      dateOfBirth: new Date(Date.UTC(1935, 0, 1) + this.#people * DAY_MS).toISOString().slice(0, 10),
    };
  }

  /** A whole number that no other step of this source has. */
  number(): number {
    this.#numbers += 1;
    return this.#numbers;
  }

  /** A value that no other result of this patient has, on a day of its own; `same`: of the vital sign of that one. */
  result(patient: string, same?: Measured): Measured {
    const name = `${patient} ${same?.code ?? ''}`;
    const count = this.#results.get(name) ?? 0;
    this.#results.set(name, count + 1);
    // corrections count from the top, so that they meet no value that was recorded as new
    const vital = VITALS.find(({ code }) => code === same?.code) ?? needed(VITALS[count % VITALS.length]);
    const value = same === undefined ? vital.lowest + Math.floor(count / VITALS.length) : vital.lowest + 100 - count;
    const effective = same?.effective ?? new Date(FIRST_RESULT + count * DAY_MS).toISOString();
    return { code: vital.code, unit: vital.unit, value: String(value), effective };
  }
}
