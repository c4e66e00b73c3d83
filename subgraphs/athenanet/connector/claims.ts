import { GraphError } from '../../../schema/errors.ts';
import type { Mapped } from '../../../schema/records.ts';
import type { Call } from '../../../upstream/call.ts';
import type { ClaimQuery, Found, Page, PatientList, Related, Wanted, Window } from '../../vendor/connector.ts';
import { fromUsDate, toUsDate } from '../../vendor/time.ts';
import { ROWS_AT_ONCE, type Rows } from '../client.ts';
import { toClaim, withTransactions } from '../mapping/claim.ts';
import { payerName } from '../mapping/directory.ts';
import { toPatient } from '../mapping/patient.ts';
import { ClaimPayload, ClaimTransactionPayload } from '../payload/claim.ts';
import type { Read } from '../wire.ts';
import { byPatient } from './by-patient.ts';
import { allBut } from './covers.ts';
import { collect, pageByTime } from './pages.ts';
import { each, isKey, type Practice } from './practice.ts';

type Row = ClaimPayload;
type Claim = Mapped<'Claim'>;

/** Fields that need further calls: the claim's ledger, and the patient's insurances for the payer's name. */
const LEDGER: readonly string[] = ['totalPaid', 'adjudications'];
const PAYER = 'payer';

/** Claims of a practice, of patients and by id. */
export class Claims {
  readonly #practice: Practice;

  constructor(practice: Practice) {
    this.#practice = practice;
  }

  async search(search: ClaimQuery, window: Window, call: Call): Promise<Page<'Claim'>> {
    this.#practice.directory.startFor(window.fields, call);
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
    const { client, directory, kept } = this.#practice;
    for (const { window } of asked) directory.startFor(window.fields, call);
    return byPatient<ClaimQuery, Row, 'Claim'>(asked, this.#practice, {
      alone: (patient, { from, to }) =>
        kept.through({ type: 'Claim', call: 'GET /claims', asked: [from, to], patient }, call, (own) =>
          client.all(claimsRead({ from, to }, patient), 'claims', ClaimPayload, own, { limit: ROWS_AT_ONCE }),
        ),
      together: (filter, pages) => client.all(claimsRead(filter), 'claims', ClaimPayload, call, pages),
      patientOf: (row) => row.patientid,
      page: async (rows, patient, filter, window) => {
        const own = rows.map((row) => this.#asked({ ...row, patientid: patient }, filter));
        const found = own.filter((one) => one !== undefined);
        return pageByTime(found, ({ servicePeriod }) => servicePeriod?.start, 'newest first', window);
      },
    });
  }

  /**
   * The claim itself unless it is known, its ledger and its patient's insurances only where a field wants them. The
   * insurances come with their patient, who is then told of as well.
   */
  async read(wanted: readonly Wanted<'Claim'>[], call: Call): Promise<readonly (Found<'Claim'> | null | Error)[]> {
    for (const { fields } of wanted) this.#practice.directory.startFor(fields, call);
    return each(wanted, this.#practice, async ({ key, fields, known }) => {
      if (!isKey(key)) return null;
      const needsLedger = LEDGER.some((field) => fields.has(field));
      const ledger = needsLedger ? this.#ledger(key, call) : undefined;
      ledger?.catch(() => undefined); // it is awaited below, unless there is no such claim
      const claim = known?.record ?? (await this.#byKey(key, call));
      if (claim === null) return null;
      const payer = fields.has(PAYER) ? await this.#payerOf(claim, call) : undefined;
      const record = { ...claim, ...(payer === undefined ? {} : { payer: payer.name }) };
      const transactions = await ledger;
      const untold = [...(needsLedger ? [] : LEDGER), ...(payer === undefined ? untoldPayer(record) : [])];
      return {
        record: transactions === undefined ? record : withTransactions(record, transactions),
        covers: allBut('Claim', record, untold),
        ...(payer?.patient === undefined ? {} : { related: [payer.patient] }),
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

  /** The name of the primary insurance, `null` where it is no longer among the patient's, and the patient it came with. */
  async #payerOf(
    { own, patientKey }: Claim,
    call: Call,
  ): Promise<{ readonly name: string | null; readonly patient?: Related }> {
    if (own?.primaryInsuranceId === undefined || patientKey === null || patientKey === undefined) return { name: null };
    const { rows, charts, source } = this.#practice;
    const [insurances, row] = await Promise.all([
      rows.insurances(patientKey, call),
      rows.row(patientKey, call).catch(() => null),
    ]);
    const primary = insurances?.find(({ insuranceid }) => insuranceid === own.primaryInsuranceId);
    const name = primary === undefined ? null : (payerName(primary) ?? null);
    if (row === null) return { name };
    await charts.remember(row);
    return { name, patient: { type: 'Patient', record: toPatient(row, source.practiceId ?? ''), covers: 'all' } };
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
