import { afterEach, expect, it } from 'vitest';
import { type Changes, changeRecord } from '../change.ts';
import { type Random, random } from '../population/random.ts';
import { ALL, openIds } from './booking-fixture.ts';
import { type Caller, callers } from './caller.ts';
import { NOW, practiceOf } from './fixture.ts';

const { caller, close } = callers();
afterEach(close);

const SEED = Number(process.env.SEED ?? 261_121);
const STEPS = 40;

type Method = 'POST' | 'PUT' | 'DELETE';
type Write = readonly [method: Method, path: string, fields?: Readonly<Record<string, string>>];

const PATIENTS = ['5001', '5002', '5003', '5005', '5006'];
const CHARGES = JSON.stringify([{ procedurecode: '99213', icd10code1: 'I10', unitamount: '10' }]);

/** A write as it comes: some are refused, which both practices must do alike. */
const anyWrite = (chance: Random, step: number, open: readonly unknown[], booked: readonly unknown[]): Write => {
  const patientid = chance.pick(PATIENTS);
  const visit = `/appointments/${String(chance.pick(booked))}`;
  const slot = String(chance.pick(open.length > 0 ? open : [1]));
  const hour = String(8 + (step % 9)).padStart(2, '0');
  const time = { appointmentdate: '12/10/2025', appointmenttime: `${hour}:00,${hour}:30`, appointmenttypeid: '82' };
  const vitals = JSON.stringify([[{ clinicalelementid: 'VITALS.HEARTRATE', value: String(50 + step) }]]);
  const person = { firstname: 'New', lastname: `Person${step}`, dob: '01/01/1990', departmentid: '1' };
  return chance.pick<Write>([
    ['POST', '/patients', person],
    ['PUT', `/patients/${patientid}`, { city: `City ${step}`, state: 'MA' }],
    ['POST', '/appointments/open', { departmentid: '1', providerid: '71', ...time }],
    ['PUT', `/appointments/${slot}`, { patientid, appointmenttypeid: '82' }],
    ['PUT', `/appointments/${slot}`, { patientid, appointmenttypeid: '82' }],
    ['DELETE', `/appointments/${slot}`],
    ['PUT', `${visit}/cancel`, { patientid, appointmentcancelreasonid: chance.pick(['4', '5']) }],
    ['PUT', `${visit}/reschedule`, { patientid, newappointmentid: slot }],
    ['POST', `${visit}/checkin`],
    ['POST', `${visit}/checkout`],
    ['POST', `${visit}/notes`, { notetext: `Note ${step}` }],
    ['POST', `${visit}/claim`, { claimcharges: CHARGES }],
    ['POST', `/chart/${patientid}/vitals`, { departmentid: '1', source: 'DEVICEGENERATED', vitals }],
    ['PUT', '/chart/5001/vitals/101', { departmentid: '1', value: String(100 + step) }],
    ['POST', '/claims', { patientid, departmentid: '1', supervisingproviderid: '71', claimcharges: CHARGES }],
  ]);
};

/** Everything that lists or reads what may have been written. */
const everything = async ({ get }: Caller): Promise<unknown[]> => {
  const answers = await Promise.all([
    get('/appointments/booked', { ...ALL, showclaimdetail: 'true' }),
    get('/appointments/open', {
      departmentid: '1,2',
      reasonid: '-1',
      enddate: '12/31/2026',
      bypassscheduletimechecks: 'true',
    }),
    get('/claims', { departmentid: '1' }),
    get('/claims', { departmentid: '2' }),
    get('/providers'),
    ...PATIENTS.flatMap((id) => [
      get(`/patients/${id}`),
      get(`/patients/${id}/appointments`, { showcancelled: 'true', showpast: 'true' }),
      get(`/chart/${id}/vitals`, { departmentid: '1' }),
      get(`/chart/${id}/encounters`, { departmentid: '1' }),
    ]),
  ]);
  return answers.map(({ status, text }) => [status, JSON.parse(text) as unknown]);
};

it(`answers alike whether the practice is looked at anew or kept (SEED=${SEED})`, async () => {
  const chance = random(SEED);
  const [anew, kept] = [await caller(), await caller({ still: true })];
  let written = 0;
  for (let step = 0; step < STEPS; step += 1) {
    // a second each, within which the calls of a step are few enough
    for (const one of [anew, kept]) one.setNow(NOW + step * 1000);
    const { appointments } = await anew.read<{ appointments: { appointmentid: string }[] }>(
      '/appointments/booked',
      ALL,
    );
    const booked = appointments.map(({ appointmentid }) => appointmentid);
    const write = anyWrite(chance, step, await openIds(anew), booked);
    const [one, other] = [await anew.write(...write), await kept.write(...write)];
    expect([other.status, other.text], write.join(' ')).toEqual([one.status, one.text]);
    expect(await everything(kept), write.join(' ')).toEqual(await everything(anew));
    written = anew.simulator.commits.length;
    expect(kept.simulator.commits).toEqual(anew.simulator.commits);
    expect(new Set(booked).size).toBe(booked.length);
  }
  expect(written).toBeGreaterThan(STEPS / 4);
});

it('answers alike after the practice itself changed', async () => {
  const [anew, kept] = await Promise.all(
    [false, true].map(async (still) => {
      const practice = practiceOf();
      return { practice, one: await caller({ still, practice }) };
    }),
  );
  if (anew === undefined || kept === undefined) throw new Error('no callers');
  const change = <T extends keyof Changes>(type: T, id: number, set: Changes[T]): void => {
    for (const { practice, one } of [anew, kept]) {
      const changed = changeRecord(practice, type, id, set, NOW);
      one.behaviour.happenings?.tell({ by: 'practice', kind: 'updated', type, ...changed });
    }
  };
  const steps: readonly (() => void)[] = [
    () => change('Patient', 5001, { last: 'Newname' }),
    () => change('Appointment', 101, { status: 'cancelled' }),
    // athenaNet has no place for it before
    () => change('Appointment', 109, { status: 'booked' }),
    () => change('Appointment', 108, { status: 'entered-in-error' }),
    () => change('Claim', 55, { status: 'cancelled' }),
    () => change('Observation', anew.practice.observations[0]?.id ?? 0, { status: 'entered-in-error' }),
    () => change('Practitioner', 71, { last: 'Newname' }),
  ];
  let before = await everything(kept.one);
  for (const [at, step] of steps.entries()) {
    step();
    for (const { one } of [anew, kept]) one.setNow(NOW + (at + 1) * 1000);
    const after = await everything(kept.one);
    expect(after, `step ${at}`).toEqual(await everything(anew.one));
    expect(after, `step ${at}`).not.toEqual(before);
    before = after;
  }
});
