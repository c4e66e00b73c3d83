import type { Happening, Happenings } from '../happenings.ts';
import { isAmong } from './compare.ts';
import { holdsLab } from './labs.ts';

export type FeedName = 'appointments' | 'patients' | 'labresults' | 'claims' | 'providers';

/** What one feed tells of. */
interface FeedKind {
  /** Events of a subscription to everything. */
  readonly events: readonly string[];
  /** Those that have to be asked for. */
  readonly optIn: readonly string[];
  readonly eventOf: (happening: Happening) => string | undefined;
  /** The record that a row is about; changes of one record wait as one. */
  readonly keyOf: (happening: Happening) => string;
}

/** An arrival alone starts a check-in, and that has no event of its own. [assumption] */
const appointmentEvent = (happening: Happening): string | undefined => {
  if (happening.type === 'Slot') return happening.kind === 'created' ? 'AddAppointmentSlot' : 'DeleteAppointment';
  if (happening.type !== 'Appointment') return undefined;
  if (happening.cause === 'check-in' && happening.record.status === 'arrived') return 'UpdateAppointment';
  const events: Readonly<Record<typeof happening.cause, string>> = {
    schedule: 'ScheduleAppointment',
    reschedule: 'UpdateAppointment',
    cancel: 'CancelAppointment',
    'no-show': 'CancelAppointment',
    'check-in': 'CheckIn',
    'check-out': 'CheckOut',
    update: 'UpdateAppointment',
  };
  return events[happening.cause];
};

/** Whether a change is one of a laboratory result, or took one away. */
export const isLab = (happening: Happening): boolean =>
  happening.type === 'Observation' &&
  (holdsLab(happening.record) || (happening.before !== undefined && holdsLab(happening.before)));

const createdOrUpdated =
  (type: Happening['type'], created: string, updated: string): FeedKind['eventOf'] =>
  (happening) => {
    if (happening.type !== type) return undefined;
    return happening.kind === 'created' ? created : updated;
  };

const byId = ({ id }: Happening): string => String(id);

/** The events of appointments: [public: go, laravel]; the names of all others: [assumption]. */
export const FEEDS: Readonly<Record<FeedName, FeedKind>> = {
  appointments: {
    events: [
      'ScheduleAppointment',
      'CheckIn',
      'CheckOut',
      'UpdateAppointment',
      'CancelAppointment',
      'FreezeAppointment',
      'UnfreezeAppointment',
      'DeleteAppointment',
      'AddAppointmentSlot',
    ],
    optIn: ['UpdateReminderCall', 'UpdateSuggestedOverbooking'],
    eventOf: appointmentEvent,
    keyOf: ({ type, id }) => `${type} ${id}`,
  },
  patients: {
    events: ['AddPatient', 'UpdatePatient', 'MergePatient', 'DeletePatient'],
    optIn: [],
    eventOf: createdOrUpdated('Patient', 'AddPatient', 'UpdatePatient'),
    keyOf: byId,
  },
  labresults: {
    events: ['AddLabResult', 'UpdateLabResult', 'CloseLabResult'],
    optIn: [],
    eventOf: (happening) =>
      isLab(happening) ? createdOrUpdated('Observation', 'AddLabResult', 'UpdateLabResult')(happening) : undefined,
    // results of one report are one row
    keyOf: (happening) => String(happening.type === 'Observation' ? happening.record.reportId : happening.id),
  },
  claims: {
    events: ['AddClaim', 'UpdateClaim', 'DeleteClaim'],
    optIn: [],
    eventOf: createdOrUpdated('Claim', 'AddClaim', 'UpdateClaim'),
    keyOf: byId,
  },
  providers: {
    events: ['AddProvider', 'UpdateProvider', 'DeleteProvider'],
    optIn: [],
    eventOf: createdOrUpdated('Practitioner', 'AddProvider', 'UpdateProvider'),
    keyOf: byId,
  },
};

