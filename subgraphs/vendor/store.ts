import type { RecordType } from '../../schema/ids.ts';
import type { Mapped } from '../../schema/records.ts';
import { type Origin, oldest } from '../../upstream/cache/question.ts';
import type { Found } from './connector.ts';

/** Links are selected by their field's name and held by key. */
const LINKS: Readonly<Record<string, string>> = {
  patient: 'patientKey',
  practitioner: 'practitionerKey',
  location: 'locationKey',
  appointment: 'appointmentKey',
  supersedes: 'supersedesKey',
};
/** Where a record holds what this field is answered from. */
export const heldBy = (field: string): string => LINKS[field] ?? field;

/** Fields that need no answer of the vendor about the record itself. */
const FREE: ReadonlySet<string> = new Set([
  '__typename',
  'id',
  'source',
  'appointments',
  'observations',
  'claims',
  'coverages',
]);
/** Names that are no fields of the record itself, though one call may answer them with it: coverages, and paths of links. */
export const besides = (fields: ReadonlySet<string>): readonly string[] =>
  [...fields].filter((field) => field === 'coverages' || field.includes('.'));

/** Fields that any answer about the record can tell. */
const ALWAYS: ReadonlySet<string> = new Set(['externalId', 'meta']);

/** What answers told of a record, whole or in part. */
export type Facts<T extends RecordType> = Pick<Found<T>, 'record' | 'covers'>;

/** A record as far as it is known, and where its oldest part comes from. */
export type Known<T extends RecordType> = Facts<T> & Origin;

/** The selected fields that the vendor must be asked for. */
export const missingFields = (
  fields: ReadonlySet<string>,
  known: Pick<Found<RecordType>, 'covers'> | undefined,
): ReadonlySet<string> => {
  if (known?.covers === 'all') return new Set();
  return new Set(
    [...fields].filter(
      (field) =>
        !FREE.has(field) &&
        !field.includes('.') &&
        (known === undefined || !(ALWAYS.has(field) || isCovered(field, known.covers))),
    ),
  );
};

const isCovered = (field: string, covers: Found<RecordType>['covers']): boolean =>
  covers === 'all' || covers.has(field);

/** What two answers about one record say together; where both speak, the later one is right. */
export const combine = <T extends RecordType>(earlier: Facts<T>, later: Facts<T>): Facts<T> => {
  if (later.covers === 'all') return later;
  const own: Record<string, unknown> = { ...earlier.record.own };
  const version = later.record.version ?? earlier.record.version;
  const record: Record<string, unknown> = { ...earlier.record, own, ...(version === undefined ? {} : { version }) };
  for (const field of later.covers) {
    const name = heldBy(field);
    if (later.record.own !== undefined && name in later.record.own) own[name] = later.record.own[name];
    else record[name] = later.record[name as keyof Mapped<T>];
  }
  return {
    record: record as Mapped<T>,
    covers: earlier.covers === 'all' ? 'all' : new Set([...earlier.covers, ...later.covers]),
  };
};

/** What two answers say together, whichever was fetched first. */
export const together = <T extends RecordType>(one: Known<T> | undefined, other: Known<T>): Known<T> => {
  if (one === undefined) return other;
  const [earlier, later] = one.at <= other.at ? [one, other] : [other, one];
  return later.covers === 'all' ? later : { ...combine(earlier, later), ...oldest(earlier, later) };
};

/** What one operation has learned of one source's records. */
export class RecordStore {
  readonly #known = new Map<string, Known<RecordType>>();

  get<T extends RecordType>(type: T, key: string): Known<T> | undefined {
    return this.#known.get(`${type}/${key}`) as Known<T> | undefined;
  }

  learn<T extends RecordType>(type: T, { record, covers }: Facts<T>, { at, freshness, position }: Origin): Known<T> {
    const name = `${type}/${record.key}`;
    const told = { record, covers, at, freshness, position };
    const known = together(this.#known.get(name) as Known<T> | undefined, told);
    this.#known.set(name, known as unknown as Known<RecordType>);
    return known;
  }
}
