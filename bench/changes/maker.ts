import { setTimeout as wait } from 'node:timers/promises';
import type { Sandbox } from '../../sandbox/index.ts';
import type { Draft } from '../../sandbox/ledger.ts';
import type { Random } from '../../sandbox/population/random.ts';
import type { Appointment } from '../../sandbox/practice.ts';
import type { Door } from '../../sandbox/staff/door.ts';
import type { Made } from './checker.ts';
import { claimAt, MOST, patientAt, SOURCE, TYPES, type Type, type Vendor, valueAt, visitAt } from './kinds.ts';
import { isNumber, livingAt, nameOf, type Piece, piecesOf } from './pieces.ts';

/** What is to happen at the practices. */
export interface Plan {
  readonly vendors: readonly Vendor[];
  readonly changes: number;
  readonly perSecond: number;
  readonly seed: number;
  /** The share of changes that are of a few records, so that some come twice between two polls. */
  readonly hot: number;
  /** Of what kinds; what stands there more often happens more often. */
  readonly deeds: readonly Deed[];
}

/** A change of a record that is there, a new result, or a booking. */
export type Deed = Type | 'result' | 'booking';

/** What happens at practices. */
export const EVERYTHING: readonly Deed[] = [
  ...(['Patient', 'Patient', 'Patient'] as const),
  ...(['Appointment', 'Appointment', 'Appointment', 'Appointment'] as const),
  ...(['Observation', 'Observation', 'Observation', 'Observation', 'Claim', 'result', 'booking'] as const),
];

const HOT = 1;
/** Numbers of new results, which have none before they are there; nothing at a practice has one so high. */
const NEW_RESULTS = 900_000_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;

/** Lets things happen at the simulated practices, and writes down which version of what came to be when. */
export class Maker {
  readonly #sandbox: Sandbox;
  readonly #doors: ReadonlyMap<Vendor, Door>;
  readonly #chance: Random;
  readonly #pieces: ReadonlyMap<string, Piece[]>;
  readonly #warm: readonly Piece[];
  readonly #made: (made: Made) => void;
  readonly #underWay = new Set<Promise<void>>();
  #results = 0;

  constructor(
    sandbox: Sandbox,
    doors: ReadonlyMap<Vendor, Door>,
    { chance, made }: { readonly chance: Random; readonly made: (made: Made) => void },
  ) {
    this.#sandbox = sandbox;
    this.#doors = doors;
    this.#chance = chance;
    this.#made = made;
    const all = [...doors.keys()].flatMap((vendor) =>
      TYPES.map((type) => [`${vendor} ${type}`, piecesOf(sandbox.practices[vendor], vendor, type, chance)] as const),
    );
    this.#pieces = new Map(all.map(([name, pieces]) => [name, pieces.slice(1)]));
    this.#warm = all.flatMap(([, pieces]) => pieces.slice(0, 1));
  }

  /** Names of records that are changed only by `warm`. */
  get warmRecords(): readonly string[] {
    return this.#warm.map(nameOf);
  }

  /** Changes one record of each type at each vendor, which is not written down. */
  warm(): void {
    for (const piece of this.#warm) {
      piece.version = (piece.version % (piece.type === 'Claim' ? MOST.Claim : 99)) + 1;
      this.#change(piece);
    }
  }

