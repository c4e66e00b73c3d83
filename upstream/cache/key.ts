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
