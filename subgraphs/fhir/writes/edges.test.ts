import { afterEach, describe, expect, it } from 'vitest';
import type { Commands } from '../../../schema/commands.ts';
import type { Vendor } from '../../../schema/enums.ts';
import { type Answered, type Asked, bundle, closeAll, start } from '../fixtures/server.ts';
import { carryOut, deskOf, readBack, sendingOf, writerOf } from '../fixtures/writing.ts';

afterEach(closeAll);

type Resources = Readonly<Record<string, readonly object[]>>;

/** A server with these resources: reads and searches answer all of a type; writes are taken. */
const holding = async (
  vendor: Vendor,
  resources: Resources,
  written: (asked: Asked) => Answered = () => ({ status: 200 }),
) => {
  const source = await start(vendor, (asked, base) => {
    if (asked.method !== 'GET') return written(asked);
    const [, type = '', id] = /^\/(\w+)(?:\/([^?]+))?/.exec(asked.url) ?? [];
    const all = (resources[type] ?? []).map((one) => ({ resourceType: type, ...one }));
    const one = all.find((each) => 'id' in each && each.id === id);
    if (id !== undefined) return one === undefined ? { status: 404 } : { body: one };
    const found = bundle(
      all.map((resource) => ({ resource })),
      { self: `${base}${asked.url}` },
    );
    return { body: found };
  });
  return { desk: deskOf(source), writes: () => source.server.requests.filter(({ method }) => method !== 'GET') };
};
const created = (type: string): Answered => ({ status: 201, headers: { location: `${type}/n1` } });

describe('a slot that is booked as it is', () => {
  const free = {
    id: 's1',
    status: 'free',
    start: '2026-12-01T14:00:00Z',
    end: '2026-12-01T14:30:00Z',
    serviceType: [{ coding: [{ code: '408' }], text: 'Checkup' }],
  };
  const BOOKING: Commands['bookAppointment'] = { patient: 'p1', slot: 's1' };

  it.each<[what: string, more: object, issue: string]>([
    ['another start', { start: '2026-12-01T14:10:00Z' }, 'start'],
    ['another length', { minutes: 20 }, 'minutes'],
    ['something else', { type: 'Surgery' }, 'type'],
  ])('is refused for %s before anything leaves', async (_what, more, issue) => {
    const { desk } = await holding('CERNER', { Slot: [free] });
    await expect(carryOut(desk, 'bookAppointment', { ...BOOKING, ...more })).rejects.toMatchObject({
      code: 'VALIDATION',
      issues: [{ path: [issue] }],
    });
    expect(desk.departed).toEqual([]);
  });

  it('is booked when all that is said beside it is what it says', async () => {
    const { desk, writes } = await holding('CERNER', { Slot: [free] }, () => created('Appointment'));
    const same = { start: '2026-12-01T09:00:00-05:00', minutes: 30, type: 'checkup', practitioner: 'd1' };
    expect(await carryOut(desk, 'bookAppointment', { ...BOOKING, ...same, reason: 'Rash', note: 'shy' })).toBe('n1');
    expect(JSON.parse(writes()[0]?.body ?? '')).toEqual({
      resourceType: 'Appointment',
      status: 'booked',
      slot: [{ reference: 'Slot/s1' }],
      reasonCode: [{ text: 'Rash' }],
      comment: 'shy',
      participant: [{ actor: { reference: 'Patient/p1' }, status: 'accepted' }],
    });
  });

  it.each([
    ['is busy', [{ ...free, status: 'busy' }]],
    ['is gone', []],
  ])('is SLOT_TAKEN when it %s', async (_what, slots) => {
    const { desk } = await holding('CERNER', { Slot: slots });
    await expect(carryOut(desk, 'bookAppointment', BOOKING)).rejects.toMatchObject({ code: 'SLOT_TAKEN' });
    expect(desk.departed).toEqual([]);
  });
});

