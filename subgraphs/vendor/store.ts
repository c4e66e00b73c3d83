import type { RecordType } from '../../schema/ids.ts';
import type { Mapped } from '../../schema/records.ts';
import type { Found } from './connector.ts';

/** Links are selected by their field's name and held by key. */
const LINKS: Readonly<Record<string, string>> = {
  patient: 'patientKey',
  practitioner: 'practitionerKey',
  location: 'locationKey',
  appointment: 'appointmentKey',
  supersedes: 'supersedesKey',
};
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
/** Fields that any answer about the record can tell. */
const ALWAYS: ReadonlySet<string> = new Set(['externalId', 'meta']);

/** A record as far as it is known, and when (milliseconds since the epoch) its oldest part was told. */
export interface Known<T extends RecordType> extends Found<T> {
  readonly at: number;
}

/** The selected fields that the vendor must be asked for. */
export const missingFields = (
  fields: ReadonlySet<string>,
  known: Pick<Found<RecordType>, 'covers'> | undefined,
): ReadonlySet<string> => {
  if (known?.covers === 'all') return new Set();
  return new Set(
    [...fields].filter(
      (field) => !FREE.has(field) && (known === undefined || !(ALWAYS.has(field) || isCovered(field, known.covers))),
    ),
  );
};

const isCovered = (field: string, covers: Found<RecordType>['covers']): boolean =>
  covers === 'all' || covers.has(field);

/** What two answers about one record say together; where both speak, the later one is right. */
export const combine = <T extends RecordType>(earlier: Known<T> | undefined, later: Known<T>): Known<T> => {
  if (earlier === undefined || later.covers === 'all') return later;
  const own: Record<string, unknown> = { ...earlier.record.own };
  const record: Record<string, unknown> = { ...earlier.record, own };
  for (const field of later.covers) {
    const name = LINKS[field] ?? field;
    if (later.record.own !== undefined && name in later.record.own) own[name] = later.record.own[name];
    else record[name] = later.record[name as keyof Mapped<T>];
  }
  return {
    record: record as Mapped<T>,
    covers: earlier.covers === 'all' ? 'all' : new Set([...earlier.covers, ...later.covers]),
    at: Math.min(earlier.at, later.at),
  };
};

/** What one operation has learned of one source's records. */
export class RecordStore {
  readonly #known = new Map<string, Known<RecordType>>();

  get<T extends RecordType>(type: T, key: string): Known<T> | undefined {
    return this.#known.get(`${type}/${key}`) as Known<T> | undefined;
  }

  learn<T extends RecordType>(type: T, found: Found<T>, at: number): Known<T> {
    const name = `${type}/${found.record.key}`;
    const known = combine(this.#known.get(name) as Known<T> | undefined, { ...found, at });
    this.#known.set(name, known as unknown as Known<RecordType>);
    return known;
  }
}
