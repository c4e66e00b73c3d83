import { createHash } from 'node:crypto';
import { canonical } from '../../../schema/canonical.ts';
import type { RecordType, SourceId } from '../../../schema/ids.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { ChangeCause, ChangeDraft, ChangedType } from '../../../store/changes.ts';
import type { Call } from '../../../upstream/call.ts';
import type { Connector, Found } from '../connector.ts';
import type { ConnectedSource } from '../sources.ts';
import { missingFields } from '../store.ts';
import type { Noticed } from './feed.ts';

/**
 * What a change is told by where a vendor has no versions, and what subscribers choose by. Notes and reasons of visits cost
 * a call of their own at some vendors: who changed nothing else changed nothing here.
 */
const FIELDS: Readonly<Record<ChangedType, readonly string[]>> = {
  Patient: ['names', 'dateOfBirth', 'gender', 'deceased', 'addresses', 'telecoms', 'preferredLanguage'],
  Appointment: ['patient', 'practitioner', 'location', 'start', 'minutes', 'status', 'type'],
  Observation: ['patient', 'status', 'code', 'effective', 'value', 'components', 'interpretations'],
  Claim: ['patient', 'status', 'lines', 'totalCharge', 'totalPaid', 'patientResponsibility'],
};

/** What a record says that is no more. */
export const GONE = 'gone';
/** Records that are voided at once; the cache takes no more of what waits to be voided one by one. */
const VOIDED_AT_ONCE = 100;

/** The fields of a record that a change is told by. */
export const changeFields = (type: ChangedType): readonly string[] => FIELDS[type];

/**
 * The vendor's version of a record with its time, since some servers never change the one; else a digest of all that tells
 * a change.
 */
export const fingerprintOf = (type: ChangedType, record: Mapped<ChangedType>): string => {
  const { versionId, lastUpdated } = record.version ?? {};
  if (versionId != null) return lastUpdated == null ? versionId : `${versionId} ${lastUpdated}`;
  const held: Readonly<Record<string, unknown>> = { ...record };
  const content = FIELDS[type].map((field) => held[field] ?? held[`${field}Key`] ?? null);
  return createHash('sha256').update(canonical(content)).digest('base64url').slice(0, 22);
};

const codesOf = (record: Mapped<'Observation'>): readonly string[] =>
  [record.code, ...record.components.map(({ code }) => code)].flatMap(({ codings }) =>
    codings.flatMap(({ code }) => code ?? []),
  );

/** What subscribers choose a record's changes by. */
const linksOf = (
  type: ChangedType,
  record: Mapped<ChangedType>,
): Pick<ChangeDraft, 'patient' | 'practitioner' | 'codes'> => {
  const { patientKey, practitionerKey } = record as Partial<Mapped<'Appointment'>>;
  const patient = type === 'Patient' ? record.key : patientKey;
  return {
    ...(patient == null ? {} : { patient }),
    ...(practitionerKey == null ? {} : { practitioner: practitionerKey }),
    ...(type === 'Observation' ? { codes: codesOf(record as Mapped<'Observation'>) } : {}),
  };
};

type Told = Found<ChangedType> | null | Error;

/**
 * The records of one type as they are now, in the order asked. One that came with its notice is read all the same when it
 * does not tell everything: a digest of less would be another one.
 */
const recordsOf = async <T extends ChangedType>(
  type: T,
  noticed: readonly Noticed[],
  { connector, upstream }: ConnectedSource,
  call: Call,
): Promise<readonly Told[]> => {
  const fields = new Set(changeFields(type));
  const isTold = ({ found }: Noticed): boolean =>
    found !== undefined && (found.record.version?.versionId != null || missingFields(fields, found).size === 0);
  const open = noticed.filter((one) => !isTold(one)).map(({ key }) => ({ key, fields }));
  const read = connector.read[type as RecordType] as Connector['read'][T];
  const found = open.length === 0 ? [] : await upstream.cache.reading(() => read(open, call));
  let next = 0;
  return noticed.map((one) => (isTold(one) ? one.found : (found[next++] ?? null)) as Told);
};

/** A record's change, by what it says now; `null`: it is gone. */
export const draftOf = (
  { type, key, patient, kind = 'UPDATED' }: Pick<Noticed, 'type' | 'key' | 'patient' | 'kind'>,
  record: Mapped<ChangedType> | null,
  cause: ChangeCause,
  source: SourceId,
): ChangeDraft => {
  const base = { source, type, key, cause };
  if (record === null)
    return { ...base, kind: 'DELETED', fingerprint: GONE, ...(patient === undefined ? {} : { patient }) };
  return { ...base, kind, fingerprint: fingerprintOf(type, record), ...linksOf(type, record) };
};

/** Nothing that is kept of these records, or of lists that may hold them, is shown again. */
const voided = async (noticed: readonly Noticed[], { upstream: { cache } }: ConnectedSource): Promise<void> => {
  for (let from = 0; from < noticed.length; from += VOIDED_AT_ONCE)
    await Promise.all(
      noticed
        .slice(from, from + VOIDED_AT_ONCE)
        .map(({ type, key, patient }) => cache.changed({ type, key, ...(patient === undefined ? {} : { patient }) })),
    );
};

/** Each record once, however often it was noticed: as it was last. */
export const once = (noticed: readonly Noticed[]): readonly Noticed[] => [
  ...new Map(noticed.map((one) => [`${one.type}/${one.key}`, one])).values(),
];

/**
 * What a vendor said to have changed, as changes of the stream, one for each record: what is kept of the records is voided
 * first, then they are read as they are now. It is voided again when they have been read: a client may have read meanwhile
 * what was before, and must not see that after the change is told. A record that cannot be read fails the whole: the
 * notice is told again later.
 */
export const changesOf = async (
  noticed: readonly Noticed[],
  cause: ChangeCause,
  source: ConnectedSource,
  call: Call,
): Promise<readonly ChangeDraft[]> => {
  const records = once(noticed);
  await voided(records, source);
  const told = new Map<Noticed, Told>();
  for (const [type, some] of Map.groupBy(records, (one) => one.type))
    for (const [i, one] of (await recordsOf(type, some, source, call)).entries()) {
      const noticedOne = some[i];
      if (noticedOne !== undefined) told.set(noticedOne, one);
    }
  await voided(
    records.filter((one) => one.found === undefined || told.get(one) !== one.found),
    source,
  );
  return records.map((one) => {
    const record = told.get(one) ?? null;
    if (record instanceof Error) throw record;
    return draftOf(one, record?.record ?? null, cause, source.id);
  });
};
