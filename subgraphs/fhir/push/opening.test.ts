import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../upstream/source.ts';
import { baseOf } from '../reference.ts';
import { opened } from './opening.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const BASE = baseOf('https://fhir.example.org/r4');
const WEBHOOK = { url: 'https://graph.example.org/hooks/mercy', secret: new Secret('s') };
const SIGNED = { authorization: 'Bearer s' } as const;

const open = (body: string | object, headers: Readonly<Record<string, string>> = SIGNED) =>
  opened({ headers, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) }, WEBHOOK, BASE, NOW);
const contents = (...given: Parameters<typeof open>) => open(...given).map(({ content }) => content);
const refused = (fault: string) => expect.objectContaining({ name: 'DeliveryRefused', fault });

interface Event {
  readonly number?: string;
  readonly timestamp?: string;
  readonly focus?: string;
  readonly context?: readonly string[];
}

const part = (name: string, value: object) => ({ name, ...value });
const parameters = (type: string, total: string | undefined, events: readonly Event[], subscription: string) => ({
  resourceType: 'Parameters',
  parameter: [
    part('subscription', { valueReference: { reference: subscription } }),
    part('status', { valueCode: 'active' }),
    part('type', { valueCode: type }),
    ...(total === undefined ? [] : [part('events-since-subscription-start', { valueString: total })]),
    ...events.map(({ number, timestamp, focus, context = [] }) => ({
      name: 'notification-event',
      part: [
        ...(number === undefined ? [] : [part('event-number', { valueString: number })]),
        ...(timestamp === undefined ? [] : [part('timestamp', { valueInstant: timestamp })]),
        ...(focus === undefined ? [] : [part('focus', { valueReference: { reference: focus } })]),
        ...context.map((reference) => part('additional-context', { valueReference: { reference } })),
      ],
    })),
  ],
});
const history = (resource: object, more: object = {}) => ({
  resourceType: 'Bundle',
  id: 'b1',
  type: 'history',
  entry: [{ resource }, { request: { method: 'PUT', url: 'Appointment/a1' } }],
  ...more,
});
const AT = '2026-11-20T12:00:00Z';
const told = (events: readonly Event[], { total = '9', subscription = 'Subscription/s1', more = {} } = {}) =>
  history(parameters('event-notification', total, events, subscription), more);
const nameOf = (...given: Parameters<typeof told>) => open(told(...given))[0]?.event;

describe('a delivery', () => {
  it.each([
    ['no secret', {}],
    ['another secret', { authorization: 'Bearer S' }],
    ['a part of the secret', { authorization: 'Bearer ' }],
    ['the secret alone', { authorization: 's' }],
  ])('is not read with %s', (_, headers) => {
    expect(() => open('{', headers)).toThrow(refused('UNSIGNED'));
    expect(() => open(told([{ number: '9', focus: 'Appointment/a1' }]), headers)).toThrow(refused('UNSIGNED'));
  });

  it.each([
    ['text', 'hello'],
    ['half a document', JSON.stringify(told([])).slice(0, -9)],
    ['a resource', { resourceType: 'Appointment', id: 'a1' }],
    ['another bundle', history(parameters('event-notification', '1', [], 'Subscription/s1'), { type: 'searchset' })],
    ['a bundle without a status', history({ resourceType: 'Appointment', id: 'a1' })],
    ['an empty bundle', { resourceType: 'Bundle', type: 'history', entry: [] }],
    ['a kind that nobody knows', history(parameters('other', '1', [], 'Subscription/s1'))],
    ['no subscription', history(parameters('event-notification', '1', [], 'Patient/p1'))],
  ])('of %s is refused', (_, body) => {
    expect(() => open(body)).toThrow(refused('MALFORMED'));
  });

  it.each(['handshake', 'heartbeat', 'query-status'])('of a %s has no events', (type) => {
    expect(open(history(parameters(type, '3', [], 'Subscription/s1')))).toEqual([]);
  });

  it.each([
    ['Appointment/a1', { type: 'Appointment', id: 'a1' }],
    ['Appointment/a1/_history/3', { type: 'Appointment', id: 'a1' }],
    ['https://fhir.example.org/r4/Patient/p1', { type: 'Patient', id: 'p1' }],
    ['https://fhir.example.org/r4/Observation/o1/_history/1', { type: 'Observation', id: 'o1' }],
    ['ExplanationOfBenefit/e1', { type: 'ExplanationOfBenefit', id: 'e1' }],
  ])('tells of %s', (focus, content) => {
    const event = { number: '18446744073', timestamp: AT, focus };
    expect(contents(told([event]))).toEqual([{ ...content, subscription: 's1', number: '18446744073' }]);
  });

  it('tells nothing of types that nobody wants, and of another server only that something changed', () => {
    expect(open(told([{ number: '9', focus: 'Encounter/e1' }]))).toEqual([]);
    const elsewhere = told([{ number: '9', focus: 'https://other.example.org/r4/Patient/p1' }]);
    expect(contents(elsewhere)).toEqual([{ at: NOW }]);
  });

  it('is read by the name that the server gives itself', () => {
    const subscription = 'https://inside.example.org/fhir/Subscription/s1';
    const event = { number: '9', focus: 'https://inside.example.org/fhir/Patient/p1' };
    expect(contents(told([event], { subscription }))).toEqual([
      { type: 'Patient', id: 'p1', subscription: 's1', number: '9' },
    ]);
  });

  it.each([
    [['Patient/p1'], { patient: 'p1' }],
    [['Encounter/e1', 'Patient/p1', 'Patient/p1'], { patient: 'p1' }],
    [['Patient/p1', 'Patient/p2'], {}],
  ])('with the context %j is about %j', (context, patient) => {
    expect(contents(told([{ focus: 'Appointment/a1', context }]))).toEqual([
      { type: 'Appointment', id: 'a1', subscription: 's1', ...patient },
    ]);
  });

  it('says what was deleted', () => {
    const events = ['Appointment/a1', 'Appointment/a2'].map((focus) => ({ number: '9', focus }));
    const entry = [
      { resource: parameters('event-notification', '9', events, 'Subscription/s1') },
      { fullUrl: 'https://fhir.example.org/r4/Appointment/a2', request: { method: 'DELETE', url: 'Appointment/a2' } },
    ];
    expect(contents(told(events, { more: { entry } }))).toMatchObject([{ id: 'a1' }, { id: 'a2', gone: true }]);
    expect(contents(told(events, { more: { entry } }))[0]).not.toHaveProperty('gone');
  });

  it('tells of R4B’s status as of R4’s', () => {
    const status = {
      resourceType: 'SubscriptionStatus',
      type: 'event-notification',
      subscription: { reference: 'Subscription/s1' },
      eventsSinceSubscriptionStart: '9',
      notificationEvent: [
        {
          eventNumber: '9',
          timestamp: AT,
          focus: { reference: 'Appointment/a1' },
          additionalContext: [{ reference: 'Patient/p1' }],
        },
      ],
    };
    const r4 = told([{ number: '9', timestamp: AT, focus: 'Appointment/a1', context: ['Patient/p1'] }]);
    expect(open(history(status))).toEqual(open(r4));
  });

  it('without a body is a ping of its own, about what its header says', () => {
    const pings = ['Claim', 'Claim', 'Nonsense'].map((about) =>
      open('', { ...SIGNED, 'x-practicegraph-about': about }),
    );
    expect(pings.flat().map(({ content }) => content)).toEqual([
      { ping: 'Claim', at: NOW },
      { ping: 'Claim', at: NOW },
      { at: NOW },
    ]);
    expect(new Set(pings.flat().map(({ event }) => event)).size).toBe(3);
  });

  it('of an event without a focus says that something changed', () => {
    const headers = { ...SIGNED, 'x-practicegraph-about': 'Appointment' };
    expect(contents(told([{ number: '9', timestamp: AT }]), headers)).toEqual([{ ping: 'Appointment', at: NOW }]);
  });

  it('keeps nothing of the resources in it', () => {
    const body = told([{ number: '9', focus: 'Patient/p1' }], {
      more: {
        entry: [
          { resource: parameters('event-notification', '9', [{ focus: 'Patient/p1' }], 'Subscription/s1') },
          { resource: { resourceType: 'Patient', id: 'p1', name: [{ family: 'García' }] } },
        ],
      },
    });
    expect(JSON.stringify(open(body))).not.toContain('Garc');
  });
});