describe('a patient who was merged into another', () => {
  const people: Resources = {
    Patient: [
      { id: 'p1', active: false, link: [{ type: 'replaced-by', other: { reference: 'Patient/p2' } }] },
      { id: 'p2', meta: { versionId: '4' }, name: [{ family: 'Lee' }] },
    ],
  };

  it('is changed where the record goes on', async () => {
    const { desk, writes } = await holding('CERNER', people);
    await carryOut(desk, 'updatePatient', { key: 'p1', patient: { lastName: 'Brown' }, clear: [] });
    expect(writes().map(({ url, headers }) => [url, headers['if-match']])).toEqual([['/Patient/p2', 'W/"4"']]);
  });

  it('is given nothing new under the old id', async () => {
    const { desk } = await holding('GENERIC_FHIR', people);
    const document = { patient: 'p1', type: 'Letter', contentType: 'text/plain', content: '' };
    await readBack(desk, 'Patient', 'p1');
    await expect(carryOut(desk, 'saveDocument', document)).rejects.toMatchObject({
      code: 'VALIDATION',
      issues: [{ path: ['patient'], rule: 'merged' }],
    });
    expect(desk.departed).toEqual([]);
  });
});

describe('a look for a correction', () => {
  const stands = (status: string, value: number): Resources => ({
    Observation: [
      {
        id: 'o1',
        status,
        code: { coding: [{ code: '8867-4' }] },
        category: [{ coding: [{ code: 'vital-signs' }] }],
        subject: { reference: 'Patient/p1' },
        effectiveDateTime: '2026-11-20T09:00:00Z',
        issued: '2026-11-20T10:00:00Z',
        valueQuantity: { value, unit: 'bpm' },
      },
    ],
  });
  const INPUT: Commands['recordObservation'] = {
    patient: 'p1',
    code: '8867-4',
    value: { quantity: { value: '70', unit: 'bpm' } },
    effective: '2026-11-20T09:00:00Z',
    status: 'FINAL',
    corrects: 'o1',
  };

  it.each([
    ['corrected', 70, 'FINAL', 'found'],
    ['final', 70, 'FINAL', 'found'],
    ['preliminary', 70, 'FINAL', 'absent'],
    ['final', 71, 'FINAL', 'absent'],
    ['amended', 70, 'AMENDED', 'found'],
    ['final', 70, 'AMENDED', 'absent'],
    ['entered-in-error', 71, 'ENTERED_IN_ERROR', 'found'],
  ] as const)('takes a %s result of %i for what was meant by 70, %s: %s', async (status, value, wanted, kind) => {
    const { desk } = await holding('GENERIC_FHIR', stands(status, value));
    const seen = await writerOf(desk, 'recordObservation').find?.({ ...INPUT, status: wanted }, sendingOf(desk));
    expect(seen).toEqual(kind === 'found' ? { kind, key: 'o1' } : { kind });
  });

  it('means a corrected result by a final one that puts another right', async () => {
    const { desk } = await holding('GENERIC_FHIR', {});
    const { meant } = writerOf(desk, 'recordObservation');
    const { corrects: _corrects, ...fresh } = INPUT;
    expect([INPUT, fresh, { ...INPUT, status: 'AMENDED' as const }].map((one) => meant?.(one).status)).toEqual([
      'CORRECTED',
      'FINAL',
      'AMENDED',
    ]);
  });

  it('is refused for a panel, whose parts have values of their own', async () => {
    const [panel] = stands('final', 1).Observation ?? [];
    const { desk } = await holding('GENERIC_FHIR', { Observation: [{ ...panel, component: [{ code: {} }] }] });
    await expect(carryOut(desk, 'recordObservation', INPUT)).rejects.toMatchObject({
      issues: [{ path: ['corrects'] }],
    });
    expect(desk.departed).toEqual([]);
  });
});

describe('a claim', () => {
  const coverage = (id: string, payer: string, status = 'active') => ({
    id,
    status,
    beneficiary: { reference: 'Patient/p1' },
    payor: [{ display: payer }],
  });
  const INPUT: Commands['submitClaim'] = { patient: 'p1', practitioner: 'd1', diagnoses: [], lines: [] };

  it.each<[what: string, coverages: readonly object[], payer: string | undefined, insured: object]>([
    [
      'the only one in force',
      [coverage('c1', 'Aetna'), coverage('c2', 'Cigna', 'cancelled')],
      undefined,
      { reference: 'Coverage/c1' },
    ],
    [
      'the patient’s own',
      [coverage('c1', 'Aetna'), { ...coverage('c2', 'Cigna'), beneficiary: { reference: 'Patient/p2' } }],
      undefined,
      { reference: 'Coverage/c1' },
    ],
    ['the payer’s', [coverage('c1', 'Aetna'), coverage('c2', 'Cigna')], 'CIGNA', { reference: 'Coverage/c2' }],
    ['a payer by name', [coverage('c1', 'Aetna')], 'Humana', { display: 'Humana' }],
  ])('is on %s', async (_what, coverages, payer, insured) => {
    const { desk, writes } = await holding('GENERIC_FHIR', { Coverage: coverages }, () => created('Claim'));
    await carryOut(desk, 'submitClaim', { ...INPUT, ...(payer === undefined ? {} : { payer }) });
    expect(JSON.parse(writes()[0]?.body ?? '').insurance[0].coverage).toEqual(insured);
  });

  it.each([
    ['none', []],
    ['several', [coverage('c1', 'Aetna'), coverage('c2', 'Cigna')]],
  ])('wants a payer when the patient has %s', async (_what, coverages) => {
    const { desk } = await holding('GENERIC_FHIR', { Coverage: coverages });
    await expect(carryOut(desk, 'submitClaim', INPUT)).rejects.toMatchObject({ issues: [{ path: ['payer'] }] });
    expect(desk.departed).toEqual([]);
  });
});

