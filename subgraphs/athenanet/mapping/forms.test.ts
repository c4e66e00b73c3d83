import { describe, expect, it } from 'vitest';
import type { Commands } from '../../../schema/commands.ts';
import { VitalPayload } from '../payload/chart.ts';
import { ClaimPayload } from '../payload/claim.ts';
import { AppointmentPayload } from '../payload/schedule.ts';
import { toAppointment } from './appointment.ts';
import { toClaim } from './claim.ts';
import { fromClaim } from './claim-form.ts';
import { fromDocument, subclassOf } from './document-form.ts';
import { LATER, planned } from './form.ts';
import { bookForm, cancelForm, guideBooking, openForm, toWallTime } from './visit-form.ts';
import { toVitals } from './vitals.ts';
import { asKept, fromObservation } from './vitals-form.ts';

const CHICAGO = 'America/Chicago';

describe('a booking’s form', () => {
  const VISIT = { patient: '5001', department: '2', type: '82' };

  it.each([
    '2025-12-02T14:00:00Z',
    '2026-03-08T07:59:00Z',
    '2026-03-08T08:00:00Z',
    '2026-11-01T06:59:00Z',
    '2026-11-01T08:00:00Z',
    '2026-01-01T05:59:00Z',
  ])('read back is the visit at %s', (start) => {
    const wall = toWallTime(start, CHICAGO);
    const opened = openForm({ department: '2', provider: '72', type: '82', ...wall });
    const form = bookForm({ ...VISIT, note: 'At the door' });
    const row = AppointmentPayload.parse({
      ...opened,
      ...form,
      appointmentid: '1206002',
      appointmentstatus: 'f',
      date: opened.appointmentdate,
      starttime: opened.appointmenttime,
      duration: 30,
      appointmentnotes: [{ text: form.bookingnote }],
    });
    expect(toAppointment(row, CHICAGO)).toMatchObject({
      patientKey: '5001',
      practitionerKey: '72',
      locationKey: '2',
      type: { codings: [{ code: '82' }] },
      start,
      minutes: 30,
      status: 'BOOKED',
      note: 'At the door',
    });
  });

  it.each([
    { title: 'the second of two equal hours', start: '2026-11-01T07:30:00Z' },
    { title: 'a part of a minute', start: '2025-12-02T14:00:01Z' },
  ])('cannot say $title', ({ start }) => {
    expect(() => toWallTime(start, CHICAGO)).toThrow('not valid');
  });

  it('has the guide’s members, its numbers and its order', () => {
    const visit = { patient: '12345', department: '1', type: '82', reasonId: '123' };
    const at = { provider: '54321', minutes: 30, date: '06/15/2023', time: '09:00' };
    expect(JSON.stringify(guideBooking(visit, at))).toBe(
      '{"patientid":12345,"providerid":54321,"appointmenttypeid":82,"departmentid":1,' +
        '"starttime":"2023-06-15T09:00:00","duration":30,"reasonid":123}',
    );
  });

  it('shows in a plan what is of nobody', () => {
    expect(planned('PUT /x', cancelForm('5001', '4', 'Gone')).fields.map(({ name, value }) => [name, value])).toEqual([
      ['patientid', '***'],
      ['appointmentcancelreasonid', '4'],
      ['cancellationreason', '***'],
      ['ignoreschedulablepermission', 'true'],
      ['nopatientcase', 'true'],
    ]);
    expect(planned('PUT /x', { patientid: LATER }).fields[0]?.value).toBe(LATER);
  });
});

