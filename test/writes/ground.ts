import { COMMANDS, type CommandKind } from '../../schema/commands.ts';
import type { Graph } from '../harness.ts';
import { type Place, SOURCES } from './clinic.ts';

type Vendor = Place['vendor'];

/** Time of somebody that nobody has booked. */
export interface Free {
  readonly practitioner: string;
  readonly location: string;
  readonly start: string;
  readonly minutes: 30;
}

/** A patient whose record every vendor can do everything with. */
export interface Person {
  readonly id: string;
  readonly first: string;
  readonly last: string;
  readonly born: string;
}

interface Told {
  readonly capabilities: readonly { readonly type: string; readonly capability: string; readonly level: string }[];
  readonly practitioners: { readonly nodes: readonly { readonly id: string }[] };
  readonly locations: readonly { readonly id: string }[];
  readonly slots: readonly { readonly id: string; readonly start: string }[];
}

const ASKED = `query ($id: ID!) { source(id: $id) {
  capabilities { type capability level } practitioners { nodes { id } } locations { id }
  slots(from: "2026-11-19T06:00:00Z", to: "2026-12-03T00:00:00Z") { id start }
} }`;

const PREFIX: Readonly<Record<Vendor, string>> = { unity: '', athenanet: '', fhir: 'pat-' };
const DAY_MS = 86_400_000;
/** Behind every visit that the sandbox begins with; in working hours of every zone. */
const FIRST = Date.parse('2027-01-18T15:00:00Z');
const HALF_HOURS = 12;
const WHOLE_DAY = /^\d{4}-\d\d-\d\d$/;

const taken = <T>(list: readonly T[], at: number): T => {
  const item = list[at];
  if (item === undefined) throw new Error('The sandbox has no more of these.');
  return item;
};

/** What writes at one source are made of. Times and numbers are given out once; people come round again. */
export class Ground {
  readonly place: Place;
  readonly people: readonly Person[];
  readonly #told: Told;
  #slots = 0;
  #times = 0;
  #people = 0;
  #numbers = 0;

  constructor(place: Place, people: readonly Person[], told: Told) {
    this.place = place;
    this.people = people;
    this.#told = told;
  }

  can(type: string, capability: string): boolean {
    return this.#told.capabilities.some(
      (one) => one.type === type && one.capability === capability && one.level !== 'UNSUPPORTED',
    );
  }

  does(kind: CommandKind): boolean {
    const { type, capability } = COMMANDS[kind];
    return this.can(type, capability);
  }

  patient(): Person {
    this.#people += 1;
    return taken(this.people, this.#people % this.people.length);
  }

  slot(): string {
    this.#slots += 1;
    return taken(this.#told.slots, this.#slots - 1).id;
  }

  time(): Free {
    const { practitioners, locations } = this.#told;
    const at = this.#times;
    this.#times += 1;
    const cell = Math.floor(at / practitioners.nodes.length);
    const start = FIRST + Math.floor(cell / HALF_HOURS) * DAY_MS + (cell % HALF_HOURS) * 1_800_000;
    return {
      practitioner: taken(practitioners.nodes, at % practitioners.nodes.length).id,
      location: taken(locations, 0).id,
      start: new Date(start).toISOString(),
      minutes: 30,
    };
  }

  get practitioner(): string {
    return taken(this.#told.practitioners.nodes, 0).id;
  }

  get location(): string {
    return taken(this.#told.locations, 0).id;
  }

  number(): number {
    this.#numbers += 1;
    return this.#numbers;
  }
}

const groundOf = async (graph: Graph, place: Place): Promise<Ground> => {
  const { data } = await graph.ask(ASKED, { id: place.source });
  const patients = graph.sandbox.practices[place.vendor]?.patients ?? [];
  const known = patients.filter(
    ({ birthDate = '', sex, address, practitionerId, deceased }) =>
      WHOLE_DAY.test(birthDate) && sex !== undefined && address?.state && practitionerId && deceased === undefined,
  );
  const people = known.map(({ id, first, last, birthDate: born = '' }) => ({
    ...{ id: `${place.source}/Patient/${PREFIX[place.vendor]}${id}`, first, last, born },
  }));
  return new Ground(place, people, data.source);
};

/** The ground of every source. */
export const groundsOf = (graph: Graph): Promise<readonly Ground[]> =>
  Promise.all(SOURCES.map((place) => groundOf(graph, place)));

export const groundAt = (grounds: readonly Ground[], place: Place): Ground => {
  const ground = grounds.find((one) => one.place === place);
  if (ground === undefined) throw new Error('There is no such source.');
  return ground;
};

/** What something comes to at every source, at all of them at once, by source. */
export const atEvery = async <T>(
  grounds: readonly Ground[],
  tried: (ground: Ground) => Promise<T>,
): Promise<Readonly<Record<string, T>>> =>
  Object.fromEntries(await Promise.all(grounds.map(async (ground) => [ground.place.source, await tried(ground)])));
