import { constants, deflateRawSync, inflateRawSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Entry } from './entry.ts';

/** The first byte says how the rest is written. */
const PLAIN = 0;
const DEFLATE = 1;
const ZSTD = 2;

/** Below this many bytes compression gains nothing. */
const SMALLEST = 200;
/** Up to here deflate is quicker than zstd, whose contexts are made anew for each value, and as small. */
const SMALL = 8 * 1024;
/** A longer text is not kept: the largest pages (100 records) have below 1 MiB. Also the cap of what is decompressed. */
const LONGEST = 8 * 1024 * 1024;

/** Sets and maps travel as `{ [mark]: [...] }`; no vendor's or own field has a name like these. */
const SET = '\u0000set';
const MAP = '\u0000map';
const MARKED = '"\\u0000';

class Unkeepable extends Error {}

/** The same value for JSON: itself where nothing in it needs another form. */
const toPlain = (value: unknown): unknown => {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Unkeepable();
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') throw new Unkeepable();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return plainList(value);
  if (value instanceof Set) return { [SET]: plainList([...value]) };
  if (value instanceof Map) return { [MAP]: plainList([...value]) };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new Unkeepable();
  let changed: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const part = (value as Record<string, unknown>)[key];
    const plain = toPlain(part);
    if (plain === part) continue;
    changed ??= { ...value };
    changed[key] = plain;
  }
  return changed ?? value;
};

const plainList = (items: readonly unknown[]): readonly unknown[] => {
  let changed: unknown[] | undefined;
  for (const [i, item] of items.entries()) {
    if (item === undefined) throw new Unkeepable();
    const plain = toPlain(item);
    if (plain === item) continue;
    changed ??= [...items];
    changed[i] = plain;
  }
  return changed ?? items;
};

const fromPlain = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(fromPlain);
  const row = value as Record<string, unknown>;
  if (SET in row) return new Set((row[SET] as unknown[]).map(fromPlain));
  if (MAP in row)
    return new Map((row[MAP] as [unknown, unknown][]).map(([key, part]) => [fromPlain(key), fromPlain(part)]));
  return Object.fromEntries(Object.entries(row).map(([key, part]) => [key, fromPlain(part)]));
};

const compressed = (text: Buffer): Buffer => {
  if (text.length < SMALLEST) return Buffer.concat([Buffer.of(PLAIN), text]);
  return text.length < SMALL
    ? Buffer.concat([Buffer.of(DEFLATE), deflateRawSync(text, { level: 1 })])
    : Buffer.concat([Buffer.of(ZSTD), zstdCompressSync(text, { params: { [constants.ZSTD_c_compressionLevel]: 1 } })]);
};

const decompressed = (bytes: Buffer): string => {
  const rest = bytes.subarray(1);
  const limit = { maxOutputLength: LONGEST };
  if (bytes[0] === PLAIN) return rest.toString();
  if (bytes[0] === DEFLATE) return inflateRawSync(rest, limit).toString();
  return zstdDecompressSync(rest, limit).toString();
};

/** An entry with the length of its text, which says how much memory it takes. */
export interface Read {
  readonly entry: Entry;
  readonly length: number;
}

/**
 * An entry as JSON, which begins with `[`. `undefined` for one that would not come back as it is: too long, or with values
 * that JSON does not know. Properties that are `undefined` come back absent.
 */
export const write = ({ value, at, position, tags, freshMs, staleMs }: Entry): string | undefined => {
  try {
    const text = JSON.stringify([toPlain(value), at, position, tags, freshMs, staleMs]);
    return text.length > LONGEST ? undefined : text;
  } catch (thrown) {
    if (thrown instanceof Unkeepable) return undefined;
    throw thrown;
  }
};

/** The entry that `write` of this version wrote; `undefined` for any other text. */
export const read = (text: string): Read | undefined => {
  try {
    const row: unknown = JSON.parse(text);
    const [value, at, position, tags, freshMs, staleMs] = row as [unknown, number, number, string[], number, number];
    const whole = text.includes(MARKED) ? fromPlain(value) : value;
    return { entry: { value: whole, at, position, tags, freshMs, staleMs }, length: text.length };
  } catch {
    return undefined;
  }
};

/** A text of `write` as bytes, compressed; the first byte is none that a text begins with. */
export const compress = (text: string): Buffer => compressed(Buffer.from(text));

/** An entry as compressed bytes; `undefined` for one that cannot be written. */
export const pack = (entry: Entry): Buffer | undefined => {
  const text = write(entry);
  return text === undefined ? undefined : compress(text);
};

/** The entry of a compressed text; `undefined` for bytes that `compress` did not make. */
export const unpack = (bytes: Buffer): Read | undefined => {
  try {
    return read(decompressed(bytes));
  } catch {
    return undefined;
  }
};
