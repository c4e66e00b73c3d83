import { createHash } from 'node:crypto';
import type { RecordType } from '../../schema/ids.ts';
import type { Mapped } from '../../schema/records.ts';
import { type Facts, heldBy, missingFields } from './store.ts';

/** What a version is made of where a vendor has none: the fields that people decide by. */
const VERSIONED: Readonly<Partial<Record<RecordType, readonly string[]>>> = {
  Patient: ['firstName', 'lastName', 'dateOfBirth', 'gender', 'address', 'phoneHome', 'phoneMobile', 'email'],
  Appointment: ['patient', 'practitioner', 'location', 'start', 'minutes', 'status'],
  Observation: ['status', 'value', 'components'],
  Claim: ['status', 'lines'],
};

/** Fields that must be known for a version to be told, whatever else is: else it would come and go with what was asked before. */
export const versionFields = (type: RecordType): readonly string[] => VERSIONED[type] ?? [];

/** The vendor's version of a record, else one of its content; `undefined` when too little of it is known. */
export const versionOf = <T extends RecordType>(type: T, { record, covers }: Facts<T>): string | undefined => {
  if (record.version?.versionId != null) return record.version.versionId;
  const fields = versionFields(type);
  if (fields.length === 0 || missingFields(new Set(fields), { covers }).size > 0) return undefined;
  const content = fields.map((field) => record[heldBy(field) as keyof Mapped<T>] ?? null);
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 16);
};
