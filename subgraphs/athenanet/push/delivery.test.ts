import { createHmac } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../upstream/source.ts';
import { DeliveryRefused } from '../../vendor/changes/push.ts';
import { openDelivery } from './delivery.ts';
import { AUDIT, bundleOf, SAMPLE_BODY, SAMPLE_SECRET, SAMPLE_SIGNATURE, STATUS, signed } from './delivery-fixture.ts';

const WEBHOOK = { secret: new Secret(SAMPLE_SECRET), url: 'https://graph.example.com/hooks/springfield' };
type Delivery = Parameters<typeof openDelivery>[0];

const open = (delivery: Delivery, practice = '999901') => openDelivery(delivery, WEBHOOK, practice);
const opened = (bundle: object) => open(signed(JSON.stringify(bundle)));

/** Why it is refused; `undefined` when it is taken. */
const fault = (delivery: Delivery): string | undefined => {
  try {
    open(delivery);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof DeliveryRefused) return thrown.fault;
    throw thrown;
  }
};

const EVENT = {
  event: 'cb6cc377-0000-31ba-9482-348ecc4e3695',
  content: { topic: 'Appointment.cancel', id: '1206010', patient: '5001' },
};

/** The status of other events than the sample's. */
const status = (topic: string, ...events: readonly object[]) => ({
  ...STATUS,
  topic: STATUS.topic.replace('Appointment.cancel', topic),
  notificationEvent: events.map((one, i) => ({ ...STATUS.notificationEvent[0], id: `event-${i}`, ...one })),
});
const numbered = (kind: string, practice: string, value: string | number) => ({
  focus: { identifier: { system: `urn:athenahealth:athenanet:${kind}:${practice}`, value } },
});

describe('a signature', () => {
  it('of the vendor’s sample holds', () => {
    expect(open({ headers: { 'x-hub-signature': SAMPLE_SIGNATURE }, body: SAMPLE_BODY })).toEqual([EVENT]);
  });

  it('does not hold when any bit of any byte is another', () => {
    const headers = { 'x-hub-signature': SAMPLE_SIGNATURE };
    const taken = [...SAMPLE_BODY.keys()].filter((at) => {
      const body = Buffer.from(SAMPLE_BODY);
      body[at] = (body[at] ?? 0) ^ (1 << (at % 8));
      return fault({ headers, body }) !== 'UNSIGNED';
    });
    expect(taken).toEqual([]);
  });

  it.each([
    ['absent', undefined],
    ['empty', ''],
    ['without a method', SAMPLE_SIGNATURE.slice('sha256='.length)],
    ['by another method', `sha1=${createHmac('sha1', SAMPLE_SECRET).update(SAMPLE_BODY).digest('hex')}`],
    ['by a method that nobody knows', SAMPLE_SIGNATURE.replace('sha256', 'none')],
    ['cut', SAMPLE_SIGNATURE.slice(0, -2)],
    ['longer', `${SAMPLE_SIGNATURE}00`],
    ['nothing but zeros', `sha256=${'0'.repeat(64)}`],
    ['no hex', `sha256=${'z'.repeat(64)}`],
    ['of another secret', signed(SAMPLE_BODY, 'another-shared-secret').headers['x-hub-signature']],
  ])('that is %s does not hold', (_what, signature) => {
    expect(fault({ headers: { 'x-hub-signature': signature }, body: SAMPLE_BODY })).toBe('UNSIGNED');
  });

  it('is looked at before the body is read', () => {
    expect(fault({ headers: { 'x-hub-signature': SAMPLE_SIGNATURE }, body: Buffer.from('{') })).toBe('UNSIGNED');
    expect(fault(signed('{'))).toBe('MALFORMED');
  });
});

