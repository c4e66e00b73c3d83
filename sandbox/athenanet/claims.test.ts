import { afterEach, describe, expect, it } from 'vitest';
import { callers } from './caller.ts';

const { caller, close } = callers();
afterEach(close);

type Row = Readonly<Record<string, unknown>>;
interface Claims {
  readonly totalcount: number;
  readonly claims: readonly Row[];
}

describe('a claim', () => {
  it('is an array of one: its id and money are text, other ids numbers, modifiers behind the code', async () => {
    const { read } = await caller();
    expect(await read('/claims/55', { showcustomfields: 'true' })).toEqual([
      {
        claimid: '55',
        claimcreateddate: '10/14/2025',
        billedservicedate: '10/14/2025',
        billedproviderid: 71,
        departmentid: 2,
        patientid: 5002,
        appointmentid: 102,
        chargeamount: '189',
        procedures: [
          {
            transactionid: '55001',
            procedurecode: '99213,25,GT',
            proceduredescription: 'Office visit',
            chargeamount: '189',
          },
        ],
        transactiondetails: { '55001': '189' },
        diagnoses: [
          {
            diagnosisid: '5501',
            diagnosiscodeset: 'ICD10',
            diagnosisrawcode: 'J02.9',
            diagnosisdescription: 'Acute pharyngitis, unspecified',
            deleteddiagnosis: 'false',
          },
        ],
        primaryinsurancepayer: { primarypatientinsuranceid: 500201, status: 'BILLED' },
        secondaryinsurancepayer: { secondarypatientinsuranceid: 0, status: 'CLOSED' },
        patientpayer: { status: 'HOLD' },
        customfields: [],
      },
    ]);
  });

  it.each([
    [60, 'draft', 'HOLD', 'HOLD'],
    [55, 'submitted', 'BILLED', 'HOLD'],
    [61, 'accepted', 'PENDPAY', 'HOLD'],
    [62, 'rejected', 'MGRHOLD', 'HOLD'],
    [59, 'denied', 'FOLLOWUP', 'HOLD'],
    [56, 'partially paid', 'CLOSED', 'BILLED'],
    [63, 'paid', 'CLOSED', 'CLOSED'],
    [57, 'queued, without an insurer', 'CLOSED', 'DROP'],
  ])('says, when it is %i and %s, %s for the insurer and %s for the patient', async (id, _, primary, patient) => {
    const { read } = await caller();
    expect(await read(`/claims/${id}`)).toMatchObject([
      { primaryinsurancepayer: { status: primary }, patientpayer: { status: patient } },
    ]);
  });

  it('has insurance 0 without an insurer, and none when the patient has no such insurance', async () => {
    const { read } = await caller();
    expect(await read('/claims/57')).toMatchObject([{ primaryinsurancepayer: { primarypatientinsuranceid: 0 } }]);
    const [unknown] = await read<Row[]>('/claims/59');
    expect(unknown?.primaryinsurancepayer).toEqual({ status: 'FOLLOWUP' });
  });

  it.each([58, 999, 'x'])('is not there as %s', async (id) => {
    const { get, behaviour } = await caller();
    for (const path of [`/claims/${id}`, `/claims/${id}/claimtransactions`]) expect((await get(path)).status).toBe(404);
    expect(behaviour.notRepresentable().claims).toEqual([58]);
  });

  it('has charges, and payments and adjustments as negative amounts', async () => {
    const { read } = await caller();
    expect(await read('/claims/55/claimtransactions')).toEqual({
      totalcount: 1,
      transactions: [
        { transactionid: '55001', type: 'CHARGE', amount: '189', procedurecode: '99213,25,GT', postdate: '10/14/2025' },
      ],
    });
    expect(await read('/claims/56/claimtransactions')).toEqual({
      totalcount: 3,
      transactions: [
        { transactionid: '56501', type: 'PAYMENT', amount: '-120', postdate: '11/03/2025' },
        { transactionid: '56502', type: 'PAYMENT', amount: '-14.85', postdate: '11/05/2025' },
        { transactionid: '56503', type: 'ADJUSTMENT', amount: '-40.5', postdate: '11/03/2025' },
      ],
    });
  });
});

describe('the list of claims', () => {
  it.each([
    [{ patientid: '5002' }, ['55']],
    [{ departmentid: '2' }, ['55']],
    [{ providerid: '72' }, []],
    [{ appointmentid: '101,102' }, ['55']],
    [{ appointmentid: '101' }, []],
    [{ procedurecodes: '99212,99213' }, ['55']],
    [{ servicestartdate: '10/15/2025' }, ['57']],
    [{ serviceenddate: '10/14/2025', patientid: '5003' }, []],
    [{ createdstartdate: '11/01/2025', createdenddate: '11/01/2025' }, ['57']],
    [{ patientid: '5001' }, ['56', '59', '60', '61', '62', '63']],
  ] as [Record<string, string>, string[]][])('is narrowed by %j', async (query, ids) => {
    const { read } = await caller();
    const { totalcount, claims } = await read<Claims>('/claims', query);
    expect([totalcount, claims.map(({ claimid }) => claimid)]).toEqual([ids.length, ids]);
  });

  it.each([[{}], [{ showcustomfields: 'true' }], [{ limit: '10' }], [{ patientid: '' }]] as [Record<string, string>][])(
    'is not of all claims: %j',
    async (query) => {
      const { get } = await caller();
      const answer = await get('/claims', query);
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.text)).toEqual({
        error: 'Additional fields are required.',
        missingfields: expect.arrayContaining(['patientid', 'appointmentid', 'servicestartdate']),
      });
    },
  );

  it('leaves custom fields out unless asked', async () => {
    const { read } = await caller();
    const { claims } = await read<Claims>('/claims', { patientid: '5002' });
    expect(claims[0]).not.toHaveProperty('customfields');
  });
});
