import { describe, expect, it } from 'vitest';
import type { Listed } from './api.ts';
import {
  dueTopics,
  heldIn,
  LIFETIME_MS,
  type Roster,
  readRoster,
  renewalOf,
  rosterAnew,
  writeRoster,
} from './roster.ts';
import { TOPIC_NAMES } from './topics.ts';

const NOW = Date.parse('2025-11-20T18:00:00Z');
const TOPIC = 'Patient.update';
const HOUR = 3_600_000;

const listed = (id: string, more: Partial<Listed> = {}): Listed => ({
  ...{ id, topic: TOPIC, isOff: false, end: NOW + 10 * HOUR },
  ...more,
});
const roster = (more: Partial<Roster> = {}): Roster => ({ ...rosterAnew('digest', []), ...more });

describe('of a topic’s subscriptions', () => {
  it.each<readonly [string, readonly Listed[], Partial<Roster>, string | undefined]>([
    ['the one that lasts longest', [listed('a'), listed('b', { end: NOW + 11 * HOUR }), listed('c')], {}, 'b'],
    ['one that does not end', [listed('a'), listed('b', { end: undefined })], {}, 'b'],
    ['none that is over', [listed('a', { end: NOW })], {}, undefined],
    ['none that is off', [listed('a', { isOff: true })], {}, undefined],
    ['none of a former secret', [listed('a')], { former: ['a'] }, undefined],
    ['none for another practice', [listed('a', { topic: '' })], {}, undefined],
    [
      'of those that do not end, the one that was made last',
      [listed('a', { end: undefined }), listed('b', { end: undefined })],
      { held: [{ topic: TOPIC, id: 'b', renewAt: NOW + HOUR }] },
      'b',
    ],
  ])('%s is held', (_what, list, more, id) => {
    expect(heldIn(list, roster(more), NOW).map((one) => one.id)).toEqual(id === undefined ? [] : [id]);
  });

  it('one that is remembered keeps its time, and one that is not gets half of what is left', () => {
    const held = [{ topic: TOPIC, id: 'a', renewAt: NOW + HOUR }];
    expect(heldIn([listed('a')], roster({ held }), NOW)).toEqual(held);
    expect(heldIn([listed('b')], roster({ held }), NOW)).toEqual([{ topic: TOPIC, id: 'b', renewAt: NOW + 5 * HOUR }]);
  });
});

it.each([
  ['an end', NOW + 10 * HOUR, NOW + 5 * HOUR],
  ['no end', undefined, NOW + LIFETIME_MS / 2],
  ['an end in many years', NOW + 1000 * LIFETIME_MS, NOW + LIFETIME_MS / 2],
])('renews what has %s', (_what, end, at) => {
  expect(renewalOf(end, NOW)).toBe(at);
});

it('asks for what is not held, or no longer, and not refused', () => {
  const others = TOPIC_NAMES.filter((topic) => topic !== TOPIC);
  const held = others.map((topic) => ({ topic, id: topic, renewAt: NOW + 1 }));
  expect(dueTopics({ held, refused: [] }, NOW)).toEqual([TOPIC]);
  expect(dueTopics({ held, refused: [{ topic: TOPIC, until: NOW + 1, code: 'FORBIDDEN' }] }, NOW)).toEqual([]);
  expect(dueTopics({ held, refused: [] }, NOW + 1)).toEqual(TOPIC_NAMES);
});

it('reads the place that it wrote, and no other', () => {
  const one = roster({ held: [{ topic: TOPIC, id: 'a', renewAt: NOW }], former: ['b'] });
  expect(readRoster(writeRoster(one), 'springfield')).toEqual(one);
  for (const text of ['', '{}', 'null', '{"kind":"settled"}'])
    expect(() => readRoster(text, 'springfield')).toThrow('The place of a feed of changes cannot be read.');
});
