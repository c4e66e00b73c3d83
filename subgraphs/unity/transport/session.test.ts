import { describe, expect, it } from 'vitest';
import { GraphError } from '../../../schema/errors.ts';
import { operation } from '../fixture/vendor.ts';
import { UnityRefusal } from './refusal.ts';
import { LONGEST_IDLE_MS, Session } from './session.ts';

const clock = (at = 0) => {
  const state = { at };
  return { now: () => state.at, pass: (ms: number) => (state.at += ms) };
};

const counting = () => {
  let opened = 0;
  return {
    open: async () => {
      opened += 1;
      return `token-${opened}`;
    },
    opened: () => opened,
  };
};

const echo = async (token: string) => token;
const over = new UnityRefusal('session', 's');

describe('a session', () => {
  it('is opened once for all calls that come together', async () => {
    const { open, opened } = counting();
    const session = new Session('s', open, clock().now);
    const call = operation();
    expect(await Promise.all([1, 2, 3].map(() => session.with(echo, call)))).toEqual(['token-1', 'token-1', 'token-1']);
    expect(opened()).toBe(1);
  });

  it('lives as long as it is used, and no longer than it may idle', async () => {
    const { open } = counting();
    const { now, pass } = clock();
    const session = new Session('s', open, now);
    const call = operation();
    expect(await session.with(echo, call)).toBe('token-1');
    pass(LONGEST_IDLE_MS - 1);
    expect(await session.with(echo, call)).toBe('token-1');
    pass(LONGEST_IDLE_MS - 1);
    expect(await session.with(echo, call)).toBe('token-1');
    pass(LONGEST_IDLE_MS);
    expect(await session.with(echo, call)).toBe('token-2');
  });

  it('is renewed once when Unity has ended it, and the call repeated', async () => {
    const { open, opened } = counting();
    const session = new Session('s', open, clock().now);
    const used: string[] = [];
    const result = await session.with(async (token) => {
      used.push(token);
      if (token === 'token-1') throw over;
      return 'done';
    }, operation());
    expect({ result, used, opened: opened() }).toEqual({ result: 'done', used: ['token-1', 'token-2'], opened: 2 });
  });

  it('is renewed once for 200 calls in flight, also for those that hear of its end late', async () => {
    const { open, opened } = counting();
    const session = new Session('s', open, clock().now);
    const call = operation();
    await session.with(echo, call);
    let refused = 0;
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_each, i) =>
        session.with(async (token) => {
          // the later half hears of it when the new session is open already
          if (token === 'token-1' && i >= 100) while (opened() < 2) await new Promise(setImmediate);
          if (token !== 'token-1') return token;
          refused += 1;
          throw over;
        }, call),
      ),
    );
    expect({ answers: new Set(answers), refused, opened: opened() }).toEqual({
      answers: new Set(['token-2']),
      refused: 200,
      opened: 2,
    });
  });

  it('that ends before its user is bound to it is opened once more', async () => {
    const { open, opened } = counting();
    const session = new Session(
      's',
      async () => {
        const token = await open();
        if (opened() === 1) throw over;
        return token;
      },
      clock().now,
    );
    expect(await session.with(echo, operation())).toBe('token-2');
  });

  it('gives up when the new token is refused too', async () => {
    const { open, opened } = counting();
    const session = new Session('s', open, clock().now);
    await expect(session.with(() => Promise.reject(over), operation())).rejects.toMatchObject({
      code: 'UNAUTHENTICATED_AT_VENDOR',
    });
    expect(opened()).toBe(2);
  });

  it('is not renewed for other failures', async () => {
    const { open, opened } = counting();
    const session = new Session('s', open, clock().now);
    const refused = new UnityRefusal('licence', 's');
    await expect(session.with(() => Promise.reject(refused), operation())).rejects.toBe(refused);
    expect(opened()).toBe(1);
  });

  it.each(['credentials', 'licence', 'other', 'session'] as const)(
    'blames the credentials for a %s refusal while signing in',
    async (refusal) => {
      const session = new Session('s', () => Promise.reject(new UnityRefusal(refusal, 's')), clock().now);
      await expect(session.with(echo, operation())).rejects.toMatchObject({ code: 'UNAUTHENTICATED_AT_VENDOR' });
    },
  );

  it.each([new UnityRefusal('server', 's'), new GraphError('TIMEOUT')])(
    'leaves a source that is down what it is while signing in',
    async (down) => {
      const session = new Session('s', () => Promise.reject(down), clock().now);
      await expect(session.with(echo, operation())).rejects.toBe(down);
    },
  );
});
