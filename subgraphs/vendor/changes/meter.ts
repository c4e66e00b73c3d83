import type { SourceId } from '../../../schema/ids.ts';
import type { ChangeCause, ChangedType } from '../../../store/changes.ts';

/** What became of a delivery: its events are kept, it was no event, or it was refused and why. */
export type DeliveryOutcome = 'ACCEPTED' | 'UNSIGNED' | 'MALFORMED' | 'UNAVAILABLE';

/** Who counts what happens on the way of changes into the stream. No method fails. */
export interface ChangeMeter {
  /** Everything that a feed had to tell up to an instant (milliseconds since 1970) is in the stream. */
  caughtUp(source: SourceId, feed: string, upTo: number): void;
  /** Another process reads the feed: nothing more is known of it here. */
  elsewhere(source: SourceId, feed: string): void;
  /** A feed could not be read, with the code of the failure, in a row since it last could. */
  failed(source: SourceId, feed: string, code: string, inARow: number): void;
  /** Changes were appended. */
  appended(source: SourceId, type: ChangedType, cause: ChangeCause): void;
  /** A delivery was answered. */
  delivered(source: SourceId, outcome: DeliveryOutcome): void;
  /** An event's change is in the stream, so many milliseconds after it was taken in; or it, or a feed's record, was given up. */
  took(source: SourceId, ms: number): void;
  gaveUp(source: SourceId): void;
}

const nothing = (): void => undefined;

/** Counts nothing. */
export const SILENT: ChangeMeter = {
  ...{ caughtUp: nothing, elsewhere: nothing, failed: nothing, appended: nothing },
  ...{ delivered: nothing, took: nothing, gaveUp: nothing },
};
