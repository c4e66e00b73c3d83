import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WriteOutcome } from '../../../schema/commands.ts';
import type { Caller } from '../../../schema/context.ts';
import { type RecordId, sourceId } from '../../../schema/ids.ts';
import type { Decision } from './fixture/carrier.ts';
import { startHub, type TestHub } from './fixture/hub.ts';

let hub: TestHub;
beforeAll(async () => {
  hub = await startHub();
});
afterAll(() => hub?.close());
beforeEach(() => {
  hub.decide(() => ({ state: 'CONFIRMED', outcome: { kind: 'saved', type: 'Appointment', key: '1' } }));
});

const caller = (sources: Caller['sources'], patient?: string): Caller => ({
  subject: 'test',
  scopes: [],
  sources,
  ...(patient === undefined ? {} : { patient }),
});

const book = async (patient: string, decision?: Decision, more: object = {}): Promise<string> => {
  if (decision !== undefined) hub.decide(() => decision);
  const answer = await hub.write('bookAppointment', { patient, slot: patient.replace('Patient', 'Slot'), ...more });
  return (answer.write ?? answer.rejected).id;
};
const person = (source = 'north'): string => `${source}/Patient/${randomUUID()}`;

const DOUBT: WriteOutcome = { kind: 'doubt', reason: 'Two look alike.' };
const REFUSED: WriteOutcome = { kind: 'refused', code: 'VENDOR_REJECTED', message: 'No.' };
const ENDS = {
  CONFIRMED: { state: 'CONFIRMED', outcome: { kind: 'saved', type: 'Appointment', key: '1' } },
  REJECTED: { state: 'REJECTED', outcome: REFUSED },
  IN_DOUBT: { state: 'IN_DOUBT', outcome: DOUBT },
  DEAD: { state: 'DEAD', outcome: { ...REFUSED, code: 'SOURCE_UNAVAILABLE' } },
} as const satisfies Record<string, Decision>;

const LIST = `query($states: [WriteState!], $sources: [ID!], $first: Int, $after: String) {
  writes(states: $states, sources: $sources, first: $first, after: $after) { nodes { id state } pageInfo { hasNextPage endCursor } } }`;
const idsOf = (data: { writes: { nodes: readonly { id: string }[] } }): readonly string[] =>
  data.writes.nodes.map(({ id }) => id);

