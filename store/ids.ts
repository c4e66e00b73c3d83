import { randomBytes } from 'node:crypto';

const COUNTS = 0x1000; // the twelve bits between version and variant

/**
 * Makes UUIDs of version 7 (RFC 9562, method 1: a counter of twelve bits): each greater than the one before, whatever
 * the clock does.
 */
export const timeOrderedIds = (now: () => number): (() => string) => {
  let last = 0;
  return () => {
    last = Math.max(Math.trunc(now()) * COUNTS, last + 1);
    const time = Math.trunc(last / COUNTS)
      .toString(16)
      .padStart(12, '0');
    const count = (last % COUNTS).toString(16).padStart(3, '0');
    const random = randomBytes(8);
    random.writeUInt8((random.readUInt8(0) & 0x3f) | 0x80, 0);
    const rest = random.toString('hex');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${rest.slice(0, 4)}-${rest.slice(4)}`;
  };
};

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether it can be the id of a row at all: the database refuses anything else. */
export const isRowId = (id: string): boolean => UUID.test(id);