describe('a look for a document, where none is found by its identifier', () => {
  const INPUT: Commands['saveDocument'] = {
    patient: 'p1',
    type: '11506-3',
    title: 'Letter',
    contentType: 'text/plain',
    content: 'aGk=',
  };
  const like = (id: string, title = 'Letter') => ({
    id,
    type: { coding: [{ code: '11506-3' }] },
    content: [{ attachment: { contentType: 'text/plain', title } }],
  });
  const MINE = { identifier: [{ system: 'urn:practicegraph:write', value: 'w1' }] };

  it.each<[what: string, documents: readonly object[], before: string | undefined, seen: object]>([
    ['none is like it', [like('1', 'Other')], '', { kind: 'absent' }],
    ['all like it were there before', [like('1'), like('2')], '1 2', { kind: 'absent' }],
    ['there is one more', [like('1'), like('2')], '1', { kind: 'found', key: '2' }],
    ['there are several more', [like('1'), like('2'), like('3')], '1', { kind: 'unclear' }],
    ['one of several has its identifier', [like('1'), { ...like('2'), ...MINE }], '', { kind: 'found', key: '2' }],
    [
      'the one more is another patient’s',
      [like('1'), { ...like('2'), subject: { reference: 'Patient/p2' } }],
      '1',
      { kind: 'absent' },
    ],
    ['nobody looked before', [like('1')], undefined, { kind: 'unclear' }],
  ])('tells what it sees when %s', async (_what, documents, before, seen) => {
    const { desk } = await holding('EPIC', { DocumentReference: documents });
    const sending = sendingOf(desk, { id: 'w1', progress: before === undefined ? {} : { before } });
    expect(await writerOf(desk, 'saveDocument').find?.(INPUT, sending)).toMatchObject(seen);
  });

  it('keeps in mind what was there before it is sent, once', async () => {
    const { desk } = await holding('EPIC', { DocumentReference: [like('1')] }, () => created('DocumentReference'));
    const sending = sendingOf(desk);
    await writerOf(desk, 'saveDocument').send(INPUT, sending);
    expect(sending.progress).toEqual({ before: '1' });
    const again = sendingOf(desk, { progress: { before: '' } });
    await writerOf(desk, 'saveDocument').send(INPUT, again);
    expect(again.progress).toEqual({ before: '' });
  });
});

describe('a reason that has no place', () => {
  const visit = { id: 'a1', status: 'booked', meta: { versionId: '1' } };
  it.each<
    [
      vendor: Vendor,
      kind: 'cancelAppointment' | 'markNoShow' | 'checkInAppointment',
      reason: string | undefined,
      warned: boolean,
    ]
  >([
    ['GENERIC_FHIR', 'cancelAppointment', 'Snow', false],
    ['GENERIC_FHIR', 'markNoShow', 'Snow', true],
    ['GENERIC_FHIR', 'markNoShow', undefined, false],
    ['CERNER', 'cancelAppointment', 'Snow', true],
    ['CERNER', 'cancelAppointment', 'pat', false],
    ['CERNER', 'checkInAppointment', 'Snow', true],
  ])('is a warning: %s, %s, %s: %s', async (vendor, kind, reason, warned) => {
    const { desk } = await holding(vendor, { Appointment: [visit] });
    const input = { key: 'a1', ...(reason === undefined ? {} : { reason }) };
    const { warnings } = await writerOf(desk, kind).send(input, sendingOf(desk));
    expect(warnings?.map(({ path }) => path)).toEqual(warned ? [['reason']] : undefined);
  });
});
