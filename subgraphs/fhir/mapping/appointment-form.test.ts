import { describe, expect, it } from 'vitest';
import type { Commands } from '../../../schema/commands.ts';
import { parseFhir, printFhir } from '../document.ts';
import { context } from '../fixtures/records.ts';
import { toResource } from '../payload.ts';
import { stepsBetween } from '../writes/patch.ts';
import type { Element } from '../writes/wire.ts';
import { toAppointment } from './appointment.ts';
import {
  appointmentBySlot,
  bookedAppointment,
  movedAppointment,
  movedToSlot,
  standingAppointment,
} from './appointment-form.ts';

const resourceOf = (document: unknown) => toResource('Appointment', parseFhir(printFhir(document)), 'test');
const read = (document: object) => toAppointment(resourceOf({ id: 'a1', ...document }), context);

const BOOKING: Commands['bookAppointment'] = { patient: 'p1', reason: 'Cough & "cold"', note: 'wheelchair\nramp' };
const TIME = { practitioner: 'd1', location: 'l1', start: '2026-12-01T14:00:00Z', end: '2026-12-01T14:20:00Z' };

describe('bookedAppointment', () => {
  it('reads back as it was given', () => {
    expect(read(bookedAppointment(BOOKING, TIME))).toMatchObject({
      status: 'BOOKED',
      patientKey: 'p1',
      practitionerKey: 'd1',
      locationKey: 'l1',
      start: TIME.start,
      end: TIME.end,
      minutes: 20,
      reason: { text: BOOKING.reason },
      note: BOOKING.note,
      type: null,
    });
  });

  it.each([
    [
      'a style of v2-0276',
      'followup',
      { codings: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0276', code: 'FOLLOWUP' }] },
    ],
    ['a code with its system', 'urn:oid:1.2|9', { codings: [{ system: 'urn:oid:1.2', code: '9' }] }],
    ['a name', 'Well child', { codings: [], text: 'Well child' }],
  ])('reads back %s as the type', (_what, type, concept) => {
    expect(read(bookedAppointment({ ...BOOKING, type }, TIME)).type).toMatchObject(concept);
  });

  it('names the slot, and nothing else that the slot says where that speaks for itself', () => {
    expect(bookedAppointment({ patient: 'p1' }, { ...TIME, slot: 's1' }).slot).toEqual([{ reference: 'Slot/s1' }]);
    expect(appointmentBySlot({ patient: 'p1' }, 's1')).toEqual({
      resourceType: 'Appointment',
      status: 'booked',
      participant: [{ actor: { reference: 'Patient/p1' }, status: 'accepted' }],
      slot: [{ reference: 'Slot/s1' }],
    });
  });
});

const BEFORE = `{"resourceType":"Appointment","id":"a1","status":"booked","priority":1,
"extension":[{"url":"http://example.org/fee","valueDecimal":25.50}],"slot":[{"reference":"Slot/s1"}],
"start":"2026-12-01T09:00:00-05:00","end":"2026-12-01T09:30:00-05:00","minutesDuration":30,
"participant":[{"actor":{"reference":"Patient/p1","display":"Ann Lee"},"status":"accepted"},
{"id":"x","type":[{"coding":[{"code":"PPRF"}]}],"actor":{"reference":"https://fhir.example.org/r4/Practitioner/d1"},"status":"tentative","required":"required"},
{"actor":{"reference":"Practitioner/d9"},"status":"accepted"},{"actor":{"display":"Interpreter"},"status":"accepted"}]}`;
const earlier = (status = 'booked') => parseFhir(BEFORE.replace('"booked"', `"${status}"`)) as Element;
const moved = (time: Partial<typeof TIME & { slot: string }>, status?: string) =>
  movedAppointment(
    earlier(status),
    resourceOf(earlier(status)),
    { start: '2026-12-02T14:00:00Z', end: '2026-12-02T14:45:00Z', ...time },
    context,
  );
const stepsOf = (after: Element, status?: string) =>
  stepsBetween(earlier(status), after).map((step) =>
    step.op === 'remove' ? [step.op, step.path] : [step.op, step.path, step.value],
  );

describe('movedAppointment', () => {
  it('changes the time, leaves the slot, and nothing else', () => {
    expect(stepsOf(moved({}))).toEqual([
      ['remove', '/slot'],
      ['replace', '/start', '2026-12-02T14:00:00Z'],
      ['replace', '/end', '2026-12-02T14:45:00Z'],
      ['replace', '/minutesDuration', 45],
    ]);
    expect(printFhir(moved({}))).toContain('"valueDecimal":25.50');
  });

  it('puts somebody else in the place of the practitioner, and everybody else stays', () => {
    const after = moved({ practitioner: 'd2', location: 'l2', slot: 's2' });
    expect(read(after)).toMatchObject({ practitionerKey: 'd2', locationKey: 'l2', patientKey: 'p1' });
    const participants = earlier().participant as readonly Element[];
    expect(after.participant).toEqual([
      participants[0],
      { ...participants[1], actor: { reference: 'Practitioner/d2' }, status: 'accepted' },
      participants[2],
      participants[3],
      { actor: { reference: 'Location/l2' }, status: 'accepted' },
    ]);
    expect(after.slot).toEqual([{ reference: 'Slot/s2' }]);
  });

  it('leaves those who stay as they are written', () => {
    expect(stepsOf(moved({ practitioner: 'd1' })).map(([, path]) => path)).not.toContain('/participant');
  });

  it.each([
    ['proposed', 'BOOKED'],
    ['waitlist', 'BOOKED'],
    ['pending', 'PENDING'],
    ['booked', 'BOOKED'],
  ])('makes of a %s visit with a time a %s one', (status, after) => {
    expect(read(moved({}, status)).status).toBe(after);
  });

  it('says no more than the slot where that speaks for itself', () => {
    expect(stepsOf(movedToSlot(earlier(), resourceOf(earlier()), 's2'))).toEqual([
      ['replace', '/slot', [{ reference: 'Slot/s2' }]],
    ]);
  });
});

describe('standingAppointment', () => {
  const system = 'http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason';
  it.each([
    ['cancelled', undefined, [['replace', '/status', 'cancelled']]],
    [
      'cancelled',
      'pat-cpp',
      [
        ['replace', '/status', 'cancelled'],
        ['add', '/cancelationReason', { coding: [{ system, code: 'pat-cpp' }] }],
      ],
    ],
    [
      'cancelled',
      'Snow',
      [
        ['replace', '/status', 'cancelled'],
        ['add', '/cancelationReason', { coding: [{ system, code: 'other' }], text: 'Snow' }],
      ],
    ],
    ['checked-in', 'x', [['replace', '/status', 'checked-in']]],
    ['noshow', undefined, [['replace', '/status', 'noshow']]],
  ] as const)('brings a visit into the state %s with the reason %s', (status, reason, steps) => {
    expect(stepsOf(standingAppointment(earlier(), status, reason))).toEqual(steps);
  });
});