  /** Makes so many changes at that pace. */
  async make({ vendors, changes, perSecond, hot, deeds }: Plan): Promise<void> {
    const from = performance.now();
    for (let n = 0; n < changes; n++) {
      const ahead = from + (n * 1_000) / perSecond - performance.now();
      if (ahead > 1) await wait(ahead);
      while (!this.#one(this.#chance.pick(vendors), this.#chance.pick(deeds), hot));
    }
    await Promise.all(this.#underWay);
  }

  /** False when there was nothing of the kind to do. */
  #one(vendor: Vendor, deed: Deed, hot: number): boolean {
    if (deed === 'result') return this.#report(vendor);
    if (deed === 'booking') return this.#book(vendor);
    const pieces = this.#pieces.get(`${vendor} ${deed}`) ?? [];
    const few = pieces.slice(0, HOT);
    const piece = this.#chance.chance(hot) && few.length > 0 ? this.#chance.pick(few) : this.#next(pieces);
    if (piece === undefined || piece.version >= MOST[piece.type]) return false;
    piece.version += 1;
    const at = Date.now();
    this.#change(piece);
    this.#made({ record: nameOf(piece), version: piece.version, at });
    return true;
  }

  /** One after the other, so that each rests as long as can be; the first few are the hot ones. */
  #next(pieces: Piece[]): Piece | undefined {
    const [piece] = pieces.splice(HOT, 1);
    if (piece !== undefined) pieces.push(piece);
    return piece;
  }

  #change({ vendor, type, id, number, version }: Piece): void {
    const { change, practices } = this.#sandbox;
    if (type === 'Patient') change(vendor, type, id, patientAt(version));
    else if (type === 'Appointment') change(vendor, type, id, visitAt(version));
    else if (type === 'Claim') change(vendor, type, id, claimAt(vendor, number, version));
    else {
      const before = practices[vendor]?.observations.findLast((one) => one.id === id);
      const value = valueAt(number, version, before?.value);
      if (value !== undefined) change(vendor, type, id, { value });
    }
  }

  /** A test that somebody had before is done again; it is corrected later as the others are. */
  #report(vendor: Vendor): boolean {
    const again = this.#sandbox.practices[vendor]?.observations.filter(isNumber);
    if (again === undefined || again.length === 0) return false;
    const { patientId, practitionerId, category, code, localCode, reportName, value } = this.#chance.pick(again);
    const number = NEW_RESULTS + this.#results++;
    // at a time of its own: a correction replaces an earlier result of the same test and time
    const ago = HOUR + this.#results * MINUTE;
    const taken = new Date(Math.floor(Date.now() / MINUTE) * MINUTE - ago).toISOString();
    const draft: Draft['Observation'] = {
      ...{ patientId, category, code, reportName, effective: taken, status: 'final', components: [] },
      ...(practitionerId === undefined ? {} : { practitionerId }),
      ...(localCode === undefined ? {} : { localCode }),
      ...{ value: valueAt(number, 0, value) },
    } as Draft['Observation'];
    const at = Date.now();
    const { id } = this.#sandbox.addResult(vendor, draft);
    const piece: Piece = { vendor, type: 'Observation', id, number, version: 0 };
    this.#made({ record: nameOf(piece), version: 0, at });
    this.#pieces.get(`${vendor} Observation`)?.push(piece);
    return true;
  }

  /** Through the vendor's own call, as somebody at the practice does it. */
  #book(vendor: Vendor): boolean {
    const { practices, happenings } = this.#sandbox;
    const slots = practices[vendor]?.slots.filter(({ start }) => Date.parse(start) > Date.now() + HOUR) ?? [];
    const people = livingAt(practices[vendor]?.patients ?? []);
    const door = this.#doors.get(vendor);
    if (door === undefined || slots.length === 0 || people.length === 0) return false;
    const slot = this.#chance.pick(slots);
    const { id: patient } = this.#chance.pick(people);
    const before = happenings(vendor).length;
    const isIt = ({ patientId, start }: Appointment): boolean => patientId === patient && start === slot.start;
    const booked = door.book(patient, slot).then(
      () => {
        const made = happenings(vendor)
          .slice(before)
          .find((one) => one.type === 'Appointment' && isIt(one.record));
        if (made !== undefined)
          this.#made({ record: `${SOURCE[vendor]}/Appointment/${made.id}`, version: 0, at: Date.parse(made.at) });
      },
      () => undefined, // the slot was taken meanwhile: nothing happened
    );
    this.#underWay.add(booked);
    void booked.finally(() => this.#underWay.delete(booked));
    return true;
  }
}
