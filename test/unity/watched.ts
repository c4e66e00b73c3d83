import { afterEach } from 'vitest';
import { type Changes, changeRecord } from '../../sandbox/change.ts';
import type { Practice } from '../../sandbox/practice.ts';
import { type Fault, listen } from '../../sandbox/server.ts';
import { UNITY_SIGN_IN, type UnityOptions, unitySimulator } from '../../sandbox/unity/simulator.ts';
import { NOW, practice as smallPractice } from '../../subgraphs/unity/fixture/practice.ts';
import { watching } from '../../subgraphs/unity/fixture/watching.ts';
import { connectWorld, MAGIC } from '../../subgraphs/unity/fixture/world.ts';
import type { Noticed } from '../../subgraphs/vendor/changes/feed.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const KEPT = { ttlSeconds: { Patient: 60, Appointment: 60, Observation: 60, Claim: 60 }, staleSeconds: 60 };

export interface Options extends Partial<Pick<UnityOptions, 'practice' | 'licensed'>> {
  readonly start?: number;
  /** Called when the server has made its answer, with the call's name. */
  readonly answered?: (call: string) => void;
  /** How far our clock is ahead of the server's. */
  readonly aheadMs?: number;
}

/** A practice with a clock that the test turns, and a connector that keeps what it read. */
export const open = async ({ start = NOW, aheadMs = 0, answered = () => {}, ...options }: Options = {}) => {
  let now = start;
  let serverAheadMs = 0;
  const practice: Practice = options.practice ?? smallPractice();
  const theirs = () => now + serverAheadMs;
  const behaviour = unitySimulator({ now: theirs, ...options, practice });
  const handle: typeof behaviour.handle = async (request) => {
    const reply = await behaviour.handle(request);
    answered(behaviour.callName(request));
    return reply;
  };
  const ours = () => now + aheadMs;
  const connected = await connectWorld<Fault>(await listen({ ...behaviour, handle }), MAGIC, UNITY_SIGN_IN, {
    now: ours,
    cache: KEPT,
  });
  closing.push(connected.close);
  const change = <T extends keyof Changes>(type: T, id: number, set: Changes[T], lateMs = 0): void => {
    const changed = changeRecord(practice, type, id, set, theirs() - lateMs);
    behaviour.happenings?.tell({ by: 'practice', kind: 'updated', type, ...changed });
  };
  return {
    ...connected,
    behaviour,
    practice,
    change,
    now: ours,
    pass: (ms: number): void => {
      now += ms;
    },
    /** Turns on the server's clock alone. */
    delay: (ms: number): void => {
      serverAheadMs += ms;
    },
    watch: (name: 'visits' | 'patients') => watching(connected.connector, name, ours),
  };
};
export type Opened = Awaited<ReturnType<typeof open>>;

export const MINUTE = 60_000;
/** Longer than any change is told again. */
export const LATER = 10 * MINUTE;

export const shown = (noticed: readonly Noticed[]): readonly (readonly [string, string | undefined])[] =>
  noticed.map(({ type, key, kind }) => [`${type} ${key}`, kind] as const);
export const keysOf = (noticed: readonly Noticed[]): readonly string[] => noticed.map(({ key }) => key);

export const value = (text: string) => ({ value: { kind: 'quantity', value: text, unit: 'mmol/L' } }) as const;
