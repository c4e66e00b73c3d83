import { describe, expect, it } from 'vitest';
import type { Commands } from '../../../schema/commands.ts';
import { desk, failure, pathsOf, thrownBy } from '../../../test/athenanet/desk.ts';

type Input = Commands['recordObservation'];

const quantity = (value: string, code?: string): Input['value'] => ({
  quantity: { value, ...(code === undefined ? {} : { code }) },
});
const PRESSURE: Input = {
  patient: '5001',
  code: '8480-6',
  value: quantity('120', 'mm[Hg]'),
  effective: '2025-11-20T14:30:00Z',
  status: 'FINAL',
};
/** The day in the source’s zone, New York. */
const DAY = { start: '2025-11-20T05:00:00Z', end: '2025-11-21T04:59:59.999Z' };

describe('recording a vital sign', () => {
  it('sends the vendor’s form, and reads back what was sent', async () => {
    const one = await desk();
    const { key } = await one.write('recordObservation', PRESSURE).send();
    const { vitals, ...form } = one.wire('POST', '/chart/5001/vitals').form;
    expect(form).toEqual({ departmentid: '1', source: 'DEVICEGENERATED', returnvitalids: 'true' });
    expect(JSON.parse(vitals ?? '')).toEqual([
      [{ clinicalelementid: 'VITALS.BLOODPRESSURE.SYSTOLIC', readingtaken: '11/20/2025', value: '120' }],
    ]);
    const record = await one.record('Observation', key);
    expect(record).toMatchObject({ patientKey: '5001', status: 'FINAL', effective: DAY, components: [] });
    expect(record.code.codings[0]?.code).toBe('8480-6');
    expect(record.value).toMatchObject({ value: '120', code: 'mm[Hg]' });
    expect(one.departed).toEqual(['POST /chart/{id}/vitals']);
  });

  it.each([
    { code: '29463-7', value: quantity('70.5', 'kg'), kept: '70500', unit: 'g' },
    { code: '29463-7', value: quantity('154', '[lb_av]'), kept: '69853.225', unit: 'g' },
    { code: '8302-2', value: quantity('1.78', 'm'), kept: '178', unit: 'cm' },
    { code: '8302-2', value: quantity('70', '[in_i]'), kept: '177.8', unit: 'cm' },
    { code: '8310-5', value: quantity('37.2', 'Cel'), kept: '98.96', unit: '[degF]' },
    { code: '8310-5', value: quantity('98.6', '[degF]'), kept: '98.6', unit: '[degF]' },
    { code: '8867-4', value: { integer: 72 }, kept: '72', unit: '/min' },
    { code: 'VITALS.HEARTRATE', value: quantity('72'), kept: '72', unit: '/min' },
    { code: '8867-4', value: { quantity: { value: '72', unit: 'bpm' } }, kept: '72', unit: '/min' },
  ])('keeps $code of $value as $kept $unit, as it is meant', async ({ code, value, kept, unit }) => {
    const one = await desk();
    const attempts = one.write('recordObservation', { ...PRESSURE, code, value });
    const record = await one.record('Observation', (await attempts.send()).key);
    expect(record.value).toMatchObject({ value: kept, code: unit });
    const meant = attempts.writer.meant?.({ ...PRESSURE, code, value });
    expect(meant?.value).toMatchObject({ quantity: { value: kept, code: unit } });
    expect([meant?.effective, meant?.code]).toEqual([record.effective?.start, record.code.codings[0]?.code]);
  });

  it.each([
    { title: 'no vital sign', input: { code: '4548-4' }, paths: ['code'] },
    { title: 'another category', input: { category: 'laboratory' }, paths: ['category'] },
    { title: 'a state that athenaNet has not', input: { status: 'PRELIMINARY' as const }, paths: ['status'] },
    { title: 'words', input: { value: { text: 'high' } }, paths: ['value'] },
    { title: 'a unit of something else', input: { value: quantity('120', 'kg') }, paths: ['value.quantity.unit'] },
    {
      title: 'a weight without a unit',
      input: { code: '29463-7', value: quantity('70') },
      paths: ['value.quantity.unit'],
    },
    {
      title: 'all at once',
      input: { code: 'x', status: 'CORRECTED' as const, category: 'exam' },
      paths: ['code', 'category', 'status'],
    },
  ])('knows without asking that it is $title', async ({ input, paths }) => {
    const one = await desk();
    const wanted = { ...PRESSURE, ...input };
    const error = thrownBy(() => one.write('recordObservation', wanted).writer.plan(wanted));
    expect([error.code, pathsOf(error)]).toEqual(['VALIDATION', paths]);
    expect(one.simulator.traffic.total).toBe(0);
  });

  it('finds the department that keeps the chart', async () => {
    const one = await desk();
    const { key } = await one.write('recordObservation', { ...PRESSURE, patient: '5003' }).send();
    expect(one.wire('POST', '/chart/5003/vitals').form).toMatchObject({ departmentid: '3' });
    expect(await one.record('Observation', key)).toMatchObject({ patientKey: '5003' });
  });

  it.each([
    { title: 'an unknown patient', input: { patient: '9999' }, code: 'NOT_FOUND' },
    { title: 'a day to come', input: { effective: '2026-11-20T14:30:00Z' }, code: 'VENDOR_REJECTED' },
    { title: 'an element that is not there', input: { code: 'VITALS.NOPE' }, code: 'VENDOR_REJECTED' },
  ])('says $code for $title', async ({ input, code }) => {
    const one = await desk();
    const { code: _, ...value } = PRESSURE;
    const wanted = { ...value, code: PRESSURE.code, ...input, value: quantity('120') };
    expect((await failure(one.write('recordObservation', wanted).send())).code).toBe(code);
    expect(one.commits()).toEqual([]);
  });

  it('is not sure when the answer is lost, though it is in the chart', async () => {
    const one = await desk();
    one.simulator.fault({ kind: 'lose', match: 'POST /chart/{patientid}/vitals', times: 1 });
    expect((await failure(one.write('recordObservation', PRESSURE).send())).code).toBe('SOURCE_UNAVAILABLE');
    const [page] = await one.bed.connector.patientObservations(
      [{ patient: '5001', filter: { codes: ['8480-6'], ...span(DAY) }, window: { first: 10 } }],
      one.call,
    );
    if (page === undefined || page instanceof Error) throw page;
    expect(page.items.filter(({ record }) => record.components.length === 0)).toHaveLength(1);
  });

  it('shows no number in its plan', async () => {
    const one = await desk();
    const plan = one.write('recordObservation', PRESSURE).writer.plan(PRESSURE);
    expect(JSON.stringify(plan)).not.toContain('120');
  });
});

