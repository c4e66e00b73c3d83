import type { ChangedType, ChangeKind } from '../../../store/changes.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Found } from '../connector.ts';

/** A record of which a vendor says that something happened to it. */
export type Noticed = {
  readonly [T in ChangedType]: {
    readonly type: T;
    readonly key: string;
    /** Whose it is, where the vendor says so: needed to void the right lists before the record is read. */
    readonly patient?: string;
    /** Where the vendor says it; else a record that was not heard of before counts as updated. */
    readonly kind?: ChangeKind;
    /** The record as it is now, where the vendor told it with the notice; it is read otherwise. */
    readonly found?: Found<T>;
  };
}[ChangedType];

export interface FeedPage {
  readonly noticed: readonly Noticed[];
  /** From where to read on; it is kept only together with what was noticed. */
  readonly place: string;
  /** Whether there is more at once. */
  readonly more: boolean;
}

/** One way in which a vendor lets itself be asked what changed. */
export interface Feed {
  /** Names it within its source, for ever: places are kept by it. */
  readonly name: string;
  /** The pause between two readings, milliseconds; a source with few calls a day is asked less often. */
  readonly everyMs: number;
  /** Calls that one reading takes when nothing changed. */
  readonly calls: number;
  /** A place from which whatever happens from now on is told, and nothing before. */
  begin(call: Call): Promise<string>;
  /**
   * What happened after a place. It may tell more than once what happened, but must never leave anything out: what the
   * vendor forgets when it is asked must be told again from the same place.
   * @throws GraphError when the vendor does not answer: the same place is read again later
   */
  read(place: string, call: Call): Promise<FeedPage>;
}
