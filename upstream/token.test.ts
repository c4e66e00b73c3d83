import { describe, expect, it } from 'vitest';
import { GraphError } from '../schema/errors.ts';
import { type Call, ownCall } from './call.ts';
import { lifeOf, TokenKeeper } from './token.ts';

/** A vendor's token endpoint that answers when the test says so, over clocks that the test moves. */
const endpoint = () => {
  const state = { at: 0, elapsed: 0, fetched: 0, failing: undefined as unknown };
  const waiting: (() => void)[] = [];
  let holds = false;
  const fetch = async () => {
    state.fetched += 1;
    const nth = state.fetched;
    if (holds) await new Promise<void>((resolve) => waiting.push(resolve));
    if (state.failing !== undefined) throw state.failing;
    return { value: `t${nth}`, ...lifeOf(1000, state.at) };
  };
  return {
    state,
    keeper: new TokenKeeper(
      fetch,
      () => state.at,
      () => state.elapsed,
    ),
    /** Fetches wait until they are let go. */
    hold: () => {
      holds = true;
    },
    letGo: () => {
      holds = false;
      for (const go of waiting.splice(0)) go();
    },
    pass: (ms: number) => {
      state.at += ms;
      state.elapsed += ms;
    },
  };
};

const call = (signal?: AbortSignal): Call => ({ ...ownCall(60_000, Date.now), ...(signal && { signal }) });
const many = (keeper: TokenKeeper) => Promise.all(Array.from({ length: 200 }, () => keeper.get(call())));
/** Lets everything that can go on go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));
const down = new GraphError('SOURCE_UNAVAILABLE');
const refused = new GraphError('UNAUTHENTICATED_AT_VENDOR');

describe('a token', () => {
  it('is fetched once, however many calls wait for it', async () => {
    const { keeper, state } = endpoint();
    expect(new Set(await many(keeper))).toEqual(new Set(['t1']));
    expect(state.fetched).toBe(1);
  });

  it('is renewed before its end beside the calls, which go on with the present one', async () => {
    const { keeper, state, pass, hold, letGo } = endpoint();
    await keeper.get(call());
    pass(lifeOf(1000, 0).renewAt - 1);
    await keeper.get(call());
    expect(state.fetched).toBe(1);
    pass(1);
    hold();
    expect(new Set(await many(keeper))).toEqual(new Set(['t1']));
    expect(state.fetched).toBe(2);
    letGo();
    await settle();
    expect(await keeper.get(call())).toBe('t2');
  });

  it('is not used in its last moments: calls then wait for the next one', async () => {
    const { keeper, state, pass } = endpoint();
    await keeper.get(call());
    pass(lifeOf(1000, 0).expiresAt);
    expect(new Set(await many(keeper))).toEqual(new Set(['t2']));
    expect(state.fetched).toBe(2);
  });

  it.each([
    [3600, 3480, 3585],
    [570, 570 - 114, 555],
    [300, 240, 285],
    [1, 0.8, 0.95],
  ])('of %i seconds is renewed from second %d on and dead from second %d on', (seconds, renewAt, expiresAt) => {
    expect(lifeOf(seconds, 5000)).toEqual({ renewAt: 5000 + renewAt * 1000, expiresAt: 5000 + expiresAt * 1000 });
  });

  it('outlives the client whose call fetches it', async () => {
    const { keeper, hold, letGo } = endpoint();
    const client = new AbortController();
    hold();
    const leaving = keeper.get(call(client.signal));
    const staying = keeper.get(call());
    client.abort();
    await expect(leaving).rejects.toMatchObject({ code: 'TIMEOUT' });
    letGo();
    expect(await staying).toBe('t1');
  });
});

describe('a refused token', () => {
  it('leads to one renewal for all calls that carried it, also for those that hear of it late', async () => {
    const { keeper, state } = endpoint();
    const token = await keeper.get(call());
    keeper.accepted(token);
    const renewed = await Promise.all(Array.from({ length: 200 }, () => keeper.renewed(token, call())));
    expect(new Set(renewed)).toEqual(new Set(['t2']));
    expect(await keeper.renewed(token, call())).toBe('t2');
    expect(state.fetched).toBe(2);
  });

  it('joins the early renewal that is under way', async () => {
    const { keeper, state, pass, hold, letGo } = endpoint();
    const token = await keeper.get(call());
    keeper.accepted(token);
    pass(lifeOf(1000, 0).renewAt);
    hold();
    await keeper.get(call());
    const renewed = keeper.renewed(token, call());
    letGo();
    expect(await renewed).toBe('t2');
    expect(state.fetched).toBe(2);
  });

  it('is not renewed over and over when new ones are refused too', async () => {
    const { keeper, state, pass } = endpoint();
    const refusals = async () => {
      for (let i = 0; i < 50; i += 1) await keeper.renewed(await keeper.get(call()), call());
    };
    await refusals();
    expect(state.fetched).toBe(2);
    pass(500);
    await refusals();
    expect(state.fetched).toBe(3);
    pass(999);
    await refusals();
    expect(state.fetched).toBe(3);
    keeper.accepted('t3');
    expect(await keeper.renewed('t3', call())).toBe('t4');
  });
});

describe('a token endpoint that fails', () => {
  it('is asked once for all calls that wait, and left alone for a while that grows', async () => {
    const { keeper, state, pass } = endpoint();
    state.failing = down;
    const attempts = async () => {
      const outcomes = await Promise.allSettled(Array.from({ length: 200 }, () => keeper.get(call())));
      expect(outcomes.every((one) => one.status === 'rejected' && one.reason === down)).toBe(true);
      return state.fetched;
    };
    const fetched: number[] = [];
    for (const ms of [0, 0, 499, 1, 999, 1, 999, 1, 999, 1]) {
      pass(ms);
      fetched.push(await attempts());
    }
    expect(fetched).toEqual([1, 1, 1, 2, 2, 3, 3, 4, 4, 5]);
    state.failing = undefined;
    pass(1000);
    expect(await keeper.get(call())).toBe('t6');
  });

  it.each([
    ['refuses the credentials', refused, 60_000],
    ['is limited until later', new GraphError('RATE_LIMITED', { status: 429, retryAfterSeconds: 40 }), 40_000],
    ['is not asked, since its source is down,', new GraphError('SOURCE_UNAVAILABLE', { retryAfterSeconds: 40 }), 1000],
    ['is limited for hours', new GraphError('RATE_LIMITED', { status: 429, retryAfterSeconds: 7200 }), 60_000],
  ])('and %s is left alone as long as that needs', async (_case, failure, longest) => {
    const { keeper, state, pass } = endpoint();
    state.failing = failure;
    for (let i = 0; i < 8; i += 1) {
      await expect(keeper.get(call())).rejects.toBe(failure);
      pass(60_000);
    }
    await expect(keeper.get(call())).rejects.toBe(failure);
    expect(state.fetched).toBe(9);
    pass(longest - 1);
    await expect(keeper.get(call())).rejects.toBe(failure);
    expect(state.fetched).toBe(9);
    pass(1);
    await expect(keeper.get(call())).rejects.toBe(failure);
    expect(state.fetched).toBe(10);
  });

  it('hurts nobody while the present token lives, and is tried again with growing pauses', async () => {
    const { keeper, state, pass } = endpoint();
    keeper.accepted(await keeper.get(call()));
    state.failing = down;
    pass(lifeOf(1000, 0).renewAt);
    const fetched: number[] = [];
    for (const ms of [0, 499, 1, 999, 1, 1999, 1, 3999, 1, 7999, 1]) {
      pass(ms);
      expect(new Set(await many(keeper))).toEqual(new Set(['t1']));
      keeper.accepted('t1');
      await settle();
      fetched.push(state.fetched);
    }
    expect(fetched).toEqual([2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7]);
    pass(lifeOf(1000, 0).expiresAt - state.at);
    await expect(keeper.get(call())).rejects.toBe(down);
  });

  it('is asked anew once the token is dead, whatever pause an early renewal had begun', async () => {
    const { keeper, state, pass } = endpoint();
    await keeper.get(call());
    state.failing = down;
    const { renewAt, expiresAt } = lifeOf(1000, 0);
    pass(renewAt);
    for (let i = 0; i < 7; i += 1) {
      await keeper.get(call());
      await settle();
      pass(2 ** i * 500);
    }
    await keeper.get(call());
    await settle();
    expect(state.fetched).toBe(9);
    pass(expiresAt - state.at);
    state.failing = undefined;
    expect(await keeper.get(call())).toBe('t10');
  });
});
