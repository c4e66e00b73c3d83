import type { Told } from './checker.ts';
import { SELECTION, type Shown, TYPES, type Type, versionOf } from './kinds.ts';
import { Portal } from './portal.ts';

interface Event {
  readonly cursor: string;
  readonly at: string;
  readonly kind: string;
  readonly cause: string;
  readonly [record: string]: unknown;
}

interface Next {
  readonly payload: { readonly data?: Readonly<Record<string, Event>> | null; readonly errors?: unknown };
}

export const fieldOf = (type: Type): string => `${type.toLowerCase()}Changed`;
export const wishFor = (type: Type) => ({
  field: fieldOf(type),
  selection: `${type.toLowerCase()} { ${SELECTION[type]} }`,
});

/** A record that was told: its type, whose it is, and when a visit is. */
export interface Heard extends Told {
  readonly type: Type;
  readonly patient: string | undefined;
  readonly start: string | undefined;
}

/** One subscriber who follows everything, and remembers it. */
export class Witness {
  readonly told: Heard[] = [];
  /** Cursors of all events, type by type. */
  readonly cursors: Readonly<Record<Type, string[]>> = { Patient: [], Appointment: [], Observation: [], Claim: [] };
  /** Of which sources' types it has heard: `<source>/<Type>`. */
  readonly heard = new Set<string>();
  /** Visits that were told as they were booked, by their patient's id. */
  readonly booked = new Map<string, Set<string>>();
  /** Codes with which subscriptions ended. */
  readonly refused: string[] = [];
  /** Events that came with an error, or without their record. */
  spoilt = 0;
  readonly #portal: Portal;
  #waiting: (() => void)[] = [];

  constructor(url: string, after?: string) {
    const taking = {
      next: (wish: number, message: Buffer, cursor: string): void => this.#take(TYPES[wish], message, cursor),
      refused: (_wish: number, code: string): void => {
        this.refused.push(code);
      },
    };
    this.#portal = new Portal(url, TYPES.map(wishFor), taking, after);
  }

  /** Resolves at the next event. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  leave(): void {
    this.#portal.leave();
  }

  #take(type: Type | undefined, message: Buffer, cursor: string): void {
    const gotAt = Date.now();
    if (type === undefined) return;
    const { payload } = JSON.parse(message.toString('utf8')) as Next;
    const event = payload.data?.[fieldOf(type)];
    const shown = event?.[type.toLowerCase()] as Shown | null | undefined;
    this.cursors[type].push(cursor);
    if (event === undefined || shown == null || payload.errors !== undefined) this.spoilt += 1;
    else this.#hear(type, event, shown, gotAt);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #hear(type: Type, { cursor, at, cause }: Event, shown: Shown, gotAt: number): void {
    const { id } = shown;
    this.heard.add(id.split('/').slice(0, 2).join('/'));
    // a result that the bench never wrote is one that nobody changed
    const version = versionOf(shown) ?? { record: id, version: 0 };
    const patient = type === 'Patient' ? id : shown.patient?.id;
    const { start } = shown;
    this.told.push({
      ...version,
      id,
      cursor,
      cause,
      at: Date.parse(at),
      gotAt,
      type,
      patient,
      start: start ?? undefined,
    });
    if (type !== 'Appointment' || version.version > 0 || patient === undefined) return;
    this.booked.set(patient, (this.booked.get(patient) ?? new Set()).add(version.record));
  }
}
