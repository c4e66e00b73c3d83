import { describe, expect, it } from 'vitest';
import type { Commands } from '../../../schema/commands.ts';
import { desk, failure, pathsOf, thrownBy } from '../../../test/athenanet/desk.ts';

type Input = Commands['submitClaim'];

const LINE = {
  procedure: '99213',
  modifiers: ['25', '59'],
  diagnosisPointers: [1],
  units: '1',
  charge: '189.00',
  serviceDate: '2025-11-20',
};
const CLAIM: Input = { patient: '5001', practitioner: '71', diagnoses: ['J02.9'], lines: [LINE] };
/** Checked in today with practitioner 72, for 5003. */
const OF_VISIT: Input = { ...CLAIM, patient: '5003', practitioner: '72', appointment: '104' };
const lines = (...changes: readonly Partial<typeof LINE>[]) => changes.map((change) => ({ ...LINE, ...change }));

describe('filing a claim', () => {
  it('sends the vendor’s form, and reads back what was sent', async () => {
    const one = await desk();
    const input: Input = {
      ...CLAIM,
      diagnoses: ['J02.9', 'R05.1'],
      lines: lines({ diagnosisPointers: [2, 1] }, { procedure: 'J1100', modifiers: [], units: '3', charge: '10.53' }),
    };
    const { key } = await one.write('submitClaim', input).send();
    const { claimcharges, ...form } = one.wire('POST', '/claims').form;
    expect(form).toEqual({
      patientid: '5001',
      departmentid: '1',
      supervisingproviderid: '71',
      servicedate: '11/20/2025',
    });
    expect(JSON.parse(claimcharges ?? '')).toEqual([
      {
        procedurecode: '99213,25,59',
        units: 1,
        icd10code1: 'R05.1',
        icd10code2: 'J02.9',
        unitamount: '189.00',
        linenote: '',
      },
      { procedurecode: 'J1100', units: 3, icd10code1: 'J02.9', unitamount: '3.51', linenote: '' },
    ]);
    const record = await one.record('Claim', key);
    expect(record).toMatchObject({ patientKey: '5001', practitionerKey: '71', totalCharge: { value: '199.53' } });
    expect(record.diagnoses.map(({ codings }) => codings[0]?.code).sort()).toEqual(['J02.9', 'R05.1']);
    expect(record.lines).toMatchObject([
      {
        procedure: { codings: [{ code: '99213' }] },
        modifiers: [{ code: '25' }, { code: '59' }],
        charge: { value: '189' },
      },
      { procedure: { codings: [{ code: 'J1100' }] }, charge: { value: '10.53' }, serviceDate: '2025-11-20' },
    ]);
    expect(one.departed).toEqual(['POST /claims']);
  });

  it.each(['Sample Health PPO', '500101'])('names the insurance of the payer (%s)', async (payer) => {
    const one = await desk();
    const { key } = await one.write('submitClaim', { ...CLAIM, payer }).send();
    expect(one.wire('POST', '/claims').form).toMatchObject({ primarypatientinsuranceid: '500101' });
    expect(await one.record('Claim', key, 'payer')).toMatchObject({ payer: 'Sample Health PPO' });
  });

  it('of a visit is the visit’s claim', async () => {
    const one = await desk();
    const { key } = await one.write('submitClaim', OF_VISIT).send();
    expect(Object.keys(one.wire('POST', '/appointments/104/claim').form)).toEqual(['claimcharges']);
    expect(await one.record('Claim', key)).toMatchObject({ appointmentKey: '104', practitionerKey: '72' });
  });

  it.each([
    {
      title: 'five diagnoses of one line',
      input: { lines: lines({ diagnosisPointers: [1, 1, 1, 1, 1] }) },
      paths: ['lines.0.diagnosisPointers'],
    },
    {
      title: 'a diagnosis that is not there',
      input: { lines: lines({ diagnosisPointers: [2] }) },
      paths: ['lines.0.diagnosisPointers', 'diagnoses.0'],
    },
    { title: 'a diagnosis that no line points at', input: { diagnoses: ['J02.9', 'R05.1'] }, paths: ['diagnoses.1'] },
    {
      title: 'units that do not divide the charge',
      input: { lines: lines({ units: '3', charge: '10.00' }) },
      paths: ['lines.0.charge'],
    },
    { title: 'no units', input: { lines: lines({ units: '0' }) }, paths: ['lines.0.charge'] },
    { title: 'two days', input: { lines: lines({}, { serviceDate: '2025-11-19' }) }, paths: ['lines.1.serviceDate'] },
    { title: 'a comma in a code', input: { lines: lines({ procedure: '99213,25' }) }, paths: ['lines.0.procedure'] },
    { title: 'no line', input: { lines: [], diagnoses: [] }, paths: ['lines'] },
    { title: 'a payer for a visit', input: { appointment: '104', payer: 'X' }, paths: ['payer'] },
  ])('knows without asking that it is $title', async ({ input, paths }) => {
    const one = await desk();
    const wanted = { ...CLAIM, ...input };
    const error = thrownBy(() => one.write('submitClaim', wanted).writer.plan(wanted));
    expect([error.code, pathsOf(error)]).toEqual(['VALIDATION', paths]);
    expect(one.simulator.traffic.total).toBe(0);
  });

  it.each([
    { title: 'a payer that the patient has not', input: { ...CLAIM, payer: 'Nobody' }, paths: ['payer'] },
    {
      title: 'another practitioner than the visit’s',
      input: { ...OF_VISIT, practitioner: '71' },
      paths: ['practitioner'],
    },
    { title: 'another patient than the visit’s', input: { ...OF_VISIT, patient: '5001' }, paths: ['appointment'] },
    {
      title: 'another day than the visit’s',
      input: { ...OF_VISIT, lines: lines({ serviceDate: '2025-11-19' }) },
      paths: ['lines.0.serviceDate'],
    },
    { title: 'a visit that is not there', input: { ...OF_VISIT, appointment: '999' }, paths: ['appointment'] },
  ])('says VALIDATION for $title', async ({ input, paths }) => {
    const one = await desk();
    const error = await failure(one.write('submitClaim', input).send());
    expect([error.code, pathsOf(error)]).toEqual(['VALIDATION', paths]);
    expect(one.departed).toEqual([]);
  });

  it.each([
    {
      title: 'a code that is none',
      input: { ...CLAIM, lines: lines({ procedure: '9999X' }) },
      code: 'VENDOR_REJECTED',
    },
    {
      title: 'a visit that nobody came to yet',
      input: { ...CLAIM, appointment: '101', lines: lines({ serviceDate: '2025-12-01' }) },
      code: 'VENDOR_REJECTED',
    },
    { title: 'a patient who is not there', input: { ...CLAIM, patient: '9999' }, code: 'NOT_FOUND' },
    {
      title: 'a day to come',
      input: { ...CLAIM, lines: lines({ serviceDate: '2026-11-20' }) },
      code: 'VENDOR_REJECTED',
    },
  ])('says $code for $title', async ({ input, code }) => {
    const one = await desk();
    expect((await failure(one.write('submitClaim', input).send())).code).toBe(code);
    expect(one.commits()).toEqual([]);
  });

  it('is not sure when the answer is lost, though it is filed', async () => {
    const one = await desk();
    one.simulator.fault({ kind: 'lose', match: 'POST /claims', times: 1 });
    expect((await failure(one.write('submitClaim', CLAIM).send())).code).toBe('SOURCE_UNAVAILABLE');
    expect(one.commits('Claim')).toHaveLength(1);
  });

  it('shows neither codes nor money in its plan', async () => {
    const one = await desk();
    expect(JSON.stringify(one.write('submitClaim', CLAIM).writer.plan(CLAIM))).not.toMatch(/J02|99213|189/);
  });
});
