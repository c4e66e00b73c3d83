import { afterEach } from 'vitest';
import { type Fault, listen, type Received, type Reply } from '../../sandbox/server.ts';
import { UNITY_SIGN_IN, type UnityOptions, unitySimulator } from '../../sandbox/unity/simulator.ts';
import { NOW, practice } from '../../subgraphs/unity/fixture/practice.ts';
import { operation } from '../../subgraphs/unity/fixture/vendor.ts';
import { connectWorld, MAGIC, recordOf, wanted } from '../../subgraphs/unity/fixture/world.ts';
import { overheard } from '../../subgraphs/unity/fixture/writing.ts';
import type { Connector } from '../../subgraphs/vendor/connector.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A practice's system, a connector to it, and what it was sent; gone after the test. */
export const world = async (more: Partial<UnityOptions> = {}, now: () => number = () => NOW) => {
  const played = unitySimulator({ practice: practice(), now, ...more });
  const { behaviour, bodies } = overheard<Received, Reply | Promise<Reply>, typeof played>(played);
  const simulator = await listen(behaviour);
  const connected = await connectWorld<Fault>(simulator, MAGIC, UNITY_SIGN_IN, { now, timeoutMs: 500 });
  closing.push(connected.close);
  return { ...connected, commits: simulator.commits, bodies };
};

/** What is read of an appointment. */
export const ALL = ['patient', 'practitioner', 'location', 'type', 'start', 'minutes', 'status', 'reason', 'note'];

/** An appointment as it reads now. */
export const read = async (connector: Connector, key: string) => {
  const [found] = await connector.read.Appointment(
    [wanted(key, ALL)],
    operation(() => NOW),
  );
  return recordOf(found);
};

/** The same as a writer is given it. */
export const currentOf = async (connector: Connector, key: string) => ({
  record: await read(connector, key),
  covers: 'all' as const,
});

/** The arguments of the last request of an action, unescaped. */
export const sent = (bodies: readonly string[], action: string): string =>
  (bodies.findLast((body) => body.includes(`>${action}<`)) ?? '').replaceAll('&lt;', '<').replaceAll('&gt;', '>');
