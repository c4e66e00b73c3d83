import { describe, expect, it } from 'vitest';
import { type Ages, check, type Truth } from './checker.ts';
import type { AnswerError, Entry } from './history.ts';
import { Timeline } from './timeline.ts';

const AGES: Ages = { ttlMs: 1_000, directoryMs: 60_000, staleMs: 2_000, readingMs: 100 };
const ID = 'lakeside/Patient/1';
/** Asked at 10 s and answered a second later; the name was changed at 5 s, the telephone number in the middle. */
const ASKED = 10_000;
const ANSWERED = 11_000;

const names = new Timeline<string>();
names.note('"Ann"', 0, 0);
names.note('"Eve"', 5_000, 5_001);
const phones = new Timeline<string>();
phones.note('"1"', 0, 0);
phones.note('"2"', 10_500, 10_501);
const META = '{lastUpdated:null,unsupportedFields:null,versionId:null}';
const VISITS = ['lakeside/Appointment/1', 'lakeside/Appointment/2', 'lakeside/Appointment/3'];

const truth: Truth = {
  field: (id, field, from, to) => {
    if (id !== ID) return undefined;
    return field === 'meta' ? [META] : { firstName: names, phoneHome: phones }[field]?.held(from, to);
  },
  list: (key) => (key === `${ID}/appointments` ? [{ ids: VISITS }] : undefined),
};

interface Told {
  readonly fields?: object;
  readonly freshness?: string;
  /** Before it was asked. */
  readonly agoMs?: number;
  readonly errors?: readonly AnswerError[];
  readonly cache?: 'MISS' | 'HIT' | 'STALE';
  readonly data?: unknown;
}

const entry = ({ fields = {}, freshness = 'LIVE', agoMs = -500, errors = [], cache = 'MISS', data }: Told): Entry => ({
  asked: { kind: 'patient', query: '', variables: {}, ids: { patient: [ID] } },
  at: ASKED,
  answeredAt: ANSWERED,
  deadline: ASKED + 5_000,
  errors,
  calls: [{ source: 'lakeside' as Entry['calls'][number]['source'], cache }],
  data: data ?? {
    patient: {
      __typename: 'UnityPatient',
      id: ID,
      meta: { freshness, fetchedAt: new Date(performance.timeOrigin + ASKED - agoMs).toISOString() },
      ...fields,
    },
  },
});

const page = (ids: readonly string[], hasNextPage: boolean) => ({
  appointments: { nodes: ids.map((id) => ({ __typename: 'UnityAppointment', id })), pageInfo: { hasNextPage } },
});
const failed = (code: string, ...path: readonly string[]): AnswerError => ({ code, path });

describe('check', () => {
  it.each<[string, Told]>([
    ['a value as it is', { fields: { firstName: 'Eve' } }],
    ['both values of a change within the read', { fields: { phoneHome: '1' } }],
    ['the new value of a change within the read', { fields: { phoneHome: '2' } }],
    ['a kept value within its time', { fields: { firstName: 'Eve' }, freshness: 'CACHED', agoMs: 900, cache: 'HIT' }],
    ['an old value that says so', { fields: { firstName: 'Eve' }, freshness: 'STALE', agoMs: 2_900, cache: 'STALE' }],
    [
      'a null whose failure is told',
      { fields: { firstName: null }, errors: [failed('TIMEOUT', 'patient', 'firstName')] },
    ],
    ['no record when its failure is told', { data: { patient: null }, errors: [failed('TIMEOUT', 'patient')] }],
    ['a page of a list', { fields: page(VISITS.slice(0, 2), true) }],
    ['a whole list', { fields: page(VISITS, false) }],
  ])('lets pass %s', (_name, told) => {
    const { wrong, compared } = check(entry(told), truth, AGES);
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(0);
  });

  it.each<[string, Told, string]>([
    ['a value of before', { fields: { firstName: 'Ann' } }, 'was not so'],
    ['a null without a failure', { fields: { firstName: null } }, 'was not so'],
    ['a kept value beyond its time', { freshness: 'CACHED', agoMs: 1_500, cache: 'HIT' }, 'is older than CACHED says'],
    ['an old value beyond its time', { freshness: 'STALE', agoMs: 4_000 }, 'is older than STALE says'],
    ['a kept value that is called live', { freshness: 'LIVE', agoMs: 900, cache: 'HIT' }, 'is older than LIVE says'],
    ['no record without a failure', { data: { patient: null } }, 'is missing'],
    [
      'another record',
      { data: { patient: { __typename: 'UnityPatient', id: 'lakeside/Patient/2' } } },
      'is another record',
    ],
    [
      'a failure of our own',
      { errors: [failed('INTERNAL_SERVER_ERROR', 'patient')] },
      'failed with INTERNAL_SERVER_ERROR',
    ],
    ['a list in another order', { fields: page(VISITS.toReversed(), false) }, 'was another list'],
    ['a list that ends too early', { fields: page(VISITS.slice(0, 2), false) }, 'was another list'],
  ])('finds %s', (_name, told, why) => {
    expect(check(entry(told), truth, AGES).wrong.map((one) => one.why)).toContain(why);
  });
});

describe('Timeline', () => {
  it.each([
    [0, 4_999, ['"Ann"']],
    [5_001, 6_000, ['"Ann"', '"Eve"']],
    [5_002, 6_000, ['"Eve"']],
  ])('tells what was held from %i to %i', (from, to, held) => {
    expect(names.held(from, to)).toEqual(held);
  });

  it('tells nothing of what has ended, and a value that comes again', () => {
    const one = new Timeline<string>();
    one.note('a', 0, 0);
    one.end(10);
    one.note('a', 20, 21);
    expect([one.held(0, 5), one.held(12, 15), one.held(20, 30)]).toEqual([['a'], [], ['a']]);
  });
});
