import type { Resource } from '@medplum/fhirtypes';
import type { Happenings } from '../happenings.ts';
import { type Commit, Ledger } from '../ledger.ts';
import type { Practice } from '../practice.ts';
import { Desk } from './desk.ts';
import { Mirror } from './mirror.ts';
import type { Profile } from './profile.ts';
import type { Store } from './store.ts';
import type { Roster } from './subscriptions/roster.ts';
import { loadValidator, type Validator } from './validation.ts';

/** Takes resources that hold, under ids that it gives. */
export interface Keeper {
  /** The id of the new resource. */
  create(call: string, resource: Resource): string;
  change(call: string, id: string, resource: Resource): void;
}

/** What a server that can be written to has beside one that cannot. */
export interface Office {
  readonly desk: Keeper;
  /** Absent where the server has none. */
  readonly subscriptions?: Roster | undefined;
  readonly validator: () => Promise<Validator>;
  /** Ids of what somebody at the practice has open for editing. */
  readonly edited: () => ReadonlySet<string>;
  readonly happenings: Happenings;
  /** A result that a laboratory reports. */
  readonly report: Ledger['report'];
}

export interface OfficeOptions {
  readonly practice: Practice;
  readonly now: () => number;
  /** Whether two visits may be booked at the same time of the same practitioner; false when absent. */
  readonly doubleBooking?: boolean;
  /** Ids of resources that somebody at the practice has open for editing at the moment; none when absent. */
  readonly edited?: () => ReadonlySet<string>;
}

export interface Opened {
  readonly refresh: () => void;
  readonly commits: readonly Commit[];
  readonly office: Office | undefined;
}

/** The definitions are read for the first write. */
const onFirstUse = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

/** Shows a practice in a store, and takes writes into it. */
export const openOffice = (options: OfficeOptions, { writing, attached }: Profile, store: Store): Opened => {
  const { practice, now, doubleBooking = false, edited = () => new Set() } = options;
  const ledger = new Ledger({ practice, now, doubleBooking });
  const mirror = new Mirror({ practice, store, now, busy: () => ledger.heldSlots(), attached });
  mirror.refresh();
  // before anybody else who listens: they find the change shown
  ledger.happenings.on((happening) => mirror.take(happening));
  return {
    refresh: () => mirror.refresh(),
    commits: ledger.commits,
    office: {
      desk: new Desk({ practice, ledger, mirror, writing }),
      validator: onFirstUse(() => loadValidator(store, writing)),
      edited,
      happenings: ledger.happenings,
      report: (draft) => ledger.report(draft),
    },
  };
};

/** What was loaded stays as it is. */
export const CLOSED: Opened = { refresh: () => {}, commits: [], office: undefined };
