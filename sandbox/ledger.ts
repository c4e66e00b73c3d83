import { type Changes, changeRecord } from './change.ts';
import { Happenings, type Kinds, type Written } from './happenings.ts';
import type {
  Appointment,
  AppointmentStatus,
  Claim,
  Document,
  Observation,
  Patient,
  Practice,
  Slot,
} from './practice.ts';

/** What a vendor's system keeps of the writes that it committed, so that they can be counted afterwards. */
export interface Commit {
  /** From 1, in the order in which they were committed. */
  readonly number: number;
  /** Instant. */
  readonly at: string;
  /** The vendor's name of the call: `Magic SaveAppointment`. */
  readonly call: string;
  readonly kind: 'created' | 'updated' | 'deleted';
  readonly type: keyof Written;
  readonly id: number;
  /** The whole record as it stood right after. */
  readonly record: Written[keyof Written];
}

/** What a new record says before the system gives it an id and a time. */
export type Draft = {
  readonly Patient: Omit<Patient, 'id' | 'mrn' | 'changedAt'>;
  readonly Appointment: Omit<Appointment, 'id' | 'scheduledAt' | 'changedAt'>;
  readonly Slot: Omit<Slot, 'id'>;
  readonly Observation: Omit<Observation, 'id' | 'issued' | 'history' | 'reportId'> & { readonly reportId?: number };
  readonly Claim: Omit<Claim, 'id' | 'createdAt'>;
  readonly Document: Omit<Document, 'id' | 'savedAt'>;
};

/** Thrown when a practitioner's time is taken; each vendor says so in its own words. */
export class TimeTaken extends Error {
  override readonly name = 'TimeTaken';
}

export interface LedgerOptions {
  readonly practice: Practice;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Whether two visits may be booked at the same time of the same practitioner; false when absent. */
  readonly doubleBooking?: boolean;
}

const MINUTE = 60_000;
/** A visit in one of these states takes nobody's time. */
const FREE: ReadonlySet<AppointmentStatus> = new Set([
  'cancelled',
  'noshow',
  'entered-in-error',
  'waitlist',
  'proposed',
]);

interface Span {
  readonly practitionerId?: number | undefined;
  readonly start: string;
  readonly minutes: number;
}

const overlap = (one: Span, other: Span): boolean => {
  const [from, since] = [Date.parse(one.start), Date.parse(other.start)];
  return from < since + other.minutes * MINUTE && since < from + one.minutes * MINUTE;
};

/** Whether a visit needs no time beyond what it held before. */
const isWithin = (next: Appointment, before: Appointment): boolean =>
  !FREE.has(before.status) &&
  next.practitionerId === before.practitionerId &&
  Date.parse(next.start) === Date.parse(before.start) &&
  next.minutes <= before.minutes;

const nextId = (list: readonly { readonly id: number }[]): number =>
  list.reduce((most, { id }) => Math.max(most, id), 0) + 1;

/**
 * The only door by which a simulator changes its practice for a client. Every commit is written down and outlives the
 * client. What it promises is what any vendor's system promises: ids are given once, two visits of one practitioner do
 * not overlap unless double booking is allowed, a booked slot is no longer free and a freed one is.
 */
export class Ledger {
  readonly commits: Commit[] = [];
  /** The commits and what changes without one; told after the listeners of `onCommit` were called. */
  readonly happenings: Happenings;
  readonly #options: LedgerOptions;
  readonly #listeners: (() => void)[] = [];
  /** Slots that a booking took, by its id, to be free again when it is cancelled or moved. */
  readonly #taken = new Map<number, readonly Slot[]>();
  /** Ids that were given; an id is not given again though its record is gone. */
  readonly #given = new Map<keyof Written, number>();
  #lastReport: number | undefined;

  constructor(options: LedgerOptions) {
    this.#options = options;
    this.happenings = new Happenings(options.now);
  }

