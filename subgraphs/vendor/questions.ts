import { canonical } from '../../schema/canonical.ts';
import type { RecordType } from '../../schema/ids.ts';
import type { Coverage } from '../../schema/values.ts';
import { listTags, recordTag, searchTag } from '../../upstream/cache/key.ts';
import {
  type Fetched,
  ITSELF,
  type Origin,
  oldestOf,
  type Primed,
  type Question,
  whole,
} from '../../upstream/cache/question.ts';
import type { CacheSettings } from '../../upstream/source.ts';
import type { Found, Page, Related, Window } from './connector.ts';
import { combine, type Facts, missingFields } from './store.ts';

/** How long a record and the lists of its type may be answered from the cache, unless the source says otherwise. */
const TTL_MS: Readonly<Record<RecordType, number>> = {
  Patient: 30_000,
  Appointment: 10_000,
  Observation: 30_000,
  Claim: 30_000,
  Practitioner: 3_600_000,
  Location: 3_600_000,
  Slot: 0,
};

/** How long what is known of a type is as good as asked anew, at a source with these settings. */
export const freshMs = (type: RecordType, { ttlSeconds }: CacheSettings): number => {
  const set = ttlSeconds[type];
  return set === undefined ? TTL_MS[type] : set * 1000;
};

export type RecordQuestion<T extends RecordType> = Question<Facts<T>> & {
  /** What is selected of the record and not known in the operation. */
  readonly fields: ReadonlySet<string>;
};

/** Which of a record's fields are wanted; what a kept part of it tells is not asked for again. */
export const recordQuestion = <T extends RecordType>(
  type: T,
  key: string,
  fields: ReadonlySet<string>,
  settings: CacheSettings,
): RecordQuestion<T> => ({
  kind: type,
  key,
  name: type,
  fields,
  // whether a stretch of time is free changes with every appointment
  tags: type === 'Slot' ? [recordTag(type, key), searchTag(type)] : [recordTag(type, key)],
  freshMs: freshMs(type, settings),
  missing: (known) => missingFields(fields, known),
  merge: combine,
  isWhole: ({ covers }) => covers === 'all',
});

const NO_FIELDS: ReadonlySet<string> = new Set();

/** A record that came along, as an answer to whoever asks for it next. */
const primed = <T extends RecordType>(
  type: T,
  { record, covers, on }: Found<T>,
  settings: CacheSettings,
): Primed<Facts<T>> => ({
  question: recordQuestion(type, record.key, NO_FIELDS, settings),
  value: { record, covers },
  on,
});

const coveragesIn = (
  { record: { key }, coverages, on }: Found<RecordType>,
  settings: CacheSettings,
): readonly Primed<unknown>[] =>
  coverages === undefined ? [] : [{ question: coverageQuestion(key, settings), value: coverages, on }];

/** What came along with a record: answers to further questions. */
export const besidesOf = (found: Found<RecordType>, settings: CacheSettings): readonly Primed<unknown>[] => [
  ...(found.related ?? []).map((one) => primed(one.type, one as Found<RecordType>, settings)),
  ...coveragesIn(found, settings),
];

/** Which list: by what the connector's method is called, and exactly what it is asked. */
interface ListName {
  readonly type: RecordType;
  readonly call: string;
  /** Of whom, for a list that belongs to a patient. */
  readonly patient?: string;
  readonly asked: unknown;
}

const listQuestion = ({ type, call, patient, asked }: ListName, settings: CacheSettings) => ({
  kind: call,
  key: canonical([patient ?? null, asked]),
  name: call,
  tags: listTags(type, patient),
  freshMs: freshMs(type, settings),
  ...whole,
});

/** A page by its filter and place. One that is kept answers when all its records tell the wanted fields. */
export const pageQuestion = <T extends RecordType>(
  name: ListName,
  { first, after, fields = NO_FIELDS }: Window,
  settings: CacheSettings,
): Question<Page<T>> => ({
  ...listQuestion({ ...name, asked: [name.asked, first, after ?? null] }, settings),
  missing: (known) => {
    if (known === undefined) return new Set([ITSELF, ...missingFields(fields, undefined)]);
    return new Set(known.items.flatMap((item) => [...missingFields(fields, item)]));
  },
});

/** The window with what a page must tell that was not enough, so that the next one tells what it told too. */
export const widened = <T extends RecordType>(window: Window, known: Page<T> | undefined): Window => {
  const told = known?.items[0]?.covers;
  if (told === undefined || told === 'all' || window.fields === undefined) return window;
  return { ...window, fields: new Set([...window.fields, ...told]) };
};

export const COVERAGES = 'coverages';

/** Coverages are of the patient's record: they change with it. */
export const coverageQuestion = (patient: string, settings: CacheSettings): Question<readonly Coverage[]> => ({
  ...listQuestion({ type: 'Patient', call: COVERAGES, asked: null }, settings),
  key: patient,
  tags: [recordTag('Patient', patient)],
});

/** A page as it is kept, with what it holds: as tags, and as answers to further questions. */
export const fetchedPage = <T extends RecordType>(
  type: T,
  page: Page<T>,
  settings: CacheSettings,
): Fetched<Page<T>> => {
  const { items, related = [], on: _on, ...rest } = page;
  const held: readonly (Found<RecordType> & { readonly type: RecordType })[] = [
    ...items.map((item) => ({ type, ...item })),
    ...(related as readonly (Found<RecordType> & { readonly type: RecordType })[]),
  ];
  return {
    value: {
      ...rest,
      items: items.map(({ record, covers, after }) => ({ record, covers, after })),
      related: related.map(({ type, record, covers }) => ({ type, record, covers }) as Related),
    },
    on: [page, ...held].reduce<Origin | undefined>((on, one) => oldestOf(on, one.on), undefined),
    tags: held.map((one) => recordTag(one.type, one.record.key)),
    also: held.flatMap((one) => [primed(one.type, one, settings), ...coveragesIn(one, settings)]),
  };
};

/** Records without a page's marks. */
export const pageOf = <T extends RecordType>(records: readonly Found<T>[]): Page<T> => ({
  items: records.map((found) => ({ ...found, after: '' })),
  related: records.flatMap(({ related = [] }) => related),
  hasNextPage: false,
});
