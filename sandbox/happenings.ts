import type { Appointment, Claim, Document, Observation, Patient, Practitioner, Slot } from './practice.ts';

/** The kinds of records that clients write. */
export interface Written {
  readonly Patient: Patient;
  readonly Appointment: Appointment;
  readonly Slot: Slot;
  readonly Observation: Observation;
  readonly Claim: Claim;
  readonly Document: Document;
}

/** The kinds of records that change at a practice. */
export interface Kinds extends Written {
  readonly Practitioner: Practitioner;
}

/** What a change means for a visit; `update` is everything that has no word of its own. */
export type Cause = 'schedule' | 'reschedule' | 'cancel' | 'check-in' | 'check-out' | 'no-show' | 'update';

interface Fact {
  /** From 1, in the order in which it happened. */
  readonly number: number;
  /** Instant. */
  readonly at: string;
  /** A client by a call, or the practice itself (`Sandbox.change`). */
  readonly by: 'client' | 'practice';
  readonly kind: 'created' | 'updated' | 'deleted';
  readonly id: number;
}

/** The whole record after the change (the last one of a deleted record), and before it where there was one. */
type About<T extends keyof Kinds> = {
  readonly type: T;
  readonly record: Kinds[T];
  readonly before?: Kinds[T];
} & (T extends 'Appointment' ? { readonly cause: Cause } : { readonly cause?: undefined });

/** One thing that is different at a practice. */
export type Happening = Fact & { readonly [T in keyof Kinds]: About<T> }[keyof Kinds];

/** What whoever changes a record tells. */
export interface Told<T extends keyof Kinds = keyof Kinds> extends Pick<Fact, 'by' | 'kind'> {
  readonly type: T;
  readonly record: Kinds[T];
  readonly before?: Kinds[T] | undefined;
}

const CAUSE_OF_STATUS: Readonly<Partial<Record<Appointment['status'], Cause>>> = {
  cancelled: 'cancel',
  noshow: 'no-show',
  arrived: 'check-in',
  'checked-in': 'check-in',
  fulfilled: 'check-out',
};

const PLACE = ['start', 'minutes', 'practitionerId', 'locationId'] as const;

/** What a visit's change means. A visit that is put back after it had ended is scheduled again. */
export const causeOf = (before: Appointment | undefined, after: Appointment): Cause => {
  if (before === undefined) return 'schedule';
  const ended = before.status === 'cancelled' || before.status === 'noshow';
  if (after.status !== before.status) return CAUSE_OF_STATUS[after.status] ?? (ended ? 'schedule' : 'update');
  return PLACE.some((name) => before[name] !== after[name]) ? 'reschedule' : 'update';
};

const toldOf = (told: Told): Happening => {
  const { type, record, before } = told;
  const cause = type === 'Appointment' ? causeOf(before as Appointment | undefined, record as Appointment) : undefined;
  return { ...told, id: record.id, ...(cause && { cause }) } as unknown as Happening;
};

/**
 * Everything that changed at one practice since its system began, whoever changed it: the one source of a vendor's
 * change feeds and notifications. Listeners are called when the system already shows the change.
 */
export class Happenings {
  readonly all: Happening[] = [];
  readonly #now: () => number;
  readonly #listeners = new Set<(happening: Happening) => void>();

  /** `now`: milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Calls back at every one from now on. Gives what ends that. */
  on(listener: (happening: Happening) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells that a record changed. A visit's cause follows from what it was before. */
  tell<T extends keyof Kinds>(told: Told<T>): void {
    const fact = { number: this.all.length + 1, at: new Date(this.#now()).toISOString() };
    const happening: Happening = { ...toldOf(told), ...fact };
    this.all.push(happening);
    for (const listener of this.#listeners) listener(happening);
  }
}
