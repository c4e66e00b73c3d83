import { describe, expect, it } from 'vitest';
import { type Hooked, hooked, type Standing } from '../../../test/athenanet/hooked.ts';
import { TOPIC_NAMES, topicIn } from './topics.ts';

const HOUR = 3_600_000;
const LIST = 'GET /fhir/r4/Subscription';
const MAKE = 'POST /fhir/r4/Subscription';
const REMOVE = 'DELETE /fhir/r4/Subscription/{id}';
const SIGN_IN = 'POST token';

/** How often the source called for each. */
const counted = (calls: readonly string[]) =>
  Object.fromEntries([...Map.groupBy(calls, (name) => name)].map(([name, all]) => [name, all.length]));
const topics = (standing: readonly Standing[]) => standing.map(({ criteria }) => topicIn(criteria)).toSorted();
const ids = (standing: readonly Standing[]) => standing.map(({ id }) => id).toSorted();
const ALL = TOPIC_NAMES.toSorted();

const settled = async (): Promise<Hooked> => {
  const one = await hooked();
  await one.settle();
  return one;
};
/** A cancelled appointment is told, once. */
const delivers = async (one: Hooked, id = 101): Promise<void> => {
  one.change('Appointment', id, { status: 'cancelled' });
  expect((await one.opened()).flat().map(({ content }) => content)).toMatchObject([{ id: String(id) }]);
};

describe('subscriptions', () => {
  it('are made one a topic, and once', async () => {
    const one = await hooked();
    expect(await one.read()).toEqual({ calls: [SIGN_IN, LIST] });
    expect(await one.standing()).toEqual([]);
    expect(counted(await one.settle())).toEqual({ [LIST]: 1, [MAKE]: ALL.length });
    expect(topics(await one.standing())).toEqual(ALL);
    expect(ALL).toContain('LabResult.close');
    expect(ALL).not.toContain('Appointment.freeze');
    expect(await one.settle()).toEqual([]);
    await delivers(one);
  });

  it('keep the secret nowhere', async () => {
    const one = await settled();
    expect(one.place()).not.toContain('example-shared-secret');
    expect(await one.fhir('GET')).not.toContain('example-shared-secret');
  });

  it.each(['reset', 'status'] as const)('whose answer is lost (%s) are adopted', async (how) => {
    const one = await hooked();
    await one.read();
    one.one.simulator.fault({ kind: 'lose', how, match: MAKE, times: 1 });
    await expect(one.read()).rejects.toThrow();
    expect(await one.standing()).toHaveLength(1);
    const before = ids(await one.standing());
    expect(counted(await one.settle())[MAKE]).toBe(ALL.length - 1);
    expect(topics(await one.standing())).toEqual(ALL);
    expect(ids(await one.standing())).toEqual(expect.arrayContaining(before));
  });

  it('are adopted by a process that did not hear that they were made', async () => {
    const one = await hooked();
    await one.read();
    await one.read('lost');
    const before = ids(await one.standing());
    one.restart();
    expect(counted(await one.settle())).toEqual({ [SIGN_IN]: 1, [LIST]: 1 });
    expect(ids(await one.standing())).toEqual(before);
    await delivers(one);
  });

  it('are renewed at half of their time, each by the next before it is taken away', async () => {
    const one = await settled();
    const before = ids(await one.standing());
    one.pass(11 * HOUR);
    await one.settle();
    expect(ids(await one.standing())).toEqual(before);
    one.pass(HOUR);
    one.one.simulator.reset();
    await one.settle();
    const made = one.one.simulator.calls.filter((name) => name === MAKE || name === REMOVE);
    expect(made).toEqual([...ALL.map(() => MAKE), ...ALL.map(() => REMOVE)]);
    expect(topics(await one.standing())).toEqual(ALL);
    expect(ids(await one.standing()).filter((id) => before.includes(id))).toEqual([]);
    one.pass(11 * HOUR);
    await delivers(one);
  });

  it('whose renewal was not heard of are not renewed again', async () => {
    const one = await settled();
    one.pass(12 * HOUR);
    one.one.simulator.fault({ kind: 'lose', how: 'status', match: MAKE, times: 1 });
    await expect(one.read()).rejects.toThrow();
    expect(await one.standing()).toHaveLength(ALL.length + 1);
    expect(counted(await one.settle())).toMatchObject({ [MAKE]: ALL.length - 1, [REMOVE]: ALL.length });
    expect(topics(await one.standing())).toEqual(ALL);
  });

  it('that ended while nobody looked are made again', async () => {
    const one = await settled();
    one.pass(72 * HOUR);
    await one.settle();
    const standing = await one.standing();
    expect(topics(standing)).toEqual(ALL);
    await delivers(one);
  });

  it('that were taken away by somebody are made again within the hour', async () => {
    const one = await settled();
    const [first] = await one.standing();
    await one.fhir('DELETE', `/${first?.id}`);
    expect(await one.settle()).toEqual([]);
    one.pass(HOUR);
    expect(counted(await one.settle())).toMatchObject({ [LIST]: 1, [MAKE]: 1 });
    expect(topics(await one.standing())).toEqual(ALL);
  });

  it('are asked for by one list an hour when nothing is due', async () => {
    const one = await settled();
    const calls: string[] = [];
    for (let minutes = 0; minutes < 10 * 60; minutes += 5) {
      one.pass(5 * 60_000);
      calls.push(...(await one.settle()));
    }
    expect(counted(calls)[LIST]).toBe(10);
    expect(Object.keys(counted(calls)).toSorted()).toEqual([LIST, SIGN_IN]);
  });
});

