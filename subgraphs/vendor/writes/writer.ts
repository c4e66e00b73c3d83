import type { CommandKind, Commands, PlannedCall } from '../../../schema/commands.ts';
import type { AppointmentStatus } from '../../../schema/enums.ts';
import type { FieldIssueDetail } from '../../../schema/errors.ts';
import type { RecordType } from '../../../schema/ids.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Departures } from '../../../upstream/request.ts';
import type { Found } from '../connector.ts';

/** The call of a write: whatever is no read is written down before it leaves. */
export type WriteCall = Call & { readonly departures: Departures };

/** One attempt at a write, as the vendor's side of it sees it. */
export interface Sending {
  /** The write's own id: a key for vendors that take one. The same for every attempt. */
  readonly id: string;
  readonly call: WriteCall;
  /** What an earlier attempt kept, such as the key of a slot that was opened for the booking. */
  readonly progress: Readonly<Record<string, string>>;
  /** Keeps something for later attempts; durable when it returns. */
  keep(progress: Readonly<Record<string, string>>): Promise<void>;
  /**
   * The record as it stands at the vendor now, for commands that name one (`key`, `corrects`), read for this attempt.
   * It covers `needs` of the writer, or the whole record.
   */
  readonly current?: Found<RecordType>;
}

/** What a vendor's answer to a write tells. */
export interface Sent {
  /** The vendor's key of the record that was made or changed. A change may give a record another key. */
  readonly key: string;
  /** The vendor gave back a record that was there before, as `RETURN_EXISTING` allows: it is not compared. */
  readonly existing?: boolean;
  /** What the vendor took otherwise than it was meant and no reading back can show. */
  readonly warnings?: readonly FieldIssueDetail[];
}

/** What a look at the vendor shows of a write whose answer was lost. */
export type Sighting =
  | { readonly kind: 'found'; readonly key: string }
  | { readonly kind: 'absent' }
  /** The vendor gives no way to tell. A fixed sentence says why. */
  | {
      readonly kind: 'unclear';
      readonly reason: string;
      /** Keys of records that it may be. */
      readonly candidates?: readonly string[];
    };

/**
 * How one kind of command is written at a vendor. Throws GraphError: VALIDATION with issues for what the vendor's form
 * cannot carry, SLOT_TAKEN, VERSION_CONFLICT, NOT_FOUND, VENDOR_REJECTED and so on for refusals of the vendor, which say
 * for sure that nothing was written; TIMEOUT, SOURCE_UNAVAILABLE and BAD_VENDOR_ANSWER when that is not sure.
 */
export interface Writer<K extends CommandKind> {
  /**
   * The calls that would be made, in order, masked: what is not told by the vendor's folder to be no matter of people is
   * `***`. Makes no call. Checks everything that can be checked without the vendor.
   * @throws GraphError VALIDATION with issues, in the paths of the graph's input
   */
  plan(input: Commands[K]): readonly PlannedCall[];
  /** The states from which this vendor takes the change of an appointment, where they are fewer than the graph's own. */
  readonly from?: readonly AppointmentStatus[];
  /** Fields of the current record (GraphQL names) that `send` looks at, besides those that are compared. */
  readonly needs?: readonly string[];
  /** Sends it. Only for what `plan` accepts. */
  send(input: Commands[K], sending: Sending): Promise<Sent>;
  /**
   * Looks for what an attempt may have left, where the lists of the unified graph cannot show it (documents). Most kinds
   * have none: they are looked up by their natural key through the connector's reads, as is what this tells nothing of.
   */
  find?(input: Commands[K], sending: Pick<Sending, 'id' | 'call' | 'progress'>): Promise<Sighting | undefined>;
  /**
   * The input in the terms in which this vendor keeps it (its units, its precision of time): what the record is compared
   * with when it is read back, and looked up by. Absent: as it was given.
   */
  meant?(input: Commands[K]): Commands[K];
  /**
   * What this vendor is known not to keep as it was sent, and what is therefore not compared: fields (GraphQL names) or
   * paths below them without positions (`lines.units`, `address.country`). Each needs a source in the vendor's README.
   */
  readonly notKept?: readonly string[];
}

/** The commands that a source can carry out. */
export type Writers = { readonly [K in CommandKind]?: Writer<K> };