  /** Calls back after every commit. */
  onCommit(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Slots that bookings hold and that are free again when those end. */
  heldSlots(): readonly Slot[] {
    return [...this.#taken.values()].flat();
  }

  createPatient(call: string, draft: Draft['Patient']): Patient {
    const { practice } = this.#options;
    const id = this.#id('Patient', practice.patients);
    const patient: Patient = { ...draft, id, mrn: String(100_000 + id), changedAt: this.#instant() };
    practice.patients.push(patient);
    return this.#committed(call, 'created', 'Patient', patient);
  }

  /** @throws RangeError for a patient who is not there */
  updatePatient(call: string, id: number, set: Partial<Draft['Patient']>): Patient {
    return this.#update(call, 'Patient', id, set);
  }

  /** Time that can be booked from now on. @throws TimeTaken when the practitioner has a visit then. */
  openSlot(call: string, draft: Draft['Slot']): Slot {
    const { practice } = this.#options;
    this.#refuseTaken(draft);
    const slot: Slot = { ...draft, id: this.#id('Slot', practice.slots) };
    practice.slots.push(slot);
    return this.#committed(call, 'created', 'Slot', slot);
  }

  /** Takes time away that nobody booked. @throws RangeError for a slot that is not there */
  closeSlot(call: string, id: number): Slot {
    const { slots } = this.#options.practice;
    const at = slots.findIndex((one) => one.id === id);
    this.#rememberSlots();
    const [slot] = at < 0 ? [] : slots.splice(at, 1);
    if (slot === undefined) throw new RangeError('There is no such slot.');
    return this.#committed(call, 'deleted', 'Slot', slot);
  }

  /** Whether no visit stands in the way of another one, or two may be at once. */
  isFree(span: Span): boolean {
    return !this.#isTaken(span);
  }

  /**
   * `forced`: somebody insists, whatever else is booked then. `number`: its id, where a visit keeps its slot's.
   * @throws TimeTaken when the practitioner has a visit then; RangeError for times that no visit has
   */
  book(call: string, draft: Draft['Appointment'], forced = false, number?: number): Appointment {
    const { practice } = this.#options;
    if (Date.parse(draft.start) % MINUTE !== 0 || !Number.isInteger(draft.minutes) || draft.minutes <= 0)
      throw new RangeError('An appointment begins at a whole minute and takes whole minutes.');
    if (!forced && !FREE.has(draft.status)) this.#refuseTaken(draft);
    const at = this.#instant();
    const id = number ?? this.#id('Appointment', practice.appointments);
    const visit: Appointment = { ...draft, id, scheduledAt: at, changedAt: at };
    practice.appointments.push(visit);
    this.#occupy(visit);
    return this.#committed(call, 'created', 'Appointment', visit);
  }

  /**
   * Changes a visit: its time, its practitioner, its state. A slot that it leaves is free again. A visit that keeps
   * the time that it has is not refused for another one that was booked over it.
   * @throws TimeTaken when the practitioner has another visit then; RangeError for a visit that is not there
   */
  changeAppointment(call: string, id: number, set: Partial<Draft['Appointment']>, forced = false): Appointment {
    const before = this.#options.practice.appointments.findLast((one) => one.id === id);
    if (before === undefined) throw new RangeError('There is no such record to change.');
    const next = { ...before, ...set };
    if (!forced && !FREE.has(next.status) && !isWithin(next, before)) this.#refuseTaken(next, id);
    this.#release(id);
    const visit = this.#update(call, 'Appointment', id, set);
    this.#occupy(visit);
    return visit;
  }

  record(call: string, draft: Draft['Observation']): Observation {
    return this.#committed(call, 'created', 'Observation', this.#observed(draft));
  }

  /** A result that the practice's laboratory sends in: no client wrote it, so it is no commit. */
  report(draft: Draft['Observation']): Observation {
    const record = this.#observed(draft);
    this.happenings.tell({ by: 'practice', kind: 'created', type: 'Observation', record });
    return record;
  }

  /** What it said before goes into its history. @throws RangeError for a result that is not there */
  correct(call: string, id: number, set: Changes['Observation']): Observation {
    return this.#update(call, 'Observation', id, set);
  }

  fileClaim(call: string, draft: Draft['Claim']): Claim {
    const { practice } = this.#options;
    const claim: Claim = { ...draft, id: this.#id('Claim', practice.claims), createdAt: this.#instant() };
    practice.claims.push(claim);
    return this.#committed(call, 'created', 'Claim', claim);
  }

  saveDocument(call: string, draft: Draft['Document']): Document {
    const { practice } = this.#options;
    const document: Document = { ...draft, id: this.#id('Document', practice.documents), savedAt: this.#instant() };
    practice.documents.push(document);
    return this.#committed(call, 'created', 'Document', document);
  }

  #observed(draft: Draft['Observation']): Observation {
    const { observations } = this.#options.practice;
    const id = this.#id('Observation', observations);
    const reportId = draft.reportId ?? this.#reportId();
    const observation: Observation = { ...draft, id, reportId, issued: this.#instant(), history: [] };
    observations.push(observation);
    return observation;
  }

  #instant(): string {
    return new Date(this.#options.now()).toISOString();
  }

  #id(type: keyof Written, list: readonly { readonly id: number }[]): number {
    const id = (this.#given.get(type) ?? nextId(list) - 1) + 1;
    this.#given.set(type, id);
    return id;
  }

  /** So that the id of a slot that leaves the list is not given to another one. */
  #rememberSlots(): void {
    if (!this.#given.has('Slot')) this.#given.set('Slot', nextId(this.#options.practice.slots) - 1);
  }

  #reportId(): number {
    this.#lastReport ??= this.#options.practice.observations.reduce((most, one) => Math.max(most, one.reportId), 0);
    this.#lastReport += 1;
    return this.#lastReport;
  }

  #refuseTaken(span: Span, own?: number): void {
    if (this.#isTaken(span, own)) throw new TimeTaken('The time is taken.');
  }

  #isTaken(span: Span, own?: number): boolean {
    if (this.#options.doubleBooking === true || span.practitionerId === undefined) return false;
    return this.#options.practice.appointments.some(
      (one) =>
        one.id !== own && one.practitionerId === span.practitionerId && !FREE.has(one.status) && overlap(one, span),
    );
  }

  #occupy(visit: Appointment): void {
    if (FREE.has(visit.status)) return;
    const { slots } = this.#options.practice;
    this.#rememberSlots();
    const taken = slots.filter((slot) => slot.practitionerId === visit.practitionerId && overlap(slot, visit));
    for (const slot of taken) slots.splice(slots.indexOf(slot), 1);
    if (taken.length > 0) this.#taken.set(visit.id, taken);
  }

  #release(visit: number): void {
    this.#options.practice.slots.push(...(this.#taken.get(visit) ?? []));
    this.#taken.delete(visit);
  }

  #update<T extends keyof Changes & keyof Written>(call: string, type: T, id: number, set: Changes[T]): Kinds[T] {
    const { record, before } = changeRecord(this.#options.practice, type, id, set, this.#options.now());
    return this.#committed(call, 'updated', type, record, before);
  }

  #committed<T extends keyof Written>(
    call: string,
    kind: Commit['kind'],
    type: T,
    record: Kinds[T],
    before?: Kinds[T],
  ): Kinds[T] {
    const { id } = record;
    this.commits.push({ number: this.commits.length + 1, at: this.#instant(), call, kind, type, id, record });
    for (const listener of this.#listeners) listener();
    this.happenings.tell({ by: 'client', kind, type, record, before });
    return record;
  }
}
