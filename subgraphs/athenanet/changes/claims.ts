import type { Call } from '../../../upstream/call.ts';
import type { Noticed } from '../../vendor/changes/feed.ts';
import { ROWS_AT_ONCE } from '../client.ts';
import type { Claims } from '../connector/claims.ts';
import type { Practice } from '../connector/practice.ts';
import { toClaim } from '../mapping/claim.ts';
import { ClaimPayload } from '../payload/claim.ts';
import { Id } from '../payload/scalars.ts';
import { pastKept, type Told } from './told.ts';

const ChangedClaim = ClaimPayload.extend({ patientid: Id });

/** Changed claims, each with its ledger: a payment changes nothing else. */
export const toldClaims = ({ source }: Practice, claims: Claims): Told<typeof ChangedClaim> => ({
  list: 'claims',
  row: ChangedClaim,
  everyMs: 30_000,
  waiting: ({ claimid, patientid }) => ({ key: claimid, patient: patientid }),
  noticed: async (rows, call) => {
    const records = rows.map((row) => toClaim(row, source.timeZone));
    const fields = new Set(['totalPaid']);
    const read = await claims.read(
      records.map((record) => ({ key: record.key, fields, known: { record, covers: new Set<string>() } })),
      call,
    );
    return rows.map(({ claimid: key, patientid: patient }, i): Noticed => {
      const found = read[i];
      if (found instanceof Error) throw found;
      return { type: 'Claim', key, patient, ...(found === null || found === undefined ? {} : { found }) };
    });
  },
  missing: async ({ key, patient }, call) => {
    const keys = new Set([key, ...(await keysOf(patient, claims, call))]);
    return [...keys].map((one) => ({ type: 'Claim', key: one, patient }));
  },
});

/** All claims of a patient: what was taken with the missing one may be any of them. */
const keysOf = async (patient: string, claims: Claims, call: Call): Promise<readonly string[]> => {
  const asked = [{ patient, filter: {}, window: { first: ROWS_AT_ONCE } }];
  const [page] = await claims.ofPatients(asked, pastKept(call));
  if (page instanceof Error) throw page;
  return page?.items.map(({ record }) => record.key) ?? [];
};
