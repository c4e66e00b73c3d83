import { CursorTooOld } from '../changes.ts';

export interface Position {
  /** Which database. */
  readonly epoch: string;
  /** The number of the change after which it stands; 0 before the first one. */
  readonly seq: number;
}

const RADIX = 36;
const CURSOR = /^(?<epoch>[\w-]{1,64})\.(?<seq>0|[1-9a-z][\da-z]{0,9})$/; // ten digits are less than 2^53

export const toCursor = ({ epoch, seq }: Position): string => `${epoch}.${seq.toString(RADIX)}`;

/** @throws CursorTooOld when it is no cursor at all */
export const fromCursor = (cursor: string): Position => {
  const { epoch, seq } = CURSOR.exec(cursor)?.groups ?? {};
  if (epoch === undefined || seq === undefined) throw new CursorTooOld();
  return { epoch, seq: Number.parseInt(seq, RADIX) };
};
