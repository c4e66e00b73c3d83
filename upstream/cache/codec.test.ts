import { expect, it } from 'vitest';
import { pack, unpack } from './codec.ts';

const entryOf = (value: unknown) => ({
  value,
  at: 1_763_478_000_000,
  position: 7,
  tags: ['Patient/1', 'Appointment@search'],
  freshMs: 30_000,
  staleMs: 600_000,
});

const LONG = Array.from({ length: 2_000 }, (_, i) => ({ key: String(i * 7_919), name: 'Rivera', given: null }));

it.each([
  ['null, absent and empty apart', { a: null, c: '', d: [], e: {} }],
  ['texts that look like marks', { text: '"\\u0000set"', other: '\u0000set' }],
  ['sets and maps, one in the other', { covers: new Set(['a', 'b']), rows: [new Map([['a', new Set([1, null])]])] }],
  ['letters of all alphabets', { name: 'Zoë Müller 王 🙂 \ud800' }],
  ['numbers and truth values', [0, -1.5, 1e21, true, false]],
  ['a short text', 'x'],
  ['a record’s length', LONG.slice(0, 20)],
  ['a page’s length', LONG],
  ['an own property named __proto__', JSON.parse('{"__proto__":{"a":1}}')],
])('brings back %s', (_case, value) => {
  const packed = pack(entryOf(value));
  expect(packed).toBeDefined();
  expect(unpack(packed as Buffer)?.entry).toStrictEqual(entryOf(value));
});

it('brings back a property that is undefined as absent', () => {
  expect(unpack(pack(entryOf({ a: undefined, b: 1 })) as Buffer)?.entry.value).toStrictEqual({ b: 1 });
});

it.each([
  ['a number that is none', [Number.NaN]],
  ['a hole', [undefined]],
  ['a date', { at: new Date(0) }],
  ['a big integer', { n: 1n }],
  ['a function', { f: () => 1 }],
  ['more than 8 MiB', 'x'.repeat(8 * 1024 * 1024)],
])('does not keep %s, which would come back as something else', (_case, value) => {
  expect(pack(entryOf(value))).toBeUndefined();
});

it.each([
  ['nothing', Buffer.of()],
  ['other bytes', Buffer.from([1, 2, 3])],
  ['a cut text', (pack(entryOf(LONG)) as Buffer).subarray(0, 100)],
  ['another text', Buffer.from('\0{"a":1}')],
])('is undefined for %s', (_case, bytes) => {
  expect(unpack(bytes)).toBeUndefined();
});

it('is smaller than the text', () => {
  const packed = pack(entryOf(LONG)) as Buffer;
  expect(packed.length).toBeLessThan(JSON.stringify(LONG).length / 4);
});
