import type { RecordType } from '../../../schema/ids.ts';
import type { Mapped } from '../../../schema/records.ts';

/** The unified fields by which `covers` is said, where an answer tells less than the whole record. */
const FIELDS = {
  Patient:
    'identifiers names firstName lastName dateOfBirth gender deceased addresses address telecoms phoneHome ' +
    'phoneMobile email preferredLanguage race ethnicity',
  Appointment: 'patient practitioner location type start end minutes status vendorStatus reason note',
  Claim:
    'patient practitioner appointment status vendorStatus payer servicePeriod diagnoses lines totalCharge totalPaid ' +
    'patientResponsibility adjudications',
} as const satisfies Partial<Record<RecordType, string>>;

/** Everything that a record of this type has, its own fields included, but for those that this answer cannot tell. */
export const allBut = <T extends keyof typeof FIELDS>(
  type: T,
  record: Mapped<T>,
  untold: readonly string[],
): 'all' | ReadonlySet<string> =>
  untold.length === 0
    ? 'all'
    : new Set(
        [...FIELDS[type].split(' '), ...Object.keys(record.own ?? {})].filter((field) => !untold.includes(field)),
      );
