import { describe, expect, it } from 'vitest';
import { ClaimPayload, ClaimTransactionPayload } from '../payload/claim.ts';
import { PAYER_STATUS, toClaim, withTransactions } from './claim.ts';

const ROW = {
  claimid: '5569',
  claimcreateddate: '10/14/2025',
  billedservicedate: '10/14/2025',
  billedproviderid: 71,
  departmentid: 1,
  patientid: 5002,
  appointmentid: 1205990,
  chargeamount: '189',
  procedures: [
    {
      transactionid: '17846',
      procedurecode: '99213,25,GT',
      proceduredescription: 'OFFICE VISIT',
      chargeamount: '150.00',
      icd10code1: 'I10',
      icd10code2: 'J02.9',
    },
    { transactionid: '17847', procedurecode: 'J1885', chargeamount: '39', units: '2' },
  ],
  diagnoses: [
    {
      diagnosiscodeset: 'ICD10',
      diagnosisrawcode: 'J02.9',
      diagnosisdescription: 'Acute pharyngitis',
      deleteddiagnosis: 'false',
    },
    { diagnosiscodeset: 'ICD10', diagnosisrawcode: 'R05', diagnosisdescription: 'Cough', deleteddiagnosis: 'true' },
    {
      diagnosiscodeset: 'ICD10',
      diagnosisrawcode: 'I10',
      diagnosisdescription: 'Hypertension',
      deleteddiagnosis: 'false',
    },
  ],
  primaryinsurancepayer: { primarypatientinsuranceid: 8201, status: 'BILLED' },
  secondaryinsurancepayer: { secondarypatientinsuranceid: 0, status: 'CLOSED' },
  patientpayer: { status: 'HOLD' },
};
const mapped = (row: Readonly<Record<string, unknown>>) =>
  toClaim(ClaimPayload.parse({ ...ROW, ...row }), 'America/New_York');