describe('an event’s name', () => {
  const event = { number: '4', timestamp: AT, focus: 'Appointment/a1' };
  const again = { id: 'b2' };

  it('is the same however often it is delivered where numbers last', () => {
    expect(nameOf([event], { more: again })).toBe(nameOf([event]));
    expect(nameOf([{ ...event, number: '5' }])).not.toBe(nameOf([event]));
    expect(nameOf([event], { subscription: 'Subscription/s2' })).not.toBe(nameOf([event]));
  });

  it('is another one for another event where numbers begin anew in each bundle', () => {
    const first = { ...event, number: '1' };
    const counted = { total: '1' };
    expect(nameOf([first], counted)).toBe(nameOf([first], counted));
    expect(nameOf([{ ...first, focus: 'Appointment/a2' }], counted)).not.toBe(nameOf([first], counted));
    expect(nameOf([{ ...first, timestamp: '2026-11-20T12:00:01Z' }], counted)).not.toBe(nameOf([first], counted));
    expect(nameOf([first], { ...counted, more: again })).not.toBe(nameOf([first], counted));
  });

  it('fits into a place that is looked up', () => {
    expect(nameOf([event])?.length).toBeLessThan(200);
  });
});

const DATA = fileURLToPath(new URL('../../../../shared/data/fhir/subscriptions', import.meta.url));

describe.skipIf(!existsSync(DATA))('the guide’s samples', () => {
  const sample = (name: string) => open(readFileSync(`${DATA}/${name}.json`, 'utf8'));

  it.each([
    ['01-handshake', []],
    ['02-event-1-id-only', ['1 a1']],
    ['03-heartbeat', []],
    ['04-event-4-gap-2-3-missing', ['4 a4']],
    ['05-events-response-2-to-3', ['2 a2', '3 a3']],
    ['06-event-5-full-resource', ['5 a1']],
    ['09-heartbeat-error-status', []],
  ])('%s tells %j', (name, events) => {
    const all = sample(name).map(({ content }) => content as { readonly number: string; readonly id: string });
    expect(all.map(({ number, id }) => `${number} ${id}`)).toEqual(events);
  });

  it('of an empty payload says that something changed', () => {
    expect(sample('07-event-6-empty-payload')).toMatchObject([{ content: { at: NOW } }]);
  });

  it('of a duplicate has the name of the first', () => {
    const [first, second] = [sample('04-event-4-gap-2-3-missing'), sample('08-duplicate-of-event-4')];
    expect(second).toEqual(first);
  });
});