const span = ({ start, end }: typeof DAY) => ({ from: start, to: end });

describe('correcting a vital sign', () => {
  it('replaces its number, under its key', async () => {
    const one = await desk();
    const { key } = await one.write('recordObservation', PRESSURE).send();
    const input: Input = { ...PRESSURE, corrects: key, status: 'CORRECTED', value: quantity('118', 'mm[Hg]') };
    const sent = await one.write('recordObservation', input).send(await one.read('Observation', key));
    expect(sent).toEqual({ key });
    expect((await one.record('Observation', key)).value).toMatchObject({ value: '118' });
    expect(one.commits('Observation').map(({ kind }) => kind)).toEqual(['created', 'updated']);
  });

  it('finds the part of a panel that is meant', async () => {
    const one = await desk();
    const [page] = await one.bed.connector.patientObservations(
      [{ patient: '5001', filter: { codes: ['85354-9'] }, window: { first: 10 } }],
      one.call,
    );
    if (page === undefined || page instanceof Error) throw page;
    const panel = page.items.find(({ record }) => record.components.length > 1);
    if (panel?.record.effective?.start == null) throw new Error('no panel');
    const { key, effective } = panel.record;
    const input: Input = {
      ...PRESSURE,
      corrects: key,
      code: '8462-4',
      value: quantity('71', 'mm[Hg]'),
      effective: effective.start ?? '',
    };
    await one.write('recordObservation', input).send(panel);
    const after = await one.record('Observation', key);
    const value = (code: string) =>
      after.components.find((one) => one.code.codings.some((coding) => coding.code === code))?.value;
    expect(value('8462-4')).toMatchObject({ value: '71' });
    const former = panel.record.components.find(({ code }) => code.codings[0]?.code === '8480-6')?.value;
    expect(value('8480-6')).toEqual(former);
  });

  it.each([
    { title: 'another day', input: { effective: '2025-11-18T14:30:00Z' }, paths: ['effective'] },
    { title: 'another code', input: { code: '8867-4', value: { integer: 60 } }, paths: ['code'] },
  ])('is refused for $title', async ({ input, paths }) => {
    const one = await desk();
    const { key } = await one.write('recordObservation', PRESSURE).send();
    const wanted: Input = { ...PRESSURE, corrects: key, ...input };
    const error = await failure(one.write('recordObservation', wanted).send(await one.read('Observation', key)));
    expect([error.code, pathsOf(error)]).toEqual(['VALIDATION', paths]);
  });

  it.each([
    { title: 'a laboratory’s result', corrects: '5001.l.12.3', code: 'UNSUPPORTED_BY_VENDOR' },
    { title: 'another patient’s', corrects: '5002.v.12', code: 'VALIDATION' },
    { title: 'what is no key', corrects: 'x', code: 'UNSUPPORTED_BY_VENDOR' },
  ])('is refused for $title without asking anybody', async ({ corrects, code }) => {
    const one = await desk();
    const wanted: Input = { ...PRESSURE, corrects };
    expect(thrownBy(() => one.write('recordObservation', wanted).writer.plan(wanted)).code).toBe(code);
  });
});
