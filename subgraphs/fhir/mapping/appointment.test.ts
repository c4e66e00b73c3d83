import { describe, expect, it } from 'vitest';
import { parseFhir } from '../document.ts';
import { context, fromWire } from '../fixtures/records.ts';
import { toResource } from '../payload.ts';
import {
  APPOINTMENT_STATUS,
  type AppointmentDetails,
  fromAppointment,
  patientsOf,
  toAppointment,
} from './appointment.ts';

const map = (fields: object) => toAppointment(fromWire('Appointment', fields), context);
const actor = (reference: string, more: object = {}) => ({ actor: { reference }, status: 'accepted', ...more });
const role = (code: string) => [{ coding: [{ code }] }];

describe('toAppointment', () => {
  it.each([
    ['proposed', 'PROPOSED'],
    ['pending', 'PENDING'],
    ['booked', 'BOOKED'],
    ['arrived', 'ARRIVED'],
    ['checked-in', 'CHECKED_IN'],
    ['fulfilled', 'FULFILLED'],
    ['cancelled', 'CANCELLED'],
    ['noshow', 'NO_SHOW'],
    ['waitlist', 'WAITLIST'],
    ['entered-in-error', 'ENTERED_IN_ERROR'],
    ['roomed', 'UNMAPPED'],
    [undefined, 'UNMAPPED'],
  ] as const)('reads the status %s as %s and keeps the word', (status, expected) => {
    expect(map({ status })).toMatchObject({ status: expected, vendorStatus: status ?? null });
    if (expected !== 'UNMAPPED') expect(APPOINTMENT_STATUS.from(expected)).toBe(status);
  });

  it.each([
    ['start and end', { start: '2026-03-08T01:30:00-05:00', end: '2026-03-08T03:30:00-04:00' }, '06:30', '07:30', 60],
    [
      'start and end before a duration that differs',
      { start: '2026-06-01T13:00:00Z', end: '2026-06-01T13:50:00Z', minutesDuration: 30 },
      '13:00',
      '13:50',
      50,
    ],
    [
      'the duration, when there is no end',
      { start: '2026-06-01T13:00:00.000+00:00', minutesDuration: 30 },
      '13:00',
      '13:30',
      30,
    ],
    ['no end without a duration', { start: '2026-06-01T13:00:00Z' }, '13:00', null, null],
    ['local time in the source’s zone', { start: '2026-06-01T09:00:00', minutesDuration: 15 }, '13:00', '13:15', 15],
    ['no start from a mere day', { start: '2026-06-01', minutesDuration: 15 }, null, null, 15],
  ] as const)('takes %s', (_what, fields, start, end, minutes) => {
    const appointment = map(fields);
    expect([appointment.start, appointment.end].map((at) => at?.slice(11, 16) ?? null)).toEqual([start, end]);
    expect(appointment.minutes).toBe(minutes);
  });

  it('does not take a wish for the time of the visit', () => {
    const requestedPeriod = [{ start: '2026-12-16T15:00:00-05:00', end: '2026-12-19T15:00:00-05:00' }];
    expect(map({ status: 'proposed', minutesDuration: 60, requestedPeriod })).toMatchObject({
      start: null,
      end: null,
      minutes: 60,
      own: { requestedPeriod: { start: '2026-12-16T20:00:00Z', end: '2026-12-19T20:00:00Z' } },
    });
  });

  it.each([
    ['a relative reference', 'Patient/7', '7'],
    ['a version of it', 'Patient/7/_history/3', '7'],
    ['an absolute reference to the same server', 'https://fhir.example.org/r4/Patient/7', '7'],
    ['another server', 'https://elsewhere.example.org/r4/Patient/7', null],
    ['another tenant of the same host', 'https://fhir.example.org/r5/Patient/7', null],
    ['an id of a bundle', 'urn:uuid:0af711aa-5601-49cd-987e-162e8dac3525', null],
    ['a search', 'Patient?identifier=urn:oid:1|2', null],
  ])('links the patient by %s', (_what, reference, patientKey) => {
    expect(map({ participant: [actor(reference)] }).patientKey).toBe(patientKey);
  });

  it('links nobody by a logical identifier and never shows whom it names', () => {
    const participant = [{ actor: { display: 'Kathe Zieme', identifier: { system: 'urn:oid:1.2', value: 'M1' } } }];
    const appointment = map({ participant });
    expect(appointment.patientKey).toBeNull();
    expect(JSON.stringify(appointment)).not.toContain('Kathe');
  });

  it('takes the performer for the practitioner, not somebody optional or somebody who declined', () => {
    const participant = [
      actor('Practitioner/optional', { required: 'optional', status: 'tentative' }),
      actor('Practitioner/declined', { type: role('PPRF'), status: 'declined' }),
      actor('Practitioner/attender', { type: role('ATND') }),
      actor('Practitioner/performer', { type: role('PPRF') }),
    ];
    expect(map({ participant }).practitionerKey).toBe('performer');
    expect(map({ participant: participant.slice(0, 3) }).practitionerKey).toBe('attender');
    expect(map({ participant: participant.slice(0, 1) }).practitionerKey).toBe('optional');
  });

  it('has no one patient when several come together', () => {
    const fields = { participant: [actor('Patient/1'), actor('Patient/2'), actor('Patient/1')] };
    expect(map(fields)).toMatchObject({ patientKey: null, own: { patientExternalIds: ['1', '2'] } });
    expect(patientsOf(fromWire('Appointment', fields), context)).toEqual(['1', '2']);
  });

  it('names a contained place without linking it', () => {
    const fields = {
      contained: [{ resourceType: 'Location', id: 'loc', name: 'Room 4' }],
      participant: [actor('#loc'), { type: role('ATND'), status: 'accepted' }],
    };
    expect(map(fields)).toMatchObject({
      locationKey: null,
      own: {
        participants: [
          { referenceType: 'Location', externalId: null, display: 'Room 4' },
          { referenceType: null, externalId: null, display: null },
        ],
      },
    });
  });

  it.each([
    ['its code', { reasonCode: [{ text: 'knee pain' }], description: 'follow-up' }, 'knee pain'],
    ['its description', { description: 'follow-up' }, 'follow-up'],
    ['what it refers to', { reasonReference: [{ reference: 'Condition/1', display: 'Asthma' }] }, 'Asthma'],
    ['nothing', {}, undefined],
  ])('gives as the reason %s', (_what, fields, text) => {
    expect(map(fields).reason?.text).toBe(text);
  });

  it('takes the kind of visit before the kind of service', () => {
    const appointmentType = { coding: [{ code: 'WALKIN' }] };
    const serviceType = [{ text: 'Check up' }];
    expect(map({ appointmentType, serviceType }).type?.codings[0]?.code).toBe('WALKIN');
    expect(map({ serviceType }).type?.text).toBe('Check up');
    expect(map({}).type).toBeNull();
  });
});

describe('fromAppointment', () => {
  it('gives back what toAppointment read', () => {
    const details: AppointmentDetails = {
      status: 'CHECKED_IN',
      patientKey: '1',
      practitionerKey: '2',
      locationKey: '3',
      type: { codings: [{ system: 'http://snomed.info/sct', code: '185345009', display: null }], text: 'Visit' },
      start: '2026-06-01T13:00:00Z',
      end: '2026-06-01T13:30:00Z',
      minutes: 30,
      reason: { codings: [], text: 'cough' },
      note: 'bring records',
    };
    const sent = JSON.stringify({ ...fromAppointment(details), id: '9' });
    expect(toAppointment(toResource('Appointment', parseFhir(sent), 'test'), context)).toMatchObject(details);
  });
});
