import type { Mapped } from '../../../schema/records.ts';
import { LabResultPayload } from '../payload/chart.ts';
import { toLabs } from './labs.ts';

/** An analyte and a laboratory result as athenaNet sends them, for tests to vary. */
export const analyte = (more: object = {}) => ({
  analyteid: 7714,
  analytename: 'HGB A1C',
  loinc: '4548-4',
  description: 'Hemoglobin A1c/Hemoglobin.total in Blood',
  value: '5.40',
  units: '%',
  referencerange: '4.0-5.6',
  resultstatus: 'final',
  abnormalflag: 'normal',
  analytedate: '10/20/2025',
  analytedatetime: '10/20/2025 14:59:00',
  ...more,
});
export const result = (more: object = {}) => ({
  labresultid: 169750,
  description: 'hemoglobin A1c',
  resultstatus: 'final',
  orderid: 169749,
  analytes: [analyte()],
  ...more,
});
export const labs = (results: readonly object[], labCodes: Record<string, string> = {}): Mapped<'Observation'>[] =>
  toLabs(
    results.map((one) => LabResultPayload.parse(one)),
    '5001',
    { timeZone: 'America/New_York', labCodes },
  );
