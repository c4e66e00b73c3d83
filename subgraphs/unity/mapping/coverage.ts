import type { Coverage } from '../../../schema/values.ts';
import { dayPeriod } from '../../vendor/time.ts';
import { cell, type Row } from '../payload.ts';
import { toDay } from './format.ts';

/** The first insurance by its name, which is all that the EHR tells (GetPatient). */
export const toNamedCoverage = (row: Row): readonly Coverage[] => {
  const payer = cell(row, 'PrimaryInsurance');
  return payer === undefined ? [] : [{ payer }];
};

/**
 * A row of Practice Management's GetPatientPolicy. Its columns are not public; these follow the style of its sister
 * actions. `undefined`: nothing in the row is what we take it for.
 */
export const toCoverage = (row: Row, zone: string): Coverage | undefined => {
  const coverage = {
    payer: cell(row, 'Carrier_Name', 'Carrier_Desc', 'Insurance_Name', 'Payer_Name', 'Policy_Name') ?? null,
    memberId: cell(row, 'Member_ID', 'Subscriber_ID', 'Policy_Number', 'Certificate_Number', 'Certificate_No') ?? null,
    groupNumber: cell(row, 'Group_Number', 'Group_No') ?? null,
    subscriber: cell(row, 'Subscriber_Name', 'Policy_Holder_Name', 'Subscriber') ?? null,
    relationship: cell(row, 'Relationship', 'Relation_To_Subscriber', 'Relationship_To_Subscriber') ?? null,
  };
  if (Object.values(coverage).every((value) => value === null)) return undefined;
  const start = toDay(cell(row, 'Effective_Date', 'Start_Date'));
  const end = toDay(cell(row, 'Expiration_Date', 'Termination_Date', 'End_Date'));
  if (start === undefined && end === undefined) return coverage;
  return {
    ...coverage,
    period: {
      start: start === undefined ? null : dayPeriod(start, zone).start,
      end: end === undefined ? null : dayPeriod(end, zone).end,
    },
  };
};