describe('a body', () => {
  it.each([
    ['no JSON', 'Avery Larkspur'],
    ['half of one', SAMPLE_BODY.subarray(0, SAMPLE_BODY.length / 2)],
    ['empty', ''],
    ['no bundle', JSON.stringify(STATUS)],
    ['another kind of bundle', JSON.stringify({ ...bundleOf(STATUS), type: 'searchset' })],
    ['without a status', JSON.stringify(bundleOf(AUDIT))],
    ['with an event without an id', JSON.stringify(bundleOf(status('Patient.update', { id: '' })))],
  ])('that is %s is refused, and the refusal quotes nothing', (_what, body) => {
    expect(fault(signed(body))).toBe('MALFORMED');
    expect(new DeliveryRefused('MALFORMED').message).toBe('The delivery cannot be read.');
  });

  it('that only asks whether somebody is there has no events', () => {
    const { notificationEvent: _none, topic: _nothing, ...handshake } = STATUS;
    expect(opened(bundleOf({ ...handshake, type: 'handshake' }))).toEqual([]);
    expect(opened(bundleOf({ ...STATUS, type: 'heartbeat', notificationEvent: [] }))).toEqual([]);
  });

  it('gives ids and nothing else', () => {
    const text = JSON.stringify(opened(bundleOf(STATUS, AUDIT)));
    for (const other of ['nfielding', 'Department', 'CSG', '2025-11-20']) expect(text).not.toContain(other);
  });

  it.each([
    'https://hl7.org/fhir/5.0/StructureDefinition/extension-AuditEvent.patient',
    'http://hl7.org/fhir/StructureDefinition/auditevent.patient',
  ])('tells the patient by the extension %s', (url) => {
    const reference = { valueReference: { reference: 'Patient/a-999901.E-5002' } };
    const extension = [{ url: 'additionalContext' }, { url, ...reference }];
    expect(opened(bundleOf(STATUS, { ...AUDIT, extension }))).toMatchObject([{ content: { patient: '5002' } }]);
  });

  it('tells no patient of another practice, and none where it says none', () => {
    const [department, patient] = AUDIT.extension;
    const other = { ...patient, valueReference: { reference: 'Patient/a-888888.E-5002' } };
    for (const extension of [[department, other], [department], []])
      expect(opened(bundleOf(STATUS, { ...AUDIT, extension }))[0]?.content).not.toHaveProperty('patient');
    expect(opened(bundleOf(STATUS))[0]?.content).not.toHaveProperty('patient');
  });
});

describe('an event', () => {
  it.each([
    ['Patient.update', numbered('patient', '999901', '5001'), '5001'],
    ['Patient.update', { focus: { reference: 'Patient/a-999901.E-5001' } }, '5001'],
    ['Claim.update', numbered('claim', '999901', 5569), '5569'],
    ['LabResult.create', numbered('labresult', '999901', '169750'), '169750'],
  ])('of %s is told', (topic, event, id) => {
    expect(opened(bundleOf(status(topic, event)))).toEqual([{ event: 'event-0', content: { topic, id } }]);
  });

  it.each([
    ['of another practice', 'Patient.update', numbered('patient', '888888', '5001')],
    ['of a patient of another practice', 'Patient.update', { focus: { reference: 'Patient/a-888888.E-5001' } }],
    ['of another kind than its topic', 'Patient.update', numbered('order', '999901', '5001')],
    ['of a kind that nobody wants', 'Order.submit', numbered('order', '999901', '5001')],
    ['of a slot that froze', 'Appointment.freeze', numbered('appointment', '999901', '5001')],
    ['without a number', 'Patient.update', numbered('patient', '999901', 'search')],
    ['without a focus', 'Patient.update', { focus: undefined }],
  ])('%s is left out', (_what, topic, event) => {
    const ours = numbered('patient', '999901', '5002');
    const told = topic === 'Patient.update' ? [{ event: 'event-1', content: { topic, id: '5002' } }] : [];
    expect(opened(bundleOf(status(topic, event, ours)))).toEqual(told);
  });
});

const FOLDER = resolve('../shared/vendors/athenanet/samples/webhooks');

it.runIf(existsSync(FOLDER))('takes every sample of the vendor with a good signature, and no other', () => {
  interface Sample {
    readonly request: { readonly headers: Readonly<Record<string, string>>; readonly bodyFile: string };
    readonly expectedResponse: { readonly status: number };
  }
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.delivery.json'));
  const answers = files.map((name) => {
    const { request, expectedResponse } = JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8')) as Sample;
    const headers = { 'x-hub-signature': request.headers['X-Hub-Signature'] };
    const refused = fault({ headers, body: readFileSync(`${FOLDER}/${request.bodyFile}`) });
    return [name, refused === undefined ? 200 : 401, expectedResponse.status];
  });
  expect(answers.filter(([, given, expected]) => given !== expected)).toEqual([]);
  expect(answers.map(([, given]) => given)).toContain(401);
  expect(SAMPLE_BODY).toEqual(readFileSync(`${FOLDER}/appointment-cancel.raw.json`));
});
