import type { Commands } from '../../../schema/commands.ts';
import type { RecordType } from '../../../schema/ids.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { Page, PatientList, Window } from '../connector.ts';
import { addMinutes } from '../time.ts';
import { differences } from './expected.ts';
import { likelySame } from './people.ts';
import { takesTime } from './visits.ts';
import { asking, type Work } from './work.ts';
import type { Sighting } from './writer.ts';

/** Records that are looked at for one natural key. */
const MOST = 100;
const DAY_MINUTES = 24 * 60;

const NO_RECORD = 'The vendor has no way to look this up.';
const SEVERAL = 'The vendor has more than one record that it may be.';
const TOO_MANY = 'The vendor has too many records among which it may be.';
const LIKELY = 'The vendor has a new patient who is likely the same person.';

/** What was found where it must be, and whether that is all that is there. */
interface Looked<T extends RecordType> {
  readonly records: readonly Mapped<T>[];
  readonly isAll: boolean;
}

/** Of a page with one patient's list: its records, or the failure. */
const only = async <T extends RecordType>(pages: readonly (Page<T> | Error)[]): Promise<Looked<T>> => {
  const [page] = pages;
  if (page instanceof Error) throw page;
  return { records: page?.items.map(({ record }) => record) ?? [], isAll: page?.hasNextPage !== true };
};

const listOf = <Filter>(patient: string, filter: Filter, fields: readonly string[]): PatientList<Filter> => {
  const window: Window = { first: MOST, fields: new Set([...fields, 'patient']) };
  return { patient, filter, window };
};

const fieldsOf = (work: Work): readonly string[] => [...new Set(work.expected.map(({ field }) => field))];

/** By patient, practitioner and start, of those that take time. */
const visits = async (work: Work, patient: string, start: string): Promise<Looked<'Appointment'>> => {
  const filter = { from: start, to: addMinutes(start, 1) };
  const asked = [listOf(patient, filter, [...fieldsOf(work), 'status'])];
  const found = await only(await work.reading(() => work.connector.patientAppointments(asked, work.call())));
  return { ...found, records: found.records.filter(takesTime) };
};

/** By patient, code and the day of the moment: vendors keep moments to the minute or to the day. */
const results = async (work: Work, input: Commands['recordObservation']): Promise<Looked<'Observation'>> => {
  const { patient, code, effective } = input;
  const filter = {
    codes: [code],
    from: addMinutes(effective, -DAY_MINUTES),
    to: addMinutes(effective, DAY_MINUTES),
  };
  const asked = [listOf(patient, filter, fieldsOf(work))];
  return only(await work.reading(() => work.connector.patientObservations(asked, work.call())));
};

/** By patient and days of service. */
const claims = async (work: Work, input: Commands['submitClaim']): Promise<Looked<'Claim'>> => {
  const days = input.lines.map(({ serviceDate }) => serviceDate).sort();
  const filter = { from: days[0] ?? '', to: days.at(-1) ?? '' };
  const asked = [listOf(input.patient, filter, fieldsOf(work))];
  return only(await work.reading(() => work.connector.patientClaims(asked, work.call())));
};

/** People who were there before the first attempt were not made by it. */
const people = async (work: Work, input: Commands['createPatient']): Promise<Looked<'Patient'>> => {
  const before = new Set((work.progress.before ?? '').split(' '));
  const found = await likelySame(work, input.patient);
  return { ...found, records: found.records.filter(({ key }) => !before.has(encodeURIComponent(key))) };
};

const candidates = async (work: Work): Promise<Looked<RecordType> | undefined> => {
  const { command, meant } = work;
  switch (command.kind) {
    case 'createPatient':
      return people(work, work.input('createPatient'));
    case 'bookAppointment': {
      const { patient, start } = meant as Commands['bookAppointment'];
      return start === undefined ? undefined : visits(work, patient, start);
    }
    case 'recordObservation':
      return results(work, meant as Commands['recordObservation']);
    case 'submitClaim':
      return claims(work, meant as Commands['submitClaim']);
    default:
      return undefined;
  }
};

/** A record that another write of ours made is not this one's, however alike they are. */
const ours = async (work: Work, found: readonly Mapped<RecordType>[]): Promise<readonly Mapped<RecordType>[]> => {
  const { recordType } = work;
  if (recordType === undefined || found.length === 0) return found;
  const ids = found.map(({ key }) => work.id(recordType, key));
  const others = await work.options.journal.madeByOthers(work.write.id, ids);
  return found.filter((_, i) => !others.has(ids[i] ?? work.id(recordType, '')));
};

const unclear = (reason: string, records: readonly Mapped<RecordType>[] = []): Sighting => ({
  kind: 'unclear',
  reason,
  candidates: records.map(({ key }) => key),
});

/** What a look by the natural key shows: the lists of the unified graph, read at the vendor now. */
const byNaturalKey = async (work: Work): Promise<Sighting> => {
  const found = await candidates(work);
  if (found === undefined) return unclear(NO_RECORD);
  const fresh = await ours(work, found.records);
  const alike = fresh.filter((record) => differences(work.expected, record, work.skipped).essential.length === 0);
  const [one, ...more] = alike;
  if (more.length > 0) return unclear(SEVERAL, alike);
  const isPerson = work.command.kind === 'createPatient';
  // who was there before is known of all only when all were looked at
  if (one !== undefined && (found.isAll || !isPerson)) return { kind: 'found', key: one.key };
  if (isPerson && fresh.length > 0) return unclear(LIKELY, fresh);
  return found.isAll ? { kind: 'absent' } : unclear(TOO_MANY);
};

/** Does the record say all that was meant? Then whatever was sent has arrived, or need not be sent. */
const asMeant = (work: Work, record: Mapped<RecordType>): boolean => {
  const { essential, minor } = differences(work.expected, record, work.skipped);
  return essential.length === 0 && minor.length === 0;
};

/**
 * What the vendor has of a write whose answer was lost, or may have been: the vendor's own way first, then the record
 * itself for a change, which another one like it is not, and its natural key for what is new.
 */
export const look = async (work: Work): Promise<Sighting> => {
  const { writer, recordType, patient, progress } = work;
  if (recordType !== undefined) await work.changed(recordType, work.subject ?? '', patient);
  const { id } = work.write;
  const seenByVendor = await asking(() => writer.find?.(work.sent as never, { id, call: work.call(), progress }));
  if (seenByVendor !== undefined) return seenByVendor;
  if (work.departed > 0) await work.readSubject(); // it was read before what may have changed it
  const { current } = work;
  if (current === undefined) return byNaturalKey(work);
  return asMeant(work, current.record) ? { kind: 'found', key: current.record.key } : { kind: 'absent' };
};
