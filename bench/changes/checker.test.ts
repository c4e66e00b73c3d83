import { describe, expect, it } from 'vitest';
import { checkReads, checkTold, counted, type Made, type Read, type Told } from './checker.ts';
import { checkFollowed } from './followed.ts';

const RECORD = 'mercy/Appointment/7';
const made = (version: number, at: number): Made => ({ record: RECORD, version, at });
const told = (version: number, gotAt: number, more: Partial<Told> = {}): Told => ({
  ...{ record: RECORD, id: 'mercy/Appointment/appt-7', version, cursor: `c${gotAt}`, cause: 'POLL', at: gotAt, gotAt },
  ...more,
});
const read = (version: number, askedAt: number): Read => ({
  record: RECORD,
  version,
  askedAt,
  answeredAt: askedAt + 5,
});

const WITHIN = 2_000;
const TWO = [made(1, 0), made(2, 10_000)];
const QUICK = [made(1, 0), made(2, 100)];

describe('the checker of what is told', () => {
  it.each([
    ['each version once', TWO, [told(1, 500), told(2, 10_500)], { collapsed: 0, ahead: 0 }],
    ['the newer one of two that came to be at once', QUICK, [told(2, 500)], { collapsed: 1, ahead: 0 }],
    ['an event that shows the next one', QUICK, [told(2, 500), told(2, 1_500)], { collapsed: 1, ahead: 1 }],
    [
      'events that show the next one again and again',
      [made(1, 0), made(2, 100), made(3, 200)],
      [told(2, 500), told(3, 600), told(3, 700)],
      { collapsed: 1, ahead: 1 },
    ],
    ['a record that is new', [made(0, 0), made(1, 9_000)], [told(0, 10), told(1, 9_010)], { collapsed: 0, ahead: 0 }],
  ])('finds nothing wrong with %s', (_title, versions, events, more) => {
    expect(checkTold(versions, events, WITHIN)).toMatchObject({ findings: [], others: {}, ...more });
  });

  it.each([
    ['missing', 'the newest version that nobody told', TWO, [told(1, 500)]],
    ['missing', 'a record that nobody told of', [made(1, 0)], []],
    ['late', 'a version whose event came later', TWO, [told(1, 2_001), told(2, 10_500)]],
    ['late', 'a version that only a much later one made up for', TWO, [told(2, 10_500)]],
    ['doubled', 'the same event twice', TWO, [told(1, 500), told(1, 500), told(2, 10_500)]],
    ['doubled', 'the same version as two events', TWO, [told(1, 500), told(1, 600), told(2, 10_500)]],
    ['backward', 'an older version after a newer one', QUICK, [told(2, 500), told(1, 600)]],
    ['unmade', 'a version before it came to be', [made(1, 100)], [told(1, 50), told(1, 600)]],
    ['unmade', 'an event without a change', [made(1, 100)], [told(0, 50), told(1, 600)]],
    ['renamed', 'another id', TWO, [told(1, 500), told(2, 10_500, { id: 'mercy/Appointment/appt-8' })]],
  ] as const)('finds %s: %s', (kind, _title, versions, events) => {
    expect(counted(checkTold(versions, events, WITHIN).findings)).toEqual({ [kind]: 1 });
  });

  it('tells how long each version took, by whatever told it', () => {
    const { arrivals } = checkTold(QUICK, [told(2, 500, { cause: 'WEBHOOK' })], WITHIN);
    expect(arrivals.map(({ ms, cause }) => [ms, cause])).toEqual([
      [500, 'WEBHOOK'],
      [400, 'WEBHOOK'],
    ]);
  });

  it('counts events of records that nobody changed', () => {
    const other = told(0, 700, { record: 'mercy/Appointment/8' });
    expect(checkTold([made(1, 0)], [told(1, 500), other], WITHIN)).toMatchObject({
      findings: [],
      others: { 'mercy/Appointment': 1 },
    });
  });
});

describe('the checker of reads', () => {
  const events = [told(1, 500), told(2, 10_500)];

  it.each([
    ['the newest version that was told', [read(2, 12_000)], { after: 1, early: 0 }],
    ['a newer one than was told', [read(2, 10_100)], { after: 1, early: 0 }],
    ['the old one before the event', [read(1, 10_400), read(0, 400)], { after: 1, early: 0 }],
    ['the old one within the grace, which is counted', [read(1, 11_400)], { after: 1, early: 1 }],
  ])('finds nothing wrong with %s', (_title, reads, more) => {
    expect(checkReads(TWO, events, reads, 1_000)).toEqual({ findings: [], ...more });
  });

  it.each([
    ['stale', 'the old version later than that', read(1, 11_501)],
    ['stale', 'a list without the record', read(-1, 11_501)],
    ['unmade', 'a version that is none', read(3, 12_000)],
    ['unmade', 'a version before it came to be', read(2, 9_000)],
  ] as const)('finds %s: %s', (kind, _title, one) => {
    expect(counted(checkReads(TWO, events, [one], 1_000).findings)).toEqual({ [kind]: 1 });
  });
});

describe('the checker of cursors', () => {
  it.each([
    ['all in order', [0, 1, 2, 3], { right: 4 }],
    ['a gap', [0, 1, 3], { right: 3, missing: 1 }],
    ['a repeat', [0, 1, 1, 2, 3], { right: 4, doubled: 1 }],
    ['another order', [0, 2, 1, 3], { right: 3, disordered: 1 }],
    ['what is none of the stream', [0, 1, 2, 3, -1, 4], { right: 4, strange: 2 }],
    ['nothing', [], { missing: 4 }],
  ])('counts %s', (_title, got, found) => {
    const nothing = { right: 0, missing: 0, doubled: 0, disordered: 0, strange: 0 };
    expect(checkFollowed(4, got)).toEqual({ ...nothing, ...found });
  });
});
