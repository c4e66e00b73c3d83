import { afterEach, describe, expect, it } from 'vitest';
import type { CommandKind, Commands } from '../../../schema/commands.ts';
import type { Vendor } from '../../../schema/enums.ts';
import { closeAll, start } from '../fixtures/server.ts';
import { deskOf, writerOf } from '../fixtures/writing.ts';

afterEach(closeAll);

const PERSON: Commands['createPatient']['patient'] = {
  firstName: 'Ann',
  lastName: 'Lee',
  dateOfBirth: '1984-02-29',
  address: { line1: '1 Main St', city: 'Boston' },
  phoneHome: '+16175550134',
  email: 'ann@example.com',
  race: ['2106-3'],
};
const INPUTS: Commands = {
  createPatient: { patient: PERSON, onDuplicate: 'FAIL' },
  updatePatient: { key: 'p1', patient: PERSON, clear: ['phoneMobile'] },
  bookAppointment: {
    patient: 'p1',
    slot: 's1',
    practitioner: 'd1',
    start: '2026-12-01T14:00:00Z',
    minutes: 20,
    reason: 'Rash',
    note: 'shy',
  },
  rescheduleAppointment: { key: 'a1', slot: 's2', start: '2026-12-02T14:00:00Z' },
  cancelAppointment: { key: 'a1', reason: 'Moved away' },
  checkInAppointment: { key: 'a1' },
  markNoShow: { key: 'a1' },
  recordObservation: {
    patient: 'p1',
    code: '8480-6',
    value: { quantity: { value: '120', unit: 'mmHg', code: 'mm[Hg]' } },
    effective: '2026-11-20T09:00:00Z',
    status: 'FINAL',
  },
  submitClaim: {
    patient: 'p1',
    practitioner: 'd1',
    diagnoses: ['E11.9'],
    lines: [
      {
        procedure: '99213',
        modifiers: [],
        diagnosisPointers: [1],
        units: '1',
        charge: '189.50',
        serviceDate: '2026-11-02',
      },
    ],
  },
  saveDocument: { patient: 'p1', type: '11506-3', title: 'Letter', contentType: 'text/plain', content: 'aGk=' },
};
/** What would be of a person in these. */
const PERSONAL =
  /Ann|Lee|1984|Main|Boston|6175550134|example\.com|2106-3|White|p1|d1|Rash|shy|Moved|"120"|E11|189\.50|Letter|aGk=/;

const planOf = async (kind: CommandKind, vendor: Vendor = 'GENERIC_FHIR', input: object = INPUTS[kind]) => {
  const source = await start(vendor);
  const calls = writerOf(deskOf(source), kind).plan(input as never);
  expect(source.server.requests).toEqual([]);
  return calls;
};
const fieldsOf = async (kind: CommandKind, at: number) =>
  Object.fromEntries((await planOf(kind))[at]?.fields.map(({ name, value }) => [name, value]) ?? []);

describe('a plan', () => {
  it.each(Object.keys(INPUTS) as CommandKind[])('of %s asks nobody and tells nothing of people', async (kind) => {
    const calls = await planOf(kind);
    expect(JSON.stringify(calls)).not.toMatch(PERSONAL);
    expect(calls.at(-1)?.vendorCall).toMatch(
      /^(POST|PUT|PATCH) (Patient|Appointment|Observation|Claim|DocumentReference)/,
    );
  });

  it('shows a result as it would be sent, value by value', async () => {
    expect((await planOf('recordObservation'))[0]).toEqual({
      vendorCall: 'POST Observation',
      fields: [
        ['If-None-Exist', 'identifier=urn:practicegraph:write|***'],
        ['resourceType', 'Observation'],
        ['status', 'final'],
        ['category[0].coding[0].system', 'http://terminology.hl7.org/CodeSystem/observation-category'],
        ['category[0].coding[0].code', 'vital-signs'],
        ['category[0].coding[0].display', 'Vital Signs'],
        ['code.coding[0].system', 'http://loinc.org'],
        ['code.coding[0].code', '8480-6'],
        ['code.coding[0].display', 'Systolic blood pressure'],
        ['code.text', 'Systolic blood pressure'],
        ['subject.reference', 'Patient/***'],
        ['effectiveDateTime', '2026-11-20T09:00:00Z'],
        ['valueQuantity.value', '***'],
        ['valueQuantity.unit', 'mmHg'],
        ['valueQuantity.system', 'http://unitsofmeasure.org'],
        ['valueQuantity.code', 'mm[Hg]'],
        ['identifier[0].use', 'secondary'],
        ['identifier[0].system', 'urn:practicegraph:write'],
        ['identifier[0].value', '***'],
      ].map(([name, value]) => ({ name, value })),
    });
  });

  it('shows a change as what is read first and what would be in place of it', async () => {
    expect(await planOf('cancelAppointment')).toMatchObject([
      { vendorCall: 'GET Appointment/{id}' },
      {
        vendorCall: 'PATCH Appointment/{id}',
        fields: [
          { name: 'If-Match', value: '***' },
          { name: 'replace /status', value: 'cancelled' },
          { name: 'add /cancelationReason.coding[0].system' },
          { name: 'add /cancelationReason.coding[0].code', value: 'other' },
          { name: 'add /cancelationReason.text', value: '***' },
        ],
      },
    ]);
    expect(await fieldsOf('updatePatient', 1)).toMatchObject({ 'name[0].family': '***', phoneMobile: '' });
    expect(await fieldsOf('bookAppointment', 0)).toMatchObject({
      'slot[0].reference': 'Slot/s1',
      start: '2026-12-01T14:00:00Z',
      'participant[1].actor.reference': 'Practitioner/***',
    });
  });

  const BOOKING = { patient: 'p1', practitioner: 'd1', start: '2026-12-01T14:00:00Z' };
  it.each<[kind: CommandKind, vendor: Vendor, input: object, path: readonly string[]]>([
    ['bookAppointment', 'GENERIC_FHIR', BOOKING, ['minutes']],
    ['bookAppointment', 'GENERIC_FHIR', { ...BOOKING, minutes: 10, patient: '../1' }, ['patient']],
    ['bookAppointment', 'GENERIC_FHIR', { ...BOOKING, minutes: 10, slot: 'a,b' }, ['slot']],
    ['bookAppointment', 'CERNER', { ...BOOKING, minutes: 10 }, ['slot']],
    ['bookAppointment', 'CERNER', { patient: 'p1', slot: 's1', reason: 'x'.repeat(256) }, ['reason']],
    ['rescheduleAppointment', 'CERNER', { key: 'a1', start: '2026-12-01T14:00:00Z' }, ['slot']],
    ['cancelAppointment', 'CERNER', { key: 'a/1' }, ['id']],
    ['recordObservation', 'EPIC', { ...INPUTS.recordObservation, patient: '' }, ['patient']],
    ['saveDocument', 'CERNER', { ...INPUTS.saveDocument, patient: '1?_x=1' }, ['patient']],
  ])('of %s at %s refuses what cannot be sent', async (kind, vendor, input, path) => {
    await expect(planOf(kind, vendor, input)).rejects.toMatchObject({ code: 'VALIDATION', issues: [{ path }] });
  });

  it('takes a reason of 255 characters at Oracle Health', async () => {
    expect(
      await planOf('bookAppointment', 'CERNER', { patient: 'p1', slot: 's1', reason: 'x'.repeat(255) }),
    ).toHaveLength(1);
  });
});
