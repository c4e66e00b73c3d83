import { afterEach, describe, expect, it } from 'vitest';
import { callers } from './caller.ts';

const { caller, close } = callers();
afterEach(close);

const CHARGE = { procedurecode: '99213,25', units: 2, icd10code1: 'J02.9', unitamount: '94.50' };
const fieldsOf = (charges: unknown, rest: object = {}) => ({
  patientid: '5001',
  departmentid: '1',
  supervisingproviderid: '71',
  ...rest,
  claimcharges: typeof charges === 'string' ? charges : JSON.stringify(charges),
});

describe('filing a claim', () => {
  it('gives its number, and the lists show it', async () => {
    const { write, read, simulator } = await caller();
    const charges = [CHARGE, { ...CHARGE, procedurecode: '93000', units: 1, icd10code1: 'I10', icd10code2: 'J02.9' }];
    const answer = await write(
      'POST',
      '/claims',
      fieldsOf(charges, { servicedate: '11/19/2025', renderingproviderid: '72' }),
    );
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      200,
      { success: true, claimids: ['64'], errormessage: '' },
    ]);
    const row = {
      claimid: '64',
      claimcreateddate: '11/20/2025',
      billedservicedate: '11/19/2025',
      billedproviderid: 72,
      departmentid: 1,
      patientid: 5001,
      chargeamount: '283.5',
      procedures: [
        { transactionid: '64001', procedurecode: '99213,25', chargeamount: '189' },
        { transactionid: '64002', procedurecode: '93000', chargeamount: '94.5' },
      ],
      diagnoses: [
        { diagnosisrawcode: 'J02.9', diagnosiscodeset: 'ICD10' },
        { diagnosisrawcode: 'I10', diagnosiscodeset: 'ICD10' },
      ],
      primaryinsurancepayer: { primarypatientinsuranceid: 500101, status: 'DROP' },
    };
    expect(await read('/claims/64')).toMatchObject([row]);
    expect(await read('/claims', { patientid: '5001', servicestartdate: '11/19/2025' })).toMatchObject({
      totalcount: 1,
      claims: [row],
    });
    expect(simulator.commits).toMatchObject([
      {
        call: 'POST /claims',
        kind: 'created',
        type: 'Claim',
        id: 64,
        record: { lines: [{ diagnosisPointers: [1] }, { diagnosisPointers: [2, 1] }], totalCharge: '283.50' },
      },
    ]);
  });

  it('is of today, without an amount, when nothing else is said', async () => {
    const { write, read } = await caller();
    await write('POST', '/claims', fieldsOf([{ procedurecode: 'G0438', icd10code1: 'Z00.00' }], { patientid: '5003' }));
    const [row] = await read<Record<string, unknown>[]>('/claims/64');
    expect([row?.billedservicedate, row?.chargeamount]).toEqual(['11/20/2025', undefined]);
    expect(row).toMatchObject({
      primaryinsurancepayer: { primarypatientinsuranceid: 0 },
      patientpayer: { status: 'DROP' },
    });
  });

  it.each([
    [[{ ...CHARGE, procedurecode: '9999X' }], 'Invalid procedure code: 9999X'],
    [[{ ...CHARGE, procedurecode: '99213,2' }], 'Invalid procedure code modifier: 2'],
    [[{ ...CHARGE, procedurecode: undefined }], 'A procedure code is required.'],
    [[{ ...CHARGE, icd10code1: undefined }], 'A diagnosis code is required.'],
    [[CHARGE, { ...CHARGE, icd10code2: 'nope' }], 'Invalid diagnosis code: nope'],
    [[{ ...CHARGE, units: 0 }], 'Invalid units: 0'],
    [[{ ...CHARGE, unitamount: '-5' }], 'Invalid unitamount: -5'],
    [[], 'Invalid claim charges.'],
    [['x'], 'Invalid claim charges.'],
  ])('is refused for %j under 200 with %j, and writes nothing', async (charges, errormessage) => {
    const { write, simulator } = await caller();
    const answer = await write('POST', '/claims', fieldsOf(charges));
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { success: false, claimids: [], errormessage }]);
    expect(simulator.commits).toEqual([]);
  });

  it.each([
    [{ supervisingproviderid: '' }, 400, { missingfields: ['supervisingproviderid'] }],
    [{ supervisingproviderid: '9' }, 400, { detailedmessage: 'Invalid SUPERVISINGPROVIDERID input' }],
    [{ departmentid: '9' }, 400, { detailedmessage: 'Invalid DEPARTMENTID input' }],
    [{ patientid: '9' }, 404, {}],
    [{ servicedate: '11/21/2025' }, 400, { detailedmessage: 'The service date is in the future.' }],
    [{ primarypatientinsuranceid: '500102' }, 400, {}],
    [{ reserved19: 'x'.repeat(49) }, 400, {}],
  ])('is refused for %j with %i %j', async (rest, status, body) => {
    const { write, simulator } = await caller();
    const answer = await write('POST', '/claims', fieldsOf([CHARGE], rest));
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([status, body]);
    expect(simulator.commits).toEqual([]);
  });

  it('is refused for charges that are no JSON', async () => {
    const { write } = await caller();
    expect((await write('POST', '/claims', fieldsOf('[{'))).status).toBe(400);
  });
});

describe('filing a claim for an appointment', () => {
  const fields = { claimcharges: JSON.stringify([CHARGE]) };

  it('takes what the appointment says, once', async () => {
    const { write, read } = await caller();
    expect(JSON.parse((await write('POST', '/appointments/103/claim', fields)).text)).toMatchObject({
      success: true,
      claimids: ['64'],
    });
    expect(await read('/claims', { appointmentid: '103' })).toMatchObject({
      claims: [
        { claimid: '64', patientid: 5001, billedproviderid: 71, departmentid: 1, billedservicedate: '10/14/2025' },
      ],
    });
    expect(await read('/appointments/103')).toMatchObject([{ appointmentstatus: '4' }]);
    expect(JSON.parse((await write('POST', '/appointments/103/claim', fields)).text)).toMatchObject({ success: false });
  });

  it.each(['101', '102', '106'])('is refused for %s, which is not seen or billed already', async (id) => {
    const { write, simulator } = await caller();
    const answer = await write('POST', `/appointments/${id}/claim`, fields);
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([200, { success: false, claimids: [] }]);
    expect(simulator.commits).toEqual([]);
  });
});

it('shows a claim in a practice that stands still', async () => {
  const { write, read } = await caller({ still: true });
  expect(await read('/claims', { patientid: '5003' })).toMatchObject({ totalcount: 1 });
  await write('POST', '/claims', fieldsOf([CHARGE], { patientid: '5003' }));
  expect(await read('/claims', { patientid: '5003' })).toMatchObject({ totalcount: 2 });
});