describe('a claim', () => {
  it('has its parties, its days, its diagnoses and its lines', () => {
    expect(mapped({})).toMatchObject({
      key: '5569',
      externalId: '5569',
      patientKey: '5002',
      practitionerKey: '71',
      appointmentKey: '1205990',
      status: 'SUBMITTED',
      vendorStatus: 'primary BILLED, patient HOLD',
      servicePeriod: { start: '2025-10-14T04:00:00Z', end: '2025-10-15T03:59:59.999Z' },
      diagnoses: [
        { codings: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'J02.9', display: 'Acute pharyngitis' }] },
        { codings: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'I10' }] },
      ],
      lines: [
        {
          sequence: 1,
          procedure: {
            codings: [{ system: 'http://www.ama-assn.org/go/cpt', code: '99213', display: 'OFFICE VISIT' }],
          },
          modifiers: [
            { system: 'http://www.ama-assn.org/go/cpt', code: '25' },
            { system: 'urn:oid:2.16.840.1.113883.6.285', code: 'GT' },
          ],
          diagnosisPointers: [2, 1],
          units: null,
          charge: { value: '150.00', currency: 'USD' },
          serviceDate: '2025-10-14',
        },
        {
          sequence: 2,
          procedure: { codings: [{ system: 'urn:oid:2.16.840.1.113883.6.285', code: 'J1885' }] },
          modifiers: [],
          diagnosisPointers: [],
          units: '2',
          charge: { value: '39', currency: 'USD' },
        },
      ],
      totalCharge: { value: '189', currency: 'USD' },
      totalPaid: null,
      patientResponsibility: null,
      own: {
        departmentId: '1',
        createdOn: '2025-10-14',
        primaryPayerStatus: 'BILLED',
        secondaryPayerStatus: 'CLOSED',
        patientPayerStatus: 'HOLD',
        primaryInsuranceId: '8201',
        secondaryInsuranceId: undefined,
      },
    });
  });

  const payers = (primary: string | null, secondary: string | null, patient: string | null) => ({
    primaryinsurancepayer: primary === null ? null : { primarypatientinsuranceid: 1, status: primary },
    secondaryinsurancepayer: secondary === null ? null : { secondarypatientinsuranceid: 2, status: secondary },
    patientpayer: patient === null ? null : { status: patient },
  });
  it.each([
    { of: payers('HOLD', null, 'HOLD'), status: 'DRAFT' },
    { of: payers('ATHENAHOLD', null, 'HOLD'), status: 'DRAFT' },
    { of: payers('MGRHOLD', null, 'HOLD'), status: 'UNMAPPED' },
    { of: payers('CBOHOLD', null, 'HOLD'), status: 'UNMAPPED' },
    { of: payers('DROP', null, 'HOLD'), status: 'QUEUED' },
    { of: payers('BILLED', null, 'HOLD'), status: 'SUBMITTED' },
    { of: payers('FOLLOWUP', null, 'HOLD'), status: 'UNMAPPED' },
    { of: payers('PENDPAY', null, 'HOLD'), status: 'ACCEPTED' },
    { of: payers('APPEALED', null, 'HOLD'), status: 'DENIED' },
    { of: payers('OVERPAID', null, 'HOLD'), status: 'PAID' },
    { of: payers('CLOSED', 'BILLED', 'HOLD'), status: 'PARTIALLY_PAID' },
    { of: payers('CLOSED', null, 'DROP'), status: 'PARTIALLY_PAID' },
    { of: payers('CLOSED', 'CLOSED', 'CLOSED'), status: 'PAID' },
    { of: payers(null, null, 'BILLED'), status: 'SUBMITTED' },
    { of: payers(null, null, 'CLOSED'), status: 'PAID' },
    { of: payers('WHATEVER', null, 'CLOSED'), status: 'UNMAPPED' },
    { of: payers('CLOSED', 'WHATEVER', 'HOLD'), status: 'UNMAPPED' },
    { of: payers(null, null, null), status: 'UNMAPPED' },
  ])('with the payers $of is $status', ({ of, status }) => {
    expect(mapped(of).status).toBe(status);
  });

  it.each([
    { row: { appointmentid: 0 }, field: 'appointmentKey' },
    { row: { billedproviderid: '' }, field: 'practitionerKey' },
    { row: { billedservicedate: '' }, field: 'servicePeriod' },
    { row: { chargeamount: 'n/a' }, field: 'totalCharge' },
  ])('with $row has no $field', ({ row, field }) => {
    expect(mapped(row)).toMatchObject({ [field]: null });
  });

  it('gives a practice’s own procedure code no code system', () => {
    const [line] = mapped({ procedures: [{ procedurecode: 'NOSHOW' }] }).lines;
    expect(line?.procedure?.codings).toEqual([{ code: 'NOSHOW' }]);
  });

  it('has a payer’s word for each of its states', () => {
    expect(['DRAFT', 'QUEUED', 'SUBMITTED'].map((status) => PAYER_STATUS.from(status as 'DRAFT'))).toEqual([
      'HOLD',
      'DROP',
      'BILLED',
    ]);
  });
});

describe('a claim’s ledger', () => {
  const ledger = (...rows: readonly object[]) =>
    withTransactions(
      mapped({}),
      rows.map((row) => ClaimTransactionPayload.parse(row)),
    );

  it('is what was submitted, paid and adjusted', () => {
    const claim = ledger(
      { type: 'CHARGE', amount: '189' },
      { type: 'PAYMENT', amount: '-120.50' },
      { type: 'PAYMENT', amount: -20 },
      { type: 'ADJUSTMENT', amount: '-48.50' },
      { type: 'TRANSFERIN', amount: '5' },
    );
    expect(claim.totalPaid).toEqual({ value: '140.50', currency: 'USD' });
    expect(claim.adjudications.map(({ category, amount }) => [category, amount?.value])).toEqual([
      ['submitted', '189'],
      ['paid', '120.50'],
      ['paid', '20'],
      ['adjustment', '48.50'],
      ['transferin', '5'],
    ]);
  });

  it.each([
    { title: 'nothing paid', rows: [{ type: 'CHARGE', amount: '189' }], paid: '0' },
    {
      title: 'a payment taken back',
      rows: [
        { type: 'PAYMENT', amount: '-20' },
        { type: 'PAYMENT', amount: '20' },
      ],
      paid: '0',
    },
    { title: 'a payment of nothing', rows: [{ type: 'PAYMENT', amount: '0.00' }], paid: '0.00' },
    { title: 'no rows', rows: [], paid: undefined },
    {
      title: 'a payment that cannot be read',
      rows: [
        { type: 'PAYMENT', amount: 'x' },
        { type: 'PAYMENT', amount: '-5' },
      ],
      paid: undefined,
    },
  ])('of $title has the total $paid', ({ rows, paid }) => {
    expect(ledger(...rows).totalPaid?.value).toBe(paid);
  });
});