describe('a vital sign’s form', () => {
  const INPUT: Commands['recordObservation'] = {
    patient: '5001',
    code: '8310-5',
    value: { quantity: { value: '37.0', code: 'Cel' } },
    effective: '2026-11-20T05:30:00Z',
    status: 'FINAL',
  };

  it.each([
    { code: '8310-5', value: '37.0', unit: 'Cel', kept: '98.6' },
    { code: '8310-5', value: '98.60', unit: '[degF]', kept: '98.60' },
    { code: '29463-7', value: '0.0005', unit: 'kg', kept: '0.5' },
    { code: '29463-7', value: '150', unit: 'lbs', kept: '68038.8555' },
    { code: '8302-2', value: '5.5', unit: 'ft', kept: '167.64' },
    { code: '39156-5', value: '24.1', unit: undefined, kept: '24.1' },
    { code: '8480-6', value: '120', unit: 'mmHg', kept: '120' },
    { code: '9279-1', value: '14', unit: '{breaths}/min', kept: '14' },
  ])('of $value $unit read back is what is meant', ({ code, value, unit, kept }) => {
    const quantity = { value, ...(unit === undefined ? {} : { unit }) };
    const input = { ...INPUT, code, value: { quantity } };
    const entry = fromObservation(input, CHICAGO);
    expect(entry).toMatchObject({ readingtaken: '11/19/2026', value: kept });
    const key = entry.clinicalelementid.split('.')[1] ?? '';
    const [record] = toVitals([VitalPayload.parse({ key, readings: [[{ ...entry, vitalid: 7 }]] })], '5001', CHICAGO);
    const meant = asKept(input, CHICAGO);
    expect(record?.code.codings[0]?.code).toBe(meant.code);
    expect(record?.effective?.start).toBe(meant.effective);
    const shown = record?.value?.__typename === 'Quantity' ? record.value : undefined;
    expect({ quantity: { value: shown?.value, unit: shown?.unit, code: shown?.code } }).toEqual(meant.value);
  });

  it('of what is meant says the same again', () => {
    const meant = asKept(INPUT, CHICAGO);
    expect(asKept(meant, CHICAGO)).toEqual(meant);
  });
});

describe('a claim’s charges', () => {
  it('read back are the lines, but for what rows of claims do not tell', () => {
    const input: Commands['submitClaim'] = {
      patient: '5001',
      practitioner: '71',
      diagnoses: ['J02.9', 'R05.1'],
      lines: [
        {
          procedure: '99213',
          modifiers: ['25'],
          diagnosisPointers: [2],
          units: '2',
          charge: '378',
          serviceDate: '2025-11-20',
        },
        {
          procedure: 'J1100',
          modifiers: [],
          diagnosisPointers: [1, 2],
          units: '0.5',
          charge: '5.25',
          serviceDate: '2025-11-20',
        },
      ],
    };
    const charges = fromClaim(input);
    const procedures = charges.map(({ procedurecode, units, unitamount }) => ({
      procedurecode,
      chargeamount: String(Number(units) * Number(unitamount)),
    }));
    const diagnoses = input.diagnoses.map((code) => ({ diagnosisrawcode: code, diagnosiscodeset: 'ICD10' }));
    const row = ClaimPayload.parse({ claimid: '1', billedservicedate: '11/20/2025', procedures, diagnoses });
    expect(toClaim(row, CHICAGO).lines).toMatchObject(
      input.lines.map(({ procedure, modifiers, charge, serviceDate }) => ({
        procedure: { codings: [{ code: procedure }] },
        modifiers: modifiers.map((code) => ({ code })),
        charge: { value: charge },
        serviceDate,
      })),
    );
    expect(charges.map(({ icd10code1, icd10code2 }) => [icd10code1, icd10code2])).toEqual([
      ['R05.1', undefined],
      ['J02.9', 'R05.1'],
    ]);
  });
});

describe('a document’s form', () => {
  it.each([
    { type: '59284-0', subclass: 'ADMIN_CONSENT' },
    { type: '11488-4', subclass: 'CLINICALDOCUMENT' },
    { type: 'MEDICALRECORD_CHARTTOABSTRACT', subclass: 'MEDICALRECORD_CHARTTOABSTRACT' },
    { type: 'admin/../x', subclass: undefined },
  ])('of type $type is of subclass $subclass', ({ type, subclass }) => {
    expect(subclassOf(type)).toBe(subclass);
  });

  it.each([
    { contentType: 'application/pdf', word: 'PDF' },
    { contentType: 'Text/Plain; charset=utf-8', word: 'TXT' },
    { contentType: 'image/jpeg', word: 'JPG' },
  ])('calls $contentType $word', ({ contentType, word }) => {
    const form = fromDocument({ patient: '1', type: 'ADMIN', contentType, content: 'AAAA' });
    expect(form).toEqual({ documentsubclass: 'ADMIN', attachmenttype: word, attachmentcontents: 'AAAA' });
  });
});
