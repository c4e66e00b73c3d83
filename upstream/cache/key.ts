import type { RecordType, SourceId } from '../../schema/ids.ts';

/** The one place where keys are made. They begin with the source, so that tenants never share an entry; neither it nor a kind has a slash. */
export const cacheKey = (source: SourceId, kind: string, key: string): string => `${source}/${kind}/${key}`;

/** Tags say what an entry holds or belongs to. A change marks them, and every entry that was read before is void. */
export const recordTag = (type: RecordType, key: string): string => `${type}/${key}`;

/** Lists of one patient's records of a type. */
export const patientTag = (type: RecordType, patient: string): string => `${type}@Patient/${patient}`;

/** Every patient's lists of a type, for a change of a record whose patient is not known. */
export const patientsTag = (type: RecordType): string => `${type}@Patient`;

/** Searches and directories of a type. */
export const searchTag = (type: RecordType): string => `${type}@search`;

/** What a list of a type belongs to: to its patient, where it is one's, else to all searches. */
export const listTags = (type: RecordType, patient: string | undefined): readonly string[] =>
  patient === undefined ? [searchTag(type)] : [patientTag(type, patient), patientsTag(type)];

/** A record that changed at the vendor. */
export interface Change {
  readonly type: RecordType;
  readonly key: string;
  /** Whose it is; when absent, every patient's lists of the type are taken for changed. */
  readonly patient?: string;
}

/** What connectors keep of their own holds the directories of a practice. */
export const DIRECTORY_TAGS = [searchTag('Practitioner'), searchTag('Location')];

/** What a change makes void: the record, and the lists that hold it or could now hold it. */
export const tagsOf = ({ type, key, patient }: Change): readonly string[] => [
  recordTag(type, key),
  searchTag(type),
  ...(type === 'Patient' ? [] : [patient === undefined ? patientsTag(type) : patientTag(type, patient)]),
  ...(type === 'Appointment' ? [searchTag('Slot')] : []),
];