export interface FeedOptions {
  /** Milliseconds that a subscription takes to act; none when absent. At athenahealth up to five minutes. */
  readonly activationMs?: number;
  /** Milliseconds that a processed message is kept; a day when absent. [public: mphrx] */
  readonly keepMs?: number;
}

/** A change that waits to be fetched, or was. */
export interface Message {
  readonly happening: Happening;
  /** Milliseconds since 1970. */
  readonly processedAt?: number;
}

const DAY_MS = 86_400_000;

/** One client's queue of one feed: each change is handed out once, and what was handed out is kept for a while. */
export class Feed {
  readonly #kind: FeedKind;
  readonly #now: () => number;
  readonly #activationMs: number;
  readonly #keepMs: number;
  /** When each event began to act. */
  readonly #events = new Map<string, number>();
  readonly #waiting = new Map<string, Message>();
  #processed: Message[] = [];
  #departments: ReadonlySet<number> | undefined;

  constructor(kind: FeedKind, now: () => number, { activationMs = 0, keepMs = DAY_MS }: FeedOptions) {
    this.#kind = kind;
    this.#now = now;
    this.#activationMs = activationMs;
    this.#keepMs = keepMs;
  }

  get kind(): FeedKind {
    return this.#kind;
  }

  /** Events that are asked for, whether they act already or not. */
  get subscribed(): readonly string[] {
    return [...this.#kind.events, ...this.#kind.optIn].filter((name) => this.#events.has(name));
  }

  get isActive(): boolean {
    return [...this.#events.values()].some((from) => from <= this.#now());
  }

  /** Whether the subscription reaches a department. */
  covers(departmentId: number | undefined): boolean {
    return isAmong(this.#departments, departmentId);
  }

  /** `departments`: the complete list; everywhere when absent. */
  subscribe(events: readonly string[], departments: ReadonlySet<number> | undefined): void {
    this.#departments = departments;
    for (const name of events) if (!this.#events.has(name)) this.#events.set(name, this.#now() + this.#activationMs);
  }

  /** With the last event everything that waits is gone. [assumption] */
  unsubscribe(events: readonly string[]): void {
    for (const name of events) this.#events.delete(name);
    if (this.#events.size > 0) return;
    this.#waiting.clear();
    this.#processed = [];
    this.#departments = undefined;
  }

  take(happening: Happening): void {
    const event = this.#kind.eventOf(happening);
    const from = event === undefined ? undefined : this.#events.get(event);
    if (from === undefined || from > this.#now()) return;
    const key = this.#kind.keyOf(happening);
    // the last change decides on the place
    this.#waiting.delete(key);
    this.#waiting.set(key, { happening });
  }

  get waiting(): readonly Message[] {
    return [...this.#waiting.values()];
  }

  /** Those that were handed out, oldest first. */
  get processed(): readonly Message[] {
    const since = this.#now() - this.#keepMs;
    this.#processed = this.#processed.filter(({ processedAt = 0 }) => processedAt > since);
    return this.#processed;
  }

  /** Hands messages out: they do not wait any more. */
  process(messages: readonly Message[]): void {
    const processedAt = this.#now();
    for (const { happening } of messages) {
      this.#waiting.delete(this.#kind.keyOf(happening));
      this.#processed.push({ happening, processedAt });
    }
  }
}

export type Feeds = Readonly<Record<FeedName, Feed>>;

/** The queues of the one client of this practice, fed with everything that happens from now on. */
export const feedsOf = (happenings: Happenings, now: () => number, options: FeedOptions = {}): Feeds => {
  const feed = (name: FeedName): Feed => new Feed(FEEDS[name], now, options);
  const feeds: Feeds = {
    appointments: feed('appointments'),
    patients: feed('patients'),
    labresults: feed('labresults'),
    claims: feed('claims'),
    providers: feed('providers'),
  };
  happenings.on((happening) => {
    for (const each of Object.values(feeds)) each.take(happening);
  });
  return feeds;
};