describe('the list of writes', () => {
  it('has the newest first, page by page, without rehearsals', async () => {
    const made: string[] = [];
    for (let i = 0; i < 5; i++) made.unshift(await book(person()));
    await book(person(), { state: 'DISCARDED', outcome: { kind: 'planned', calls: [] } }, { dryRun: true });
    const first = await hub.ask(LIST, { first: 2 });
    expect(idsOf(first)).toEqual(made.slice(0, 2));
    expect(first.writes.pageInfo.hasNextPage).toBe(true);
    const second = await hub.ask(LIST, { first: 3, after: first.writes.pageInfo.endCursor });
    expect(idsOf(second)).toEqual(made.slice(2, 5));
  });

  it('is the error queue when its states are asked for', async () => {
    const made: Record<string, string> = {};
    for (const [state, decision] of Object.entries(ENDS)) made[state] = await book(person(), decision);
    const data = await hub.ask(LIST, { states: ['REJECTED', 'IN_DOUBT', 'DEAD'], first: 3 });
    expect(idsOf(data)).toEqual([made.DEAD, made.IN_DOUBT, made.REJECTED]);
    const doubts = await hub.ask(LIST, { states: ['IN_DOUBT'], first: 1 });
    expect(idsOf(doubts)).toEqual([made.IN_DOUBT]);
  });

  it('goes on only with a cursor of the same list', async () => {
    await book(person());
    await book(person());
    const { writes } = await hub.ask(LIST, { first: 1 });
    const other = { states: ['CONFIRMED'], first: 1, after: writes.pageInfo.endCursor };
    await expect(hub.ask(LIST, other)).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  it('has the sources that are asked for, and of these only what the caller may see', async () => {
    const [north, south] = [await book(person('north')), await book(person('south'))];
    expect(idsOf(await hub.ask(LIST, { sources: ['north'], first: 1 }))).toEqual([north]);
    expect(idsOf(await hub.ask(LIST, { first: 1 }))).toEqual([south]);
    const narrow = { caller: caller([sourceId('north')]) };
    expect(idsOf(await hub.ask(LIST, { first: 1 }, narrow))).toEqual([north]);
    await expect(hub.ask(LIST, { sources: ['south'] }, narrow)).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  it('has for a patient what is about them', async () => {
    const patient = person();
    const own = await book(patient);
    await book(person());
    expect(idsOf(await hub.ask(LIST, {}, { caller: caller('all', patient) }))).toEqual([own]);
  });
});

describe('a write by its id', () => {
  const ONE = 'query($id: ID!) { write(id: $id) { id } }';

  it.each([
    ['an unknown one', 'Write/0190a0b0-0000-7000-8000-000000000000'],
    ['a record’s', 'north/Patient/1'],
    ['a source’s', 'north'],
    ['an empty one', 'Write/'],
    ['a broken one', 'Write/%E0%A4%A'],
    ['a long one', `Write/${'1'.repeat(2_000)}`],
  ])('is NOT_FOUND for %s', async (_case, id) => {
    await expect(hub.ask(ONE, { id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(hub.ask('mutation($id: ID!) { retryWrite(id: $id) { id } }', { id })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('is there for those who may see it, and for nobody else', async () => {
    const patient = person();
    const id = await book(patient);
    for (const who of [caller('all'), caller([sourceId('north')]), caller('all', patient)])
      expect(await hub.ask(ONE, { id }, { caller: who })).toEqual({ write: { id } });
    for (const who of [caller([sourceId('south')]), caller([]), caller('all', 'north/Patient/other' as RecordId)])
      await expect(hub.ask(ONE, { id }, { caller: who })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('what a person decides', () => {
  const RETRY = 'mutation($id: ID!) { retryWrite(id: $id) { state reason } }';
  const DISCARD =
    'mutation($id: ID!, $reason: String!) { discardWrite(id: $id, reason: $reason) { state reason error { __typename message } } }';

  it.each(['REJECTED', 'IN_DOUBT', 'DEAD'] as const)('sends a %s write on its way again', async (state) => {
    const id = await book(person(), ENDS[state]);
    hub.decide(() => 'wait');
    expect(await hub.ask(RETRY, { id })).toEqual({ retryWrite: { state: 'QUEUED', reason: null } });
  });

  it('does not send what is confirmed', async () => {
    const id = await book(person(), ENDS.CONFIRMED);
    await expect(hub.ask(RETRY, { id })).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });

  it.each(['REJECTED', 'IN_DOUBT', 'DEAD'] as const)('gives up a %s write, with why', async (state) => {
    const id = await book(person(), ENDS[state]);
    const { discardWrite } = await hub.ask(DISCARD, { id, reason: ' called the practice ' });
    expect(discardWrite).toEqual({
      state: 'DISCARDED',
      reason: 'called the practice',
      error: { __typename: 'VendorRejected', message: 'The write was given up by a person.' },
    });
  });

  it('does not give up what is confirmed', async () => {
    const id = await book(person(), ENDS.CONFIRMED);
    await expect(hub.ask(DISCARD, { id, reason: 'x' })).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  });

  it.each([
    ['nothing', '  '],
    ['501 characters', 'x'.repeat(501)],
  ])('needs a reason, not %s', async (_case, reason) => {
    const id = await book(person(), ENDS.IN_DOUBT);
    await expect(hub.ask(DISCARD, { id, reason })).rejects.toMatchObject({
      code: 'VALIDATION',
      issues: [{ path: ['reason'], rule: 'text' }],
    });
  });

  it('is not for patients', async () => {
    const patient = person();
    const id = await book(patient, ENDS.IN_DOUBT);
    const own = { caller: caller('all', patient) };
    await expect(hub.ask(RETRY, { id }, own)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(hub.ask(DISCARD, { id, reason: 'x' }, own)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});
