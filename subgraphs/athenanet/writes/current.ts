import { GraphError } from '../../../schema/errors.ts';
import type { RecordType } from '../../../schema/ids.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { Sending } from '../../vendor/writes/writer.ts';
import { isKey } from '../connector/practice.ts';

/** The record that a command names, as it stands at athenaNet. @throws GraphError NOT_FOUND */
export const currentOf = <T extends RecordType>({ current }: Pick<Sending, 'current'>): Mapped<T> => {
  if (current === undefined) throw new GraphError('NOT_FOUND');
  return current.record as Mapped<T>;
};

/** Whose it is: athenaNet wants every change of an appointment to name the patient. @throws GraphError BAD_VENDOR_ANSWER */
export const patientOf = ({ patientKey }: Mapped<'Appointment'>): string => {
  if (!patientKey) throw new GraphError('BAD_VENDOR_ANSWER');
  return patientKey;
};

/** athenaNet's ids are numbers; anything else is nobody's. @throws GraphError NOT_FOUND */
export const known = (key: string): string => {
  if (!isKey(key)) throw new GraphError('NOT_FOUND');
  return key;
};

export const unsupported = (message: string): GraphError => new GraphError('UNSUPPORTED_BY_VENDOR', { message });
