import { GraphError } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { Call } from '../../../upstream/call.ts';
import type { ClaimQuery, Found, Page, PatientList, Wanted, Window } from '../../vendor/connector.ts';
import { fromUsDate, toUsDate } from '../../vendor/time.ts';
import { type Read, ROWS_AT_ONCE, type Rows } from '../client.ts';
import { toClaim, withTransactions } from '../mapping/claim.ts';
import { payerName } from '../mapping/directory.ts';
import { ClaimPayload, ClaimTransactionPayload } from '../payload/claim.ts';
import type { InsurancePayload } from '../payload/patient.ts';
import { byPatient } from './by-patient.ts';
import { allBut } from './covers.ts';
import { collect, pageByTime } from './pages.ts';
import type { Patients } from './patients.ts';
import { each, isKey, type Practice } from './practice.ts';

type Row = ClaimPayload;
type Claim = Mapped<'Claim'>;

/** Fields that need further calls: the claim's ledger, and the patient's insurances for the payer's name. */
const LEDGER: readonly string[] = ['totalPaid', 'adjudications'];
const PAYER = 'payer';

/** Claims of a practice, of patients and by id. */
export class Claims {
  readonly #practice: Practice;
  readonly #patients: Patients;

  constructor(practice: Practice, patients: Patients) {
    this.#practice = practice;
    this.#patients = patients;
  }

  async search(search: ClaimQuery, window: Window, call: Call): Promise<Page<'Claim'>> {
    const limit = search.status === undefined ? window.first : ROWS_AT_ONCE;
    const read = claimsRead(search);
    return collect<Row, 'Claim'>({
      window,
      source: this.#practice.source.id,
      fetch: (offset) => this.#list(read, call, offset, limit),
      take: async (rows) => rows.map((row) => this.#asked(row, search)),
    });
  }

  /** One call per patient, or one for all of them where that is fewer. */
  async ofPatients(asked: readonly PatientList<ClaimQuery>[], call: Call): Promise<readonly (Page<'Claim'> | Error)[]> {
    return byPatient<ClaimQuery, Row, 'Claim'>(asked, this.#practice, {
      alone: (patient, filter) =>
        this.#practice.client.all(claimsRead(filter, patient), 'claims', ClaimPayload, call, ROWS_AT_ONCE),
      together: async (filter) => (offset) => this.#list(claimsRead(filter), call, offset, ROWS_AT_ONCE),
      patientOf: (row) => row.patientid,
      page: async (rows, patient, filter, window) => {
        const own = rows.map((row) => this.#asked({ ...row, patientid: patient }, filter));
        const found = own.filter((one) => one !== undefined);
        return pageByTime(found, ({ servicePeriod }) => servicePeriod?.start, 'newest first', window);
      },
    });
  }

  /** The claim itself unless it is known, its ledger and its patient's insurances only where a field wants them. */
  async read(wanted: readonly Wanted<'Claim'>[], call: Call): Promise<readonly (Found<'Claim'> | null | Error)[]> {
    const insurances = new Map<string, Promise<readonly InsurancePayload[] | null>>();
    const insurancesOf = (patient: string) => {
      const asked = insurances.get(patient) ?? this.#patients.insurances(patient, call);
      insurances.set(patient, asked);
      return asked;
    };
    return each(wanted, this.#practice, async ({ key, fields, known }) => {
      if (!isKey(key)) return null;
      const claim = known?.record ?? (await this.#byKey(key, call));
      if (claim === null) return null;
      const needsLedger = LEDGER.some((field) => fields.has(field));
      const [ledger, payer] = await Promise.all([
        needsLedger ? this.#ledger(key, call) : undefined,
        fields.has(PAYER) ? payerOf(claim, insurancesOf) : undefined,
      ]);
      const record = { ...claim, ...(payer === undefined ? {} : { payer }) };
      const untold = [...(needsLedger ? [] : LEDGER), ...(payer === undefined ? untoldPayer(record) : [])];
      return {
        record: ledger === undefined ? record : withTransactions(record, ledger),
        covers: allBut('Claim', record, untold),
      };
    });
  }

  async #byKey(key: string, call: Call): Promise<Claim | null> {
    const { client, source } = this.#practice;
    const read = { name: 'GET /claims/{id}', path: `/claims/${key}` };
    const row = await client.one(read, ClaimPayload, call);
    if (row === null) return null;
    if (row.claimid !== key) throw new GraphError('BAD_VENDOR_ANSWER', { source: source.id });
    return toClaim(row, source.timeZone);
  }

  #ledger(key: string, call: Call): Promise<readonly ClaimTransactionPayload[]> {
    const read = { name: 'GET /claims/{id}/claimtransactions', path: `/claims/${key}/claimtransactions` };
    return this.#practice.client.all(read, 'transactions', ClaimTransactionPayload, call);
  }

  #list(read: Read, call: Call, offset: number, limit: number): Promise<Rows<Row>> {
    return this.#practice.client.list(read, 'claims', ClaimPayload, call, { limit, offset });
  }

  #asked(row: Row, { from, to, status }: ClaimQuery): Found<'Claim'> | undefined {
    const record = toClaim(row, this.#practice.source.timeZone);
    const day = fromUsDate(row.billedservicedate);
    if (from !== undefined && (day === undefined || day < from)) return undefined;
    if (to !== undefined && (day === undefined || day > to)) return undefined;
    if (status !== undefined && !status.includes(record.status)) return undefined;
    return { record, covers: allBut('Claim', record, [...LEDGER, ...untoldPayer(record)]) };
  }
}

const claimsRead = ({ from, to }: ClaimQuery, patient?: string): Read => ({
  name: 'GET /claims',
  path: '/claims',
  query: {
    patientid: patient,
    servicestartdate: from === undefined ? undefined : toUsDate(from),
    serviceenddate: to === undefined ? undefined : toUsDate(to),
  },
});

/** A claim without an insurance has no payer to be named: that is told without a call. */
const untoldPayer = ({ own }: Claim): readonly string[] => (own?.primaryInsuranceId === undefined ? [] : [PAYER]);

/** The name of the primary insurance; `null` where it is no longer among the patient's. */
const payerOf = async (
  { own, patientKey }: Claim,
  insurancesOf: (patient: string) => Promise<readonly InsurancePayload[] | null>,
): Promise<string | null> => {
  if (own?.primaryInsuranceId === undefined || patientKey === null || patientKey === undefined) return null;
  const insurances = await insurancesOf(patientKey);
  const primary = insurances?.find(({ insuranceid }) => insuranceid === own.primaryInsuranceId);
  return primary === undefined ? null : (payerName(primary) ?? null);
};