describe('what delivers to us', () => {
  const another = ({ id: _id, ...wish }: Standing, more: object = {}) => ({ ...wish, ...more });

  it('twice is taken away until it is one a topic', async () => {
    const one = await settled();
    const [first] = await one.standing();
    if (first === undefined) throw new Error('nothing stands');
    await one.fhir('POST', '', another(first));
    expect(await one.standing()).toHaveLength(ALL.length + 1);
    one.pass(HOUR);
    await one.settle();
    expect(topics(await one.standing())).toEqual(ALL);
  });

  it('of another topic is taken away, and what delivers to others is left alone', async () => {
    const one = await settled();
    const [first] = await one.standing();
    if (first === undefined) throw new Error('nothing stands');
    const criteria = first.criteria.replace(topicIn(first.criteria), 'Order.submit');
    await one.fhir('POST', '', another(first, { criteria }));
    const theirs = { ...first.channel, endpoint: 'https://hooks.example.org/theirs' };
    const { id } = JSON.parse(await one.fhir('POST', '', another(first, { channel: theirs }))) as Standing;
    one.pass(HOUR);
    await one.settle();
    const standing = await one.standing();
    expect(standing.filter(({ channel }) => channel.endpoint === one.url)).toHaveLength(ALL.length);
    expect(ids(standing)).toContain(id);
    one.restart({ forgets: true });
    await one.settle();
    expect(ids(await one.standing())).toContain(id);
  });

  it.each([
    ['with a secret that was replaced', { secret: 'another-shared-secret' }],
    ['with a secret that nobody remembers', { forgets: true }],
  ])('%s is replaced', async (_what, change) => {
    const one = await settled();
    const before = ids(await one.standing());
    one.restart(change);
    await one.settle();
    const standing = await one.standing();
    expect(topics(standing)).toEqual(ALL);
    expect(ids(standing).filter((id) => before.includes(id))).toEqual([]);
    await delivers(one);
  });

  it('is told apart by its secret also when its making was not heard of', async () => {
    const one = await settled();
    one.restart({ secret: 'another-shared-secret' });
    await one.read();
    await one.read('lost');
    const made = ids(await one.standing());
    await one.settle();
    expect(ids(await one.standing())).toEqual(made);
    await delivers(one);
  });

  it('moves to another address with us', async () => {
    const one = await settled();
    const url = `${one.url}-moved`;
    one.restart({ url });
    await one.settle();
    const standing = await one.standing();
    expect(topics(standing)).toEqual(ALL);
    expect(standing.every(({ channel }) => channel.endpoint === url)).toBe(true);
  });
});

describe('a vendor that refuses', () => {
  it('a topic is asked for the others, and for that one an hour later', async () => {
    const one = await hooked();
    one.one.simulator.fault({ kind: 'status', status: 403, match: 'LabResult.create' });
    expect(counted(await one.settle())[MAKE]).toBe(ALL.length);
    expect(topics(await one.standing())).toEqual(ALL.filter((topic) => topic !== 'LabResult.create'));
    expect(await one.settle()).toEqual([]);
    await delivers(one);
    one.one.simulator.reset();
    one.pass(HOUR);
    expect(counted(await one.settle())[MAKE]).toBe(1);
    expect(topics(await one.standing())).toEqual(ALL);
  });

  it('every topic fails the feed by its code, without a call until the hour is over', async () => {
    const one = await hooked();
    one.one.simulator.fault({ kind: 'status', status: 403, match: MAKE });
    await one.read();
    await one.read();
    one.one.simulator.reset();
    for (let times = 0; times < 3; times += 1) await expect(one.read()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(one.one.simulator.calls).toEqual([]);
    one.pass(HOUR);
    await one.settle();
    expect(topics(await one.standing())).toEqual(ALL);
  });

  it('the scope fails the feed alone', async () => {
    const one = await hooked();
    one.one.simulator.fault({ kind: 'status', status: 401, match: 'system%2FSubscription' });
    await expect(one.read()).rejects.toMatchObject({ code: 'UNAUTHENTICATED_AT_VENDOR' });
    const wanted = [{ key: '5001', fields: new Set(['names']) }];
    expect(await one.source.connector.read.Patient(wanted, one.call())).toMatchObject([{ record: { key: '5001' } }]);
  });

  it('to take one away is asked again an hour later, and not before', async () => {
    const one = await settled();
    one.one.simulator.fault({ kind: 'status', status: 403, match: REMOVE });
    one.restart({ secret: 'another-shared-secret' });
    await one.settle();
    expect(await one.standing()).toHaveLength(2 * ALL.length);
    expect(await one.settle()).toEqual([]);
    one.one.simulator.reset();
    one.pass(HOUR);
    await one.settle();
    expect(topics(await one.standing())).toEqual(ALL);
    await delivers(one);
  });

  it('to answer now is asked again from the same place', async () => {
    const one = await settled();
    one.pass(HOUR);
    const place = one.place();
    one.one.simulator.fault({ kind: 'status', status: 503, match: LIST, times: 3 });
    await expect(one.read()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(one.place()).toBe(place);
    await one.settle();
    expect(topics(await one.standing())).toEqual(ALL);
  });
});
