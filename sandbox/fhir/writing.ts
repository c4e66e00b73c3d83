import type { Observation } from '@medplum/fhirtypes';
import type { AppointmentStatus } from '../practice.ts';
import { type Fault, wrongAt } from './faults.ts';

/** How a client may write to a type. */
export type Interaction = 'create' | 'update' | 'patch' | 'delete';

export type Moves = Readonly<Record<AppointmentStatus, readonly AppointmentStatus[]>>;

/** One operation of a JSON Patch (RFC 6902), as far as a rule looks at it. */
export interface PatchStep {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

/** A vendor's way of taking writes. */
export interface Writing {
  readonly types: Readonly<Record<string, readonly Interaction[]>>;
  /** Whether `If-None-Exist` counts; a server that does not declare it does not look at it. */
  readonly conditionalCreate: boolean;
  readonly ifMatch: 'optional' | 'required';
  /** Answer to a version that is no longer the current one. */
  readonly stale: Fault;
  /** Answer to a change of what is not there. */
  readonly absent: Fault;
  /** What is sent back when the client does not say what it prefers; `never`: nothing, whatever it prefers. */
  readonly body: 'representation' | 'minimal' | 'never';
  readonly moves: Moves;
  /** The elements that are taken per type; everything of R4 when absent. */
  readonly elements?: Readonly<Record<string, ReadonlySet<string>>>;
  /** True where a booked visit's time is the slot's and need not be told. */
  readonly timeBySlot: boolean;
  /** Answers to a slot that is taken, for a new visit and for one that moves, and to one that is not there. */
  readonly slotFaults: { readonly taken: Fault; readonly takenByMove: Fault; readonly unknown: Fault };
  /** Refuses a new resource by this vendor's own rules. */
  readonly checkNew?: (resource: object & { readonly resourceType: string }) => void;
  readonly checkPatch?: (type: string, steps: readonly PatchStep[], before: unknown) => void;
  /** Refuses a result that is there already. */
  readonly refuseDuplicates: boolean;
}

/** R4 leaves the category open; these vendors do not (assumption). */
export const needCategory = ({ category = [] }: Observation): void => {
  if (category.length === 0) throw wrongAt('element-missing', 'Observation.category');
};

/**
 * Moves of an appointment's status at a careful server; R4 itself forbids none. What is over only turns out to have been
 * entered in error (assumption).
 */
export const MOVES: Moves = {
  proposed: ['pending', 'booked', 'waitlist', 'cancelled', 'entered-in-error'],
  pending: ['booked', 'waitlist', 'cancelled', 'entered-in-error'],
  waitlist: ['proposed', 'pending', 'booked', 'cancelled', 'entered-in-error'],
  booked: ['pending', 'arrived', 'checked-in', 'fulfilled', 'noshow', 'cancelled', 'entered-in-error'],
  arrived: ['booked', 'checked-in', 'fulfilled', 'cancelled', 'entered-in-error'],
  'checked-in': ['arrived', 'fulfilled', 'cancelled', 'entered-in-error'],
  noshow: ['entered-in-error'],
  fulfilled: ['entered-in-error'],
  cancelled: ['entered-in-error'],
  'entered-in-error': [],
};

/** A server that keeps to R4 and supports what it offers. */
export const GENERIC_WRITING: Writing = {
  types: {
    Patient: ['create', 'update', 'patch'],
    Appointment: ['create', 'update', 'patch'],
    Observation: ['create', 'update', 'patch'],
    DocumentReference: ['create'],
    Claim: ['create'],
  },
  conditionalCreate: true,
  ifMatch: 'optional',
  // https://hl7.org/fhir/R4/http.html#concurrency
  stale: 'version-differs',
  // https://hl7.org/fhir/R4/http.html#update: 405 where clients give no ids
  absent: 'not-there',
  body: 'representation',
  moves: MOVES,
  timeBySlot: false,
  slotFaults: { taken: 'time-taken', takenByMove: 'time-taken', unknown: 'reference' },
  refuseDuplicates: false,
};
